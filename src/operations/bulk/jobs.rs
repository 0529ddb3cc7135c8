//! Bulk jobs: one action on all contacts that meet a filter, slice by slice.

use crate::access::rights::{Kind, Rights};
use crate::access::session::Session;
use crate::db::contact::Stored;
use crate::db::metadata::Gap;
use crate::db::record::job::{Asker, JobRow};
use crate::db::{self, Read, Write};
use crate::engine::Inner;
use crate::error::{Error, Problem, Refusal, Result};
use crate::model::{BulkAction, ContactId, Field, Filter, JobId, JobState, NewJob, Permission, limits};
use crate::operations::contact::links::relink_as;
use crate::operations::contact::remove::trash;
use crate::operations::list::order::Orders;
use crate::operations::record::attributes::Rules;
use crate::operations::record::tags::{home_of, retag};
use crate::operations::{Context, edited};
use crate::query::{Job, Pick, action_of, job_told, pick, refuse_unknown, visible_job};

/// What a slice of a bulk job did.
#[derive(Debug)]
#[non_exhaustive]
pub struct JobProgress {
    /// The job as it is now.
    pub job: Job,
    /// The contacts of this slice that meet the filter, and what became of each; of a dry run, what would.
    pub outcomes: Vec<(ContactId, BulkOutcome)>,
}

impl JobProgress {
    /// Whether the job is over: nothing is left, or it was cancelled.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.job.state != JobState::Open
    }
}

/// What became of a contact in a bulk job.
#[derive(Debug)]
#[non_exhaustive]
pub enum BulkOutcome {
    /// It was changed.
    Done,
    /// It was as wanted already.
    Unchanged,
    /// A rule or a permission stands against it; nothing of it was written.
    Refused(Error),
}

/// Contacts whose refusals are forgotten in one transaction.
const FORGOTTEN: i64 = if cfg!(test) { 2 } else { 10_000 };

impl Session {
    /// Starts a bulk job: an action on all contacts that meet a filter, among those that [`Session::contacts`] lists
    /// to the actor when their turn comes. Nothing is done
    /// yet; [`Session::run_job`] does it. Contacts that come later are not in it.
    ///
    /// ```
    /// use cardex::{Actor, BulkAction, Network, NewContact, NewJob, Options, TagPatch};
    /// let store = Options::new().open_in_memory()?;
    /// let desk = store.session(Actor::System);
    /// let vip = desk.add_tag(TagPatch::new().name("VIP"))?.id;
    /// for (name, company) in [("Ada", "Acme"), ("Bob", ""), ("Cid", "Acme")] {
    ///     desk.add(NewContact::new(Network::SMS_DIRECT, name, "").company(company))?;
    /// }
    /// let job = desk.start_job(NewJob::new(BulkAction::Tag { tag: vip }, "company = Acme".parse()?))?;
    /// while !desk.run_job(job.id, 100)?.is_over() {}
    /// assert_eq!(desk.job(job.id)?.done, 2);
    /// assert_eq!(desk.tag(vip)?.contacts, 2);
    /// # Ok::<(), crate::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Invalid`] for a filter that passes a limit, or that names a tag or an attribute nobody has (it would meet everybody
    /// behind a `not`), and for a key or value that is none; [`Error::NoSuch`], [`Error::NoAdvisor`] for what the action names; [`Error::NoNetwork`].
    pub fn start_job(&self, new: NewJob) -> Result<Job> {
        let NewJob { action, filter, network, dry_run } = new;
        let origin = self.origin_name()?.to_owned();
        filter.check()?;
        action.check()?;
        let text = filter.to_string();
        // One that was built may be too long to be read again.
        text.parse::<Filter>().map(drop)?;
        let body = serde_json::to_string(&action).map_err(|source| Error::Storage(Box::new(source)))?;
        self.inner.write(&self.watch(), |db| {
            let rights = self.rights(db)?;
            refuse_unknown(db, &rights, &filter)?;
            names(db, &rights, &action)?;
            let asker = match rights.kind() {
                Kind::System => Asker::System,
                Kind::Administrator => Asker::Administrator,
                Kind::Advisor(advisor) => Asker::Advisor(advisor),
            };
            let last = db::contact::last_id(db)?;
            let now = self.inner.now();
            let mut row = JobRow {
                seq: 0,
                tenant: rights.tenant(),
                asker,
                network: network.map(|network| db::directory::network_id(db, &network)).transpose()?,
                filter: text,
                action: body,
                dry: dry_run,
                state: JobState::Open,
                position: 0,
                last,
                looked: 0,
                done: 0,
                unchanged: 0,
                refused: 0,
                origin,
                created_at: now,
                updated_at: now,
            };
            row.seq = db::job::insert(db, &row)?;
            job_told(db, &row)
        })
    }

