//! `numbers`: the tenant's pool of numbers that advisors send from.

use cardex::Network;
use cardex::directory::PooledNumber;
use clap::{Args, Subcommand};
use serde_json::json;

use crate::args::Global;
use crate::failure::CommandResult;
use crate::open_store::OpenStore;
use crate::output::{Cell, Output};

/// List or change the number pool of a network
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Numbers {
    #[command(subcommand)]
    command: Option<Verb>,
    /// On this network
    #[arg(long, value_name = "CODE", required = true)]
    network: Option<Network>,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Add numbers to the pool
    Add(Change),
    /// Remove numbers from the pool; advisors keep their numbers
    Remove(Change),
}

#[derive(Debug, Args)]
struct Change {
    /// The numbers
    #[arg(required = true, value_name = "NUMBER")]
    numbers: Vec<String>,
    /// On this network
    #[arg(long, value_name = "CODE")]
    network: Network,
}

impl Numbers {
    pub(crate) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        match self.command {
            Some(Verb::Add(change)) => {
                let added = OpenStore::open_or_create(global)?
                    .session
                    .directory()
                    .add_pooled_numbers(&change.network, change.numbers)?;
                Ok(out.write_result(&json!({ "added": added }), &format!("{added} added"))?)
            }
            Some(Verb::Remove(change)) => {
                let session = OpenStore::open(global)?.session;
                let mut removed = 0_usize;
                for number in &change.numbers {
                    let found = session.directory().remove_pooled_number(&change.network, number)?;
                    removed = removed.saturating_add(usize::from(found));
                }
                Ok(out.write_result(&json!({ "removed": removed }), &format!("{removed} removed"))?)
            }
            None => {
                let Some(network) = self.network else { return Ok(()) }; // clap requires it
                print(&OpenStore::open(global)?.session.directory().pooled_numbers(&network)?, out)
            }
        }
    }
}

fn print(numbers: &[PooledNumber], out: &mut Output) -> CommandResult {
    if out.is_json() {
        return Ok(numbers
            .iter()
            .try_for_each(|number| out.write_json_line(&json!({ "number": number })))?);
    }
    let row = |number: &PooledNumber| -> Vec<Cell> {
        vec![number.text.as_str().into(), if number.assigned { "assigned" } else { "free" }.into()]
    };
    Ok(out.write_table(&["number", "state"], numbers.iter().map(row).collect())?)
}
