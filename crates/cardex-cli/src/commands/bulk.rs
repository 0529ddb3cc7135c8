//! `bulk`: one action on all contacts that match a filter.

use cardex::attributes::AttributeNamespace;
use cardex::jobs::{Job, JobAction, JobFailure, JobId, JobOutcome, NewJob};
use cardex::{Cursor, Filter, Network, Session, limits};
use clap::{Args, Subcommand};
use indicatif::ProgressBar;
use serde_json::json;

use crate::args::{AdvisorArg, Global};
use crate::failure::{CommandResult, Failure};
use crate::open_store::OpenStore;
use crate::output::Output;

/// Run one action on all contacts that match a filter
///
/// The action runs as a job. An interrupted job continues where it stopped: see `bulk list` and `bulk resume`.
/// A rejected contact does not stop the others; it is reported on standard error.
#[derive(Debug, Args)]
pub(crate) struct Bulk {
    #[command(subcommand)]
    command: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Add a tag to them
    Tag(TagArgs),
    /// Remove a tag from them
    Untag(TagArgs),
    /// Put them into the trash
    Remove(Selection),
    /// Link them to an advisor
    Link(LinkArgs),
    /// Unlink them from an advisor
    Unlink(LinkArgs),
    /// Set the value of a custom attribute
    Set(SetArgs),
    /// Remove the value of a custom attribute
    Unset(UnsetArgs),
    /// Continue a job
    Resume(JobArg),
    /// List the jobs, newest first
    List(JobPageArgs),
    /// List the contacts that a job could not change
    Failures(FailureArgs),
    /// Cancel a job; its changes so far stay
    Cancel(JobArg),
    /// Delete a finished or cancelled job and its report
    Delete(JobArg),
}

/// Which contacts the action changes.
#[derive(Debug, Args)]
struct Selection {
    /// Contacts that match this filter, such as `company = Acme and not tag = keep`; `true` matches all
    #[arg(long = "where", value_name = "FILTER")]
    filter: Filter,
    /// Only contacts on this network
    #[arg(long, value_name = "CODE")]
    network: Option<Network>,
    /// Check and report what would happen, but change nothing
    #[arg(long)]
    dry_run: bool,
    /// A text that makes the command repeatable for a day: with the same text it continues the first job
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<String>,
}

#[derive(Debug, Args)]
struct TagArgs {
    /// The tag's name
    name: String,
    #[command(flatten)]
    selection: Selection,
}

#[derive(Debug, Args)]
struct LinkArgs {
    /// The advisor, by id or e-mail address
    advisor: AdvisorArg,
    #[command(flatten)]
    selection: Selection,
}

#[derive(Debug, Args)]
struct SetArgs {
    /// The attribute's key
    key: String,
    /// The value: JSON, or else a text
    value: String,
    #[command(flatten)]
    selection: Selection,
}

#[derive(Debug, Args)]
struct UnsetArgs {
    /// The attribute's key
    key: String,
    #[command(flatten)]
    selection: Selection,
}

#[derive(Debug, Args)]
struct JobArg {
    /// The job's number
    job: JobId,
}

#[derive(Debug, Args)]
struct JobPageArgs {
    /// The maximum number of items
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: usize,
    /// The page after this cursor
    #[arg(long, value_name = "CURSOR", allow_hyphen_values = true)]
    after: Option<Cursor>,
}

#[derive(Debug, Args)]
struct FailureArgs {
    /// The job's number
    job: JobId,
    #[command(flatten)]
    page: JobPageArgs,
}

