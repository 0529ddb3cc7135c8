//! Bulk jobs, and the contacts that they could not change.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::access::rights::Rights;
use crate::access::session::{Actor, Session};
use crate::db::record::job::JobRow;
use crate::db::{self, Read};
use crate::error::{EntityKind, Error, Result};
use crate::model::{ContactId, JobAction, JobId, JobState, Network, TenantId, Timestamp};
use crate::query::page::{
    Page, Start, newest_first_page, number_keyset_page, page_setters, query_fingerprint,
};
use crate::query::record::requester::{is_visible_request, job_owner, requester};

/// A bulk job and its progress.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Job {
    /// Its number.
    pub id: JobId,
    /// The tenant whose contacts it changes; `None` for all tenants.
    pub tenant: Option<TenantId>,
    /// The actor that requested it. It has that actor's permissions, whichever actor runs it.
    pub requested_by: Actor,
    /// Its network; `None` for all networks.
    pub network: Option<Network>,
    /// What it does.
    #[serde(flatten)]
    pub action: JobAction,
    /// The filter as text.
    pub filter: String,
    /// Whether changes are tried but not stored.
    pub dry_run: bool,
    /// Its state.
    pub state: JobState,
    /// How many of the contacts that the requester sees it has processed, from 0 to 100.
    pub percent: u8,
    /// Contacts that were tested, of those that the requester sees, whether they match the filter or not.
    pub scanned: u64,
    /// Contacts that were changed.
    pub done: u64,
    /// Contacts that match the filter and did not need the change.
    pub unchanged: u64,
    /// Contacts that match the filter, and that a rule of the book or a permission protects; see `jobs().failures`.
    pub rejected: u64,
    /// The origin of the session that requested it; empty if it had none.
    pub origin: String,
    /// When it was requested. Relative days in the filter are counted from this time.
    pub created_at: Timestamp,
    /// When it last made progress.
    pub updated_at: Timestamp,
}

impl fmt::Debug for Job {
    /// Without the filter: it may contain a name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, requested_by, action, state, percent, .. } = self;
        f.debug_struct("Job")
            .field("id", id)
            .field("requested_by", requested_by)
            .field("action", action)
            .field("state", state)
            .field("percent", percent)
            .finish_non_exhaustive()
    }
}

/// A contact that a bulk job could not change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct JobFailure {
    /// The contact. It may have been removed since.
    pub contact: ContactId,
    /// The reason: the code of the error, as [`Error::code`] returns it.
    pub code: String,
}

/// A list of bulk jobs that is being built; see [`Session::jobs`].
#[derive(Debug, Clone)]
#[must_use]
pub struct JobList<'s> {
    session: &'s Session,
    limit: usize,
    start: Start,
}

/// A list of failures of a bulk job that is being built; see `jobs().failures`.
#[derive(Debug, Clone)]
#[must_use]
pub struct JobFailureList<'s> {
    session: &'s Session,
    job: JobId,
    limit: usize,
    start: Start,
}

impl<'s> JobList<'s> {
    pub(crate) const fn new(session: &'s Session) -> Self {
        Self { session, limit: 50, start: Start::First }
    }

    page_setters!(Job, 50);

    /// One page.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a limit out of bounds; [`Error::BadCursor`], [`Error::CursorMismatch`].
    pub fn page(&self) -> Result<Page<Job>> {
        self.session.read(|snapshot| {
            let db = &snapshot.db;
            let (owner, key) = job_owner(&self.session.rights(db)?);
            let query = query_fingerprint(&self.session.engine, "jobs", &[])
                .add_number(key.0)
                .add_number(key.1)
                .finish();
            newest_first_page(&self.start, self.limit, query, |from, older, fetch| {
                let rows = db::job::page(db, owner, from, older, fetch)?;
                rows.iter().map(|row| Ok((row.seq, job_from_row(db, row)?))).collect()
            })
        })
    }
}

impl<'s> JobFailureList<'s> {
    pub(crate) const fn new(session: &'s Session, job: JobId) -> Self {
        Self { session, job, limit: 50, start: Start::First }
    }

    page_setters!(JobFailure, 50);

    /// One page.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Invalid`] for a limit out of bounds; [`Error::BadCursor`], [`Error::CursorMismatch`].
    pub fn page(&self) -> Result<Page<JobFailure>> {
        self.session.read(|snapshot| {
            let db = &snapshot.db;
            visible_job(db, &self.session.rights(db)?, self.job)?;
            let query =
                query_fingerprint(&self.session.engine, "job failures", &[]).add_number(self.job.0).finish();
            number_keyset_page(&self.start, self.limit, query, |from, back, fetch| {
                let failures = db::job::failures(db, self.job.0, from, back, fetch)?;
                let failure =
                    |(contact, code): (ContactId, String)| (contact.0, JobFailure { contact, code });
                Ok(failures.into_iter().map(failure).collect())
            })
        })
    }
}

/// A job that the actor may see, run and cancel.
///
/// # Errors
/// [`Error::NotFound`], also for a job of another actor.
pub(crate) fn visible_job(db: &Read<'_>, rights: &Rights, id: JobId) -> Result<JobRow> {
    let row = db::job::one(db, id.0)?;
    let row = row.filter(|row| is_visible_request(rights, row.tenant, row.requested_by));
    row.ok_or(Error::NotFound(EntityKind::Job, id.0))
}

/// The public form of a stored job.
///
/// # Errors
/// [`Error::Damaged`].
pub(crate) fn job_from_row(db: &Read<'_>, row: &JobRow) -> Result<Job> {
    let (tenant, requested_by) = (row.tenant.map(TenantId), requester(db, row.tenant, row.requested_by)?);
    let scanned_percent =
        row.scanned.saturating_mul(100).checked_div(row.contacts).map(|percent| percent.min(99));
    let percent = if row.state == JobState::Finished { Some(100) } else { scanned_percent };
    let count = |count: i64| u64::try_from(count).unwrap_or_default();
    Ok(Job {
        id: JobId(row.seq),
        tenant,
        requested_by,
        network: row.network.map(|network| db::directory::network_code(db, network)).transpose()?,
        action: parse_action(row)?,
        filter: row.filter.clone(),
        dry_run: row.dry_run,
        state: row.state,
        percent: percent.and_then(|percent| u8::try_from(percent.clamp(0, 100)).ok()).unwrap_or_default(),
        scanned: count(row.scanned),
        done: count(row.done),
        unchanged: count(row.unchanged),
        rejected: count(row.rejected),
        origin: row.origin.clone(),
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}

/// The action of a stored job.
///
/// # Errors
/// [`Error::Damaged`].
pub(crate) fn parse_action(row: &JobRow) -> Result<JobAction> {
    let damaged = |source| Error::Damaged { what: "a bulk job", source: Some(Box::new(source)) };
    serde_json::from_str(&row.action).map_err(damaged)
}
