//! Bulk jobs: one action on all contacts that match a filter, batch by batch.

use crate::access::rights::{ActorKind, Rights};
use crate::access::session::Session;
use crate::db::contact::StoredContact;
use crate::db::metadata::IdRange;
use crate::db::record::job::{JobRow, Requester};
use crate::db::{self, Read, Write};
use crate::engine::Engine;
use crate::error::{Error, Result, RuleViolation, ValidationError};
use crate::model::{
    ContactId, Field, Filter, JobAction, JobId, JobState, Network, NewJob, Permission, limits,
};
use crate::operations::bulk::job_progress::{JobOutcome, JobProgress};
use crate::operations::bulk::merge_duplicates::{job_merge, merge_exact_duplicates, undo_batch};
use crate::operations::contact::links::set_link_as_actor;
use crate::operations::contact::trash::move_to_trash;
use crate::operations::context::{WriteContext, log_extra_edit};
use crate::operations::idempotency::{KeyedCall, KeyedOperation};
use crate::operations::list::list_orders::ListOrders;
use crate::operations::record::attributes::ValueRules;
use crate::operations::record::tags::{set_tag, tenant_or_home};
use crate::query::{
    FilterScan, Job, JobFailureList, JobList, job_from_row, parse_action, reject_unknown_names,
    scan_filtered, visible_job,
};

/// Bulk jobs. See [`Session::jobs`].
#[derive(Debug, Clone, Copy)]
pub struct Jobs<'s> {
    session: &'s Session,
}

impl<'s> Jobs<'s> {
    pub(crate) const fn new(session: &'s Session) -> Self {
        Self { session }
    }

    /// Creates a bulk job: an action on all contacts that match a filter. The contact must be in the actor's list, as
    /// [`Session::contacts`] returns it, at the time of its processing. This call changes no contact;
    /// [`Jobs::run_batch`] does. Contacts that are added later are not processed.
    ///
    /// ```
    /// use cardex::{Actor, Network, NewContact, Options};
    /// use cardex::jobs::{JobAction, NewJob};
    /// use cardex::tags::TagPatch;
    /// let store = Options::new().open_in_memory()?;
    /// let session = store.session(Actor::System);
    /// let vip = session.tags().add(TagPatch::new().name("VIP"))?.id;
    /// for (name, company) in [("Ada", "Acme"), ("Bob", ""), ("Cid", "Acme")] {
    ///     session.add(NewContact::new(Network::SMS_DIRECT, name, "").company(company))?;
    /// }
    /// let job = session.jobs().create(NewJob::new(JobAction::Tag { tag: vip }, "company = Acme".parse()?))?;
    /// while !session.jobs().run_batch(job.id, 100)?.is_over() {}
    /// assert_eq!(session.jobs().get(job.id)?.done, 2);
    /// assert_eq!(session.tags().get(vip)?.contacts, 2);
    /// # Ok::<(), cardex::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Invalid`] for a filter that exceeds a limit or names an unknown tag or attribute (negated, it would
    /// match every contact), and for an invalid key or value; [`Error::NotFound`], [`Error::NoAdvisor`] for an unknown
    /// record in the action; [`Error::NoNetwork`];
    /// [`RuleViolation::IdempotencyKeyReused`](crate::RuleViolation::IdempotencyKeyReused).
    pub fn create(&self, new: NewJob) -> Result<Job> {
        let NewJob { action, filter, network, dry_run, idempotency_key } = new;
        let origin = self.session.origin_name()?.to_owned();
        filter.check()?;
        action.check()?;
        let text = filter.to_string();
        // The text of a built filter can exceed the limits of the parser.
        text.parse::<Filter>().map(drop)?;
        let body = serde_json::to_string(&action).map_err(|source| Error::Storage(Box::new(source)))?;
        self.session.write(|db| {
            let rights = self.session.rights(db)?;
            rights.require_bulk()?;
            reject_unknown_names(db, &rights, &filter)?;
            check_references(db, &rights, &action)?;
            let asker = match rights.kind() {
                ActorKind::System => Requester::System,
                ActorKind::Administrator => Requester::Administrator,
                ActorKind::Advisor(advisor) | ActorKind::Agent(advisor) => Requester::Advisor(advisor),
            };
            let now = self.session.engine.now();
            let code = network.as_ref().map_or("", Network::as_str);
            let input = [text.as_bytes(), body.as_bytes(), code.as_bytes(), &[u8::from(dry_run)][..]];
            let keyed = idempotency_key.as_deref();
            let keyed = keyed
                .map(|key| KeyedCall::new(&rights, KeyedOperation::CreateJob, key, &input, now))
                .transpose()?;
            if let Some(seq) = keyed.as_ref().map_or(Ok(None), |call| call.earlier_result(db))?
                && let Some(row) = db::job::one(db, seq)?
            {
                return job_from_row(db, &row);
            }
            let (contacts, last) = match action {
                JobAction::UndoMerges { job } => db::merge_record::count_of_job(db, job)?,
                _ => (count_visible(db, &rights, network.as_ref())?, db::contact::last_id(db)?),
            };
            let mut row = JobRow {
                seq: 0,
                tenant: rights.tenant(),
                requested_by: asker,
                network: network.map(|network| db::directory::network_local_id(db, &network)).transpose()?,
                filter: text,
                action: body,
                dry_run,
                state: JobState::Open,
                position: 0,
                last_contact: last,
                contacts,
                scanned: 0,
                done: 0,
                unchanged: 0,
                rejected: 0,
                origin,
                created_at: now,
                updated_at: now,
            };
            row.seq = db::job::insert(db, &row)?;
            keyed.map_or(Ok(()), |call| call.store_result(db, row.seq))?;
            job_from_row(db, &row)
        })
    }