impl Bulk {
    pub(crate) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let session = OpenStore::open(global)?.session;
        match self.command {
            Verb::Tag(TagArgs { name, selection }) => {
                let tag = find_tag(&session, &name)?;
                start_job(&session, JobAction::Tag { tag }, selection, out)
            }
            Verb::Untag(TagArgs { name, selection }) => {
                let tag = find_tag(&session, &name)?;
                start_job(&session, JobAction::Untag { tag }, selection, out)
            }
            Verb::Remove(selection) => start_job(&session, JobAction::Remove, selection, out),
            Verb::Link(LinkArgs { advisor, selection }) => {
                let advisor = advisor.resolve(&session)?;
                start_job(&session, JobAction::Link { advisor }, selection, out)
            }
            Verb::Unlink(LinkArgs { advisor, selection }) => {
                let advisor = advisor.resolve(&session)?;
                start_job(&session, JobAction::Unlink { advisor }, selection, out)
            }
            Verb::Set(SetArgs { key, value, selection }) => {
                let value = serde_json::from_str(&value).unwrap_or_else(|_| value.into());
                start_job(&session, set_action(key, Some(value)), selection, out)
            }
            Verb::Unset(UnsetArgs { key, selection }) => {
                start_job(&session, set_action(key, None), selection, out)
            }
            Verb::Resume(JobArg { job }) => run_to_end(&session, &session.jobs().get(job)?, out),
            Verb::List(JobPageArgs { limit, after }) => {
                let page = session.jobs().list().limit(limit).after(after).page()?;
                print_jobs(&page.items, out)?;
                print_next_page(page.after.as_ref(), out)
            }
            Verb::Failures(FailureArgs { job, page: JobPageArgs { limit, after } }) => {
                let page = session.jobs().failures(job).limit(limit).after(after).page()?;
                print_failures(&page.items, out)?;
                print_next_page(page.after.as_ref(), out)
            }
            Verb::Cancel(JobArg { job }) => print_jobs(&[session.jobs().cancel(job)?], out),
            Verb::Delete(JobArg { job }) => {
                session.jobs().delete(job)?;
                Ok(out.write_result(&json!({ "id": job, "done": "deleted" }), &format!("deleted {job}"))?)
            }
        }
    }
}

fn find_tag(session: &Session, name: &str) -> Result<cardex::tags::TagId, Failure> {
    let found = session.tags().named(name)?;
    let missing = || Failure::new("not-found", "there is no tag with this name");
    found.map(|tag| tag.id).ok_or_else(missing)
}

fn set_action(key: String, value: Option<serde_json::Value>) -> JobAction {
    JobAction::SetAttribute { namespace: AttributeNamespace::Custom, key, value }
}

fn start_job(
    session: &Session,
    action: JobAction,
    Selection { filter, network, dry_run, idempotency_key }: Selection,
    out: &mut Output,
) -> CommandResult {
    let mut new = NewJob::new(action, filter).dry_run(dry_run);
    if let Some(network) = network {
        new = new.network(network);
    }
    if let Some(key) = idempotency_key {
        new = new.idempotency_key(key);
    }
    run_job(session, new, out)
}

/// Creates a job and runs it to its end.
pub(crate) fn run_job(session: &Session, new: NewJob, out: &mut Output) -> CommandResult {
    let job = session.jobs().create(new)?;
    out.write_message(&format!("job {}", job.id))?;
    run_to_end(session, &job, out)
}

/// Runs a job to its end, and shows its progress.
fn run_to_end(session: &Session, job: &Job, out: &mut Output) -> CommandResult {
    let bar = ProgressBar::new(100);
    loop {
        let progress = session.jobs().run_batch(job.id, limits::JOB_BATCH)?;
        bar.set_position(progress.job.percent.into());
        for (contact, outcome) in &progress.outcomes {
            if let JobOutcome::Rejected(error) = outcome {
                bar.suspend(|| out.write_message(&format!("{contact}: {error}")))?;
            }
        }
        if progress.is_over() {
            bar.finish_and_clear();
            return print_jobs(&[progress.job], out);
        }
    }
}

fn print_jobs(jobs: &[Job], out: &mut Output) -> CommandResult {
    if out.is_json() {
        return Ok(jobs.iter().try_for_each(|job| out.write_json_line(job))?);
    }
    let row = |job: &Job| {
        let fields = serde_json::to_value(job).unwrap_or_default();
        let word =
            |key: &str| fields.get(key).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
        let done = if job.dry_run { format!("{} (dry run)", job.done) } else { job.done.to_string() };
        vec![
            job.id.to_string().into(),
            word("state").into(),
            format!("{}%", job.percent).into(),
            word("action").into(),
            done.into(),
            job.unchanged.to_string().into(),
            job.rejected.to_string().into(),
            word("requestedBy").into(),
            job.filter.as_str().into(),
        ]
    };
    let header =
        ["job", "state", "progress", "action", "done", "unchanged", "rejected", "requested by", "where"];
    Ok(out.write_table(&header, jobs.iter().map(row).collect())?)
}

fn print_failures(failures: &[JobFailure], out: &mut Output) -> CommandResult {
    if out.is_json() {
        return Ok(failures.iter().try_for_each(|failure| out.write_json_line(failure))?);
    }
    let row = |failure: &JobFailure| vec![failure.contact.to_string().into(), failure.code.as_str().into()];
    Ok(out.write_table(&["contact", "code"], failures.iter().map(row).collect())?)
}

fn print_next_page(after: Option<&Cursor>, out: &mut Output) -> CommandResult {
    after.map_or(Ok(()), |after| Ok(out.write_message(&format!("more with --after {after}"))?))
}
