//! The substring index: enabled, disabled, built in batches, and updated by every write.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use crate::access::session::Session;
use crate::db::contact::StoredContact;
use crate::db::{self, Owner, Read, Write};
use crate::engine::Engine;
use crate::error::Result;
use crate::model::Contact;
use crate::text::fold::FOLD_VERSION;
use crate::text::substring::grams;

/// The status of the substring index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum SubstringIndexStatus {
    /// There is no index: a substring search reads every contact.
    Off,
    /// The index is being built. Contacts that are not indexed yet are read one by one.
    Building,
    /// Every contact is indexed.
    Complete,
}

impl SubstringIndexStatus {
    pub(crate) fn from_progress(through: Option<i64>) -> Self {
        match through {
            None => Self::Off,
            Some(i64::MAX) => Self::Complete,
            Some(_) => Self::Building,
        }
    }
}

/// The substring index of the store. See [`Session::substring_index`].
#[derive(Debug, Clone, Copy)]
pub struct SubstringIndex<'s> {
    session: &'s Session,
}

impl<'s> SubstringIndex<'s> {
    pub(crate) const fn new(session: &'s Session) -> Self {
        Self { session }
    }

    /// Enables the index for [`Session::search_substring`], and indexes up to `contacts` existing contacts. Returns
    /// true if nothing is left. Repeat the call to continue. Each batch of two thousand contacts is committed. Contacts
    /// that are written in the meantime are indexed correctly. Writes and [`Store::maintain`] also continue the work.
    /// For the system.
    ///
    /// [`Store::maintain`]: crate::Store::maintain
    ///
    /// The index takes about as much time as an import without it, and about 200 bytes for each contact.
    ///
    /// ```
    /// use cardex::{Actor, Network, NewContact, Options};
    /// let store = Options::new().open_in_memory()?;
    /// let session = store.session(Actor::System);
    /// session.add(NewContact::new(Network::SMS_DIRECT, "John", "Doe"))?;
    /// while !session.substring_index().build(10_000)? {}
    /// assert_eq!(session.search_substring("hn d").page()?.items.len(), 1);
    /// # Ok::<(), cardex::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Forbidden`](crate::Error::Forbidden); [`Error::Busy`](crate::Error::Busy) and other errors of the
    /// store. Committed batches stay.
    pub fn build(&self, contacts: usize) -> Result<bool> {
        let cancel = self.session.cancel_token();
        let mut left = contacts;
        loop {
            let slice = left.min(self.session.engine.tuning().operations.substring_batch);
            let whole = self.session.engine.write(&cancel, |db| {
                self.session.rights(db)?.require_system()?;
                if db::substring::indexed_through(db)?.is_none() {
                    restart_index(db)?;
                }
                index_next_contacts(db, slice)
            })?;
            left = left.saturating_sub(slice);
            if whole || left == 0 {
                return Ok(whole);
            }
        }
    }

    /// The status of the index.
    ///
    /// # Errors
    /// Those of the store.
    pub fn status(&self) -> Result<SubstringIndexStatus> {
        self.session.read(|snapshot| {
            self.session.rights(&snapshot.db)?;
            Ok(SubstringIndexStatus::from_progress(db::substring::indexed_through(&snapshot.db)?))
        })
    }

    /// Disables and deletes the substring index. Substring searches then read every contact. For the system.
    ///
    /// # Errors
    /// [`Error::Forbidden`](crate::Error::Forbidden), [`Error::Busy`](crate::Error::Busy).
    pub fn drop(&self) -> Result<()> {
        self.session.write(|db| {
            self.session.rights(db)?.require_system()?;
            db::substring::clear(db)?;
            Ok(db::substring::set_indexed_through(db, None)?)
        })
    }
}

/// Starts an empty index.
fn restart_index(db: &Write<'_>) -> Result<()> {
    db::substring::clear(db)?;
    Ok(db::substring::set_indexed_through(db, Some(0))?)
}

