//! `demo`: a book to try.

use std::collections::HashSet;
use std::time::Instant;

use cardex::contacts::{AddManyOptions, ImportOutcome};
use cardex::{Clock, Error, Timestamp, limits};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use crate::args::Global;
use crate::commands::CommandResult;
use crate::failure::Failure;
use crate::open_store::OpenStore;
use crate::output::Output;

/// Fill the book with made-up contacts
///
/// The same seed and size make the same contacts. A book that is new is the same to the last id and date, so that two
/// of them can be compared.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// How many contacts
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    contacts: u64,
    /// Another seed makes other people
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// How many advisors; without it, one for 200 contacts
    #[arg(long, value_name = "N")]
    advisors: Option<u32>,
}

/// The moment at which a new demo book is made: ids and dates must not tell when.
#[derive(Debug)]
struct FixedClock;

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp(1_767_225_600_000) // 2026-01-01T00:00:00Z
    }
}

/// What became of the contacts.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct DemoReport {
    added: u64,
    refused: u64,
    advisors: usize,
    milliseconds: u64,
    contacts_per_second: u64,
    #[serde(skip)]
    first_refusal: Option<Error>,
}

impl Demo {
    pub(super) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let mut demo = cardex_demo::Demo::new(self.seed, self.contacts);
        if let Some(advisors) = self.advisors {
            demo = demo.with_advisors(advisors);
        }
        let desk = OpenStore::open_or_create_with(global, |fresh, options| {
            if fresh { options.clock(FixedClock).id_seed(self.seed) } else { options }
        })?;
        let mut report = DemoReport { advisors: add_advisors(&desk, &demo)?, ..DemoReport::default() };
        self.fill(&desk, &demo, &mut report)?;
        out.write_message(&format!(
            "{} contacts and {} advisors in {} ms: {} contacts/s",
            report.added, report.advisors, report.milliseconds, report.contacts_per_second
        ))?;
        if out.is_json() {
            out.write_json_line(&report)?;
        }
        match report.first_refusal {
            Some(first) => {
                let refused = report.refused;
                Err(Failure::new("refused", format!("{refused} contacts were refused; the first: {first}")))
            }
            None => Ok(()),
        }
    }

    fn fill(
        &self,
        desk: &OpenStore,
        demo: &cardex_demo::Demo,
        report: &mut DemoReport,
    ) -> cardex::Result<()> {
        let bar = ProgressBar::new(self.contacts);
        if let Ok(style) =
            ProgressStyle::with_template("{bar:40} {human_pos}/{human_len} {per_sec}, {eta} left")
        {
            bar.set_style(style);
        }
        let begun = Instant::now();
        let contacts = demo.contacts().inspect(|_| bar.inc(1));
        desk.session.add_many(contacts, AddManyOptions::new(), |_, outcome| match outcome {
            ImportOutcome::Rejected(error) => {
                report.refused = report.refused.saturating_add(1);
                report.first_refusal.get_or_insert(error);
            }
            _ => report.added = report.added.saturating_add(1),
        })?;
        bar.finish_and_clear();
        report.milliseconds = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        report.contacts_per_second =
            report.added.saturating_mul(1_000).checked_div(report.milliseconds.max(1)).unwrap_or_default();
        Ok(())
    }
}

/// Adds the advisors that the book does not have, and tells how many those are.
fn add_advisors(desk: &OpenStore, demo: &cardex_demo::Demo) -> cardex::Result<usize> {
    let known = desk.session.directory().advisors().limit(limits::PAGE).iter();
    let known = known.map(|advisor| Ok(advisor?.id)).collect::<cardex::Result<HashSet<_>>>()?;
    let first = cardex_demo::Demo::FIRST_ADVISOR.0;
    let new = (first..).zip(demo.advisors()).filter(|(id, _)| !known.contains(&cardex::AdvisorId(*id)));
    Ok(desk.session.directory().add_advisors(new.map(|(_, advisor)| advisor))?.len())
}
