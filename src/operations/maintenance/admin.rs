//! The book as a file: made, kept in step with the library, checked, copied, measured.

use std::path::Path;

use crate::access::session::Session;
use crate::db::metadata::{Book, Gap};
use crate::db::{self, Generation, Read, Scope, Write};
use crate::engine::Inner;
use crate::error::{Error, Result};
use crate::host::interrupt::Watch;
use crate::index::{self, Due};
use crate::model::{IdSource, NetworkPolicy, Timestamp};
use crate::operations::maintenance::{background_tasks, reindex, relocalize, substring_index};
use crate::operations::{SubstringIndex, scopes_of};
use crate::options::Options;
use crate::text::collate::Collator;
use crate::text::fold::FOLD_VERSION;
use crate::text::phone::METADATA;

/// Contacts read at a time by what goes through all of them.
pub(crate) const SLICE: i64 = 1_000;

/// All contacts of the book with the lists they are in, slice by slice.
pub(crate) struct Contacts<'a> {
    db: &'a Read<'a>,
    after: i64,
    most: i64,
    slice: Option<std::vec::IntoIter<db::contact::Stored>>,
}

impl<'a> Contacts<'a> {
    pub(crate) fn new(db: &'a Read<'a>) -> Self {
        Self::after(db, 0, SLICE)
    }

    /// From after a local id on, so many in a slice.
    pub(crate) fn after(db: &'a Read<'a>, after: i64, most: i64) -> Self {
        Self { db, after, most, slice: None }
    }

    pub(crate) fn next(&mut self) -> Result<Option<(db::contact::Stored, Vec<Scope>)>> {
        let mut next = self.next_of_slice()?;
        if next.is_none() {
            self.slice = None;
            next = self.next_of_slice()?;
        }
        let Some(stored) = next else { return Ok(None) };
        let advisors = db::entries::advisors_of(self.db, stored.id)?;
        let scopes = scopes_of(&stored, &advisors);
        Ok(Some((stored, scopes)))
    }

    /// The next one of the slice; `None` at its end.
    pub(crate) fn next_of_slice(&mut self) -> Result<Option<db::contact::Stored>> {
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
    pub(crate) fn merge(&self, watch: &Watch, due: Due) -> Result<()> {
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
            let counts = db::metadata::counts(&snapshot.db)?;
            let book = db::metadata::read(&snapshot.db)?;
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
                unkeyed: db::metadata::count_in(&snapshot.db, index::unkeyed(&snapshot.db)?)?,
                index_bytes: db::index_store::bytes(&snapshot.db)?,
                cached_bytes: self.inner.cache.bytes(),
                substrings: SubstringIndex::of(db::substring::through(&snapshot.db)?),
                locale: book.locale,
                next_locale: book.next.map(|next| next.locale),
            })
        })
    }
}

/// See [`Store::optimize`](crate::Store::optimize).
pub(crate) fn optimize(inner: &Inner) -> Result<()> {
    let watch = Watch::default();
    inner.write(&watch, index::flush)?;
    inner.merge(&watch, Due::All)?;
    inner.write(&watch, substring_index::optimize)
}

/// See [`Store::scrub`](crate::Store::scrub).
pub(crate) fn scrub(inner: &Inner) -> Result<()> {
    if !inner.options.db.secure_delete {
        let problem = "what is deleted is overwritten only if this is on".to_owned();
        return Err(Error::BadOption { option: "secure_delete", problem });
    }
    optimize(inner)?;
    inner.checkpoint()
}

/// See [`Store::compact`](crate::Store::compact).
pub(crate) fn compact(inner: &Inner) -> Result<()> {
    inner.compact()
}

/// See [`Store::prune_changes`](crate::Store::prune_changes).
pub(crate) fn prune_changes(inner: &Inner, before: Timestamp) -> Result<u64> {
    let (mut gone, watch) = (0_u64, Watch::default());
    loop {
        let some = inner.write(&watch, |db| Ok(db::changes::prune(db, before.0, SLICE)?))?;
        gone = gone.saturating_add(some);
        if some == 0 {
            return Ok(gone);
        }
    }
}

/// See [`Store::backup_to`](crate::Store::backup_to).
pub(crate) fn backup_to(inner: &Inner, dest: impl AsRef<Path>) -> Result<()> {
    inner.copy_to(dest.as_ref())
}
