//! Looks up the entries that contacts should have in the tables of lists, orders, contact methods and unique values.

use crate::db::{self, Read};
use crate::error::Result;
use crate::operations::maintenance::entry_sums::EntrySums;
use crate::operations::maintenance::expected_entries::ExpectedEntries;

/// How many of the expected entries exist.
#[derive(Debug, Default)]
pub(super) struct EntryCount {
    pub(super) found: u64,
    pub(super) missing: u64,
}

impl EntryCount {
    fn add(&mut self, is_found: bool) {
        let count = if is_found { &mut self.found } else { &mut self.missing };
        *count = count.saturating_add(1);
    }

    /// The number of differences, if the table has `total` entries.
    pub(super) fn differences(&self, total: u64) -> u64 {
        self.missing.saturating_add(total.saturating_sub(self.found))
    }
}

/// How many of the entries of all contacts exist.
#[derive(Debug, Default)]
pub(super) struct EntryAudit {
    pub(super) listed: EntryCount,
    pub(super) sorted: EntryCount,
    pub(super) methods: EntryCount,
    pub(super) unique: EntryCount,
}

impl EntryAudit {
    /// Each of these entries exists.
    pub(super) fn all_found(sums: &EntrySums) -> Self {
        let found = |found| EntryCount { found, missing: 0 };
        Self {
            listed: found(sums.listed.rows),
            sorted: found(sums.sorted.rows),
            methods: found(sums.methods.rows),
            unique: found(sums.unique.rows),
        }
    }

    /// Looks up entries, each table in its order, so that a page of it is read once for all of them.
    pub(super) fn look_up(&mut self, db: &Read<'_>, expected: &mut ExpectedEntries) -> Result<()> {
        expected
            .listed
            .sort_unstable_by(|a, b| (a.list, &a.key, a.contact).cmp(&(b.list, &b.key, b.contact)));
        for row in expected.listed.drain(..) {
            let is_found = db::entries::has_entry(db, row.list, &row.key, row.contact)?;
            self.listed.add(is_found);
            if is_found && !row.is_right {
                self.listed.missing = self.listed.missing.saturating_add(1);
            }
        }
        expected.sorted.sort_unstable();
        for (list, key, contact) in expected.sorted.drain(..) {
            self.sorted.add(db::sort_index::has(db, list, &key, contact)?);
        }
        expected.methods.sort_unstable();
        for row in expected.methods.drain(..) {
            self.methods.add(db::contact_methods::has(db, &row)?);
        }
        let unique = &mut expected.unique;
        unique.sort_unstable_by(|(tenant, a, _), (other, b, _)| (tenant, a.order()).cmp(&(other, b.order())));
        for (tenant, key, contact) in unique.drain(..) {
            match db::unique_values::holder(db, tenant, &key)? {
                // Another contact has the value. The difference from the number of rows counts it.
                Some(holder) if holder != contact => {}
                holder => self.unique.add(holder.is_some()),
            }
        }
        Ok(())
    }
}
