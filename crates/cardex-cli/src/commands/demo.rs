//! `demo`: a book with generated contacts.

use std::collections::HashSet;
use std::time::Instant;

use cardex::contacts::{AddManyOptions, ImportOutcome};
use cardex::{Clock, Error, Timestamp, limits};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use crate::args::Global;
use crate::failure::{CommandResult, Failure};
use crate::open_store::OpenStore;
use crate::output::Output;

/// Fill the book with generated contacts
///
/// The same seed and size generate the same contacts. New books are then equal in every id and date, so that they can
/// be compared.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// The number of contacts
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    contacts: u64,
    /// The seed; another seed generates other people
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// The number of advisors; the default is one for 200 contacts
    #[arg(long, value_name = "N")]
    advisors: Option<u32>,
}

/// A fixed time for a new demo book: ids and dates must not depend on the time of the run.
#[derive(Debug)]
struct FixedClock;

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp(1_767_225_600_000) // 2026-01-01T00:00:00Z
    }
}

/// The result of a run.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct DemoReport {
    added: u64,
    refused: u64,
    advisors: usize,
    milliseconds: u64,
    contacts_per_second: u64,
    #[serde(skip)]
    first_error: Option<Error>,
}

impl Demo {
    pub(crate) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let mut demo = cardex_demo::Demo::new(self.seed, self.contacts);
        if let Some(advisors) = self.advisors {
            demo = demo.with_advisors(advisors);
        }
        let book = OpenStore::open_or_create_with(global, |fresh, options| {
            if fresh { options.clock(FixedClock).id_seed(self.seed) } else { options }
        })?;
        let mut report = DemoReport { advisors: add_advisors(&book, &demo)?, ..DemoReport::default() };
        self.fill(&book, &demo, &mut report)?;
        out.write_message(&format!(
            "{} contacts and {} advisors in {} ms: {} contacts/s",
            report.added, report.advisors, report.milliseconds, report.contacts_per_second
        ))?;
        if out.is_json() {
            out.write_json_line(&report)?;
        }
        match report.first_error {
            Some(first) => {
                let refused = report.refused;
                Err(Failure::new("refused", format!("{refused} contacts were rejected; the first: {first}")))
            }
            None => Ok(()),
        }
    }

    fn fill(
        &self,
        book: &OpenStore,
        demo: &cardex_demo::Demo,
        report: &mut DemoReport,
    ) -> cardex::Result<()> {
        let bar = ProgressBar::new(self.contacts);
        if let Ok(style) =
            ProgressStyle::with_template("{bar:40} {human_pos}/{human_len} {per_sec}, {eta} left")
        {
            bar.set_style(style);
        }
        let started = Instant::now();
        let contacts = demo.contacts().inspect(|_| bar.inc(1));
        book.session.add_many(contacts, AddManyOptions::new(), |_, outcome| match outcome {
            ImportOutcome::Rejected(error) => {
                report.refused = report.refused.saturating_add(1);
                report.first_error.get_or_insert(error);
            }
            _ => report.added = report.added.saturating_add(1),
        })?;
        bar.finish_and_clear();
        report.milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        report.contacts_per_second =
            report.added.saturating_mul(1_000).checked_div(report.milliseconds.max(1)).unwrap_or_default();
        Ok(())
    }
}

/// Adds the advisors that are not in the book, and returns their number.
fn add_advisors(book: &OpenStore, demo: &cardex_demo::Demo) -> cardex::Result<usize> {
    let known = book.session.directory().advisors().limit(limits::PAGE).iter();
    let known = known.map(|advisor| Ok(advisor?.id)).collect::<cardex::Result<HashSet<_>>>()?;
    let first = cardex_demo::Demo::FIRST_ADVISOR.0;
    let new = (first..).zip(demo.advisors()).filter(|(id, _)| !known.contains(&cardex::AdvisorId(*id)));
    Ok(book.session.directory().add_advisors(new.map(|(_, advisor)| advisor))?.len())
}
