//! Is everything that is derived what the rows say?

use std::collections::BTreeMap;

use super::care::Contacts;
use super::draft::place_of;
use super::substring::{Audit, Keeper};
use crate::db::{self, Read, Scope};
use crate::error::{Error, Result};
use crate::index;
use crate::interrupt::Watch;
use crate::store::{Snapshot, Store};

/// What a check found.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Health {
    /// Contacts looked at, the trash included.
    pub contacts: u64,
    /// Complaints of SQLite about the file: pages, indexes, references.
    pub file: Vec<String>,
    /// Entries that a list lacks, or has at the wrong place.
    pub missing_entries: u64,
    /// Entries of lists that no contact accounts for.
    pub stray_entries: u64,
    /// Letters whose count is wrong.
    pub wrong_sections: u64,
    /// Phones and e-mail addresses that a contact is not found by, or is found by and does not have.
    pub wrong_points: u64,
    /// Search keys that a contact should have and the index lacks.
    pub missing_keys: u64,
    /// Search keys in the index that no contact accounts for.
    pub stray_keys: u64,
    /// Contacts of which the index of substrings says other things than their rows; 0 if the book keeps none.
    pub wrong_substrings: u64,
    /// Whether a part of an index cannot be read; its counts above are 0 then.
    pub index_damaged: bool,
}

impl Health {
    /// Whether everything is as it should be.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let clean = Self { contacts: self.contacts, ..Self::default() };
        *self == clean
    }
}

impl Store {
    /// Looks at everything: the file's pages and references; every list, count, search key and substring against the contacts. Works on
    /// one snapshot while writers go on. Holds eight bytes a search key in
    /// memory, twice.
    ///
    /// # Errors
    /// [`Error::Damaged`] if the contacts themselves cannot be read.
    pub fn check(&self) -> Result<Health> {
        let inner = self.inner();
        inner.read(&Watch::default(), |snapshot| {
            let index_damaged = match snapshot.refresh() {
                Err(Error::Damaged { .. }) => true,
                done => done.map(|()| false)?,
            };
            let db = &snapshot.db;
            db::substring::refresh(db);
            let file = db::book::complaints(db, 20)?;
            let mut health = Health { file, index_damaged, ..Health::default() };
            let mut census = Census::default();
            let mut contacts = Contacts::new(db);
            let keeper = Keeper::of(db)?;
            let mut substrings = Audit::default();
            while let Some((stored, scopes)) = contacts.next()? {
                health.contacts = health.contacts.saturating_add(1);
                let place = place_of(&inner.collator, &stored.contact);
                census.points(db, &stored)?;
                for scope in &scopes {
                    census.entry(db, *scope, &place, stored.id)?;
                }
                substrings.expect(keeper, &stored, &db::lists::advisors_of(db, stored.id)?);
                census.keys.extend(index::fingerprints(stored.id, &stored.contact, &scopes));
            }
            match substrings.wrong(db) {
                Err(Error::Damaged { .. }) => health.index_damaged = true,
                wrong => health.wrong_substrings = wrong?,
            }
            census.report(inner, snapshot, &mut health)?;
            Ok(health)
        })
    }
}

/// What lists, counts and keys should be, from the rows.
#[derive(Debug, Default)]
struct Census {
    sections: BTreeMap<(Scope, String), i64>,
    found: u64,
    missing: u64,
    found_points: u64,
    lost_points: u64,
    /// A fingerprint a key: 64 bits, so that two keys share one once in many thousand books.
    keys: Vec<u64>,
}

impl Census {
    fn entry(&mut self, db: &Read<'_>, scope: Scope, place: &db::contact::Place, id: i64) -> Result<()> {
        if db::lists::has_entry(db, scope, &place.sort_key, id)? {
            self.found = self.found.saturating_add(1);
        } else {
            self.missing = self.missing.saturating_add(1);
        }
        let count = self.sections.entry((scope, place.section.clone())).or_default();
        *count = count.saturating_add(1);
        Ok(())
    }

    fn points(&mut self, db: &Read<'_>, stored: &db::contact::Stored) -> Result<()> {
        let (wanted, found) = db::points::audit(db, stored.id, &stored.contact)?;
        self.lost_points = self.lost_points.saturating_add(wanted.saturating_sub(found));
        self.found_points = self.found_points.saturating_add(found);
        Ok(())
    }

    fn report(
        mut self,
        inner: &crate::store::Inner,
        snapshot: &Snapshot<'_>,
        health: &mut Health,
    ) -> Result<()> {
        let db = &snapshot.db;
        health.missing_entries = self.missing;
        health.stray_entries = db::lists::count_entries(db)?.saturating_sub(self.found);
        let stray = db::points::count(db)?.saturating_sub(self.found_points);
        health.wrong_points = self.lost_points.saturating_add(stray);
        for (scope, section, contacts) in db::lists::all_sections(db)? {
            if self.sections.remove(&(scope, section)) != Some(contacts) {
                health.wrong_sections = health.wrong_sections.saturating_add(1);
            }
        }
        let uncounted = u64::try_from(self.sections.len()).unwrap_or(u64::MAX);
        health.wrong_sections = health.wrong_sections.saturating_add(uncounted);
        if health.index_damaged {
            return Ok(());
        }
        match index::all_fingerprints(db, &inner.cache, snapshot.view) {
            Ok(held) => (health.missing_keys, health.stray_keys) = differences(self.keys, held),
            Err(Error::Damaged { .. }) => health.index_damaged = true,
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

/// How many of each side the other lacks.
fn differences(mut wanted: Vec<u64>, mut held: Vec<u64>) -> (u64, u64) {
    wanted.sort_unstable();
    held.sort_unstable();
    let (mut missing, mut stray) = (0_u64, 0_u64);
    let (mut wanted, mut held) = (wanted.into_iter().peekable(), held.into_iter().peekable());
    loop {
        match (wanted.peek(), held.peek()) {
            (None, None) => return (missing, stray),
            (Some(a), Some(b)) if a == b => {
                wanted.next();
                held.next();
            }
            (Some(a), Some(b)) if a > b => {
                held.next();
                stray = stray.saturating_add(1);
            }
            (None, Some(_)) => {
                held.next();
                stray = stray.saturating_add(1);
            }
            (Some(_), _) => {
                wanted.next();
                missing = missing.saturating_add(1);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::differences;

    #[test]
    fn differences_both_ways() {
        assert_eq!(differences(vec![3, 1, 2], vec![2, 3, 1]), (0, 0));
        assert_eq!(differences(vec![1, 2, 3], vec![]), (3, 0));
        assert_eq!(differences(vec![], vec![1, 2]), (0, 2));
        assert_eq!(differences(vec![1, 5, 7], vec![2, 5, 9]), (2, 2));
    }
}
