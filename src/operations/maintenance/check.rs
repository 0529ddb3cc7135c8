//! Compares all derived data with the rows of contacts.

use std::collections::HashMap;

use crate::db::contact::{SortKeys, StoredContact};
use crate::db::list::bucket::Bucket;
use crate::db::metadata::IdRange;
use crate::db::{self, Generation, ListKey, Read, Scope};
use crate::engine::{Engine, Snapshot};
use crate::error::{Error, Result};
use crate::host::interrupt::CancelToken;
use crate::index;
use crate::model::NetworkPolicy;
use crate::operations::contact::draft::unique_keys;
use crate::operations::list::list_orders::{ListOrders, sort_key};
use crate::operations::maintenance::check_report::{CheckReport, MAX_REPORTED};
use crate::operations::maintenance::contact_scan::ContactScan;
use crate::operations::maintenance::key_audit::KeyAudit;
use crate::operations::maintenance::substring_index::{SubstringAudit, SubstringWriter};

/// See [`Store::check`](crate::Store::check).
pub(crate) fn check(engine: &Engine) -> Result<CheckReport> {
    engine.read(&CancelToken::default(), |snapshot| {
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
        let partials = engine.partial_files()?;
        let seen = CheckReport {
            sqlite_errors: file,
            index_damaged,
            checksum_mismatches: altered,
            checksum_mismatch_contacts: contacts,
            partial_files: partials,
            ..CheckReport::default()
        };
        match check_derived(engine, snapshot, seen.clone()) {
            Err(Error::Damaged { .. }) if altered > 0 => {
                Ok(CheckReport { has_unreadable_rows: true, ..seen })
            }
            looked => looked,
        }
    })
}

/// Compares derived data with the contacts, and adds the differences to the report.
fn check_derived(engine: &Engine, snapshot: &Snapshot<'_>, mut report: CheckReport) -> Result<CheckReport> {
    let db = &snapshot.db;
    report.wrong_tag_counts = db::tag::count_mismatches(db)?;
    report.wrong_bitmaps = db::bitmap_index::count_mismatches(db)?;
    let list_orders = ListOrders::for_reading(engine, &db::metadata::read(db)?)?;
    let policies = db::directory::networks(db)?.into_iter().collect();
    let mut census = DerivedCheck { policies, ..DerivedCheck::default() };
    let mut contacts = ContactScan::new(db);
    let writer = SubstringWriter::load(db)?;
    let unindexed = index::unindexed(db)?;
    let mut substrings = SubstringAudit::default();
    while let Some((stored, scopes)) = contacts.next()? {
        report.contacts = report.contacts.saturating_add(1);
        census.check_contact_methods(db, &stored)?;
        census.check_unique(db, &stored)?;
        census.check_entries(db, &list_orders, &stored, &scopes)?;
        census.check_sort_index(db, &stored, !unindexed.contains(stored.id))?;
        substrings.expect(writer, &stored, &db::entries::advisors_of(db, stored.id)?);
        if !unindexed.contains(stored.id) {
            census.keys.expect(&stored, &scopes);
        }
    }
    match substrings.count_wrong(db) {
        // Keys of another fold version are not checked, because searches do not use them.
        _ if unindexed == IdRange::ALL => {}
        Err(Error::Damaged { .. }) => report.index_damaged = true,
        wrong => report.wrong_substrings = wrong?,
    }
    census.report(engine, snapshot, &list_orders, unindexed, &mut report)?;
    Ok(report)
}

/// The expected lists, counts and keys, computed from the rows.
#[derive(Debug, Default)]
struct DerivedCheck {
    found_entries: u64,
    missing_entries: u64,
    found_sorted: u64,
    found_contact_methods: u64,
    missing_contact_methods: u64,
    found_unique: u64,
    missing_unique: u64,
    /// Network policies by local id.
    policies: HashMap<i64, NetworkPolicy>,
    keys: KeyAudit,
}

