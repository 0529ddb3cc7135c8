//! The book as a file: made, kept in step with the library, checked, copied, measured.

use std::path::Path;

use super::{SubstringIndex, chores, rekey, relist, scopes_of, substring};
use crate::db::book::{Book, Gap};
use crate::db::{self, Generation, Read, Scope, Write};
use crate::error::{Error, Result};
use crate::index::{self, Due};
use crate::interrupt::Watch;
use crate::model::{IdSource, NetworkPolicy, Timestamp};
use crate::options::Options;
use crate::session::Session;
use crate::store::{Inner, Store};
use crate::text::collate::Collator;
use crate::text::fold::FOLD_VERSION;
use crate::text::phone::METADATA;

/// Contacts read at a time by what goes through all of them.
pub(super) const SLICE: i64 = 1_000;

/// Writes the first rows of a new book: itself, the built-in networks, one tenant.
pub(crate) fn found(db: &Write<'_>, options: &Options, ids: &IdSource, collator: &Collator) -> Result<()> {
    let now = options.clock.now();
    let book = Book {
        public_id: ids.next(now),
        locale: options.locale.clone().unwrap_or_default(),
        collation: collator.stamp().to_owned(),
        fold: FOLD_VERSION,
        phones: METADATA.to_owned(),
        generation: Generation::Zero,
        next: None,
        next_done: 0,
        remains: false,
        unkeyed: Gap::default(),
        substrings: None,
    };
    db::book::insert(db, &book, now)?;
    for policy in NetworkPolicy::built_in() {
        db::directory::insert_network(db, &policy)?;
    }
    db::tenants::insert_tenant(db, ids.next(now), "default")?;
    Ok(())
}

/// Brings the book in step with this library and with the locale it is opened with: search keys and lists, in slices, of which
/// the first is done here. A book that cannot be written stays as it is.
pub(crate) fn refit(inner: &Inner, record: &Book) -> Result<()> {
    if inner.options.read_only {
        return Ok(());
    }
    let locale = inner.options.locale.as_deref();
    if record.fold == FOLD_VERSION && relist::wanted(inner, record, locale)?.is_none() {
        return Ok(());
    }
    inner.write_whatever(&Watch::default(), |db| {
        rekey::adopt(db)?;
        relist::wish(inner, db, locale)?;
        Ok(((), true))
    })?;
    chores::slice_alone(inner)?;
    Ok(())
}

/// All contacts of the book with the lists they are in, slice by slice.
pub(super) struct Contacts<'a> {
    db: &'a Read<'a>,
    after: i64,
    most: i64,
    slice: Option<std::vec::IntoIter<db::contact::Stored>>,
}

impl<'a> Contacts<'a> {
    pub(super) fn new(db: &'a Read<'a>) -> Self {
        Self::after(db, 0, SLICE)
    }

    /// From after a local id on, so many in a slice.
    pub(super) fn after(db: &'a Read<'a>, after: i64, most: i64) -> Self {
        Self { db, after, most, slice: None }
    }

    pub(super) fn next(&mut self) -> Result<Option<(db::contact::Stored, Vec<Scope>)>> {
        let mut next = self.next_of_slice()?;
        if next.is_none() {
            self.slice = None;
            next = self.next_of_slice()?;
        }
        let Some(stored) = next else { return Ok(None) };
        let advisors = db::lists::advisors_of(self.db, stored.id)?;
        let scopes = scopes_of(&stored, &advisors);
        Ok(Some((stored, scopes)))
    }

    /// The next one of the slice; `None` at its end.
    pub(super) fn next_of_slice(&mut self) -> Result<Option<db::contact::Stored>> {
        let slice = match &mut self.slice {
            Some(slice) => slice,
            none => none.insert(db::contact::slice(self.db, self.after, self.most)?.into_iter()),
        };
        let next = slice.next();
        if let Some(stored) = &next {
            self.after = stored.id;
        }
        Ok(next)
    }
}

/// Figures about a book.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Stats {
    /// Contacts, without the trash.
    pub contacts: i64,
    /// Contacts in the trash.
    pub trashed: i64,
    /// Links between contacts and advisors.
    pub links: i64,
    /// Advisors.
    pub advisors: i64,
    /// Tenants.
    pub tenants: i64,
    /// Changes logged.
    pub changes: i64,
    /// Bytes of the file, without its log.
    pub bytes: i64,
    /// Segments of the search index.
    pub segments: usize,
    /// Search keys not yet in a segment.
    pub delta: usize,
    /// Contacts that have no search keys yet: see [`Store::maintain`].
    pub unkeyed: i64,
    /// Bytes of the search index in segments.
    pub index_bytes: i64,
    /// Bytes of search parts in memory.
    pub cached_bytes: usize,
    /// The index of substrings.
    pub substrings: SubstringIndex,
    /// Language of the list order; empty for the root order.
    pub locale: String,
    /// Language the lists are being brought into, if they are: see [`Store::maintain`].
    pub next_locale: Option<String>,
}