/// Indexes up to `most` more contacts; true if nothing is left.
fn index_next_contacts(db: &Write<'_>, most: usize) -> Result<bool> {
    let Some(through) = db::substring::indexed_through(db)? else { return Ok(true) };
    if through == i64::MAX {
        return Ok(true);
    }
    let fetch = i64::try_from(most.saturating_add(1)).unwrap_or(i64::MAX);
    let mut slice = db::contact::batch_after(db, through, fetch)?;
    let whole = slice.len() <= most;
    slice.truncate(most);
    for stored in &slice {
        if stored.contact.trashed_at.is_none() {
            let advisors = db::entries::advisors_of(db, stored.id)?;
            db::substring::insert(db, stored.id, &index_terms(stored, &advisors, grams(&stored.contact)))?;
        }
    }
    let last = slice.last().map_or(through, |stored| stored.id);
    db::substring::set_indexed_through(db, Some(if whole { i64::MAX } else { last }))?;
    Ok(whole)
}

/// Indexes up to `most` more contacts, if the index is enabled; true if nothing is left.
pub(crate) fn run_batch(_: &Engine, db: &Write<'_>, most: i64) -> Result<bool> {
    // Terms of another fold version are built by that version of the library.
    if db::metadata::read(db)?.fold_version != FOLD_VERSION {
        return Ok(true);
    }
    index_next_contacts(db, usize::try_from(most).unwrap_or(usize::MAX))
}

/// Restarts an enabled index, batch by batch.
pub(crate) fn restart_if_enabled(db: &Write<'_>) -> Result<()> {
    match db::substring::indexed_through(db)? {
        Some(_) => restart_index(db),
        None => Ok(()),
    }
}

/// Merges an enabled index into one structure.
pub(crate) fn optimize_index(db: &Write<'_>) -> Result<()> {
    match db::substring::indexed_through(db)? {
        Some(_) => Ok(db::substring::optimize(db)?),
        None => Ok(()),
    }
}

/// The terms of a contact: grams, owners and network.
fn index_terms(stored: &StoredContact, advisors: &[i64], mut words: Vec<String>) -> Vec<String> {
    let owners = advisors.iter().map(|advisor| Owner::Advisor(*advisor));
    let owners = std::iter::once(Owner::for_tenant(stored.tenant)).chain(owners);
    words.extend(owners.map(db::substring::owner_token));
    words.push(db::substring::network_token(stored.network));
    words
}

/// The state of the index in a transaction.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SubstringWriter {
    through: i64,
}

impl SubstringWriter {
    pub(crate) fn load(db: &Read<'_>) -> Result<Self> {
        Ok(Self { through: db::substring::indexed_through(db)?.unwrap_or(0) })
    }

    /// Whether the index must contain a contact.
    fn includes(self, stored: &StoredContact) -> bool {
        stored.id <= self.through && stored.contact.trashed_at.is_none()
    }

    /// Indexes a new contact; `grams` if they are already computed.
    pub(crate) fn insert(
        self,
        db: &Write<'_>,
        stored: &StoredContact,
        advisors: &[i64],
        made: Option<Vec<String>>,
    ) -> Result<()> {
        if !self.includes(stored) {
            return Ok(());
        }
        let made = made.unwrap_or_else(|| grams(&stored.contact));
        Ok(db::substring::insert(db, stored.id, &index_terms(stored, advisors, made))?)
    }

    /// Removes a contact from the index.
    pub(crate) fn remove(self, db: &Write<'_>, id: i64) -> Result<()> {
        if id > self.through {
            return Ok(());
        }
        Ok(db::substring::delete(db, id)?)
    }

    /// Indexes a contact again after a change of its links.
    pub(crate) fn reinsert(self, db: &Write<'_>, stored: &StoredContact) -> Result<()> {
        if !self.includes(stored) {
            return Ok(());
        }
        self.remove(db, stored.id)?;
        self.insert(db, stored, &db::entries::advisors_of(db, stored.id)?, None)
    }

