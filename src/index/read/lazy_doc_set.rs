//! Who has a word, to hold candidates against before their rows are read.

use std::cell::{Cell, OnceCell};

use crate::db::{IdSet, Scope, contact};
use crate::error::Result;
use crate::index::plan::NEVER;
use crate::index::read::candidate_filter::Extent;
use crate::index::read::candidate_stream::{Index, Reach};

/// Hits that fill a page, as an estimate goes.
pub(crate) const PAGE: usize = 20;

/// Contacts that are looked up in the time in which a row is read and held against a query.
const ROW: usize = if cfg!(test) { 2 } else { 500 };

/// The contacts that some lists have for a word, and perhaps some that they no longer have. Looked up if that is less work than to
/// read the rows of all candidates until a page is full, or once so many have been read in vain that the estimate was wrong.
#[derive(Debug)]
pub(crate) struct WordSet<'a> {
    index: Index<'a>,
    extent: Extent,
    /// Contacts that are let through before the word is looked up.
    unseen: Cell<usize>,
    /// With more contacts fewer rows are read in vain than it takes to look them up.
    most: usize,
    /// `None` in it: there are more.
    contacts: OnceCell<Option<IdSet>>,
}

impl<'a> WordSet<'a> {
    /// Of a word that is looked for in `reach`.
    ///
    /// # Errors
    /// [`Error::Damaged`](crate::Error::Damaged) at a list of parts that cannot be read; those of the store.
    pub(crate) fn new(index: Index<'a>, scopes: &[Scope], reach: &Reach) -> Result<Self> {
        let extent = Extent::of(index, scopes, reach)?;
        let last = usize::try_from(contact::last_id(index.db)?).unwrap_or_default();
        // Twice as many as if those with the word were evenly among all.
        let rows = last.saturating_mul(2 * PAGE).checked_div(extent.contacts()).unwrap_or_default();
        let unseen = if extent.rows() <= rows { 0 } else { rows };
        let most = last.saturating_mul(PAGE * ROW).isqrt();
        Ok(Self { index, extent, unseen: Cell::new(unseen), most, contacts: OnceCell::new() })
    }

    /// Whether a contact may have the word.
    ///
    /// # Errors
    /// [`Error::Damaged`](crate::Error::Damaged) at a part that cannot be read.
    pub(crate) fn may_have(&self, contact: i64) -> Result<bool> {
        if let Some(left) = self.unseen.get().checked_sub(1) {
            self.unseen.set(left);
            return Ok(true);
        }
        if self.contacts.get().is_none() {
            let (found, whole) = self.extent.look_up(self.index, NEVER, self.most)?;
            self.contacts.get_or_init(|| whole.then_some(found));
        }
        let known = self.contacts.get().and_then(Option::as_ref);
        Ok(known.is_none_or(|contacts| contacts.contains(contact)))
    }
}