    /// Does the next slice of a bulk job, in one transaction: at most `most` contacts (up to [`limits::JOB_SLICE`]), fewer if the filter
    /// leaves so few that it is much work to find them. Call it until the job is over. How far it is, is written in the same
    /// transaction: whatever happens in between, nothing is lost and nothing done twice, and anyone who may see the job can go on with it.
    /// It does what its asker may do now, whoever runs it. A contact that is refused stops no other; it is told here and by
    /// [`Session::job_failures`]. A job that is over does nothing.
    ///
    /// # Errors
    /// [`Error::NoSuch`]; [`Error::Invalid`] for `most` out of bounds, and for a filter that can no longer be read or names a tag or an
    /// attribute that is gone: the job stays where it is then. Those of the store.
    pub fn run_job(&self, id: JobId, most: usize) -> Result<JobProgress> {
        let limit = i64::try_from(limits::JOB_SLICE).unwrap_or(i64::MAX);
        if !(1..=limits::JOB_SLICE).contains(&most) {
            return Err(Error::invalid(Field::Limit, Problem::OutOfRange { least: 1, most: limit }));
        }
        self.inner.write(&self.watch(), |db| {
            let mut row = visible_job(db, &self.rights(db)?, id)?;
            let mut outcomes = Vec::new();
            if row.state == JobState::Open {
                outcomes = slice(&self.inner, db, &mut row, most)?;
                row.updated_at = self.inner.now();
                db::job::update(db, &row)?;
            }
            Ok(JobProgress { job: job_told(db, &row)?, outcomes })
        })
    }

    /// Cancels a bulk job: what is left of it is not done, what it did stays. One that is over stays as it is.
    ///
    /// # Errors
    /// [`Error::NoSuch`].
    pub fn cancel_job(&self, id: JobId) -> Result<Job> {
        self.inner.write(&self.watch(), |db| {
            let mut row = visible_job(db, &self.rights(db)?, id)?;
            if row.state == JobState::Open {
                (row.state, row.updated_at) = (JobState::Cancelled, self.inner.now());
                db::job::update(db, &row)?;
            }
            job_told(db, &row)
        })
    }

    /// Deletes a bulk job that is over, with its report. What it did stays.
    ///
    /// # Errors
    /// [`Error::NoSuch`]; [`Refusal::JobOpen`].
    pub fn forget_job(&self, id: JobId) -> Result<()> {
        loop {
            let gone = self.inner.write(&self.watch(), |db| {
                let row = visible_job(db, &self.rights(db)?, id)?;
                if row.state == JobState::Open {
                    return Err(Refusal::JobOpen.into());
                }
                let Some((last, ..)) = db::job::items(db, row.seq, 0, false, FORGOTTEN)?.pop() else {
                    db::job::delete(db, row.seq)?;
                    return Ok(true);
                };
                db::job::delete_items(db, row.seq, last)?;
                Ok(false)
            })?;
            if gone {
                return Ok(());
            }
        }
    }
}

