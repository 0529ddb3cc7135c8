//! Who has a word, to hold candidates against before their rows are read.

use std::cell::{Cell, OnceCell};

use crate::db::{Bitmap, Scope, contact};
use crate::error::Result;
use crate::index::plan::NO_DEDUP;
use crate::index::read::candidate_stream::{IndexReader, PrefixRanges};
use crate::index::read::contact_sets::PostingScan;

/// Hits that fill a page, as an estimate goes.
pub(crate) const ASSUMED_PAGE_LEN: usize = 20;

/// Contacts that are looked up in the time in which a row is read and held against a query.
const LOOKUPS_PER_ROW_READ: usize = if cfg!(test) { 2 } else { 500 };

/// The contacts that some lists have for a word, and perhaps some that they no longer have. Looked up if that is less work than to
/// read the rows of all candidates until a page is full, or once so many have been read in vain that the estimate was wrong.
#[derive(Debug)]
pub(crate) struct LazyDocSet<'a> {
    index: IndexReader<'a>,
    scan: PostingScan,
    /// Contacts that are let through before the word is looked up.
    unchecked_left: Cell<usize>,
    /// With more contacts fewer rows are read in vain than it takes to look them up.
    max_contacts: usize,
    /// `None` in it: there are more.
    contacts: OnceCell<Option<Bitmap>>,
}

impl<'a> LazyDocSet<'a> {
    /// Of a word that is looked for in `reach`.
    ///
    /// # Errors
    /// [`Error::Damaged`](crate::Error::Damaged) at a list of parts that cannot be read; those of the store.
    pub(crate) fn new(index: IndexReader<'a>, scopes: &[Scope], reach: &PrefixRanges) -> Result<Self> {
        let extent = PostingScan::plan(index, scopes, reach)?;
        let last = usize::try_from(contact::last_id(index.db)?).unwrap_or_default();
        // Twice as many as if those with the word were evenly among all.
        let rows = last
            .saturating_mul(2 * ASSUMED_PAGE_LEN)
            .checked_div(extent.estimated_contacts())
            .unwrap_or_default();
        let unseen = if extent.cost_in_rows() <= rows { 0 } else { rows };
        let most = last.saturating_mul(ASSUMED_PAGE_LEN * LOOKUPS_PER_ROW_READ).isqrt();
        Ok(Self {
            index,
            scan: extent,
            unchecked_left: Cell::new(unseen),
            max_contacts: most,
            contacts: OnceCell::new(),
        })
    }

    /// Whether a contact may have the word.
    ///
    /// # Errors
    /// [`Error::Damaged`](crate::Error::Damaged) at a part that cannot be read.
    pub(crate) fn may_contain(&self, contact: i64) -> Result<bool> {
        if let Some(left) = self.unchecked_left.get().checked_sub(1) {
            self.unchecked_left.set(left);
            return Ok(true);
        }
        if self.contacts.get().is_none() {
            let (found, whole) = self.scan.collect(self.index, NO_DEDUP, self.max_contacts)?;
            self.contacts.get_or_init(|| whole.then_some(found));
        }
        let known = self.contacts.get().and_then(Option::as_ref);
        Ok(known.is_none_or(|contacts| contacts.contains(contact)))
    }
}
