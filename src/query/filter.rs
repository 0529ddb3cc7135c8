//! What else a hit has to be, besides what was typed.

use crate::db::contact::Stored;
use crate::db::{self, Read};
use crate::error::Result;
use crate::model::{Status, Timestamp};
use crate::text::fold::fold;

use super::cursor::Fingerprint;
use super::flag;

/// Conditions on a contact. Those that few contacts meet say who they are; the others are looked up in each row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Filter {
    pub(super) has_phone: Option<bool>,
    pub(super) has_email: Option<bool>,
    /// Folded.
    pub(super) company: Option<String>,
    pub(super) status: Option<Status>,
    pub(super) created_since: Option<Timestamp>,
    pub(super) active_since: Option<Timestamp>,
    /// Looked up by `blocked.rs`: it depends on whose lists are asked for.
    pub(super) blocked: Option<bool>,
}

/// Contacts that a condition may single out: fewer are read and held against the query, more are not worth it.
pub(super) const FEW: usize = 512;

impl Filter {
    /// Whether a contact meets all conditions that its row tells of.
    pub(super) fn admits(&self, stored: &Stored) -> bool {
        let contact = &stored.contact;
        self.has_phone.is_none_or(|has| has != contact.phones.is_empty())
            && self.has_email.is_none_or(|has| has != contact.emails.is_empty())
            && self.company.as_ref().is_none_or(|company| *company == fold(&contact.company))
            && self.status.is_none_or(|status| contact.status == Some(status))
            && self.created_since.is_none_or(|since| contact.created_at >= since)
            && self.active_since.is_none_or(|since| contact.active_at.is_some_and(|at| at >= since))
    }

    /// Whether something counts that is not in the log of changes.
    pub(super) fn looks_beyond_changes(&self) -> bool {
        self.active_since.is_some() || self.blocked.is_some()
    }

    /// The contacts of the narrowest condition that the tables have an index for, if they are few.
    pub(super) fn few(&self, db: &Read<'_>) -> Result<Option<Vec<i64>>> {
        let most = i64::try_from(FEW.saturating_add(1)).unwrap_or(i64::MAX);
        let mut best: Option<Vec<i64>> = None;
        let found = [
            self.status.map(|status| db::contact::with_status(db, status, most)),
            self.created_since.map(|since| db::contact::created_since(db, since, most)),
            self.active_since.map(|since| db::contact::active_since(db, since, most)),
        ];
        for ids in found.into_iter().flatten() {
            let ids = ids?;
            if ids.len() <= FEW && best.as_ref().is_none_or(|best| ids.len() < best.len()) {
                best = Some(ids);
            }
        }
        Ok(best)
    }

    /// Adds the conditions to what tells queries apart.
    pub(super) fn identify(&self, sum: Fingerprint) -> Fingerprint {
        let time = |time: Option<Timestamp>| time.map_or(i64::MIN, |time| time.0);
        sum.number(flag(self.has_phone))
            .number(flag(self.has_email))
            .text(self.company.as_deref().unwrap_or("\0"))
            .text(&self.status.map_or_else(String::new, |status| format!("{status:?}")))
            .number(time(self.created_since))
            .number(time(self.active_since))
            .number(flag(self.blocked))
    }
}
