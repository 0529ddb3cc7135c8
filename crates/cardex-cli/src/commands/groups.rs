//! `groups`: the federation groups of the tenant, and who works in them.

use cardex::{Group, GroupId, Network};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::args::{Global, Named, Paging, paged};
use crate::commands::{Done, each};
use crate::desk::Desk;
use crate::out::{Cell, Out};

/// List or add federation groups, or move advisors between them
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Groups {
    #[command(subcommand)]
    verb: Option<Verb>,
    #[command(flatten)]
    paging: Paging,
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
    advisors: Vec<Named>,
    /// On this network
    #[arg(long, value_name = "CODE")]
    network: Network,
    /// Into this group
    #[arg(long, value_name = "ID", required_unless_present = "default")]
    group: Option<GroupId>,
    /// Into the default group
    #[arg(long, conflicts_with = "group")]
    default: bool,
}

impl Groups {
    pub(super) fn run(self, global: &Global, out: &mut Out) -> Done {
        match self.verb {
            Some(Verb::Add { name }) => {
                let added = Desk::open_or_create(global)?.session.add_group(&name)?;
                print(&[added], out)
            }
            Some(Verb::Move(to)) => {
                let session = Desk::open(global)?.session;
                each(&to.advisors, "moved", out, |who| {
                    session.move_to_group(who.key(), &to.network, to.group)
                })
            }
            None => {
                let desk = Desk::open(global)?;
                let page = paged!(desk.session.group_list(), self.paging).page()?;
                print(&page.items, out)?;
                Ok(out.page(&page, None)?)
            }
        }
    }
}

fn print(groups: &[Group], out: &mut Out) -> Done {
    if out.json() {
        return Ok(groups.iter().try_for_each(|group| out.item(&json!({ "group": group })))?);
    }
    let row = |group: &Group| -> Vec<Cell> {
        let networks: Vec<&str> = group.networks.iter().map(Network::as_str).collect();
        vec![group.name.as_str().into(), networks.join(", ").into(), group.id.to_string().into()]
    };
    Ok(out.table(&["name", "networks", "id"], groups.iter().map(row).collect())?)
}
