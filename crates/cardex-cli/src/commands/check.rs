//! `check`: is the book sound?

use cardex::maintenance::CheckReport;
use clap::Args;
use serde::Serialize;

use crate::args::Global;
use crate::commands::CommandResult;
use crate::failure::Failure;
use crate::open_store::OpenStore;
use crate::output::{Cell, Output};

/// Check that the book is sound
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Make the search index anew if it is wrong
    #[arg(long)]
    repair_index: bool,
}

#[derive(Serialize)]
struct Report<'a> {
    sound: bool,
    repaired: bool,
    #[serde(flatten)]
    health: &'a CheckReport,
}

impl Check {
    pub(super) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let store = OpenStore::open(global)?.store;
        let mut health = store.check()?;
        let repaired = self.repair_index && is_index_wrong(&health);
        if repaired {
            out.write_message("making the search index anew")?;
            store.rebuild_index()?;
            health = store.check()?;
        }
        let sound = health.is_ok();
        if out.is_json() {
            out.write_json_line(&Report { sound, repaired, health: &health })?;
        } else {
            out.write_pairs(pairs(&health))?;
        }
        if sound {
            return Ok(());
        }
        let help = if is_index_wrong(&health) { "; --repair-index makes the search index anew" } else { "" };
        Err(Failure::new("unsound", format!("the book is not sound{help}")))
    }
}

fn is_index_wrong(health: &CheckReport) -> bool {
    health.index_damaged
        || health.missing_search_keys > 0
        || health.orphan_search_keys > 0
        || health.wrong_substrings > 0
}

fn pairs(health: &CheckReport) -> Vec<(&'static str, Cell)> {
    let count = |count: u64| Cell::from(count.to_string());
    let mut pairs = vec![
        ("sound", Cell::from(if health.is_ok() { "yes" } else { "no" })),
        ("contacts", count(health.contacts)),
    ];
    pairs.extend(health.sqlite_errors.iter().map(|complaint| ("file", complaint.as_str().into())));
    let altered = health.checksum_mismatch_contacts.iter();
    pairs.extend(altered.map(|id| ("not as written", Cell::from(id.to_string()))));
    if health.has_unreadable_rows {
        pairs.push(("contacts", "some cannot be read; `cardex salvage` saves the others".into()));
    }
    let counts = [
        ("contacts that are not as written", health.checksum_mismatches),
        ("missing list entries", health.missing_list_entries),
        ("stray list entries", health.orphan_list_entries),
        ("wrong letter counts", health.wrong_list_counts),
        ("missing search keys", health.missing_search_keys),
        ("stray search keys", health.orphan_search_keys),
        ("wrong counts of tags", health.wrong_tag_counts),
        ("wrong numbers and addresses", health.wrong_contact_methods),
        ("wrong unique values", health.wrong_unique_values),
        ("contacts with wrong substrings", health.wrong_substrings),
        ("wrong sets of contacts", health.wrong_bitmaps),
    ];
    pairs
        .extend(counts.into_iter().filter(|(_, wrong)| *wrong > 0).map(|(name, wrong)| (name, count(wrong))));
    pairs.extend(health.wrong_list_count_details.iter().map(|place| ("letter count", place.as_str().into())));
    let wrong = health.wrong_search_key_contacts.iter();
    pairs.extend(wrong.map(|id| ("wrong search keys of", Cell::from(id.to_string()))));
    pairs.extend(health.partial_files.iter().map(|name| ("unfinished file", name.as_str().into())));
    if health.index_damaged {
        pairs.push(("search index", "damaged".into()));
    }
    pairs
}
