//! The contacts with a word, collected only if that pays.

use std::cell::{Cell, OnceCell};
use std::sync::Arc;

use crate::db::{Bitmap, contact};
use crate::error::Result;
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
    contacts: OnceCell<Option<Arc<Bitmap>>>,
}

impl<'a> LazyDocSet<'a> {
    /// The set that a scan finds.
    ///
    /// # Errors
    /// Those of the store.
    pub(crate) fn new(index: IndexReader<'a>, scan: PostingScan) -> Result<Self> {
        let last_id = usize::try_from(contact::last_id(index.db)?).unwrap_or_default();
        // Rows until a page is full, times two: the contacts with the word may not be spread evenly.
        let rows = last_id
            .saturating_mul(2 * ASSUMED_PAGE_LEN)
            .checked_div(scan.estimated_contacts())
            .unwrap_or_default();
        let is_cheap = scan.cost_in_rows() <= rows || scan.cached(index, NO_DEDUP).is_some();
        let unchecked = if is_cheap { 0 } else { rows };
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
            let found = self.scan.collect_cached(self.index, NO_DEDUP, self.max_contacts)?;
            self.contacts.get_or_init(|| found);
        }
        let known = self.contacts.get().and_then(Option::as_ref);
        Ok(known.is_none_or(|contacts| contacts.contains(contact)))
    }
}
