//! Is everything that is derived what the rows say?

use std::collections::HashMap;

use crate::db::contact::{SortKeys, StoredContact};
use crate::db::list::bucket::Bucket;
use crate::db::metadata::IdRange;
use crate::db::{self, Generation, ListKey, Read, Scope};
use crate::engine::{Engine, Snapshot};
use crate::error::{Error, Result};
use crate::host::interrupt::CancelToken;
use crate::index;
use crate::model::{ContactId, NetworkPolicy};
use crate::operations::contact::draft::unique_keys;
use crate::operations::list::list_orders::{ListOrders, sort_key};
use crate::operations::maintenance::admin::ContactScan;
use crate::operations::maintenance::key_audit::KeyAudit;
use crate::operations::maintenance::substring_index::{SubstringAudit, SubstringWriter};

/// What a check found.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CheckReport {
    /// Contacts looked at, the trash included.
    pub contacts: u64,
    /// Complaints of SQLite about the file: pages, indexes, references.
    pub sqlite_errors: Vec<String>,
    /// Contacts that are not what was written: the row, the card, a note, a value of an attribute or a tag has another checksum.
    pub checksum_mismatches: u64,
    /// The first twenty of those, where the row still has an id.
    pub checksum_mismatch_contacts: Vec<ContactId>,
    /// Whether such a row cannot be read at all; what is derived from contacts was not looked at then.
    pub has_unreadable_rows: bool,
    /// Entries that a list lacks, or has at the wrong place.
    pub missing_list_entries: u64,
    /// Entries of lists that no contact accounts for.
    pub orphan_list_entries: u64,
    /// Runs of a list (all contacts under a letter, or some hundreds of them) whose count is wrong.
    pub wrong_list_counts: u64,
    /// Where the first twenty of those are, with both counts.
    pub wrong_list_count_details: Vec<String>,
    /// Phones and e-mail addresses that a contact is not found by, or is found by and does not have.
    pub wrong_contact_methods: u64,
    /// Values that nobody else may have, and nobody holds although a contact has them, or that are held by none that has them: an
    /// address could be given twice, or be refused to everybody.
    pub wrong_unique_values: u64,
    /// Search keys that a contact should have and the index lacks.
    pub missing_search_keys: u64,
    /// Search keys in the index that no contact accounts for.
    pub orphan_search_keys: u64,
    /// The first twenty contacts whose search keys are wrong. Keys of contacts that are not there have none.
    pub wrong_search_key_contacts: Vec<ContactId>,
    /// Contacts of which the index of substrings says other things than their rows; 0 if the book keeps none.
    pub wrong_substrings: u64,
    /// Tags whose count of contacts is wrong.
    pub wrong_tag_counts: u64,
    /// Pieces of the sets of contacts (who has a tag, who has an attribute, who is in a list) that are wrong.
    pub wrong_bitmaps: u64,
    /// Whether a part of an index cannot be read; its counts above are 0 then.
    pub index_damaged: bool,
    /// Files in the book's folder whose names end in `.part`: a copy, or a new book, that somebody is making, or died over. If nobody is, they
    /// can be deleted. A book is sound with them.
    pub partial_files: Vec<String>,
}

impl CheckReport {
    /// Whether everything is as it should be.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        let clean =
            Self { contacts: self.contacts, partial_files: self.partial_files.clone(), ..Self::default() };
        *self == clean
    }
}

/// See [`Store::check`](crate::Store::check).
pub(crate) fn check(inner: &Engine) -> Result<CheckReport> {
    inner.read(&CancelToken::default(), |snapshot| {
        let index_damaged = match snapshot.refresh() {
            Err(Error::Damaged { .. }) => true,
            done => done.map(|()| false)?,
        };
        let db = &snapshot.db;
        db::substring::refresh(db);
        let file = db::metadata::integrity_errors(db, 20)?;
        let altered = db::row_checksum::mismatched_contacts(db)?;
        let contacts: Vec<_> = altered.values().flatten().copied().take(MAX_REPORTED).collect();
        let altered = u64::try_from(altered.len()).unwrap_or(u64::MAX);
        let partials = inner.partial_files()?;
        let seen = CheckReport {
            sqlite_errors: file,
            index_damaged,
            checksum_mismatches: altered,
            checksum_mismatch_contacts: contacts,
            partial_files: partials,
            ..CheckReport::default()
        };
        match check_derived(inner, snapshot, seen.clone()) {
            Err(Error::Damaged { .. }) if altered > 0 => {
                Ok(CheckReport { has_unreadable_rows: true, ..seen })
            }
            looked => looked,
        }
    })
}

