//! `check`: the integrity of the book.

use cardex::maintenance::CheckReport;
use clap::Args;
use serde::Serialize;

use crate::args::Global;
use crate::failure::{CommandResult, Failure};
use crate::open_store::OpenStore;
use crate::output::{Cell, Output};

/// Check the integrity of the book
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Rebuild the search index if it is wrong
    #[arg(long)]
    repair_index: bool,
}

#[derive(Serialize)]
struct Report<'a> {
    sound: bool,
    repaired: bool,
    #[serde(flatten)]
    found: &'a CheckReport,
}

impl Check {
    pub(crate) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let store = OpenStore::open(global)?.store;
        let mut report = store.check()?;
        let repaired = self.repair_index && is_index_wrong(&report);
        if repaired {
            out.write_message("rebuilding the search index")?;
            store.rebuild_index()?;
            report = store.check()?;
        }
        let sound = report.is_ok();
        if out.is_json() {
            out.write_json_line(&Report { sound, repaired, found: &report })?;
        } else {
            out.write_pairs(pairs(&report))?;
        }
        if sound {
            return Ok(());
        }
        let hint = if is_index_wrong(&report) { "; --repair-index rebuilds the search index" } else { "" };
        Err(Failure::new("unsound", format!("the book is damaged{hint}")))
    }
}

fn is_index_wrong(report: &CheckReport) -> bool {
    report.index_damaged
        || report.missing_search_keys > 0
        || report.orphan_search_keys > 0
        || report.wrong_substrings > 0
}

fn pairs(report: &CheckReport) -> Vec<(&'static str, Cell)> {
    let count = |count: u64| Cell::from(count.to_string());
    let mut pairs = vec![
        ("sound", Cell::from(if report.is_ok() { "yes" } else { "no" })),
        ("contacts", count(report.contacts)),
    ];
    pairs.extend(report.sqlite_errors.iter().map(|error| ("file", error.as_str().into())));
    let mismatches = report.checksum_mismatch_contacts.iter();
    pairs.extend(mismatches.map(|id| ("wrong checksum", Cell::from(id.to_string()))));
    if report.has_unreadable_rows {
        pairs.push(("contacts", "some are unreadable; `cardex recover` saves the others".into()));
    }
    let counts = [
        ("contacts with a wrong checksum", report.checksum_mismatches),
        ("missing list entries", report.missing_list_entries),
        ("orphan list entries", report.orphan_list_entries),
        ("wrong section counts", report.wrong_list_counts),
        ("missing search keys", report.missing_search_keys),
        ("orphan search keys", report.orphan_search_keys),
        ("wrong tag counts", report.wrong_tag_counts),
        ("wrong contact methods", report.wrong_contact_methods),
        ("wrong unique values", report.wrong_unique_values),
        ("contacts with wrong substrings", report.wrong_substrings),
        ("wrong bitmaps", report.wrong_bitmaps),
    ];
    pairs
        .extend(counts.into_iter().filter(|(_, wrong)| *wrong > 0).map(|(name, wrong)| (name, count(wrong))));
    pairs.extend(
        report.wrong_list_count_details.iter().map(|detail| ("section count", detail.as_str().into())),
    );
    let wrong = report.wrong_search_key_contacts.iter();
    pairs.extend(wrong.map(|id| ("wrong search keys of", Cell::from(id.to_string()))));
    pairs.extend(report.partial_files.iter().map(|name| ("unfinished file", name.as_str().into())));
    if report.index_damaged {
        pairs.push(("search index", "damaged".into()));
    }
    pairs
}
