//! `funnels`: message series that contacts subscribe to.

use cardex::ContactId;
use cardex::funnels::Funnel;
use clap::{Args, Subcommand};
use serde_json::json;

use crate::args::{Global, PageArgs, apply_paging};
use crate::failure::CommandResult;
use crate::open_store::OpenStore;
use crate::output::{Cell, Output};

/// List or change funnels, or subscribe contacts
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Funnels {
    #[command(subcommand)]
    command: Option<Verb>,
    #[command(flatten)]
    paging: PageArgs,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List the funnels that a contact is subscribed to
    Of {
        /// The contact
        contact: ContactId,
        #[command(flatten)]
        paging: PageArgs,
    },
    /// Add a funnel
    Add {
        /// The key that API callers use; case-sensitive
        key: String,
        /// Its name
        #[arg(long, value_name = "TEXT", default_value = "")]
        name: String,
    },
    /// Delete a funnel and its subscriptions
    Remove {
        /// The key
        key: String,
    },
    /// Subscribe a contact
    Join(SubscriptionArgs),
    /// End a contact's subscription
    Leave(SubscriptionArgs),
}

#[derive(Debug, Args)]
struct SubscriptionArgs {
    /// The contact
    contact: ContactId,
    /// The key of the funnel
    key: String,
}

impl Funnels {
    pub(crate) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let session = OpenStore::open(global)?.session;
        match self.command {
            None => {
                let page = apply_paging!(session.funnels().list(), self.paging).page()?;
                print(&page.items, out)?;
                Ok(out.end_page(&page, None)?)
            }
            Some(Verb::Of { contact, paging }) => {
                let page = apply_paging!(session.funnels().of(contact), paging).page()?;
                print(&page.items, out)?;
                Ok(out.end_page(&page, None)?)
            }
            Some(Verb::Add { key, name }) => print(&[session.funnels().add(&key, &name)?], out),
            Some(Verb::Remove { key }) => {
                session.funnels().delete(&key)?;
                Ok(out.write_result(&json!({ "funnel": key, "done": "removed" }), "removed")?)
            }
            Some(Verb::Join(SubscriptionArgs { contact, key })) => {
                let changed = session.funnels().join(contact, &key)?;
                let item = json!({ "funnel": key, "contact": contact, "changed": changed });
                Ok(out.write_result(&item, if changed { "subscribed" } else { "already subscribed" })?)
            }
            Some(Verb::Leave(SubscriptionArgs { contact, key })) => {
                let changed = session.funnels().leave(contact, &key)?;
                let item = json!({ "funnel": key, "contact": contact, "changed": changed });
                Ok(out.write_result(&item, if changed { "unsubscribed" } else { "not subscribed" })?)
            }
        }
    }
}

fn print(funnels: &[Funnel], out: &mut Output) -> CommandResult {
    if out.is_json() {
        return Ok(funnels
            .iter()
            .try_for_each(|funnel| out.write_json_line(&json!({ "funnel": funnel })))?);
    }
    let row = |funnel: &Funnel| -> Vec<Cell> {
        vec![funnel.service_key.as_str().into(), funnel.name.as_str().into(), funnel.id.to_string().into()]
    };
    Ok(out.write_table(&["key", "name", "id"], funnels.iter().map(row).collect())?)
}
