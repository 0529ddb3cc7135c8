//! Which contacts are blocked: those whose first phone is a blocked number.

use crate::access::rights::Rights;
use crate::db::contact::{StoredContact, many};
use crate::db::record::blocked_number::{self, Blocker};
use crate::db::{self, Owner, Read, Scope};
use crate::error::Result;

/// Rows read at a time.
const ROW_BATCH: usize = 1_000;

/// A condition on contacts: that they are blocked, or that they are not.
#[derive(Debug)]
pub(in crate::query) struct BlockFilter {
    pub(in crate::query) expected: bool,
    scope: BlockerScope,
}

/// Whose blocks are considered.
#[derive(Debug)]
enum BlockerScope {
    /// In an advisor's list: those of the advisor and of the tenant.
    Advisor(Blocker),
    /// In other lists: all blocks in the contact's tenant; for a shared contact, all blocks in any of these tenants.
    Tenants(Vec<i64>),
}

impl BlockFilter {
    /// The condition for contacts of some lists; `None` for no condition.
    pub(in crate::query) fn build(
        db: &Read<'_>,
        rights: &Rights,
        scopes: &[Scope],
        expected: Option<bool>,
    ) -> Result<Option<Self>> {
        let Some(expected) = expected else { return Ok(None) };
        let advisor = scopes.iter().find_map(|scope| match scope.owner {
            Owner::Advisor(advisor) => Some(advisor),
            _ => None,
        });
        let scope = match advisor {
            Some(advisor) => BlockerScope::Advisor(Blocker {
                tenant: db::directory::advisor_tenant(db, advisor)?,
                advisor,
            }),
            None => BlockerScope::Tenants(rights.visible_tenants(db)?),
        };
        Ok(Some(Self { expected, scope }))
    }

    /// Whether a contact satisfies the condition.
    pub(in crate::query) fn matches(&self, db: &Read<'_>, stored: &StoredContact) -> Result<bool> {
        Ok(self.is_blocked(db, stored)? == self.expected)
    }

    fn is_blocked(&self, db: &Read<'_>, stored: &StoredContact) -> Result<bool> {
        let Some(phone) = stored.contact.phones.first() else { return Ok(false) };
        let tenants = match (&self.scope, &stored.tenant) {
            (BlockerScope::Advisor(blocker), _) => {
                return Ok(blocked_number::is_blocked_for_advisor(db, *blocker, &phone.normalized)?);
            }
            (BlockerScope::Tenants(_), Some(own)) => std::slice::from_ref(own),
            (BlockerScope::Tenants(all), None) => all,
        };
        for tenant in tenants {
            if blocked_number::is_blocked_in_tenant(db, *tenant, &phone.normalized)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The blocked contacts by local id; `None` if more than `limit` contacts have a blocked number. They may be in other lists.
    pub(in crate::query) fn candidate_ids(&self, db: &Read<'_>, limit: usize) -> Result<Option<Vec<i64>>> {
        let fetch = i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX);
        let mut ids = Vec::new();
        match &self.scope {
            BlockerScope::Advisor(blocker) => {
                ids = blocked_number::blocked_contacts_for_advisor(db, *blocker, fetch)?;
            }
            BlockerScope::Tenants(tenants) => {
                for tenant in tenants {
                    ids.extend(blocked_number::blocked_contacts_in_tenant(db, *tenant, fetch)?);
                    if ids.len() > limit {
                        return Ok(None);
                    }
                }
            }
        }
        if ids.len() > limit {
            return Ok(None);
        }
        ids.sort_unstable();
        ids.dedup(); // several advisors may have blocked the same number
        self.keep_blocked(db, &ids).map(Some)
    }

    fn keep_blocked(&self, db: &Read<'_>, ids: &[i64]) -> Result<Vec<i64>> {
        let mut blocked = Vec::new();
        for ids in ids.chunks(ROW_BATCH) {
            for stored in many(db, ids)? {
                if self.is_blocked(db, &stored)? {
                    blocked.push(stored.id);
                }
            }
        }
        Ok(blocked)
    }
}
