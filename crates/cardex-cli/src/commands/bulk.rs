//! `bulk`: one action on all contacts that meet conditions.

use cardex::attributes::AttributeNamespace;
use cardex::jobs::{Job, JobAction, JobFailure, JobId, JobOutcome, NewJob};
use cardex::{Cursor, Filter, Network, Session, limits};
use clap::{Args, Subcommand};
use indicatif::ProgressBar;
use serde_json::json;

use crate::args::{AdvisorArg, Global};
use crate::commands::CommandResult;
use crate::failure::Failure;
use crate::open_store::OpenStore;
use crate::output::Output;

/// Do one thing with all contacts that meet conditions
///
/// It is a job that goes on where it stopped, whatever stopped it: see `bulk list` and `bulk resume`. Contacts that are refused stop no
/// others and are told on stderr.
#[derive(Debug, Args)]
pub(crate) struct Bulk {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Give them a tag
    Tag(TagArgs),
    /// Take a tag from them
    Untag(TagArgs),
    /// Put them into the trash
    Delete(Selection),
    /// Link them to an advisor
    Link(LinkArgs),
    /// Unlink them from an advisor
    Unlink(LinkArgs),
    /// Give a custom attribute a value
    Set(SetArgs),
    /// Take the value of a custom attribute away
    Unset(UnsetArgs),
    /// Go on with a job
    Resume(JobArg),
    /// The jobs, newest first
    List(JobPageArgs),
    /// The contacts that a job was refused
    Failures(FailureArgs),
    /// Cancel a job; what it did stays
    Cancel(JobArg),
    /// Delete a job that is over, with its report
    Forget(JobArg),
}

/// Which contacts.
#[derive(Debug, Args)]
struct Selection {
    /// Who meets these conditions, such as `company = Acme and not tag = keep`; `true` is everybody
    #[arg(long = "where", value_name = "CONDITIONS")]
    filter: Filter,
    /// On this network only
    #[arg(long, value_name = "CODE")]
    network: Option<Network>,
    /// Try it, tell what would happen, and keep nothing
    #[arg(long)]
    dry_run: bool,
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
    /// The value: JSON, or a text as it is
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
    /// At most so many
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
    pub(super) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let session = OpenStore::open(global)?.session;
        match self.verb {
            Verb::Tag(TagArgs { name, selection: which }) => {
                let tag = find_tag(&session, &name)?;
                start_job(&session, JobAction::Tag { tag }, which, out)
            }
            Verb::Untag(TagArgs { name, selection: which }) => {
                let tag = find_tag(&session, &name)?;
                start_job(&session, JobAction::Untag { tag }, which, out)
            }
            Verb::Delete(which) => start_job(&session, JobAction::Remove, which, out),
            Verb::Link(LinkArgs { advisor, selection: which }) => {
                let advisor = advisor.resolve(&session)?;
                start_job(&session, JobAction::Link { advisor }, which, out)
            }
            Verb::Unlink(LinkArgs { advisor, selection: which }) => {
                let advisor = advisor.resolve(&session)?;
                start_job(&session, JobAction::Unlink { advisor }, which, out)
            }
            Verb::Set(SetArgs { key, value, selection: which }) => {
                let value = serde_json::from_str(&value).unwrap_or_else(|_| value.into());
                start_job(&session, set_action(key, Some(value)), which, out)
            }
            Verb::Unset(UnsetArgs { key, selection: which }) => {
                start_job(&session, set_action(key, None), which, out)
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
            Verb::Forget(JobArg { job }) => {
                session.jobs().delete(job)?;
                Ok(out
                    .write_result(&json!({ "id": job, "done": "forgotten" }), &format!("forgotten {job}"))?)
            }
        }
    }
}

fn find_tag(session: &Session, name: &str) -> Result<cardex::tags::TagId, Failure> {
    let found = session.tags().named(name)?;
    let missing = || Failure::new("not-found", "no tag has this name");
    found.map(|tag| tag.id).ok_or_else(missing)
}

fn set_action(key: String, value: Option<serde_json::Value>) -> JobAction {
    JobAction::SetAttribute { namespace: AttributeNamespace::Custom, key, value }
}

fn start_job(
    session: &Session,
    action: JobAction,
    Selection { filter, network, dry_run }: Selection,
    out: &mut Output,
) -> CommandResult {
    let mut new = NewJob::new(action, filter).dry_run(dry_run);
    if let Some(network) = network {
        new = new.network(network);
    }
    let job = session.jobs().create(new)?;
    out.write_message(&format!("job {}", job.id))?;
    run_to_end(session, &job, out)
}

/// Runs a job to its end.
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
        let told = serde_json::to_value(job).unwrap_or_default();
        let word = |key: &str| told.get(key).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
        let done = if job.dry_run { format!("{} (dry run)", job.done) } else { job.done.to_string() };
        vec![
            job.id.to_string().into(),
            word("state").into(),
            format!("{}%", job.percent).into(),
            word("action").into(),
            done.into(),
            job.unchanged.to_string().into(),
            job.rejected.to_string().into(),
            word("asker").into(),
            job.filter.as_str().into(),
        ]
    };
    let header = ["job", "state", "looked", "action", "done", "unchanged", "refused", "asker", "where"];
    Ok(out.write_table(&header, jobs.iter().map(row).collect())?)
}

fn print_failures(failures: &[JobFailure], out: &mut Output) -> CommandResult {
    if out.is_json() {
        return Ok(failures.iter().try_for_each(|failure| out.write_json_line(failure))?);
    }
    let row = |failure: &JobFailure| vec![failure.contact.to_string().into(), failure.code.as_str().into()];
    Ok(out.write_table(&["contact", "why"], failures.iter().map(row).collect())?)
}

fn print_next_page(after: Option<&Cursor>, out: &mut Output) -> CommandResult {
    after.map_or(Ok(()), |after| Ok(out.write_message(&format!("more with --after {after}"))?))
}
