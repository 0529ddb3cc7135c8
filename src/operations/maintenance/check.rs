//! Compares all derived data with the rows of contacts.

use std::collections::BTreeSet;

use crate::db::list::bucket::Bucket;
use crate::db::metadata::IdRange;
use crate::db::{self, Generation, ListKey, Read};
use crate::engine::{Engine, Snapshot};
use crate::error::{Error, Result};
use crate::host::maintenance_watch::MaintenanceStep;
use crate::index;
use crate::model::ContactId;
use crate::operations::list::list_orders::ListOrders;
use crate::operations::maintenance::check_report::{CheckReport, MAX_REPORTED};
use crate::operations::maintenance::contact_scan::ContactScan;
use crate::operations::maintenance::entry_audit::EntryAudit;
use crate::operations::maintenance::entry_sums::EntrySums;
use crate::operations::maintenance::expected_entries::ExpectedEntries;
use crate::operations::maintenance::key_audit::KeyAudit;
use crate::operations::maintenance::substring_index::{SubstringAudit, SubstringWriter};

/// See [`Store::check`](crate::Store::check).
pub(crate) fn check(engine: &Engine) -> Result<CheckReport> {
    let cancel = engine.watch().token();
    engine.read(&cancel, |snapshot| {
        let (keys, file, entries) = std::thread::scope(|scope| {
            // Another connection checks the search keys at the same time, if the store has one to spare.
            let keys = engine.has_several_readers().then(|| {
                scope.spawn(|| engine.read(&cancel, |snapshot| check_search_keys(engine, snapshot)))
            });
            let file = check_file(&snapshot.db);
            let entries = file.is_ok().then(|| check_entries(engine, snapshot));
            let keys = keys.map(|keys| keys.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
            (keys, file, entries)
        });
        let (sqlite_errors, mismatches) = file?;
        let keys = match keys {
            None | Some(Err(Error::Busy)) => check_search_keys(engine, snapshot),
            Some(keys) => keys,
        };
        let entries = entries.unwrap_or_else(|| Ok(CheckReport::default()));
        let derived = entries.and_then(|entries| Ok(entries.with_search_keys(keys?)));
        let report = match derived {
            Err(Error::Damaged { .. }) if !mismatches.is_empty() => {
                CheckReport { has_unreadable_rows: true, ..CheckReport::default() }
            }
            derived => derived?,
        };
        Ok(CheckReport {
            sqlite_errors,
            checksum_mismatches: u64::try_from(mismatches.len()).unwrap_or(u64::MAX),
            checksum_mismatch_contacts: mismatches.iter().copied().take(MAX_REPORTED).collect(),
            partial_files: engine.partial_files()?,
            ..report
        })
    })
}

/// Contacts between two reports of the progress.
const PROGRESS_CONTACTS: u64 = 1_000;

/// The contacts with a row that does not match its checksum.
type Mismatches = BTreeSet<ContactId>;

/// What SQLite reports of the file, and the rows that do not match their checksums.
fn check_file(db: &Read<'_>) -> Result<(Vec<String>, Mismatches)> {
    db::substring::refresh(db); // of this connection, which may not be the one that refreshed it before
    Ok((db::metadata::integrity_errors(db, 20)?, db::row_checksum::mismatched_contacts(db)?))
}

/// Compares all derived data but the search keys with the contacts.
fn check_entries(engine: &Engine, snapshot: &Snapshot<'_>) -> Result<CheckReport> {
    let db = &snapshot.db;
    let mut report = CheckReport {
        wrong_tag_counts: db::tag::count_mismatches(db)?,
        wrong_bitmaps: db::bitmap_index::count_mismatches(db)?,
        ..CheckReport::default()
    };
    let list_orders = ListOrders::for_reading(engine, &db::metadata::read(db)?)?;
    let total = u64::try_from(db::metadata::count_contacts_in(db, IdRange::ALL)?).unwrap_or_default();
    let mut contacts = ContactScan::new(db);
    let writer = SubstringWriter::load(db)?;
    let unindexed = index::unindexed(db)?;
    let mut substrings = SubstringAudit::default();
    let (mut rows, mut expected) = (ExpectedEntries::new(db)?, EntrySums::default());
    while let Some((stored, scopes)) = contacts.next()? {
        report.contacts = report.contacts.saturating_add(1);
        if report.contacts.is_multiple_of(PROGRESS_CONTACTS) {
            engine.watch().report(MaintenanceStep::Check, report.contacts, Some(total));
        }
        rows.add(db, &list_orders, (&stored, &scopes), !unindexed.contains(stored.id))?;
        expected.add(&mut rows);
        substrings.expect(writer, &stored, &db::entries::advisors_of(db, stored.id)?);
    }
    match substrings.count_wrong(db) {
        // Keys of another fold version are not checked, because searches do not use them.
        _ if unindexed == IdRange::ALL => {}
        Err(Error::Damaged { .. }) => report.index_damaged = true,
        wrong => report.wrong_substrings = wrong?,
    }
    let mut existing = EntrySums::of_tables(db)?;
    let generation = list_orders.generation;
    let mut listed = check_buckets(db, &list_orders, generation, &mut existing, &mut report)?;
    if list_orders.is_building() {
        let other = check_buckets(db, &list_orders, generation.other(), &mut existing, &mut report)?;
        listed = listed.saturating_add(other);
    } else {
        db::entries::for_each_entry(db, generation.other(), |list, key, contact| {
            existing.add_listed(list, key, contact);
            Ok(())
        })?;
    }
    let audit = if expected == existing {
        EntryAudit::all_found(&existing)
    } else {
        look_up_entries(db, &list_orders, unindexed)?
    };
    report.missing_list_entries = audit.listed.missing.saturating_add(audit.sorted.missing);
    let orphan = existing.sorted.rows.saturating_sub(audit.sorted.found);
    report.orphan_list_entries = listed.saturating_sub(audit.listed.found).saturating_add(orphan);
    report.wrong_contact_methods = audit.methods.differences(existing.methods.rows);
    report.wrong_unique_values = audit.unique.differences(existing.unique.rows);
    Ok(report)
}

/// Contacts whose entries are looked up together.
const LOOK_UP_CONTACTS: u64 = 16_384;

/// Looks up each entry of each contact.
fn look_up_entries(db: &Read<'_>, list_orders: &ListOrders, unindexed: IdRange) -> Result<EntryAudit> {
    let (mut rows, mut audit) = (ExpectedEntries::new(db)?, EntryAudit::default());
    let (mut contacts, mut count) = (ContactScan::new(db), 0_u64);
    while let Some((stored, scopes)) = contacts.next()? {
        rows.add(db, list_orders, (&stored, &scopes), !unindexed.contains(stored.id))?;
        count = count.saturating_add(1);
        if count.is_multiple_of(LOOK_UP_CONTACTS) {
            audit.look_up(db, &mut rows)?;
        }
    }
    audit.look_up(db, &mut rows)?;
    Ok(audit)
}

/// Compares the search keys with the contacts.
fn check_search_keys(engine: &Engine, snapshot: &mut Snapshot<'_>) -> Result<CheckReport> {
    let mut report = CheckReport::default();
    match snapshot.refresh() {
        Err(Error::Damaged { .. }) => report.index_damaged = true,
        done => done?,
    }
    let db = &snapshot.db;
    let unindexed = index::unindexed(db)?;
    // Keys of another fold version are not checked, because searches do not use them.
    if report.index_damaged || unindexed == IdRange::ALL {
        return Ok(report);
    }
    let mut keys = KeyAudit::default();
    let mut contacts = ContactScan::new(db);
    while let Some((stored, scopes)) = contacts.next()? {
        if !unindexed.contains(stored.id) {
            keys.expect(&stored, &scopes);
        }
    }
    match keys.compare_with_index(engine, snapshot, unindexed, &mut report) {
        Err(Error::Damaged { .. }) => report.index_damaged = true,
        done => done?,
    }
    Ok(report)
}

/// Compares the counts of a generation with its entries, and adds these to the sums. Returns the number of entries.
fn check_buckets(
    db: &Read<'_>,
    list_orders: &ListOrders,
    generation: Generation,
    existing: &mut EntrySums,
    report: &mut CheckReport,
) -> Result<u64> {
    let order = list_orders.collator_of(generation);
    let mut runs = db::bucket::all(db, generation)?.into_iter().peekable();
    let mut at: Option<(ListKey, Bucket)> = None;
    let (mut entries, mut here, mut misplaced) = (0_u64, 0_i64, false);
    db::entries::for_each_entry(db, generation, |list, key, contact| {
        entries = entries.saturating_add(1);
        existing.add_listed(list, key, contact);
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
