//! `permissions`: those of a network, and of an advisor on it.

use cardex::Network;
use cardex::entitlements::Permission;
use clap::{Args, Subcommand};
use serde_json::json;

use crate::args::{AdvisorArg, Global};
use crate::commands::{CommandResult, run_for_each};
use crate::failure::Failure;
use crate::open_store::OpenStore;
use crate::output::Output;

/// List what an advisor may do on a network, give permissions, or take them
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Permissions {
    #[command(subcommand)]
    verb: Option<Verb>,
    /// The advisor, by id or e-mail address; without one, what an entitlement brings
    #[arg(value_name = "ADVISOR")]
    advisor: Option<AdvisorArg>,
    /// On this network
    #[arg(long, value_name = "CODE", required = true)]
    network: Option<Network>,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Give advisors a permission
    Grant(Change),
    /// Take a permission from advisors
    Revoke(Change),
}

#[derive(Debug, Args)]
struct Change {
    /// The permission, such as create:contact
    permission: Permission,
    /// The advisors, by id or e-mail address
    #[arg(required = true, value_name = "ADVISOR")]
    advisors: Vec<AdvisorArg>,
    /// On this network
    #[arg(long, value_name = "CODE")]
    network: Network,
}

impl Permissions {
    pub(super) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let session = OpenStore::open(global)?.session;
        match self.verb {
            Some(Verb::Grant(to)) => run_for_each(&to.advisors, "granted", out, |who| {
                session.entitlements().grant(who.to_key(), &to.network, to.permission)
            }),
            Some(Verb::Revoke(from)) => run_for_each(&from.advisors, "revoked", out, |who| {
                session.entitlements().revoke(who.to_key(), &from.network, from.permission)
            }),
            None => {
                let Some(network) = self.network else { return Ok(()) }; // clap asks for it
                let held = match self.advisor {
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
                print(held, out)
            }
        }
    }
}

fn print(held: cardex::entitlements::Permissions, out: &mut Output) -> CommandResult {
    if out.is_json() {
        let item = |permission| json!({ "permission": permission, "held": held.contains(permission) });
        return Ok(Permission::ALL
            .into_iter()
            .try_for_each(|permission| out.write_json_line(&item(permission)))?);
    }
    let yes = |permission| if held.contains(permission) { "yes" } else { "no" };
    let row = |permission: Permission| vec![permission.as_str().into(), yes(permission).into()];
    Ok(out.write_table(&["permission", "held"], Permission::ALL.into_iter().map(row).collect())?)
}