impl DerivedCheck {
    /// Checks the sort key and the list entries of a contact in each generation.
    fn check_entries(
        &mut self,
        db: &Read<'_>,
        list_orders: &ListOrders,
        stored: &StoredContact,
        scopes: &[Scope],
    ) -> Result<()> {
        let place = list_orders.current_sort_keys(db, stored.id)?;
        let mut look = |generation: Generation, place: &SortKeys| -> Result<()> {
            let key = place.key(generation);
            let expected = list_orders.collator_of(generation).map(|order| sort_key(order, &stored.contact));
            let right = key.is_some() && expected.as_deref().is_none_or(|expected| key == Some(expected));
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
        look(list_orders.generation, &place)?;
        let other = list_orders.generation.other();
        if list_orders.is_in_both(stored.id) || place.key(other).is_some() {
            look(other, &place)?;
        }
        Ok(())
    }

    /// Checks the entries of a contact in the other orders.
    fn check_sort_index(&mut self, db: &Read<'_>, stored: &StoredContact, folded: bool) -> Result<()> {
        let (expected, found) = db::sort_entries::audit(db, stored, folded)?;
        self.missing_entries = self.missing_entries.saturating_add(expected.saturating_sub(found));
        self.found_sorted = self.found_sorted.saturating_add(found);
        Ok(())
    }

    fn check_contact_methods(&mut self, db: &Read<'_>, stored: &StoredContact) -> Result<()> {
        let (expected, found) = db::contact_methods::audit(db, stored.id, &stored.contact)?;
        self.missing_contact_methods =
            self.missing_contact_methods.saturating_add(expected.saturating_sub(found));
        self.found_contact_methods = self.found_contact_methods.saturating_add(found);
        Ok(())
    }

    /// Contacts in the trash have no unique values.
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
        engine: &Engine,
        snapshot: &Snapshot<'_>,
        list_orders: &ListOrders,
        unindexed: IdRange,
        report: &mut CheckReport,
    ) -> Result<()> {
        let db = &snapshot.db;
        report.missing_list_entries = self.missing_entries;
        let mut entries = check_buckets(db, list_orders, list_orders.generation, report)?;
        if list_orders.is_building() {
            entries = entries.saturating_add(check_buckets(
                db,
                list_orders,
                list_orders.generation.other(),
                report,
            )?);
        }
        let orphan = db::sort_index::count(db)?.saturating_sub(self.found_sorted);
        report.orphan_list_entries = entries.saturating_sub(self.found_entries).saturating_add(orphan);
        let orphan = db::contact_methods::count(db)?.saturating_sub(self.found_contact_methods);
        report.wrong_contact_methods = self.missing_contact_methods.saturating_add(orphan);
        let orphan = db::unique_values::count(db)?.saturating_sub(self.found_unique);
        report.wrong_unique_values = self.missing_unique.saturating_add(orphan);
        if report.index_damaged || unindexed == IdRange::ALL {
            return Ok(());
        }
        match self.keys.compare_with_index(engine, snapshot, unindexed, report) {
            Err(Error::Damaged { .. }) => report.index_damaged = true,
            done => done?,
        }
        Ok(())
    }
}

/// Compares the counts of a generation with its entries. Returns the number of entries.
fn check_buckets(
    db: &Read<'_>,
    list_orders: &ListOrders,
    generation: Generation,
    report: &mut CheckReport,
) -> Result<u64> {
    let order = list_orders.collator_of(generation);
    let mut runs = db::bucket::all(db, generation)?.into_iter().peekable();
    let mut at: Option<(ListKey, Bucket)> = None;
    let (mut entries, mut here, mut misplaced) = (0_u64, 0_i64, false);
    db::entries::for_each_entry(db, generation, |list, key, contact| {
        entries = entries.saturating_add(1);
        let begun = |(run_list, run): &(ListKey, Bucket)| {
            (*run_list, run.start.0.as_slice(), run.start.1) <= (list, key, contact)
        };
        while let Some(next) = runs.next_if(begun) {
            report.record_bucket(at.replace(next).as_ref(), here, misplaced);
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
    report.record_bucket(at.as_ref(), here, misplaced);
    for rest in runs {
        report.record_bucket(Some(&rest), 0, false);
    }
    Ok(entries)
}
