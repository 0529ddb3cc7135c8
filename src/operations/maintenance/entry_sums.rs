//! Sums over the entries that contacts should have, and over those that exist. Equal sums show that all is well, without a look-up.

use crate::db::row_sum::RowSum;
use crate::db::{self, ListKey, Read};
use crate::error::Result;
use crate::operations::maintenance::expected_entries::ExpectedEntries;

/// A sum for each table of entries.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct EntrySums {
    pub(super) listed: RowSum,
    pub(super) sorted: RowSum,
    pub(super) methods: RowSum,
    pub(super) unique: RowSum,
    /// List entries whose sort key is not that of the names.
    misplaced: u64,
}

impl EntrySums {
    /// Adds entries that should exist.
    pub(super) fn add(&mut self, expected: &mut ExpectedEntries) {
        for row in expected.listed.drain(..) {
            self.add_listed(row.list, &row.key, row.contact);
            self.misplaced = self.misplaced.saturating_add(u64::from(!row.is_right));
        }
        expected.sorted.drain(..).for_each(|row| db::sort_index::add_to_sum(&mut self.sorted, &row));
        expected.methods.drain(..).for_each(|row| db::contact_methods::add_to_sum(&mut self.methods, &row));
        expected.unique.drain(..).for_each(|row| db::unique_values::add_to_sum(&mut self.unique, &row));
    }

    /// Adds an entry of a list by name.
    pub(super) fn add_listed(&mut self, list: ListKey, key: &[u8], contact: i64) {
        self.listed.add(&(list, key, contact));
    }

    /// The entries of all tables but that of lists by name.
    pub(super) fn of_tables(db: &Read<'_>) -> Result<Self> {
        Ok(Self {
            sorted: db::sort_index::sum(db)?,
            methods: db::contact_methods::sum(db)?,
            unique: db::unique_values::sum(db)?,
            ..Self::default()
        })
    }
}