    /// Processes the next batch of a bulk job in one transaction: at most `most` contacts (up to
    /// [`limits::JOB_BATCH`]), or fewer if matches are rare. Repeat it until the job is complete. The progress is
    /// stored in the same transaction, so nothing is lost or repeated after an interruption. Every actor who may see
    /// the job can run it. The permissions are the current ones of the job's creator. A rejected contact does not stop
    /// the others; it is in the result and in [`Jobs::failures`]. On a completed job the call does nothing.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Invalid`] for `most` out of range, and for a filter that is not valid any more or
    /// names a deleted tag or attribute. The progress then stays the same. Errors of the store.
    pub fn run_batch(&self, id: JobId, most: usize) -> Result<JobProgress> {
        let limit = i64::try_from(limits::JOB_BATCH).unwrap_or(i64::MAX);
        if !(1..=limits::JOB_BATCH).contains(&most) {
            return Err(Error::invalid(Field::Limit, ValidationError::OutOfRange { min: 1, max: limit }));
        }
        self.session.write(|db| {
            let mut row = visible_job(db, &self.session.rights(db)?, id)?;
            let mut outcomes = Vec::new();
            if row.state == JobState::Open {
                outcomes = run_batch(&self.session.engine, db, &mut row, most)?;
                row.updated_at = self.session.engine.now();
                db::job::update(db, &row)?;
            }
            Ok(JobProgress { job: job_from_row(db, &row)?, outcomes })
        })
    }

    /// Cancels a bulk job. Changes that it has made stay. A completed job does not change.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn cancel(&self, id: JobId) -> Result<Job> {
        self.session.write(|db| {
            let mut row = visible_job(db, &self.session.rights(db)?, id)?;
            if row.state == JobState::Open {
                (row.state, row.updated_at) = (JobState::Cancelled, self.session.engine.now());
                db::job::update(db, &row)?;
            }
            job_from_row(db, &row)
        })
    }

    /// Deletes a completed bulk job with its report. Changes that it has made stay.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`RuleViolation::JobStillOpen`].
    pub fn delete(&self, id: JobId) -> Result<()> {
        loop {
            let gone = self.session.write(|db| {
                let row = visible_job(db, &self.session.rights(db)?, id)?;
                if row.state == JobState::Open {
                    return Err(RuleViolation::JobStillOpen.into());
                }
                let Some((last, ..)) =
                    db::job::failures(db, row.seq, 0, false, db.tuning().operations.failure_delete_batch)?
                        .pop()
                else {
                    db::job::delete(db, row.seq)?;
                    return Ok(true);
                };
                db::job::delete_failures(db, row.seq, last.0)?;
                Ok(false)
            })?;
            if gone {
                return Ok(());
            }
        }
    }

    /// Lists bulk jobs, newest first, in pages. An advisor sees their own. An administrator sees those of the tenant,
    /// except the system's. The system sees all.
    pub fn list(&self) -> JobList<'s> {
        JobList::new(self.session)
    }

    /// A bulk job with its progress.
    ///
    /// # Errors
    /// [`Error::NotFound`], also for a job that the actor may not see.
    pub fn get(&self, id: JobId) -> Result<Job> {
        self.session.read(|snapshot| {
            let db = &snapshot.db;
            job_from_row(db, &visible_job(db, &self.session.rights(db)?, id)?)
        })
    }

    /// Lists the contacts that a bulk job rejected, in the order of processing, in pages.
    pub fn failures(&self, job: JobId) -> JobFailureList<'s> {
        JobFailureList::new(self.session, job)
    }
}

/// The number of contacts that the actor sees, on one network or all.
fn count_visible(db: &Read<'_>, rights: &Rights, network: Option<&Network>) -> Result<i64> {
    let generation = db::metadata::read(db)?.generation;
    let mut contacts = 0_i64;
    for scope in rights.scopes(db, network, None)? {
        contacts = contacts.saturating_add(db::bucket::total(db, scope.in_generation(generation))?);
    }
    Ok(contacts)
}

