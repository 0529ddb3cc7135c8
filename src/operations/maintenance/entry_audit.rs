//! Looks up the entries that contacts should have in the tables of lists, orders, contact methods and unique values.

use std::collections::HashMap;

use crate::db::contact::contact_methods::LookupRow;
use crate::db::contact::unique_values::UniqueKey;
use crate::db::contact::{SortKeys, StoredContact};
use crate::db::sort_index::NewEntry;
use crate::db::{self, Generation, ListKey, Read, Scope};
use crate::error::Result;
use crate::model::NetworkPolicy;
use crate::operations::contact::draft::unique_keys;
use crate::operations::list::list_orders::{ListOrders, sort_key};

/// Contacts whose entries are looked up together. Each table is read in key order, so that a page of it is read once for all of them.
const BATCH: usize = 16_384;

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

/// An entry of a list by name. `is_right`: it has the sort key that the names give.
struct ListedEntry {
    list: ListKey,
    key: Vec<u8>,
    contact: i64,
    is_right: bool,
}

/// The expected entries of some contacts, and how many of all contacts were found.
#[derive(Default)]
pub(super) struct EntryAudit {
    /// Network policies by local id.
    policies: HashMap<i64, NetworkPolicy>,
    contacts: usize,
    listed_rows: Vec<ListedEntry>,
    sorted_rows: Vec<NewEntry>,
    method_rows: Vec<LookupRow>,
    unique_rows: Vec<(i64, UniqueKey, i64)>,
    pub(super) listed: EntryCount,
    pub(super) sorted: EntryCount,
    pub(super) methods: EntryCount,
    pub(super) unique: EntryCount,
}

impl EntryAudit {
    pub(super) fn new(db: &Read<'_>) -> Result<Self> {
        Ok(Self { policies: db::directory::networks(db)?.into_iter().collect(), ..Self::default() })
    }

    /// Adds a contact. `folded`: the folded texts of its row are of the fold of this library.
    pub(super) fn expect(
        &mut self,
        db: &Read<'_>,
        list_orders: &ListOrders,
        (stored, scopes): (&StoredContact, &[Scope]),
        folded: bool,
    ) -> Result<()> {
        self.method_rows.extend(db::contact_methods::lookup_rows(stored.id, &stored.contact));
        self.sorted_rows.extend(db::sort_entries::expected(db, stored, folded)?);
        // Contacts in the trash have no unique values.
        let policy = self.policies.get(&stored.network).filter(|_| stored.contact.trashed_at.is_none());
        if let Some(policy) = policy {
            let keys = unique_keys(stored, policy, stored.network, stored.group).into_iter();
            self.unique_rows.extend(keys.map(|key| (stored.tenant.unwrap_or(0), key, stored.id)));
        }
        self.expect_listed(db, list_orders, stored, scopes)?;
        self.contacts = self.contacts.saturating_add(1);
        if self.contacts.is_multiple_of(BATCH) { self.look_up(db) } else { Ok(()) }
    }

    /// The list entries of a contact in each generation.
    fn expect_listed(
        &mut self,
        db: &Read<'_>,
        list_orders: &ListOrders,
        stored: &StoredContact,
        scopes: &[Scope],
    ) -> Result<()> {
        let keys = list_orders.current_sort_keys(db, stored.id)?;
        let mut expect = |generation: Generation, keys: &SortKeys| {
            let key = keys.key(generation);
            let expected = list_orders.collator_of(generation).map(|order| sort_key(order, &stored.contact));
            let is_right = key.is_some() && expected.as_deref().is_none_or(|expected| key == Some(expected));
            self.listed_rows.extend(scopes.iter().map(|scope| ListedEntry {
                list: scope.in_generation(generation),
                key: key.unwrap_or_default().to_vec(),
                contact: stored.id,
                is_right,
            }));
        };
        expect(list_orders.generation, &keys);
        let other = list_orders.generation.other();
        if list_orders.is_in_both(stored.id) || keys.key(other).is_some() {
            expect(other, &keys);
        }
        Ok(())
    }

    /// Looks up all entries that were added since the last time.
    pub(super) fn look_up(&mut self, db: &Read<'_>) -> Result<()> {
        self.listed_rows
            .sort_unstable_by(|a, b| (a.list, &a.key, a.contact).cmp(&(b.list, &b.key, b.contact)));
        for row in self.listed_rows.drain(..) {
            let is_found = db::entries::has_entry(db, row.list, &row.key, row.contact)?;
            self.listed.add(is_found);
            if is_found && !row.is_right {
                self.listed.missing = self.listed.missing.saturating_add(1);
            }
        }
        self.sorted_rows.sort_unstable();
        for (list, key, contact) in self.sorted_rows.drain(..) {
            self.sorted.add(db::sort_index::has(db, list, &key, contact)?);
        }
        self.method_rows.sort_unstable();
        for row in self.method_rows.drain(..) {
            self.methods.add(db::contact_methods::has(db, &row)?);
        }
        self.unique_rows
            .sort_unstable_by(|(tenant, a, _), (other, b, _)| (tenant, a.order()).cmp(&(other, b.order())));
        for (tenant, key, contact) in self.unique_rows.drain(..) {
            match db::unique_values::holder(db, tenant, &key)? {
                // Another contact has the value. The difference from the number of rows counts it.
                Some(holder) if holder != contact => {}
                holder => self.unique.add(holder.is_some()),
            }
        }
        Ok(())
    }
}
