//! `merge`, `unmerge` and `mergers`.

use cardex::{ContactId, MergeOptions, Merger, MergerId};
use clap::Args;
use serde_json::json;

use crate::args::Global;
use crate::commands::Done;
use crate::desk::Desk;
use crate::out::Out;

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
    id: MergerId,
}

/// List the merges that a contact was in
#[derive(Debug, Args)]
pub(crate) struct Mergers {
    /// The contact; one that was merged away will do
    contact: ContactId,
}

impl Merge {
    pub(super) fn run(self, global: &Global, out: &mut Out) -> Done {
        let options = MergeOptions::new()
            .different_identifiers(self.force_identifiers)
            .different_networks(self.force_networks);
        let merged = Desk::open(global)?.session.merge(self.survivor, self.absorbed, options)?;
        let message = format!("merged into {}; undo with: unmerge {}", self.survivor, merged.merger);
        Ok(out.done(&json!(merged), &message)?)
    }
}

impl Unmerge {
    pub(super) fn run(self, global: &Global, out: &mut Out) -> Done {
        let back = Desk::open(global)?.session.unmerge(self.id)?;
        let message = format!("{} and {} are two contacts again", back.survivor.id, back.separated.id);
        Ok(out.done(&json!(back), &message)?)
    }
}

impl Mergers {
    pub(super) fn run(self, global: &Global, out: &mut Out) -> Done {
        let mergers = Desk::open(global)?.session.mergers_of(self.contact)?;
        if out.json() {
            return Ok(mergers.iter().try_for_each(|merger| out.item(merger))?);
        }
        let row = |merger: &Merger| {
            vec![
                merger.id.to_string().into(),
                merger.at.to_string().into(),
                merger.survivor.to_string().into(),
                merger.absorbed.to_string().into(),
                merger.undone_at.map_or_else(String::new, |_| "undone".to_owned()).into(),
            ]
        };
        Ok(out.table(&["id", "at", "survivor", "absorbed", "undone"], mergers.iter().map(row).collect())?)
    }
}
