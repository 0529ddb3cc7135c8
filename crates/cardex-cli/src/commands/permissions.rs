//! `permissions`: the permissions of a network, and of an advisor on it.

use cardex::Network;
use cardex::entitlements::Permission;
use clap::{Args, Subcommand};
use serde_json::json;

use crate::args::{AdvisorArg, Global};
use crate::commands::each::run_for_each;
use crate::failure::{CommandResult, Failure};
use crate::open_store::OpenStore;
use crate::output::Output;

/// List, grant or revoke permissions on a network
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Permissions {
    #[command(subcommand)]
    command: Option<Verb>,
    /// The advisor, by id or e-mail address; without one, the default permissions of the network
    #[arg(value_name = "ADVISOR")]
    advisor: Option<AdvisorArg>,
    /// The network
    #[arg(long, value_name = "CODE", required = true)]
    network: Option<Network>,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Grant advisors a permission
    Grant(Change),
    /// Revoke a permission of advisors
    Revoke(Change),
}

#[derive(Debug, Args)]
struct Change {
    /// The permission, such as create:contact
    permission: Permission,
    /// The advisors, by id or e-mail address
    #[arg(required = true, value_name = "ADVISOR")]
    advisors: Vec<AdvisorArg>,
    /// The network
    #[arg(long, value_name = "CODE")]
    network: Network,
}

impl Permissions {
    pub(crate) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let session = OpenStore::open(global)?.session;
        match self.command {
            Some(Verb::Grant(change)) => run_for_each(&change.advisors, "granted", out, |advisor| {
                session.entitlements().grant(advisor.to_key(), &change.network, change.permission)
            }),
            Some(Verb::Revoke(change)) => run_for_each(&change.advisors, "revoked", out, |advisor| {
                session.entitlements().revoke(advisor.to_key(), &change.network, change.permission)
            }),
            None => {
                let Some(network) = self.network else { return Ok(()) }; // clap requires it
                let granted = match self.advisor {
                    Some(advisor) => session.entitlements().permissions(advisor.to_key(), &network)?,
                    None => {
                        session
                            .directory()
                            .networks()?
                            .into_iter()
                            .find(|policy| policy.network == network)
                            .ok_or_else(|| Failure::from(cardex::Error::NoNetwork(network)))?
                            .default_permissions
                    }
                };
                print(granted, out)
            }
        }
    }
}

fn print(granted: cardex::entitlements::Permissions, out: &mut Output) -> CommandResult {
    if out.is_json() {
        let item = |permission| json!({ "permission": permission, "held": granted.contains(permission) });
        return Ok(Permission::ALL
            .into_iter()
            .try_for_each(|permission| out.write_json_line(&item(permission)))?);
    }
    let yes = |permission| if granted.contains(permission) { "yes" } else { "no" };
    let row = |permission: Permission| vec![permission.as_str().into(), yes(permission).into()];
    Ok(out.write_table(&["permission", "held"], Permission::ALL.into_iter().map(row).collect())?)
}
