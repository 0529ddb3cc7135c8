//! Bulk jobs, and the contacts on which they failed.

use rusqlite::{OptionalExtension as _, Row, named_params};

use crate::db::connection::conn::{Read, Write};
use crate::db::connection::row_order::ensure_rows_affected;
use crate::db::connection::sqlite_error::DbResult;
use crate::db::connection::statement::{concat_sql, statements};
use crate::error::Error;
use crate::model::{ContactId, JobState, Timestamp};

/// One row of the table `job`.
#[derive(Debug, Clone)]
pub(crate) struct JobRow {
    pub(crate) seq: i64,
    pub(crate) tenant: Option<i64>,
    pub(crate) requested_by: Requester,
    pub(crate) network: Option<i64>,
    pub(crate) filter: String,
    pub(crate) action: String,
    pub(crate) dry_run: bool,
    pub(crate) state: JobState,
    pub(crate) position: i64,
    pub(crate) last_contact: i64,
    /// The contacts that the requester saw when the job was created.
    pub(crate) contacts: i64,
    pub(crate) scanned: i64,
    pub(crate) done: i64,
    pub(crate) unchanged: i64,
    pub(crate) rejected: i64,
    pub(crate) origin: String,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

/// The requester of a job or an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Requester {
    System,
    Administrator,
    Advisor(i64),
}

impl Requester {
    /// The columns `requester_kind` and `advisor`.
    pub(in crate::db) fn columns(self) -> (i64, Option<i64>) {
        match self {
            Self::System => (0, None),
            Self::Administrator => (1, None),
            Self::Advisor(advisor) => (2, Some(advisor)),
        }
    }

    /// The requester of these columns; `None` if they are damaged.
    pub(in crate::db) fn from_columns(kind: i64, advisor: Option<i64>) -> Option<Self> {
        match (kind, advisor) {
            (0, None) => Some(Self::System),
            (1, None) => Some(Self::Administrator),
            (2, Some(advisor)) => Some(Self::Advisor(advisor)),
            _ => None,
        }
    }
}

/// The owner of the jobs or the imports in a list.
#[derive(Debug, Clone, Copy)]
pub(crate) enum JobOwner {
    All,
    /// Those of a tenant. The flag says whether those of the system are included.
    Tenant(i64, bool),
    Advisor(i64),
}

/// The start of a query for [`from_row`].
const SELECT: &str =
    "SELECT seq, tenant, requester_kind, advisor, filter, action, dry_run, state, position, last_contact, scanned, done, unchanged, rejected, origin,
            created_at, updated_at, network, contacts FROM job";

