//! `entitlements`: who is entitled on a network, and who shall be.

use cardex::directory::GroupId;
use cardex::entitlements::{Entitlement, EntitlementStatus, NewEntitlement, Permission};
use cardex::{ContactId, Network};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::args::{AdvisorArg, Global, PageArgs, apply_paging};
use crate::commands::CommandResult;
use crate::open_store::OpenStore;
use crate::output::{Cell, Output};

/// List the entitlements on a network, give them, or withdraw them
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Entitlements {
    #[command(subcommand)]
    verb: Option<Verb>,
    /// On this network
    #[arg(long, value_name = "CODE", required_unless_present = "of")]
    network: Option<Network>,
    /// Those of the advisors this contact is linked to, on its network
    #[arg(long, value_name = "CONTACT", conflicts_with = "network")]
    of: Option<ContactId>,
    #[command(flatten)]
    paging: PageArgs,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Show what one advisor has, or somebody who is waited for
    Show(EntitlementTarget),
    /// Entitle an advisor
    Add(Add),
    /// Withdraw an entitlement
    Withdraw(EntitlementTarget),
}

#[derive(Debug, Args)]
struct EntitlementTarget {
    /// The advisor, by id or e-mail address
    #[arg(value_name = "ADVISOR")]
    advisor: AdvisorArg,
    /// On this network
    #[arg(long, value_name = "CODE")]
    network: Network,
}

#[derive(Debug, Args)]
struct Add {
    /// The advisor, by id or e-mail address; who is none yet gets it once they are added
    #[arg(value_name = "ADVISOR")]
    advisor: AdvisorArg,
    /// On this network
    #[arg(long, value_name = "CODE")]
    network: Network,
    /// The number the advisor writes from
    #[arg(long, value_name = "NUMBER")]
    phone: Option<String>,
    /// What the advisor may do besides what the network gives to everybody; again for more
    #[arg(long = "permission", value_name = "NAME")]
    permissions: Vec<Permission>,
    /// The federation group the advisor works in
    #[arg(long, value_name = "ID")]
    group: Option<GroupId>,
}

impl Entitlements {
    pub(super) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let desk = OpenStore::open(global)?;
        let session = &desk.session;
        let list = match (self.verb, self.of, self.network) {
            (Some(Verb::Show(one)), ..) => {
                return print(&[session.entitlements().get(one.advisor.to_key(), &one.network)?], out);
            }
            (Some(Verb::Add(add)), ..) => {
                return print(&[session.entitlements().add(add.into_new_entitlement())?], out);
            }
            (Some(Verb::Withdraw(one)), ..) => {
                session.entitlements().withdraw(one.advisor.to_key(), &one.network)?;
                let item = json!({ "id": one.advisor.to_string(), "done": "withdrawn" });
                return Ok(out.write_result(&item, "withdrawn")?);
            }
            (None, Some(contact), _) => session.entitlements().of(contact),
            (None, None, Some(network)) => session.entitlements().list(&network),
            (None, None, None) => return Ok(()), // clap asks for one of them
        };
        let page = apply_paging!(list, self.paging).page()?;
        print(&page.items, out)?;
        Ok(out.end_page(&page, None)?)
    }
}

impl Add {
    fn into_new_entitlement(self) -> NewEntitlement {
        let mut new = NewEntitlement::new(self.network).permissions(self.permissions);
        new = match self.advisor {
            AdvisorArg::Id(id) => new.advisor(id),
            AdvisorArg::Email(email) => new.email(email),
        };
        if let Some(phone) = self.phone {
            new = new.phone(phone);
        }
        if let Some(group) = self.group {
            new = new.group(group);
        }
        new
    }
}

fn print(entitlements: &[Entitlement], out: &mut Output) -> CommandResult {
    if out.is_json() {
        return Ok(entitlements
            .iter()
            .try_for_each(|item| out.write_json_line(&json!({ "entitlement": item })))?);
    }
    let header = ["name", "e-mail", "status", "number", "group", "permissions", "id"];
    Ok(out.write_table(&header, entitlements.iter().map(row).collect())?)
}

fn row(item: &Entitlement) -> Vec<Cell> {
    let name = item.advisor.as_ref().map(|advisor| format!("{} {}", advisor.first_name, advisor.last_name));
    let status = match item.status {
        EntitlementStatus::PreEntitled => "pre-entitled",
        _ => "entitled",
    };
    let permissions: Vec<&str> = item.permissions.iter().map(Permission::as_str).collect();
    vec![
        name.unwrap_or_default().trim().into(),
        item.email.as_str().into(),
        status.into(),
        item.phone.as_ref().map_or("", |phone| phone.text.as_str()).into(),
        item.group.map_or(String::new(), |group| group.to_string()).into(),
        permissions.join(", ").into(),
        item.advisor.as_ref().map_or(String::new(), |advisor| advisor.id.to_string()).into(),
    ]
}
