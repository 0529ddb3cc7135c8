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
use crate::operations::maintenance::key_audit::KeyAudit;
use crate::operations::maintenance::substring_index::{SubstringAudit, SubstringWriter};

/// See [`Store::check`](crate::Store::check).
pub(crate) fn check(engine: &Engine) -> Result<CheckReport> {
    let cancel = engine.watch().token();
    engine.read(&cancel, |snapshot| {
        let index_damaged = match snapshot.refresh() {
            Err(Error::Damaged { .. }) => true,
            done => done.map(|()| false)?,
        };
        let db = &snapshot.db;
        db::substring::refresh(db);
        let (file, derived) = std::thread::scope(|scope| {
            // The file is checked by another connection at the same time, if the store has one to spare.
            let file = engine
                .has_several_readers()
                .then(|| scope.spawn(|| engine.read(&cancel, |snapshot| check_file(&snapshot.db))));
            let derived =
                check_derived(engine, snapshot, CheckReport { index_damaged, ..CheckReport::default() });
            let file = file.map(|file| file.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
            (file, derived)
        });
        let (sqlite_errors, mismatches) = match file {
            None | Some(Err(Error::Busy)) => check_file(&snapshot.db)?,
            Some(file) => file?,
        };
        let report = match derived {
            Err(Error::Damaged { .. }) if !mismatches.is_empty() => {
                CheckReport { index_damaged, has_unreadable_rows: true, ..CheckReport::default() }
            }
            looked => looked?,
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

/// Compares derived data with the contacts, and adds the differences to the report.
fn check_derived(engine: &Engine, snapshot: &Snapshot<'_>, mut report: CheckReport) -> Result<CheckReport> {
    let db = &snapshot.db;
    report.wrong_tag_counts = db::tag::count_mismatches(db)?;
    report.wrong_bitmaps = db::bitmap_index::count_mismatches(db)?;
    let list_orders = ListOrders::for_reading(engine, &db::metadata::read(db)?)?;
    let mut census = DerivedCheck { entries: EntryAudit::new(db)?, ..DerivedCheck::default() };
    let total = u64::try_from(db::metadata::count_contacts_in(db, IdRange::ALL)?).unwrap_or_default();
    let mut contacts = ContactScan::new(db);
    let writer = SubstringWriter::load(db)?;
    let unindexed = index::unindexed(db)?;
    let mut substrings = SubstringAudit::default();
    while let Some((stored, scopes)) = contacts.next()? {
        report.contacts = report.contacts.saturating_add(1);
        if report.contacts.is_multiple_of(PROGRESS_CONTACTS) {
            engine.watch().report(MaintenanceStep::Check, report.contacts, Some(total));
        }
        census.entries.expect(db, &list_orders, (&stored, &scopes), !unindexed.contains(stored.id))?;
        substrings.expect(writer, &stored, &db::entries::advisors_of(db, stored.id)?);
        if !unindexed.contains(stored.id) {
            census.keys.expect(&stored, &scopes);
        }
    }
    census.entries.look_up(db)?;
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
#[derive(Default)]
struct DerivedCheck {
    entries: EntryAudit,
    keys: KeyAudit,
}

impl DerivedCheck {
    fn report(
        self,
        engine: &Engine,
        snapshot: &Snapshot<'_>,
        list_orders: &ListOrders,
        unindexed: IdRange,
        report: &mut CheckReport,
    ) -> Result<()> {
        let db = &snapshot.db;
        let audit = self.entries;
        report.missing_list_entries = audit.listed.missing.saturating_add(audit.sorted.missing);
        let mut entries = check_buckets(db, list_orders, list_orders.generation, report)?;
        if list_orders.is_building() {
            entries = entries.saturating_add(check_buckets(
                db,
                list_orders,
                list_orders.generation.other(),
                report,
            )?);
        }
        let orphan = db::sort_index::count(db)?.saturating_sub(audit.sorted.found);
        report.orphan_list_entries = entries.saturating_sub(audit.listed.found).saturating_add(orphan);
        report.wrong_contact_methods = audit.methods.differences(db::contact_methods::count(db)?);
        report.wrong_unique_values = audit.unique.differences(db::unique_values::count(db)?);
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
