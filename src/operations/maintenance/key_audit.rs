//! Compares the search index with the contacts, in both directions.

use std::collections::HashMap;

use crate::db::contact::StoredContact;
use crate::db::metadata::IdRange;
use crate::db::{self, Scope};
use crate::engine::{Engine, Snapshot};
use crate::error::Result;
use crate::index;
use crate::operations::context::list_scopes_of;

use crate::operations::maintenance::check_report::{CheckReport, MAX_REPORTED};

/// A checksum of the expected keys of each contact. A key is hashed to 64 bits, and the checksum of a contact is the
/// sum of its hashes. Different sets of keys almost never have equal sums.
#[derive(Debug, Default)]
pub(crate) struct KeyAudit(HashMap<i64, u64>);

impl KeyAudit {
    /// Adds the expected keys of a contact.
    pub(crate) fn expect(&mut self, stored: &StoredContact, scopes: &[Scope]) {
        let keys = index::fingerprints(stored.id, &stored.contact, scopes);
        self.0.insert(stored.id, keys.into_iter().fold(0, u64::wrapping_add));
    }

    /// Compares with the index. Contacts with differences are compared again, key by key.
    pub(crate) fn compare_with_index(
        mut self,
        engine: &Engine,
        snapshot: &Snapshot<'_>,
        unindexed: IdRange,
        health: &mut CheckReport,
    ) -> Result<()> {
        let db = &snapshot.db;
        index::verify_segments(db, snapshot.view)?;
        index::for_each_fingerprint(db, &engine.block_cache, snapshot.view, |contact, key| {
            let sum = self.0.entry(contact).or_default();
            *sum = sum.wrapping_sub(key);
        })?;
        let mut wrong: Vec<i64> = self.0.into_iter().filter(|(_, sum)| *sum != 0).map(|(id, _)| id).collect();
        if wrong.is_empty() {
            return Ok(());
        }
        wrong.sort_unstable();
        let mut held: HashMap<i64, Vec<u64>> = wrong.iter().map(|id| (*id, Vec::new())).collect();
        index::for_each_fingerprint(db, &engine.block_cache, snapshot.view, |contact, key| {
            if let Some(keys) = held.get_mut(&contact) {
                keys.push(key);
            }
        })?;
        for id in wrong {
            let stored = db::contact::one(db, id)?;
            let expected = match &stored {
                Some(stored) if !unindexed.contains(id) => {
                    let scopes = list_scopes_of(stored, &db::entries::advisors_of(db, id)?);
                    index::fingerprints(id, &stored.contact, &scopes)
                }
                _ => Vec::new(),
            };
            let (missing, orphans) = count_differences(expected, held.remove(&id).unwrap_or_default());
            health.missing_search_keys = health.missing_search_keys.saturating_add(missing);
            health.orphan_search_keys = health.orphan_search_keys.saturating_add(orphans);
            if let Some(stored) = stored.filter(|_| health.wrong_search_key_contacts.len() < MAX_REPORTED) {
                health.wrong_search_key_contacts.push(stored.contact.id);
            }
        }
        Ok(())
    }
}

/// The numbers of elements that only one of the sides has.
fn count_differences(mut expected: Vec<u64>, mut held: Vec<u64>) -> (u64, u64) {
    expected.sort_unstable();
    held.sort_unstable();
    let lacks = |these: &[u64], those: &[u64]| {
        let lacking = these.iter().filter(|key| those.binary_search(key).is_err()).count();
        u64::try_from(lacking).unwrap_or(u64::MAX)
    };
    (lacks(&expected, &held), lacks(&held, &expected))
}

#[cfg(test)]
mod tests {
    use super::count_differences;

    #[test]
    fn differences_both_ways() {
        assert_eq!(count_differences(vec![3, 1, 2], vec![2, 3, 1]), (0, 0));
        assert_eq!(count_differences(vec![1, 2, 3], vec![]), (3, 0));
        assert_eq!(count_differences(vec![], vec![1, 2]), (0, 2));
        assert_eq!(count_differences(vec![1, 5, 7], vec![2, 5, 9]), (2, 2));
    }
}
