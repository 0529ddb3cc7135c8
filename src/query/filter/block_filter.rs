//! Which contacts of a list are blocked: by their first phone.

use crate::access::rights::Rights;
use crate::db::contact::{StoredContact, many};
use crate::db::record::blocked_number::{self, Blocker};
use crate::db::{self, Owner, Read, Scope};
use crate::error::Result;

/// Contacts with blocked numbers up to which they are all read, instead of going through the list.
pub(crate) const MAX_BLOCKED_CANDIDATES: usize = if cfg!(test) { 2 } else { 512 };

/// Rows read at a time.
const ROW_BATCH: usize = 1_000;

/// A condition on contacts: that they are blocked, or that they are not.
#[derive(Debug)]
pub(crate) struct BlockFilter {
    pub(crate) expected: bool,
    scope: BlockerScope,
}

/// Whose blocks count.
#[derive(Debug)]
enum BlockerScope {
    /// In an advisor's list: the advisor's own and the tenant's.
    Advisor(Blocker),
    /// Elsewhere: everybody's in the contact's tenant; for shared contacts, in any of these.
    Tenants(Vec<i64>),
}

/// Whether a contact meets a condition, if there is one.
pub(crate) fn matches(
    condition: Option<&BlockFilter>,
    db: &Read<'_>,
    stored: &StoredContact,
) -> Result<bool> {
    condition.map_or(Ok(true), |blocked| blocked.matches(db, stored))
}

impl BlockFilter {
    /// The condition on the contacts of some lists, if there is one.
    pub(crate) fn build(
        db: &Read<'_>,
        rights: &Rights,
        scopes: &[Scope],
        wanted: Option<bool>,
    ) -> Result<Option<Self>> {
        let Some(wanted) = wanted else { return Ok(None) };
        let advisor = scopes.iter().find_map(|scope| match scope.owner {
            Owner::Advisor(advisor) => Some(advisor),
            _ => None,
        });
        let by = match advisor {
            Some(advisor) => BlockerScope::Advisor(Blocker {
                tenant: db::directory::advisor_tenant(db, advisor)?,
                advisor,
            }),
            None => BlockerScope::Tenants(rights.visible_tenants(db)?),
        };
        Ok(Some(Self { expected: wanted, scope: by }))
    }

    /// Whether a contact meets the condition.
    pub(crate) fn matches(&self, db: &Read<'_>, stored: &StoredContact) -> Result<bool> {
        Ok(self.is_blocked(db, stored)? == self.expected)
    }

    fn is_blocked(&self, db: &Read<'_>, stored: &StoredContact) -> Result<bool> {
        let Some(phone) = stored.contact.phones.first() else { return Ok(false) };
        let tenants = match (&self.scope, &stored.tenant) {
            (BlockerScope::Advisor(by), _) => {
                return Ok(blocked_number::is_blocked_for_advisor(db, *by, &phone.normalized)?);
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

    /// The blocked contacts by local id, if no more than so many have a blocked number; they may be in other lists.
    pub(crate) fn candidate_ids(&self, db: &Read<'_>, most: usize) -> Result<Option<Vec<i64>>> {
        let fetch = i64::try_from(most.saturating_add(1)).unwrap_or(i64::MAX);
        let mut ids = Vec::new();
        match &self.scope {
            BlockerScope::Advisor(by) => ids = blocked_number::blocked_contacts_for_advisor(db, *by, fetch)?,
            BlockerScope::Tenants(tenants) => {
                for tenant in tenants {
                    ids.extend(blocked_number::blocked_contacts_in_tenant(db, *tenant, fetch)?);
                    if ids.len() > most {
                        return Ok(None);
                    }
                }
            }
        }
        if ids.len() > most {
            return Ok(None);
        }
        ids.sort_unstable();
        ids.dedup(); // several advisors may have blocked one number
        self.filter_ids(db, &ids, true).map(Some)
    }

    fn filter_ids(&self, db: &Read<'_>, ids: &[i64], blocked: bool) -> Result<Vec<i64>> {
        let mut left = Vec::new();
        for ids in ids.chunks(ROW_BATCH) {
            for stored in many(db, ids)? {
                if self.is_blocked(db, &stored)? == blocked {
                    left.push(stored.id);
                }
            }
        }
        Ok(left)
    }
}