    /// Indexes a contact again after a change of its fields, unless its grams are the same.
    pub(crate) fn update(
        self,
        db: &Write<'_>,
        old: &Contact,
        new: &StoredContact,
        advisors: &[i64],
    ) -> Result<()> {
        if !self.includes(new) {
            return Ok(());
        }
        let made = grams(&new.contact);
        if made == grams(old) {
            return Ok(());
        }
        self.remove(db, new.id)?;
        self.insert(db, new, advisors, Some(made))
    }

    /// Whether new contacts are indexed when they are added.
    pub(crate) fn is_complete(self) -> bool {
        self.through == i64::MAX
    }
}

/// The expected content of the index: for each contact a sum over its terms, and their number.
#[derive(Debug, Default)]
pub(crate) struct SubstringAudit {
    sums: HashMap<i64, (u64, i64)>,
}

/// The empty term represents the document itself. Without it, the check did not notice a document table that was
/// replaced by another one with a part of the contacts.
const DOCUMENT_MARKER: &str = "";

impl SubstringAudit {
    /// Adds the expected terms of a contact.
    pub(crate) fn expect(&mut self, writer: SubstringWriter, stored: &StoredContact, advisors: &[i64]) {
        if !writer.includes(stored) {
            return;
        }
        self.count(stored.id, DOCUMENT_MARKER, 1);
        for word in index_terms(stored, advisors, grams(&stored.contact)) {
            self.count(stored.id, &word, 1);
        }
    }

    fn count(&mut self, id: i64, word: &str, by: i64) {
        let mut hasher = DefaultHasher::new();
        word.hash(&mut hasher);
        let hash = hasher.finish();
        let (sum, count) = self.sums.entry(id).or_default();
        *sum = if by > 0 { sum.wrapping_add(hash) } else { sum.wrapping_sub(hash) };
        *count = count.saturating_add(by);
    }

    /// The number of contacts whose terms in the index are wrong.
    pub(crate) fn count_wrong(mut self, db: &Read<'_>) -> Result<u64> {
        db::substring::for_each_document(db, |id| self.count(id, DOCUMENT_MARKER, -1))?;
        db::substring::for_each_token(db, |id, word| self.count(id, word, -1))?;
        let wrong = self.sums.values().filter(|sum| **sum != (0, 0)).count();
        Ok(u64::try_from(wrong).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use crate::model::{Network, NewAdvisor, NewContact};
    use crate::{Actor, Options};

    /// An advisor with few contacts reads them one by one; an advisor with many uses the index. Both work with a
    /// complete, a partial and no index.
    #[test]
    fn an_advisors_contacts_are_found_however_many() {
        let store = Options::new().open_in_memory().unwrap();
        let session = store.session(Actor::System);
        let advisors = [5, 6, 7, 20].map(|many| {
            let advisor =
                session.directory().add_advisor(NewAdvisor::new(format!("Ada{many}"), "")).unwrap().id;
            for n in 0..many {
                let network = if n % 2 == 0 { Network::SMS_DIRECT } else { Network::BOOK };
                let new =
                    NewContact::new(network, format!("Eva{n:02}"), format!("Berg{many}")).advisor(advisor);
                session.add(new).unwrap();
            }
            (advisor, many)
        });
        for indexed in [0, 19, 40] {
            if indexed > 0 {
                session.substring_index().build(indexed).unwrap();
            }
            for (advisor, many) in advisors {
                for limit in [2, 50] {
                    let found = || session.search_substring("erg").advisor(advisor).limit(limit);
                    assert_eq!(found().iter().count(), many, "{many}, {indexed} indexed, by {limit}");
                    let direct = found().network(Network::SMS_DIRECT);
                    assert_eq!(
                        direct.iter().count(),
                        many.div_ceil(2),
                        "{many}, {indexed} indexed, by {limit}"
                    );
                    let one = session.search_substring("va01").advisor(advisor).limit(limit);
                    assert_eq!(one.iter().count(), 1, "{many}, {indexed} indexed, by {limit}");
                }
            }
        }
    }
}
