//! `groups`: the federation groups of the tenant, and their advisors.

use cardex::Network;
use cardex::directory::{Group, GroupId};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::args::{AdvisorArg, Global, PageArgs, apply_paging};
use crate::commands::each::run_for_each;
use crate::failure::CommandResult;
use crate::open_store::OpenStore;
use crate::output::{Cell, Output};

/// List or add federation groups, or move advisors
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Groups {
    #[command(subcommand)]
    command: Option<Verb>,
    #[command(flatten)]
    paging: PageArgs,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Add a group
    Add {
        /// Its name
        name: String,
    },
    /// Move advisors into a group on a network
    Move(Move),
}

#[derive(Debug, Args)]
struct Move {
    /// The advisors, by id or e-mail address
    #[arg(required = true, value_name = "ADVISOR")]
    advisors: Vec<AdvisorArg>,
    /// The network
    #[arg(long, value_name = "CODE")]
    network: Network,
    /// The new group
    #[arg(long, value_name = "ID", required_unless_present = "default")]
    group: Option<GroupId>,
    /// Move them into the default group
    #[arg(long, conflicts_with = "group")]
    default: bool,
}

impl Groups {
    pub(crate) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        match self.command {
            Some(Verb::Add { name }) => {
                let added = OpenStore::open_or_create(global)?.session.directory().add_group(&name)?;
                print(&[added], out)
            }
            Some(Verb::Move(change)) => {
                let session = OpenStore::open(global)?.session;
                run_for_each(&change.advisors, "moved", out, |advisor| {
                    session.entitlements().move_to_group(advisor.to_key(), &change.network, change.group)
                })
            }
            None => {
                let book = OpenStore::open(global)?;
                let page = apply_paging!(book.session.directory().group_list(), self.paging).page()?;
                print(&page.items, out)?;
                Ok(out.end_page(&page, None)?)
            }
        }
    }
}

fn print(groups: &[Group], out: &mut Output) -> CommandResult {
    if out.is_json() {
        return Ok(groups.iter().try_for_each(|group| out.write_json_line(&json!({ "group": group })))?);
    }
    let row = |group: &Group| -> Vec<Cell> {
        let networks: Vec<&str> = group.networks.iter().map(Network::as_str).collect();
        vec![group.name.as_str().into(), networks.join(", ").into(), group.id.to_string().into()]
    };
    Ok(out.write_table(&["name", "networks", "id"], groups.iter().map(row).collect())?)
}
