//! `bulk`: one action on all contacts that meet conditions.

use cardex::{
    AttributeSpace, BulkAction, BulkOutcome, Cursor, Filter, Job, JobFailure, JobId, Network, NewJob,
    Session, limits,
};
use clap::{Args, Subcommand};
use indicatif::ProgressBar;
use serde_json::json;

use crate::args::{Global, Named};
use crate::commands::Done;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::out::Out;

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
    Tag(Tagging),
    /// Take a tag from them
    Untag(Tagging),
    /// Put them into the trash
    Delete(Which),
    /// Link them to an advisor
    Link(Linking),
    /// Unlink them from an advisor
    Unlink(Linking),
    /// Give a custom attribute a value
    Set(Setting),
    /// Take the value of a custom attribute away
    Unset(Unsetting),
    /// Go on with a job
    Resume(Number),
    /// The jobs, newest first
    List(Listing),
    /// The contacts that a job was refused
    Failures(Failures),
    /// Cancel a job; what it did stays
    Cancel(Number),
    /// Delete a job that is over, with its report
    Forget(Number),
}

/// Which contacts.
#[derive(Debug, Args)]
struct Which {
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
struct Tagging {
    /// The tag's name
    name: String,
    #[command(flatten)]
    which: Which,
}

#[derive(Debug, Args)]
struct Linking {
    /// The advisor, by id or e-mail address
    advisor: Named,
    #[command(flatten)]
    which: Which,
}

#[derive(Debug, Args)]
struct Setting {
    /// The attribute's key
    key: String,
    /// The value: JSON, or a text as it is
    value: String,
    #[command(flatten)]
    which: Which,
}

#[derive(Debug, Args)]
struct Unsetting {
    /// The attribute's key
    key: String,
    #[command(flatten)]
    which: Which,
}

#[derive(Debug, Args)]
struct Number {
    /// The job's number
    job: JobId,
}

#[derive(Debug, Args)]
struct Listing {
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: usize,
    /// The page after this cursor
    #[arg(long, value_name = "CURSOR", allow_hyphen_values = true)]
    after: Option<Cursor>,
}

#[derive(Debug, Args)]
struct Failures {
    /// The job's number
    job: JobId,
    #[command(flatten)]
    listing: Listing,
}

impl Bulk {
    pub(super) fn run(self, global: &Global, out: &mut Out) -> Done {
        let session = Desk::open(global)?.session;
        match self.verb {
            Verb::Tag(Tagging { name, which }) => {
                let tag = tag(&session, &name)?;
                start(&session, BulkAction::Tag { tag }, which, out)
            }
            Verb::Untag(Tagging { name, which }) => {
                let tag = tag(&session, &name)?;
                start(&session, BulkAction::Untag { tag }, which, out)
            }
            Verb::Delete(which) => start(&session, BulkAction::Remove, which, out),
            Verb::Link(Linking { advisor, which }) => {
                let advisor = advisor.id(&session)?;
                start(&session, BulkAction::Link { advisor }, which, out)
            }
            Verb::Unlink(Linking { advisor, which }) => {
                let advisor = advisor.id(&session)?;
                start(&session, BulkAction::Unlink { advisor }, which, out)
            }
            Verb::Set(Setting { key, value, which }) => {
                let value = serde_json::from_str(&value).unwrap_or_else(|_| value.into());
                start(&session, set(key, Some(value)), which, out)
            }
            Verb::Unset(Unsetting { key, which }) => start(&session, set(key, None), which, out),
            Verb::Resume(Number { job }) => work(&session, &session.job(job)?, out),
            Verb::List(Listing { limit, after }) => {
                let page = session.jobs().limit(limit).after(after).page()?;
                jobs(&page.items, out)?;
                more(page.after.as_ref(), out)
            }
            Verb::Failures(Failures { job, listing: Listing { limit, after } }) => {
                let page = session.job_failures(job).limit(limit).after(after).page()?;
                failures(&page.items, out)?;
                more(page.after.as_ref(), out)
            }
            Verb::Cancel(Number { job }) => jobs(&[session.cancel_job(job)?], out),
            Verb::Forget(Number { job }) => {
                session.forget_job(job)?;
                Ok(out.done(&json!({ "id": job, "done": "forgotten" }), &format!("forgotten {job}"))?)
            }
        }
    }
}

fn tag(session: &Session, name: &str) -> Result<cardex::TagId, Failure> {
    let found = session.tag_named(name)?;
    let missing = || Failure::found("not-found", "no tag has this name");
    found.map(|tag| tag.id).ok_or_else(missing)
}

fn set(key: String, value: Option<serde_json::Value>) -> BulkAction {
    BulkAction::Set { space: AttributeSpace::Custom, key, value }
}

fn start(
    session: &Session,
    action: BulkAction,
    Which { filter, network, dry_run }: Which,
    out: &mut Out,
) -> Done {
    let mut new = NewJob::new(action, filter).dry_run(dry_run);
    if let Some(network) = network {
        new = new.network(network);
    }
    let job = session.start_job(new)?;
    out.note(&format!("job {}", job.id))?;
    work(session, &job, out)
}

/// Runs a job to its end.
fn work(session: &Session, job: &Job, out: &mut Out) -> Done {
    let bar = ProgressBar::new(100);
    loop {
        let progress = session.run_job(job.id, limits::JOB_SLICE)?;
        bar.set_position(progress.job.percent.into());
        for (contact, outcome) in &progress.outcomes {
            if let BulkOutcome::Refused(error) = outcome {
                bar.suspend(|| out.note(&format!("{contact}: {error}")))?;
            }
        }
        if progress.is_over() {
            bar.finish_and_clear();
            return jobs(&[progress.job], out);
        }
    }
}

fn jobs(jobs: &[Job], out: &mut Out) -> Done {
    if out.json() {
        return Ok(jobs.iter().try_for_each(|job| out.item(job))?);
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
            job.refused.to_string().into(),
            word("asker").into(),
            job.filter.as_str().into(),
        ]
    };
    let header = ["job", "state", "looked", "action", "done", "unchanged", "refused", "asker", "where"];
    Ok(out.table(&header, jobs.iter().map(row).collect())?)
}

fn failures(failures: &[JobFailure], out: &mut Out) -> Done {
    if out.json() {
        return Ok(failures.iter().try_for_each(|failure| out.item(failure))?);
    }
    let row = |failure: &JobFailure| vec![failure.contact.to_string().into(), failure.code.as_str().into()];
    Ok(out.table(&["contact", "why"], failures.iter().map(row).collect())?)
}

fn more(after: Option<&Cursor>, out: &mut Out) -> Done {
    after.map_or(Ok(()), |after| Ok(out.note(&format!("more with --after {after}"))?))
}
