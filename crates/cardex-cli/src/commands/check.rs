//! `check`: is the book sound?

use cardex::Health;
use clap::Args;
use serde::Serialize;

use crate::args::Global;
use crate::commands::Done;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::out::{Cell, Out};

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
    health: &'a Health,
}

impl Check {
    pub(super) fn run(self, global: &Global, out: &mut Out) -> Done {
        let store = Desk::open(global)?.store;
        let mut health = store.check()?;
        let repaired = self.repair_index && is_index_wrong(&health);
        if repaired {
            out.note("making the search index anew")?;
            store.rebuild_index()?;
            health = store.check()?;
        }
        let sound = health.is_sound();
        if out.json() {
            out.item(&Report { sound, repaired, health: &health })?;
        } else {
            out.pairs(pairs(&health))?;
        }
        if sound {
            return Ok(());
        }
        let help = if is_index_wrong(&health) { "; --repair-index makes the search index anew" } else { "" };
        Err(Failure::found("unsound", format!("the book is not sound{help}")))
    }
}

fn is_index_wrong(health: &Health) -> bool {
    health.index_damaged || health.missing_keys > 0 || health.stray_keys > 0 || health.wrong_substrings > 0
}

fn pairs(health: &Health) -> Vec<(&'static str, Cell)> {
    let count = |count: u64| Cell::from(count.to_string());
    let mut pairs = vec![
        ("sound", Cell::from(if health.is_sound() { "yes" } else { "no" })),
        ("contacts", count(health.contacts)),
    ];
    pairs.extend(health.file.iter().map(|complaint| ("file", complaint.as_str().into())));
    let altered = health.altered_contacts.iter();
    pairs.extend(altered.map(|id| ("not as written", Cell::from(id.to_string()))));
    if health.unreadable {
        pairs.push(("contacts", "some cannot be read; `cardex salvage` saves the others".into()));
    }
    let counts = [
        ("contacts that are not as written", health.altered),
        ("missing list entries", health.missing_entries),
        ("stray list entries", health.stray_entries),
        ("wrong letter counts", health.wrong_sections),
        ("missing search keys", health.missing_keys),
        ("stray search keys", health.stray_keys),
        ("wrong counts of tags", health.wrong_tags),
        ("wrong numbers and addresses", health.wrong_points),
        ("wrong unique values", health.wrong_unique),
        ("contacts with wrong substrings", health.wrong_substrings),
        ("wrong sets of contacts", health.wrong_sets),
    ];
    pairs
        .extend(counts.into_iter().filter(|(_, wrong)| *wrong > 0).map(|(name, wrong)| (name, count(wrong))));
    pairs.extend(health.sections.iter().map(|place| ("letter count", place.as_str().into())));
    let wrong = health.wrong_keys_of.iter();
    pairs.extend(wrong.map(|id| ("wrong search keys of", Cell::from(id.to_string()))));
    pairs.extend(health.partials.iter().map(|name| ("unfinished file", name.as_str().into())));
    if health.index_damaged {
        pairs.push(("search index", "damaged".into()));
    }
    pairs
}
