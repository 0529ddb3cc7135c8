//! The jobs that merge exact duplicates, and that undo all merges of a job.

use crate::access::rights::Rights;
use crate::db::contact::StoredContact;
use crate::db::record::job::JobRow;
use crate::db::{self, Scope, Write};
use crate::engine::Engine;
use crate::error::Result;
use crate::model::{ContactId, JobId, JobState, MergeOptions, MergeRecord};
use crate::operations::bulk::job_progress::JobOutcome;
use crate::operations::contact::merge::Merge;
use crate::operations::contact::unmerge::Unmerge;
use crate::operations::context::WriteContext;
use crate::operations::list::list_orders::ListOrders;
use crate::query::exact_duplicates;

/// Merges the exact duplicates of a contact into it; false if it has none, or is not the oldest of them.
pub(crate) fn merge_exact_duplicates(
    db: &Write<'_>,
    context: WriteContext<'_>,
    merge: Merge<'_>,
    scopes: &[Scope],
    stored: &StoredContact,
) -> Result<bool> {
    // A merge of this batch may have changed the contact.
    let Some(survivor) = db::contact::one(db, stored.id)?.filter(|stored| stored.merged_into.is_none())
    else {
        return Ok(false);
    };
    let duplicates = exact_duplicates(db, scopes, &survivor)?;
    for absorbed in &duplicates {
        merge.run(db, context, survivor.contact.id, ContactId(*absorbed))?;
    }
    Ok(!duplicates.is_empty())
}

/// The merge of a job.
pub(crate) fn job_merge<'a>(
    engine: &'a Engine,
    rights: Rights,
    list_orders: &'a ListOrders,
    job: i64,
) -> Merge<'a> {
    Merge { engine, rights, list_orders, options: MergeOptions::new(), job: Some(JobId(job)) }
}

/// Undoes the next merges of a job, the last one first: about `most`, those into one contact together.
///
/// `position` counts down: merges with a number above `last_contact - position` are processed.
pub(crate) fn undo_batch(
    engine: &Engine,
    db: &Write<'_>,
    row: &mut JobRow,
    (rights, job): (Rights, JobId),
    most: usize,
) -> Result<Vec<(ContactId, JobOutcome)>> {
    let list_orders = ListOrders::for_writing(engine, db)?;
    let unmerge = Unmerge { engine, rights, list_orders: &list_orders };
    let mut outcomes = Vec::new();
    while outcomes.len() < most {
        let before = row.last_contact.saturating_sub(row.position).saturating_add(1);
        let merges = next_merges(db, job, before)?;
        let Some(last) = merges.last() else {
            row.state = JobState::Finished;
            break;
        };
        let context = WriteContext { now: engine.now(), origin: &row.origin };
        let done = db.run_in_savepoint(!row.dry_run, || {
            merges.iter().try_for_each(|merge| unmerge.run(db, context, merge.id).map(drop))
        })?;
        let (is_done, code) = match &done {
            Ok(()) => (true, ""),
            Err(error) if error.is_client_error() => (false, error.code()),
            Err(_) => return done.map(|()| Vec::new()),
        };
        row.position = row.last_contact.saturating_sub(last.id.0).saturating_add(1);
        row.scanned = row.scanned.saturating_add(i64::try_from(merges.len()).unwrap_or(i64::MAX));
        let count = if is_done { &mut row.done } else { &mut row.rejected };
        *count = count.saturating_add(i64::try_from(merges.len()).unwrap_or(i64::MAX));
        for merge in &merges {
            if !is_done {
                db::job::insert_failure(db, row.seq, merge.absorbed, code)?;
            }
        }
        // The error is that of the first merge that failed: all of them stay.
        let mut error = done.err();
        let unmerged = merges.iter().map(|merge| {
            let outcome = match (is_done, error.take()) {
                (true, _) => JobOutcome::Done,
                (false, Some(error)) => JobOutcome::Rejected(error),
                (false, None) => JobOutcome::Unchanged,
            };
            (merge.absorbed, outcome)
        });
        outcomes.extend(unmerged);
    }
    Ok(outcomes)
}

/// The last merges of a job before a number, all into one contact.
fn next_merges(db: &Write<'_>, job: JobId, before: i64) -> Result<Vec<MergeRecord>> {
    // A job merges at most so many contacts into one, one after another.
    let most = i64::try_from(db.tuning().query.duplicates_max_exact).unwrap_or(i64::MAX);
    let mut merges = db::merge_record::of_job(db, job, before, most)?;
    let survivor = merges.first().map(|merge| merge.survivor);
    merges.truncate(merges.iter().take_while(|merge| Some(merge.survivor) == survivor).count());
    Ok(merges)
}