/// Rejects an action that refers to a missing record.
fn check_references(db: &Read<'_>, rights: &Rights, action: &JobAction) -> Result<()> {
    match action {
        JobAction::Tag { tag } | JobAction::Untag { tag } => {
            let mut found = Err(Error::NotFound(crate::error::EntityKind::Tag, tag.0));
            for tenant in rights.visible_tenants(db)? {
                found = found.or_else(|_| Ok(db::tag::find(db, tenant, *tag).map(drop)?));
            }
            found
        }
        JobAction::Link { advisor } | JobAction::Unlink { advisor } => {
            rights.visible_advisor(db, *advisor).map(drop)
        }
        JobAction::UndoMerges { job } => visible_job(db, rights, *job).map(drop),
        JobAction::Remove | JobAction::SetAttribute { .. } | JobAction::MergeDuplicates => Ok(()),
    }
}

/// Processes one batch and stores the progress.
fn run_batch(
    engine: &Engine,
    db: &Write<'_>,
    row: &mut JobRow,
    most: usize,
) -> Result<Vec<(ContactId, JobOutcome)>> {
    let kind = match row.requested_by {
        Requester::System => ActorKind::System,
        Requester::Administrator => ActorKind::Administrator,
        Requester::Advisor(advisor) => ActorKind::Advisor(advisor),
    };
    let rights = Rights::new(kind, row.tenant);
    let filter: Filter = row.filter.parse()?;
    reject_unknown_names(db, &rights, &filter)?;
    let action = parse_action(row)?;
    if let JobAction::UndoMerges { job } = action {
        return undo_batch(engine, db, row, (rights, job), most);
    }
    let network = row.network.map(|network| db::directory::network_code(db, network)).transpose()?;
    let gap = IdRange { after: row.position, last: row.last_contact };
    let FilterScan { matched: found, scanned: looked, position, finished } =
        scan_filtered(engine, db, &rights, (network.as_ref(), &filter, row.created_at), gap, most)?;
    let list_orders = ListOrders::for_writing(engine, db)?;
    let mut outcomes = Vec::with_capacity(found.len());
    for stored in found {
        let contact = stored.contact.id;
        let context = WriteContext { now: engine.now(), origin: &row.origin };
        let outcome = match db.run_in_savepoint(!row.dry_run, || match &action {
            JobAction::MergeDuplicates => {
                let merge = job_merge(engine, rights, &list_orders, row.seq);
                let scopes = rights.scopes(db, network.as_ref(), None)?;
                merge_exact_duplicates(db, context, merge, &scopes, &stored)
            }
            action => apply_action(engine, db, context, rights, &list_orders, stored, action),
        })? {
            Ok(true) => JobOutcome::Done,
            Ok(false) => JobOutcome::Unchanged,
            Err(error) if error.is_client_error() => JobOutcome::Rejected(error),
            Err(error) => return Err(error),
        };
        let count = match &outcome {
            JobOutcome::Done => &mut row.done,
            JobOutcome::Unchanged => &mut row.unchanged,
            JobOutcome::Rejected(error) => {
                db::job::insert_failure(db, row.seq, contact, error.code())?;
                &mut row.rejected
            }
        };
        *count = count.saturating_add(1);
        outcomes.push((contact, outcome));
    }
    row.scanned = row.scanned.saturating_add(i64::try_from(looked).unwrap_or(i64::MAX));
    row.position = position;
    if finished {
        row.state = JobState::Finished;
    }
    Ok(outcomes)
}

/// Applies the action to one contact; false if nothing changed. Merges have functions of their own.
fn apply_action(
    engine: &Engine,
    db: &Write<'_>,
    context: WriteContext<'_>,
    rights: Rights,
    list_orders: &ListOrders,
    stored: StoredContact,
    action: &JobAction,
) -> Result<bool> {
    match action {
        JobAction::Tag { tag } => set_tag(db, context, &rights, &stored, *tag, true),
        JobAction::Untag { tag } => set_tag(db, context, &rights, &stored, *tag, false),
        JobAction::MergeDuplicates | JobAction::UndoMerges { .. } => Ok(false),
        JobAction::Remove => move_to_trash(db, context, rights, list_orders, stored),
        JobAction::Link { advisor } => {
            set_link_as_actor(db, context, rights, list_orders, &stored, *advisor, true)
        }
        JobAction::Unlink { advisor } => {
            set_link_as_actor(db, context, rights, list_orders, &stored, *advisor, false)
        }
        JobAction::SetAttribute { namespace: space, key, value } => {
            rights.require_edit(db, &stored, Permission::EditContact)?;
            let of = (tenant_or_home(db, &rights, &stored)?, stored.id);
            let rules = ValueRules { checked: true, declared_only: false };
            let done = engine.set_value(db, of, (*space, key, value.as_ref()), rules)?;
            if done {
                log_extra_edit(db, context, &stored, &[Field::Attributes])?;
            }
            Ok(done)
        }
    }
}