/// Holds what is derived against the contacts, and adds what it finds.
fn check_derived(inner: &Engine, snapshot: &Snapshot<'_>, mut health: CheckReport) -> Result<CheckReport> {
    let db = &snapshot.db;
    health.wrong_tag_counts = db::tag::count_mismatches(db)?;
    health.wrong_bitmaps = db::bitmap_index::count_mismatches(db)?;
    let orders = ListOrders::for_reading(inner, &db::metadata::read(db)?)?;
    let policies = db::directory::networks(db)?.into_iter().collect();
    let mut census = DerivedCheck { policies, ..DerivedCheck::default() };
    let mut contacts = ContactScan::new(db);
    let keeper = SubstringWriter::load(db)?;
    let unkeyed = index::unindexed(db)?;
    let mut substrings = SubstringAudit::default();
    while let Some((stored, scopes)) = contacts.next()? {
        health.contacts = health.contacts.saturating_add(1);
        census.check_contact_methods(db, &stored)?;
        census.check_unique(db, &stored)?;
        census.check_entries(db, &orders, &stored, &scopes)?;
        census.check_sort_index(db, &stored, !unkeyed.contains(stored.id))?;
        substrings.expect(keeper, &stored, &db::entries::advisors_of(db, stored.id)?);
        if !unkeyed.contains(stored.id) {
            census.keys.expect(&stored, &scopes);
        }
    }
    match substrings.count_wrong(db) {
        // What another fold has made is not looked at: searches do not ask it either.
        _ if unkeyed == IdRange::ALL => {}
        Err(Error::Damaged { .. }) => health.index_damaged = true,
        wrong => health.wrong_substrings = wrong?,
    }
    census.report(inner, snapshot, &orders, unkeyed, &mut health)?;
    Ok(health)
}

/// What lists, counts and keys should be, from the rows.
#[derive(Debug, Default)]
struct DerivedCheck {
    found_entries: u64,
    missing_entries: u64,
    found_sorted: u64,
    found_contact_methods: u64,
    missing_contact_methods: u64,
    found_unique: u64,
    missing_unique: u64,
    /// By the networks' local ids.
    policies: HashMap<i64, NetworkPolicy>,
    keys: KeyAudit,
}

impl DerivedCheck {
    /// In each generation the contact should be in: has it the right key, and is it in every list?
    fn check_entries(
        &mut self,
        db: &Read<'_>,
        orders: &ListOrders,
        stored: &StoredContact,
        scopes: &[Scope],
    ) -> Result<()> {
        let place = orders.current_sort_keys(db, stored.id)?;
        let mut look = |generation: Generation, place: &SortKeys| -> Result<()> {
            let key = place.key(generation);
            let wanted = orders.collator_of(generation).map(|order| sort_key(order, &stored.contact));
            let right = key.is_some() && wanted.as_deref().is_none_or(|wanted| key == Some(wanted));
            for scope in scopes {
                let listed = db::entries::has_entry(
                    db,
                    scope.in_generation(generation),
                    key.unwrap_or_default(),
                    stored.id,
                )?;
                let count = if listed { &mut self.found_entries } else { &mut self.missing_entries };
                *count = count.saturating_add(1);
                if listed && !right {
                    self.missing_entries = self.missing_entries.saturating_add(1);
                }
            }
            Ok(())
        };
        look(orders.generation, &place)?;
        let other = orders.generation.other();
        if orders.is_in_both(stored.id) || place.key(other).is_some() {
            look(other, &place)?;
        }
        Ok(())
    }

    /// Is it where it should be in the other orders?
    fn check_sort_index(&mut self, db: &Read<'_>, stored: &StoredContact, folded: bool) -> Result<()> {
        let (wanted, found) = db::sort_index::audit(db, stored, folded)?;
        self.missing_entries = self.missing_entries.saturating_add(wanted.saturating_sub(found));
        self.found_sorted = self.found_sorted.saturating_add(found);
        Ok(())
    }

    fn check_contact_methods(&mut self, db: &Read<'_>, stored: &StoredContact) -> Result<()> {
        let (wanted, found) = db::contact_methods::audit(db, stored.id, &stored.contact)?;
        self.missing_contact_methods =
            self.missing_contact_methods.saturating_add(wanted.saturating_sub(found));
        self.found_contact_methods = self.found_contact_methods.saturating_add(found);
        Ok(())
    }

