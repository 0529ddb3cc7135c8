//! `index`: the optional search indexes.

use cardex::maintenance::SubstringIndexStatus;
use clap::{Args, Subcommand};
use serde_json::json;

use crate::args::Global;
use crate::failure::CommandResult;
use crate::open_store::OpenStore;
use crate::output::Output;

/// Contacts to index between two progress messages.
const INDEX_BATCH: usize = 20_000;

/// Manage the optional search indexes
#[derive(Debug, Args)]
pub(crate) struct Index {
    #[command(subcommand)]
    kind: IndexKind,
}

#[derive(Debug, Subcommand)]
enum IndexKind {
    /// The index for `search --substring`
    ///
    /// Without the index such a search reads every contact. With it, every change and import writes more.
    Substrings {
        #[command(subcommand)]
        action: SubstringAction,
    },
}

#[derive(Debug, Clone, Copy, Subcommand)]
enum SubstringAction {
    /// Build the index and keep it up to date; an interrupted build continues where it stopped
    Enable,
    /// Delete the index
    Disable,
    /// Show whether the index is off, building or complete
    Status,
}

impl Index {
    pub(crate) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let IndexKind::Substrings { action } = self.kind;
        match action {
            SubstringAction::Enable => enable(global, out),
            SubstringAction::Disable => {
                OpenStore::open(global)?.session.substring_index().drop()?;
                report(SubstringIndexStatus::Off, out)
            }
            SubstringAction::Status => report(OpenStore::open(global)?.session.stats()?.substring_index, out),
        }
    }
}

fn enable(global: &Global, out: &mut Output) -> CommandResult {
    let book = OpenStore::open_or_create(global)?;
    let mut done = 0_usize;
    while !book.session.substring_index().build(INDEX_BATCH)? {
        done = done.saturating_add(INDEX_BATCH);
        out.write_message(&format!("{done} contacts indexed"))?;
    }
    report(SubstringIndexStatus::Complete, out)
}

fn report(status: SubstringIndexStatus, out: &mut Output) -> CommandResult {
    let message = format!("substring index: {}", status_name(status));
    Ok(out.write_result(&json!({ "substrings": status }), &message)?)
}

/// The status in words.
pub(super) fn status_name(status: SubstringIndexStatus) -> &'static str {
    match status {
        SubstringIndexStatus::Off => "off",
        SubstringIndexStatus::Complete => "complete",
        _ => "building",
    }
}