statements! {
    INSERT = "INSERT INTO job (tenant, requester_kind, advisor, network, filter, action, dry_run, last_contact, contacts, origin, created_at, updated_at)
        VALUES (:tenant, :requester_kind, :advisor, :network, :filter, :action, :dry_run, :last_contact, :contacts, :origin, :now, :now)";
    ONE = concat_sql!(SELECT, " WHERE seq = :seq");
    ALL = concat_sql!(SELECT, " WHERE seq < :seq ORDER BY seq DESC LIMIT :most");
    ALL_BACK = concat_sql!(SELECT, " WHERE seq > :seq ORDER BY seq LIMIT :most");
    OF_TENANT = concat_sql!(SELECT, "
        WHERE tenant = :of AND seq < :seq AND requester_kind >= :least ORDER BY seq DESC LIMIT :most");
    OF_TENANT_BACK = concat_sql!(SELECT, "
        WHERE tenant = :of AND seq > :seq AND requester_kind >= :least ORDER BY seq LIMIT :most");
    OF_ADVISOR = concat_sql!(SELECT, "
        WHERE advisor = :of AND seq < :seq AND requester_kind >= :least ORDER BY seq DESC LIMIT :most");
    OF_ADVISOR_BACK = concat_sql!(SELECT, "
        WHERE advisor = :of AND seq > :seq AND requester_kind >= :least ORDER BY seq LIMIT :most");
    UPDATE = "UPDATE job SET state = :state, position = :position, scanned = :scanned, done = :done, unchanged = :unchanged,
            rejected = :rejected, updated_at = :updated_at
        WHERE seq = :seq";
    DELETE = "DELETE FROM job WHERE seq = :seq";
    INSERT_FAILURE = "INSERT INTO job_failure (job, contact, error_code) VALUES (:job, :contact, :error_code)";
    FAILURES = "SELECT contact, error_code FROM job_failure WHERE job = :job AND contact > :at ORDER BY contact LIMIT :most";
    FAILURES_BACK = "SELECT contact, error_code FROM job_failure WHERE job = :job AND contact < :at ORDER BY contact DESC LIMIT :most";
    DELETE_FAILURES = "DELETE FROM job_failure WHERE job = :job AND contact <= :last_contact";
}

/// Inserts a job and returns its number.
pub(crate) fn insert(db: &Write<'_>, new: &JobRow) -> DbResult<i64> {
    let (requester_kind, advisor) = new.requested_by.columns();
    db.prepare(&INSERT)?.execute(named_params! {
        ":tenant": new.tenant, ":requester_kind": requester_kind, ":advisor": advisor, ":network": new.network, ":filter": new.filter, ":action": new.action,
        ":dry_run": new.dry_run, ":last_contact": new.last_contact, ":contacts": new.contacts, ":origin": new.origin, ":now": new.created_at.0,
    })?;
    Ok(db.last_insert_id())
}

pub(crate) fn one(db: &Read<'_>, seq: i64) -> DbResult<Option<JobRow>> {
    let mut statement = db.prepare(&ONE)?;
    let found = statement.query_row(named_params! {":seq": seq}, from_row).optional()?;
    found.transpose()
}

/// Up to `most` jobs before number `seq`, newest first; or, if `older` is false, after it, oldest first.
pub(crate) fn page(db: &Read<'_>, of: JobOwner, seq: i64, older: bool, most: i64) -> DbResult<Vec<JobRow>> {
    let (statement, of, least) = match (of, older) {
        (JobOwner::All, true) => (&ALL, None, 0),
        (JobOwner::All, false) => (&ALL_BACK, None, 0),
        (JobOwner::Tenant(tenant, with_system), true) => (&OF_TENANT, Some(tenant), i64::from(!with_system)),
        (JobOwner::Tenant(tenant, with_system), false) => {
            (&OF_TENANT_BACK, Some(tenant), i64::from(!with_system))
        }
        (JobOwner::Advisor(advisor), true) => (&OF_ADVISOR, Some(advisor), 0),
        (JobOwner::Advisor(advisor), false) => (&OF_ADVISOR_BACK, Some(advisor), 0),
    };
    let mut statement = db.prepare(statement)?;
    let rows = match of {
        None => statement.query_map(named_params! {":seq": seq, ":most": most}, from_row)?,
        Some(of) => {
            let params = named_params! {":of": of, ":seq": seq, ":least": least, ":most": most};
            statement.query_map(params, from_row)?
        }
    };
    rows.map(|row| row?).collect()
}

/// Writes the state and progress of a job.
pub(crate) fn update(db: &Write<'_>, job: &JobRow) -> DbResult<()> {
    let state = match job.state {
        JobState::Open => 0,
        JobState::Finished => 1,
        JobState::Cancelled => 2,
    };
    db.prepare(&UPDATE)?.execute(named_params! {
        ":state": state, ":position": job.position, ":scanned": job.scanned, ":done": job.done,
        ":unchanged": job.unchanged, ":rejected": job.rejected, ":updated_at": job.updated_at.0, ":seq": job.seq,
    })?;
    Ok(())
}

/// Deletes a job that has no failures.
pub(crate) fn delete(db: &Write<'_>, seq: i64) -> DbResult<()> {
    db.prepare(&DELETE)?.execute(named_params! {":seq": seq})?;
    Ok(())
}

/// Records a contact on which a job failed, with the code of the error.
pub(crate) fn insert_failure(db: &Write<'_>, job: i64, contact: ContactId, code: &str) -> DbResult<()> {
    let params = named_params! {":job": job, ":contact": contact.0, ":error_code": code};
    db.prepare(&INSERT_FAILURE)?.execute(params)?;
    Ok(())
}

/// Up to `most` contacts on which a job failed, by id, with the codes of the errors: after `at` (exclusive), or before it if `back`
/// is true.
pub(crate) fn failures(
    db: &Read<'_>,
    job: i64,
    at: i64,
    back: bool,
    most: i64,
) -> DbResult<Vec<(ContactId, String)>> {
    let mut statement = db.prepare(if back { &FAILURES_BACK } else { &FAILURES })?;
    let params = named_params! {":job": job, ":at": at, ":most": most};
    let rows = statement.query_map(params, |row| Ok((ContactId(row.get(0)?), row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Deletes the failures of a job up to a local id of a contact.
pub(crate) fn delete_failures(db: &Write<'_>, job: i64, last: i64) -> DbResult<()> {
    ensure_rows_affected(
        db.prepare(&DELETE_FAILURES)?.execute(named_params! {":job": job, ":last_contact": last})?,
    )
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<DbResult<JobRow>> {
    let damaged = || Error::Damaged { what: "a bulk job", source: None };
    let Some(requested_by) = Requester::from_columns(row.get(2)?, row.get(3)?) else {
        return Ok(Err(damaged().into()));
    };
    let state = match row.get::<_, i64>(7)? {
        0 => JobState::Open,
        1 => JobState::Finished,
        2 => JobState::Cancelled,
        _ => return Ok(Err(damaged().into())),
    };
    Ok(Ok(JobRow {
        seq: row.get(0)?,
        tenant: row.get(1)?,
        requested_by,
        filter: row.get(4)?,
        action: row.get(5)?,
        dry_run: row.get(6)?,
        state,
        position: row.get(8)?,
        last_contact: row.get(9)?,
        scanned: row.get(10)?,
        done: row.get(11)?,
        unchanged: row.get(12)?,
        rejected: row.get(13)?,
        origin: row.get(14)?,
        created_at: Timestamp(row.get(15)?),
        updated_at: Timestamp(row.get(16)?),
        network: row.get(17)?,
        contacts: row.get(18)?,
    }))
}
