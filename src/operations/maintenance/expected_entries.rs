//! The entries that contacts should have in the tables of lists, orders, contact methods and unique values.

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

/// An entry of a list by name. `is_right`: it has the sort key that the names give.
pub(super) struct ListedEntry {
    pub(super) list: ListKey,
    pub(super) key: Vec<u8>,
    pub(super) contact: i64,
    pub(super) is_right: bool,
}

/// The entries of some contacts.
pub(super) struct ExpectedEntries {
    /// Network policies by local id.
    policies: HashMap<i64, NetworkPolicy>,
    pub(super) listed: Vec<ListedEntry>,
    pub(super) sorted: Vec<NewEntry>,
    pub(super) methods: Vec<LookupRow>,
    pub(super) unique: Vec<(i64, UniqueKey, i64)>,
}

impl ExpectedEntries {
    pub(super) fn new(db: &Read<'_>) -> Result<Self> {
        let policies = db::directory::networks(db)?.into_iter().collect();
        Ok(Self { policies, listed: Vec::new(), sorted: Vec::new(), methods: Vec::new(), unique: Vec::new() })
    }

    /// Adds those of a contact. `folded`: the folded texts of its row are of the fold of this library.
    pub(super) fn add(
        &mut self,
        db: &Read<'_>,
        list_orders: &ListOrders,
        (stored, scopes): (&StoredContact, &[Scope]),
        folded: bool,
    ) -> Result<()> {
        self.methods.extend(db::contact_methods::lookup_rows(stored.id, &stored.contact));
        self.sorted.extend(db::sort_entries::expected(db, stored, folded)?);
        // Contacts in the trash have no unique values.
        let policy = self.policies.get(&stored.network).filter(|_| stored.contact.trashed_at.is_none());
        if let Some(policy) = policy {
            let keys = unique_keys(stored, policy, stored.network, stored.group).into_iter();
            self.unique.extend(keys.map(|key| (stored.tenant.unwrap_or(0), key, stored.id)));
        }
        self.add_listed(db, list_orders, stored, scopes)
    }

    /// The list entries of a contact in each generation.
    fn add_listed(
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
            self.listed.extend(scopes.iter().map(|scope| ListedEntry {
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
}
