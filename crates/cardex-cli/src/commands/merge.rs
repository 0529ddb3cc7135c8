//! `merge`, `merge log` and `unmerge`.

use cardex::ContactId;
use cardex::contacts::{MergeId, MergeOptions, MergeRecord};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::args::Global;
use crate::failure::CommandResult;
use crate::open_store::OpenStore;
use crate::output::Output;

/// Merge a contact into another one, or list merges
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Merge {
    #[command(subcommand)]
    command: Option<Verb>,
    /// The contact that stays; its fields win
    #[arg(required = true)]
    survivor: Option<ContactId>,
    /// The contact that is merged away
    #[arg(required = true)]
    absorbed: Option<ContactId>,
    /// Merge even if another system has different identifiers for the two
    #[arg(long)]
    force_identifiers: bool,
    /// Merge even if they are on different networks
    #[arg(long)]
    force_networks: bool,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List the merges of a contact
    Log(MergeLog),
}

#[derive(Debug, Args)]
struct MergeLog {
    /// The contact; it may be one that was merged away
    contact: ContactId,
}

/// Undo a merge
#[derive(Debug, Args)]
pub(crate) struct Unmerge {
    /// The merge, by the id that `merge` and `merge log` show
    id: MergeId,
}

impl Merge {
    pub(crate) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        if let Some(Verb::Log(log)) = self.command {
            return log.run(global, out);
        }
        let (Some(survivor), Some(absorbed)) = (self.survivor, self.absorbed) else {
            return Ok(()); // clap requires both
        };
        let options = MergeOptions::new()
            .allow_different_identifiers(self.force_identifiers)
            .allow_different_networks(self.force_networks);
        let merged = OpenStore::open(global)?.session.merge(survivor, absorbed, options)?;
        let message = format!("merged into {survivor}; undo with: unmerge {}", merged.merge);
        Ok(out.write_result(&json!(merged), &message)?)
    }
}

impl MergeLog {
    fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let records = OpenStore::open(global)?.session.merge_history(self.contact)?;
        if out.is_json() {
            return Ok(records.iter().try_for_each(|record| out.write_json_line(record))?);
        }
        let row = |record: &MergeRecord| {
            vec![
                record.id.to_string().into(),
                record.at.to_string().into(),
                record.survivor.to_string().into(),
                record.absorbed.to_string().into(),
                record.undone_at.map_or_else(String::new, |_| "undone".to_owned()).into(),
            ]
        };
        Ok(out.write_table(
            &["id", "at", "survivor", "absorbed", "undone"],
            records.iter().map(row).collect(),
        )?)
    }
}

impl Unmerge {
    pub(crate) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let restored = OpenStore::open(global)?.session.unmerge(self.id)?;
        let message =
            format!("{} and {} are two contacts again", restored.survivor.id, restored.separated.id);
        Ok(out.write_result(&json!(restored), &message)?)
    }
}
