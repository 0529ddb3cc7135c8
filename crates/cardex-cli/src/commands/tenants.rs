//! `tenants`: the tenants and their policies; adds tenants.

use cardex::directory::Tenant;
use clap::builder::BoolishValueParser;
use clap::{Args, Subcommand};
use serde_json::json;

use crate::args::Global;
use crate::failure::CommandResult;
use crate::open_store::OpenStore;
use crate::output::{Cell, Output};

/// List or add tenants, or change a policy
#[derive(Debug, Args)]
pub(crate) struct Tenants {
    #[command(subcommand)]
    command: Option<Verb>,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Add a tenant
    Add {
        /// Its name
        name: String,
    },
    /// Show or change the policy of a tenant: that of --as admin:TENANT, or the first one
    Policy(Policy),
}

#[derive(Debug, Args)]
struct Policy {
    /// Whether advisors need an entitlement to use a network
    #[arg(long, value_name = "YES|NO", value_parser = BoolishValueParser::new())]
    requires_entitlement: Option<bool>,
    /// The calling code of the numbers of contacts to onboard, such as 33; empty: any
    #[arg(long, value_name = "DIGITS")]
    calling_code: Option<String>,
}

impl Tenants {
    pub(crate) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        match self.command {
            None => print(&OpenStore::open(global)?.session.directory().tenants()?, out),
            Some(Verb::Add { name }) => {
                let added = OpenStore::open_or_create(global)?.session.directory().add_tenant(&name)?;
                print(&[added], out)
            }
            Some(Verb::Policy(policy)) => policy.run(global, out),
        }
    }
}

impl Policy {
    fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let session = OpenStore::open(global)?.session;
        let changes = self.requires_entitlement.is_some() || self.calling_code.is_some();
        let mut policy = session.directory().tenant()?.policy;
        if let Some(yes) = self.requires_entitlement {
            policy = policy.requires_entitlement(yes);
        }
        if let Some(code) = self.calling_code {
            policy = policy.calling_code(code);
        }
        if changes {
            session.directory().set_tenant_policy(&policy)?;
        }
        print(&[session.directory().tenant()?], out)
    }
}

fn print(tenants: &[Tenant], out: &mut Output) -> CommandResult {
    if out.is_json() {
        return Ok(tenants
            .iter()
            .try_for_each(|tenant| out.write_json_line(&json!({ "tenant": tenant })))?);
    }
    let row = |tenant: &Tenant| -> Vec<Cell> {
        let entitlement = if tenant.policy.requires_entitlement { "yes" } else { "no" };
        let code = tenant.policy.calling_code.as_str();
        vec![tenant.name.as_str().into(), entitlement.into(), code.into(), tenant.id.to_string().into()]
    };
    let header = ["name", "requires entitlement", "calling code", "id"];
    Ok(out.write_table(&header, tenants.iter().map(row).collect())?)
}