    /// Who is in the trash holds nothing.
    fn check_unique(&mut self, db: &Read<'_>, stored: &StoredContact) -> Result<()> {
        let policy = self.policies.get(&stored.network).filter(|_| stored.contact.trashed_at.is_none());
        let Some(policy) = policy else { return Ok(()) };
        let keys = unique_keys(&stored.contact, policy, stored.network, stored.group);
        let (free, held) = db::unique_values::audit(db, stored.tenant, stored.id, &keys)?;
        self.missing_unique = self.missing_unique.saturating_add(free);
        self.found_unique = self.found_unique.saturating_add(held);
        Ok(())
    }

    fn report(
        self,
        inner: &Engine,
        snapshot: &Snapshot<'_>,
        orders: &ListOrders,
        unkeyed: IdRange,
        health: &mut CheckReport,
    ) -> Result<()> {
        let db = &snapshot.db;
        health.missing_list_entries = self.missing_entries;
        let mut entries = check_buckets(db, orders, orders.generation, health)?;
        if orders.is_building() {
            entries = entries.saturating_add(check_buckets(db, orders, orders.generation.other(), health)?);
        }
        let stray = db::sort_index::count(db)?.saturating_sub(self.found_sorted);
        health.orphan_list_entries = entries.saturating_sub(self.found_entries).saturating_add(stray);
        let stray = db::contact_methods::count(db)?.saturating_sub(self.found_contact_methods);
        health.wrong_contact_methods = self.missing_contact_methods.saturating_add(stray);
        let stray = db::unique_values::count(db)?.saturating_sub(self.found_unique);
        health.wrong_unique_values = self.missing_unique.saturating_add(stray);
        if health.index_damaged || unkeyed == IdRange::ALL {
            return Ok(());
        }
        match self.keys.compare_with_index(inner, snapshot, unkeyed, health) {
            Err(Error::Damaged { .. }) => health.index_damaged = true,
            done => done?,
        }
        Ok(())
    }
}

/// Holds the counts of a generation against its entries; gives the number of entries.
fn check_buckets(
    db: &Read<'_>,
    orders: &ListOrders,
    generation: Generation,
    health: &mut CheckReport,
) -> Result<u64> {
    let order = orders.collator_of(generation);
    let mut runs = db::bucket::all(db, generation)?.into_iter().peekable();
    let mut at: Option<(ListKey, Bucket)> = None;
    let (mut entries, mut here, mut misplaced) = (0_u64, 0_i64, false);
    db::entries::for_each_entry(db, generation, |list, key, contact| {
        entries = entries.saturating_add(1);
        let begun = |(run_list, run): &(ListKey, Bucket)| {
            (*run_list, run.start.0.as_slice(), run.start.1) <= (list, key, contact)
        };
        while let Some(next) = runs.next_if(begun) {
            health.record_bucket(at.replace(next).as_ref(), here, misplaced);
            (here, misplaced) = (0, false);
        }
        here = here.saturating_add(1);
        let section = order.map(|order| order.section(key).label);
        misplaced |= match &at {
            Some((run_list, run)) => *run_list != list || section.is_some_and(|it| it != run.section),
            None => true,
        };
        Ok(())
    })?;
    health.record_bucket(at.as_ref(), here, misplaced);
    for rest in runs {
        health.record_bucket(Some(&rest), 0, false);
    }
    Ok(entries)
}

impl CheckReport {
    /// Takes down a run whose count is not the number of its entries, or that has entries of another list or letter.
    fn record_bucket(&mut self, run: Option<&(ListKey, Bucket)>, found: i64, misplaced: bool) {
        let told = match run {
            Some((_, run)) if run.contacts == found && !misplaced => return,
            None if found == 0 => return,
            Some((list, run)) => format!(
                "{:?}, network {}, letter {}: {} counted, {found} there{}",
                list.scope.owner,
                list.scope.network,
                run.section,
                run.contacts,
                if misplaced { ", some of them elsewhere" } else { "" },
            ),
            None => format!("before all counts: {found} there"),
        };
        self.wrong_list_counts = self.wrong_list_counts.saturating_add(1);
        if self.wrong_list_count_details.len() < MAX_REPORTED {
            self.wrong_list_count_details.push(told);
        }
    }
}

/// So many complaints of one kind are told.
pub(crate) const MAX_REPORTED: usize = 20;