/// Refuses an action with something that is not there.
fn names(db: &Read<'_>, rights: &Rights, action: &BulkAction) -> Result<()> {
    match action {
        BulkAction::Tag { tag } | BulkAction::Untag { tag } => {
            let mut found = Err(Error::NoSuch(crate::error::Thing::Tag, tag.0));
            for tenant in rights.tenants(db)? {
                found = found.or_else(|_| Ok(db::tag::find(db, tenant, *tag).map(drop)?));
            }
            found
        }
        BulkAction::Link { advisor } | BulkAction::Unlink { advisor } => {
            rights.colleague(db, *advisor).map(drop)
        }
        BulkAction::Remove | BulkAction::Set { .. } => Ok(()),
    }
}

/// Does one slice, and counts it in the row.
fn slice(
    inner: &Inner,
    db: &Write<'_>,
    row: &mut JobRow,
    most: usize,
) -> Result<Vec<(ContactId, BulkOutcome)>> {
    let kind = match row.asker {
        Asker::System => Kind::System,
        Asker::Administrator => Kind::Administrator,
        Asker::Advisor(advisor) => Kind::Advisor(advisor),
    };
    let rights = Rights::new(kind, row.tenant);
    let filter: Filter = row.filter.parse()?;
    refuse_unknown(db, &rights, &filter)?;
    let action = action_of(row)?;
    let network = row.network.map(|network| db::directory::network_code(db, network)).transpose()?;
    let gap = Gap { after: row.position, last: row.last };
    let Pick { found, looked, position, finished } =
        pick(inner, db, &rights, (network.as_ref(), &filter, row.created_at), gap, most)?;
    let orders = Orders::read(inner, db)?;
    let mut outcomes = Vec::with_capacity(found.len());
    for stored in found {
        let (place, contact) = (stored.id, stored.contact.id);
        let context = Context { now: inner.now(), origin: &row.origin };
        let outcome = match db.step(!row.dry, || act(inner, db, context, rights, &orders, stored, &action))? {
            Ok(true) => BulkOutcome::Done,
            Ok(false) => BulkOutcome::Unchanged,
            Err(error) if error.is_refusal() => BulkOutcome::Refused(error),
            Err(error) => return Err(error),
        };
        let count = match &outcome {
            BulkOutcome::Done => &mut row.done,
            BulkOutcome::Unchanged => &mut row.unchanged,
            BulkOutcome::Refused(error) => {
                db::job::insert_item(db, row.seq, (place, contact), error.code())?;
                &mut row.refused
            }
        };
        *count = count.saturating_add(1);
        outcomes.push((contact, outcome));
    }
    row.looked = row.looked.saturating_add(i64::try_from(looked).unwrap_or(i64::MAX));
    row.position = position;
    if finished {
        row.state = JobState::Finished;
    }
    Ok(outcomes)
}

/// Does the action with one contact; false if there was nothing to do.
fn act(
    inner: &Inner,
    db: &Write<'_>,
    context: Context<'_>,
    rights: Rights,
    orders: &Orders,
    stored: Stored,
    action: &BulkAction,
) -> Result<bool> {
    match action {
        BulkAction::Tag { tag } => retag(db, context, &rights, &stored, *tag, true),
        BulkAction::Untag { tag } => retag(db, context, &rights, &stored, *tag, false),
        BulkAction::Remove => trash(db, context, rights, orders, stored),
        BulkAction::Link { advisor } => relink_as(db, context, rights, orders, &stored, *advisor, true),
        BulkAction::Unlink { advisor } => relink_as(db, context, rights, orders, &stored, *advisor, false),
        BulkAction::Set { space, key, value } => {
            rights.require_change(db, &stored, Permission::EditContact)?;
            let of = (home_of(db, &rights, &stored)?, stored.id);
            let rules = Rules { checked: true, declared_only: false };
            let done = inner.assign(db, of, (*space, key, value.as_ref()), rules)?;
            if done {
                edited(db, context, &stored, &[Field::Attributes])?;
            }
            Ok(done)
        }
    }
}
