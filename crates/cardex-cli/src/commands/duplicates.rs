//! `duplicates`: contacts that may be the same person.

use cardex::duplicates::{DuplicateGroup, DuplicatePair, EvidenceKind};
use cardex::jobs::{JobAction, JobId, NewJob};
use cardex::{ContactId, Filter, Network};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::args::{AdvisorArg, Global, PageArgs, apply_paging};
use crate::commands::bulk;
use crate::failure::CommandResult;
use crate::open_store::OpenStore;
use crate::output::{Cell, Output};

/// List contacts that may be the same person, in groups, with the evidence
///
/// Nothing is merged without a decision: `merge` merges two contacts, `duplicates dismiss` remembers that two are
/// different persons, `duplicates merge-exact` merges those that agree in everything.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Duplicates {
    #[command(subcommand)]
    command: Option<Verb>,
    /// Only pairs with at least this score, from 0 to 1
    #[arg(long, value_name = "SCORE", default_value_t = 0.8)]
    min_score: f64,
    /// Only pairs with this kind of evidence, such as samePhone, sameEmail, similarName, sameCompany; repeat it for several
    #[arg(long = "kind", value_name = "KIND", value_parser = parse_kind)]
    kinds: Vec<EvidenceKind>,
    /// Only contacts on this network
    #[arg(long, value_name = "CODE")]
    network: Option<Network>,
    /// Only contacts of this advisor, by id or e-mail address
    #[arg(long, value_name = "ADVISOR")]
    advisor: Option<AdvisorArg>,
    /// Also pairs of contacts on different networks
    #[arg(long)]
    across_networks: bool,
    /// Print the number of values instead that too many contacts share to be compared
    #[arg(long)]
    skipped: bool,
    #[command(flatten)]
    paging: PageArgs,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Remember that two contacts are different persons
    Dismiss(Pair),
    /// Take a dismissal back
    Undismiss(Pair),
    /// Merge all contacts that share a number or an address, have compatible names and disagree in nothing
    ///
    /// It runs as a job. `duplicates undo JOB` takes all its merges back.
    MergeExact(MergeExact),
    /// Undo all merges of a job
    Undo(Undo),
}

#[derive(Debug, Args)]
struct Pair {
    /// A contact
    a: ContactId,
    /// Another contact
    b: ContactId,
}

#[derive(Debug, Args)]
struct MergeExact {
    /// Merge only into contacts that match this filter; `true` matches all
    #[arg(long = "where", value_name = "FILTER", default_value = "true")]
    filter: Filter,
    /// Only contacts on this network
    #[arg(long, value_name = "CODE")]
    network: Option<Network>,
    /// Check and report what would happen, but change nothing
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, Args)]
struct Undo {
    /// The job that merged
    job: JobId,
    /// Check and report what would happen, but change nothing
    #[arg(long)]
    dry_run: bool,
}

fn parse_kind(text: &str) -> Result<EvidenceKind, String> {
    serde_json::from_value(text.into()).map_err(|error| error.to_string())
}

impl Duplicates {
    pub(crate) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let book = OpenStore::open(global)?;
        let session = &book.session;
        match self.command {
            None => {}
            Some(Verb::Dismiss(Pair { a, b })) => {
                let is_new = session.not_duplicates(a, b)?;
                let message = format!("{a} and {b} are not duplicates");
                return Ok(out.write_result(&json!({ "a": a, "b": b, "changed": is_new }), &message)?);
            }
            Some(Verb::Undismiss(Pair { a, b })) => {
                let is_new = session.forget_not_duplicates(a, b)?;
                let message = format!("{a} and {b} may be duplicates");
                return Ok(out.write_result(&json!({ "a": a, "b": b, "changed": is_new }), &message)?);
            }
            Some(Verb::MergeExact(MergeExact { filter, network, dry_run })) => {
                let mut new = NewJob::new(JobAction::MergeDuplicates, filter).dry_run(dry_run);
                if let Some(network) = network {
                    new = new.network(network);
                }
                return bulk::run_job(session, new, out);
            }
            Some(Verb::Undo(Undo { job, dry_run })) => {
                let new = NewJob::new(JobAction::UndoMerges { job }, Filter::all([])).dry_run(dry_run);
                return bulk::run_job(session, new, out);
            }
        }
        let mut list = session.duplicates().min_score(self.min_score).kinds(self.kinds);
        list = list.across_networks(self.across_networks);
        if let Some(network) = self.network {
            list = list.network(network);
        }
        if let Some(advisor) = self.advisor {
            list = list.advisor(advisor.resolve(session)?);
        }
        if self.skipped {
            let skipped = list.skipped_values()?;
            return Ok(out.write_result(&json!({ "skippedValues": skipped }), &skipped.to_string())?);
        }
        let page = apply_paging!(list, self.paging).page()?;
        print_groups(&page.items, out)?;
        Ok(out.end_page(&page, None)?)
    }
}

/// Prints one row for each pair.
fn print_groups(groups: &[DuplicateGroup], out: &mut Output) -> CommandResult {
    if out.is_json() {
        return Ok(groups.iter().try_for_each(|group| out.write_json_line(group))?);
    }
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for group in groups {
        let name = |id: ContactId| {
            let found = group.contacts.iter().find(|contact| contact.id == id);
            found.map(|contact| contact.display_name.clone()).unwrap_or_default()
        };
        rows.extend(group.pairs.iter().map(|pair| {
            vec![
                pair.first.to_string().into(),
                name(pair.first).into(),
                pair.second.to_string().into(),
                name(pair.second).into(),
                format!("{:.2}", pair.score).into(),
                words(&json!(kinds(pair))).into(),
                words(&json!(pair.conflicts)).into(),
                if pair.exact { "exact" } else { "" }.into(),
            ]
        }));
    }
    Ok(out
        .write_table(&["first", "name", "second", "name", "score", "evidence", "conflicts", "exact"], rows)?)
}

fn kinds(pair: &DuplicatePair) -> Vec<EvidenceKind> {
    pair.evidence.iter().map(|evidence| evidence.kind).collect()
}

/// The texts of a JSON array, with spaces between them.
fn words(array: &serde_json::Value) -> String {
    let texts = array.as_array().into_iter().flatten().filter_map(|text| text.as_str());
    texts.collect::<Vec<_>>().join(" ")
}
