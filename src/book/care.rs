//! The book as a file: made, kept in step with the library, checked, copied, measured.

use std::path::Path;

use super::draft::place_of;
use super::{SubstringIndex, Tally, enter, scopes_of, substring};
use crate::db::book::Book;
use crate::db::{self, Read, Scope, Write};
use crate::error::Result;
use crate::index::{self, Due};
use crate::interrupt::Watch;
use crate::model::{IdSource, NetworkPolicy};
use crate::options::Options;
use crate::session::Session;
use crate::store::{Inner, Store};
use crate::text::collate::Collator;
use crate::text::fold::FOLD_VERSION;
use crate::text::phone::METADATA;

/// Contacts read at a time by what goes through all of them.
const SLICE: i64 = 1_000;

/// Writes the first rows of a new book: itself, the built-in networks, one tenant.
pub(crate) fn found(db: &Write<'_>, options: &Options, ids: &IdSource, collator: &Collator) -> Result<()> {
    let now = options.clock.now();
    let book = Book {
        public_id: ids.next(now),
        locale: options.locale.clone().unwrap_or_default(),
        collation: collator.stamp().to_owned(),
        fold: FOLD_VERSION,
        phones: METADATA.to_owned(),
    };
    db::book::insert(db, &book, now)?;
    for policy in NetworkPolicy::built_in() {
        db::directory::insert_network(db, &policy)?;
    }
    db::directory::insert_tenant(db, ids.next(now), "default")?;
    Ok(())
}

/// Makes sort keys and search keys anew if this library makes others than those in the file. A book that cannot be written
/// keeps the old ones.
pub(crate) fn refit(inner: &Inner, record: &Book, locale: &str) -> Result<()> {
    let sort = record.collation != inner.collator.stamp() || record.locale != locale;
    let search = record.fold != FOLD_VERSION;
    if inner.options.read_only || !(sort || search) {
        return Ok(());
    }
    inner.write_whatever(&Watch::default(), |db| {
        if sort {
            replace_lists(inner, db)?;
        }
        if search {
            rebuild_index(db)?;
            substring::forget(db)?;
        }
        let collation = inner.collator.stamp().to_owned();
        let book = Book { locale: locale.to_owned(), collation, fold: FOLD_VERSION, ..record.clone() };
        db::book::set_stamps(db, &book)?;
        Ok(((), true))
    })?;
    if search { substring::finish(inner, &Watch::default()) } else { Ok(()) }
}

fn replace_lists(inner: &Inner, db: &Write<'_>) -> Result<()> {
    db::lists::clear(db)?;
    let mut tally = Tally::default();
    let mut contacts = Contacts::new(db);
    while let Some((stored, scopes)) = contacts.next()? {
        let place = place_of(&inner.collator, &stored.contact);
        db::contact::set_place(db, stored.id, &place)?;
        enter(db, &mut tally, &scopes, &place, stored.id)?;
    }
    tally.write(db)
}

fn rebuild_index(db: &Write<'_>) -> Result<()> {
    let mut contacts = Contacts::new(db);
    index::rebuild(db, || Ok(contacts.next()?.map(|(stored, scopes)| (stored.id, stored.contact, scopes))))
}

/// All contacts of the book with the lists they are in, slice by slice.
pub(super) struct Contacts<'a> {
    db: &'a Read<'a>,
    after: i64,
    slice: std::vec::IntoIter<db::contact::Stored>,
}

impl<'a> Contacts<'a> {
    pub(super) fn new(db: &'a Read<'a>) -> Self {
        Self { db, after: 0, slice: Vec::new().into_iter() }
    }

    pub(super) fn next(&mut self) -> Result<Option<(db::contact::Stored, Vec<Scope>)>> {
        if self.slice.len() == 0 {
            self.slice = db::contact::slice(self.db, self.after, SLICE)?.into_iter();
        }
        let Some(stored) = self.slice.next() else { return Ok(None) };
        self.after = stored.id;
        let advisors = db::lists::advisors_of(self.db, stored.id)?;
        let scopes = scopes_of(&stored, &advisors);
        Ok(Some((stored, scopes)))
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
    /// Bytes of search parts in memory.
    pub cached_bytes: usize,
    /// The index of substrings.
    pub substrings: SubstringIndex,
    /// Language of the list order; empty for the root order.
    pub locale: String,
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
                cached_bytes: self.inner.cache.bytes(),
                substrings: SubstringIndex::of(db::substring::through(&snapshot.db)?),
                locale: db::book::read(&snapshot.db)?.locale,
            })
        })
    }
}

impl Store {
    /// Makes the search index anew from the contacts, and the index of substrings if the book keeps one. For a book whose
    /// check complains of it.
    ///
    /// # Errors
    /// [`Error::ReadOnly`](crate::Error::ReadOnly), [`Error::Busy`](crate::Error::Busy).
    pub fn rebuild_index(&self) -> Result<()> {
        let watch = Watch::default();
        self.inner().write(&watch, |db| {
            rebuild_index(db)?;
            substring::forget(db)
        })?;
        substring::finish(self.inner(), &watch)
    }

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

    /// Copies the book, as of one moment, to a file that must not exist. The copy is checked before it gets its name; an
    /// interrupted copy leaves no file under that name.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io) if there is a file, or it cannot be written.
    pub fn backup_to(&self, dest: impl AsRef<Path>) -> Result<()> {
        self.inner().copy_to(dest.as_ref())
    }
}