impl Inner {
    /// Merges what is due, each piece in a transaction of its own.
    pub(super) fn merge(&self, watch: &Watch, due: Due) -> Result<()> {
        while self.write(watch, |db| index::step(db, due))? {
            watch.check()?;
        }
        Ok(())
    }
}

impl Session {
    /// Figures about the book. Counts every row: a call for people, not for a loop. For the system.
    ///
    /// # Errors
    /// [`Error::Forbidden`](crate::Error::Forbidden).
    pub fn stats(&self) -> Result<Stats> {
        self.inner.read(&self.watch(), |snapshot| {
            self.rights(&snapshot.db)?.require_system()?;
            snapshot.refresh()?;
            let counts = db::book::counts(&snapshot.db)?;
            let book = db::book::read(&snapshot.db)?;
            let (segments, delta) = snapshot.view.shape();
            Ok(Stats {
                contacts: counts.contacts,
                trashed: counts.trashed,
                links: counts.links,
                advisors: counts.advisors,
                tenants: counts.tenants,
                changes: counts.changes,
                bytes: counts.bytes,
                segments,
                delta,
                unkeyed: db::book::count_in(&snapshot.db, index::unkeyed(&snapshot.db)?)?,
                index_bytes: db::search::bytes(&snapshot.db)?,
                cached_bytes: self.inner.cache.bytes(),
                substrings: SubstringIndex::of(db::substring::through(&snapshot.db)?),
                locale: book.locale,
                next_locale: book.next.map(|next| next.locale),
            })
        })
    }
}

impl Store {
    /// Merges the search index into one segment, and the index of substrings into one piece: the work of later merges,
    /// done now. In many short transactions: other writers come in between.
    ///
    /// # Errors
    /// [`Error::ReadOnly`](crate::Error::ReadOnly), [`Error::Busy`](crate::Error::Busy).
    pub fn optimize(&self) -> Result<()> {
        let (inner, watch) = (self.inner(), Watch::default());
        inner.write(&watch, index::flush)?;
        inner.merge(&watch, Due::All)?;
        inner.write(&watch, substring::optimize)
    }

    /// Makes the search index and the log of writes let go of what was purged or edited: all segments are merged, so that no key of it is
    /// left, and the log is written back and emptied. In a store that was opened with
    /// [`Options::secure_delete`](crate::Options::secure_delete), and only there, the bytes are overwritten: after a purge and this, a
    /// name that nobody else has is nowhere in the file. What stays of the contact is its id in the log of changes, and a place
    /// in the order of the lists (the sort key, not the text) that a run of a list may begin at.
    ///
    /// # Errors
    /// [`Error::BadOption`](crate::Error::BadOption) without that option; [`Error::ReadOnly`](crate::Error::ReadOnly);
    /// [`Error::Busy`](crate::Error::Busy) while a reader stands on an old snapshot: call it again.
    pub fn scrub(&self) -> Result<()> {
        if !self.inner().options.secure_delete {
            let problem = "what is deleted is overwritten only if this is on".to_owned();
            return Err(Error::BadOption { option: "secure_delete", problem });
        }
        self.optimize()?;
        self.inner().checkpoint()
    }

    /// Gives the pages that nothing stands in any more back to the file system, and puts the others in order: the file is written anew
    /// in one transaction, so a crash leaves it as it was. Takes as long as a copy and as much room again meanwhile; others read
    /// on, and wait to write. Nobody has to call this: free pages are used again.
    ///
    /// # Errors
    /// [`Error::ReadOnly`](crate::Error::ReadOnly); [`Error::Full`](crate::Error::Full); [`Error::Busy`](crate::Error::Busy) while
    /// somebody writes, or a reader stands on an old snapshot: the file shrinks with the next call then.
    pub fn compact(&self) -> Result<()> {
        self.inner().compact()
    }

    /// Deletes what the log says of the time before `before`, in short transactions; gives the number of changes deleted. Who
    /// asks for changes after a number that is gone is told so ([`Error::Pruned`](crate::Error::Pruned)). Contacts stay as they are.
    ///
    /// # Errors
    /// [`Error::ReadOnly`](crate::Error::ReadOnly), [`Error::Busy`](crate::Error::Busy); those of the store.
    pub fn prune_changes(&self, before: Timestamp) -> Result<u64> {
        let (mut gone, watch) = (0_u64, Watch::default());
        loop {
            let some = self.inner().write(&watch, |db| Ok(db::feed::prune(db, before.0, SLICE)?))?;
            gone = gone.saturating_add(some);
            if some == 0 {
                return Ok(gone);
            }
        }
    }

    /// Copies the book, as of one moment, to a file that must not exist. The copy is checked before it gets its name; an
    /// interrupted copy leaves no file under that name. Writers go on meanwhile. A copy is a book: to restore it, copy it back to where
    /// no file is, with this call or any other (a closed book is one file).
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io) if there is a file, or it cannot be written.
    pub fn backup_to(&self, dest: impl AsRef<Path>) -> Result<()> {
        self.inner().copy_to(dest.as_ref())
    }
}
