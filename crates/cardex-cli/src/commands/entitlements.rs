//! `entitlements`: which advisors may use a network, and which will once they are added.

use cardex::directory::GroupId;
use cardex::entitlements::{Entitlement, EntitlementStatus, NewEntitlement, Permission};
use cardex::{ContactId, Network};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::args::{AdvisorArg, Global, PageArgs, apply_paging};
use crate::failure::CommandResult;
use crate::open_store::OpenStore;
use crate::output::{Cell, Output};

/// List, add or withdraw entitlements on a network
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Entitlements {
    #[command(subcommand)]
    command: Option<Verb>,
    /// The network
    #[arg(long, value_name = "CODE", required_unless_present = "of")]
    network: Option<Network>,
    /// Entitlements of the advisors of this contact, on its network
    #[arg(long, value_name = "CONTACT", conflicts_with = "network")]
    of: Option<ContactId>,
    #[command(flatten)]
    paging: PageArgs,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Show the entitlement of one advisor or pre-entitled address
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
    /// The network
    #[arg(long, value_name = "CODE")]
    network: Network,
}

#[derive(Debug, Args)]
struct Add {
    /// The advisor, by id or e-mail address; an unknown address is entitled once its advisor is added
    #[arg(value_name = "ADVISOR")]
    advisor: AdvisorArg,
    /// The network
    #[arg(long, value_name = "CODE")]
    network: Network,
    /// The number that the advisor sends from
    #[arg(long, value_name = "NUMBER")]
    phone: Option<String>,
    /// A permission in addition to those of the network; may be given several times
    #[arg(long = "permission", value_name = "NAME")]
    permissions: Vec<Permission>,
    /// The federation group of the advisor
    #[arg(long, value_name = "ID")]
    group: Option<GroupId>,
}

impl Entitlements {
    pub(crate) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let book = OpenStore::open(global)?;
        let session = &book.session;
        let list = match (self.command, self.of, self.network) {
            (Some(Verb::Show(target)), ..) => {
                return print(&[session.entitlements().get(target.advisor.to_key(), &target.network)?], out);
            }
            (Some(Verb::Add(add)), ..) => {
                return print(&[session.entitlements().add(add.into_new_entitlement())?], out);
            }
            (Some(Verb::Withdraw(target)), ..) => {
                session.entitlements().withdraw(target.advisor.to_key(), &target.network)?;
                let item = json!({ "id": target.advisor.to_string(), "done": "withdrawn" });
                return Ok(out.write_result(&item, "withdrawn")?);
            }
            (None, Some(contact), _) => session.entitlements().of(contact),
            (None, None, Some(network)) => session.entitlements().list(&network),
            (None, None, None) => return Ok(()), // clap requires one of them
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
