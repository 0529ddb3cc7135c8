//! `merge`, `unmerge` and `mergers`.

use cardex::ContactId;
use cardex::contacts::{MergeId, MergeOptions, MergeRecord};
use clap::Args;
use serde_json::json;

use crate::args::Global;
use crate::commands::CommandResult;
use crate::open_store::OpenStore;
use crate::output::Output;

/// Merge a contact into another one
#[derive(Debug, Args)]
pub(crate) struct Merge {
    /// The contact that stays, and whose fields win
    survivor: ContactId,
    /// The contact that goes
    absorbed: ContactId,
    /// Also if another system has different identifiers for the two
    #[arg(long)]
    force_identifiers: bool,
    /// Also if they are on different networks
    #[arg(long)]
    force_networks: bool,
}

/// Undo a merge
#[derive(Debug, Args)]
pub(crate) struct Unmerge {
    /// The merge, as `merge` and `mergers` name it
    id: MergeId,
}

/// List the merges that a contact was in
#[derive(Debug, Args)]
pub(crate) struct MergeLog {
    /// The contact; one that was merged away will do
    contact: ContactId,
}

impl Merge {
    pub(super) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let options = MergeOptions::new()
            .allow_different_identifiers(self.force_identifiers)
            .allow_different_networks(self.force_networks);
        let merged = OpenStore::open(global)?.session.merge(self.survivor, self.absorbed, options)?;
        let message = format!("merged into {}; undo with: unmerge {}", self.survivor, merged.merge);
        Ok(out.write_result(&json!(merged), &message)?)
    }
}

impl Unmerge {
    pub(super) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let back = OpenStore::open(global)?.session.unmerge(self.id)?;
        let message = format!("{} and {} are two contacts again", back.survivor.id, back.separated.id);
        Ok(out.write_result(&json!(back), &message)?)
    }
}

impl MergeLog {
    pub(super) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let mergers = OpenStore::open(global)?.session.merge_history(self.contact)?;
        if out.is_json() {
            return Ok(mergers.iter().try_for_each(|merger| out.write_json_line(merger))?);
        }
        let row = |merger: &MergeRecord| {
            vec![
                merger.id.to_string().into(),
                merger.at.to_string().into(),
                merger.survivor.to_string().into(),
                merger.absorbed.to_string().into(),
                merger.undone_at.map_or_else(String::new, |_| "undone".to_owned()).into(),
            ]
        };
        Ok(out.write_table(
            &["id", "at", "survivor", "absorbed", "undone"],
            mergers.iter().map(row).collect(),
        )?)
    }
}
