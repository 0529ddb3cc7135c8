//! The contacts with a word, collected only if that pays.

use std::cell::{Cell, OnceCell};

use crate::db::{Bitmap, Scope, contact};
use crate::error::Result;
use crate::index::key_range::PrefixRanges;
use crate::index::plan::NO_DEDUP;
use crate::index::read::contact_sets::PostingScan;
use crate::index::read::index_reader::IndexReader;

/// Hits that fill a page, for estimates.
pub(crate) const ASSUMED_PAGE_LEN: usize = 20;

/// The contacts with a word in some lists, and perhaps some that no longer have it.
///
/// The set is collected at once if that is cheaper than to read the rows of all candidates until a page is full. Else it is
/// collected after so many candidates that the estimate was wrong.
#[derive(Debug)]
pub(crate) struct LazyDocSet<'a> {
    index: IndexReader<'a>,
    scan: PostingScan,
    /// Candidates that are accepted before the set is collected.
    unchecked_left: Cell<usize>,
    /// Above this size the set does not pay: reading the rows of rejected candidates is cheaper.
    max_contacts: usize,
    /// `Some(None)`: there are more than `max_contacts`.
    contacts: OnceCell<Option<Bitmap>>,
}

impl<'a> LazyDocSet<'a> {
    /// The set for a word with some prefix ranges.
    ///
    /// # Errors
    /// [`Error::Damaged`](crate::Error::Damaged) if a term index cannot be read; those of the store.
    pub(crate) fn new(index: IndexReader<'a>, scopes: &[Scope], ranges: &PrefixRanges) -> Result<Self> {
        let scan = PostingScan::plan(index, scopes, ranges)?;
        let last_id = usize::try_from(contact::last_id(index.db)?).unwrap_or_default();
        // Rows until a page is full, times two: the contacts with the word may not be spread evenly.
        let rows = last_id
            .saturating_mul(2 * ASSUMED_PAGE_LEN)
            .checked_div(scan.estimated_contacts())
            .unwrap_or_default();
        let unchecked = if scan.cost_in_rows() <= rows { 0 } else { rows };
        let lookups = index.tuning().lookups_per_row_read.saturating_mul(ASSUMED_PAGE_LEN);
        let max_contacts = last_id.saturating_mul(lookups).isqrt();
        Ok(Self {
            index,
            scan,
            unchecked_left: Cell::new(unchecked),
            max_contacts,
            contacts: OnceCell::new(),
        })
    }

    /// Whether a contact may have the word.
    ///
    /// # Errors
    /// [`Error::Damaged`](crate::Error::Damaged) if a block cannot be read.
    pub(crate) fn may_contain(&self, contact: i64) -> Result<bool> {
        if let Some(left) = self.unchecked_left.get().checked_sub(1) {
            self.unchecked_left.set(left);
            return Ok(true);
        }
        if self.contacts.get().is_none() {
            let (found, is_complete) = self.scan.collect(self.index, NO_DEDUP, self.max_contacts)?;
            self.contacts.get_or_init(|| is_complete.then_some(found));
        }
        let known = self.contacts.get().and_then(Option::as_ref);
        Ok(known.is_none_or(|contacts| contacts.contains(contact)))
    }
}
