//! `networks`: the networks with their policies; adds networks, and opens or closes them for a tenant.

use cardex::Network;
use cardex::directory::{GroupId, NetworkPolicy};
use cardex::onboarding::ConversationOnCreate;
use clap::{Args, Subcommand};
use serde_json::json;

use crate::args::Global;
use crate::failure::CommandResult;
use crate::open_store::{OpenStore, book_path};
use crate::output::{Cell, Output};

/// List, add, open or close networks
#[derive(Debug, Args)]
pub(crate) struct Networks {
    #[command(subcommand)]
    command: Option<Verb>,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Add a network
    Add(Add),
    /// Open a network for the tenant (that of --as admin:TENANT, or the first one) or for one of its groups
    Open(NetworkAccess),
    /// Close a network for the tenant or for one of its groups
    Close(NetworkAccess),
}

#[derive(Debug, Args)]
struct NetworkAccess {
    /// The network
    code: Network,
    /// Only for this federation group
    #[arg(long, value_name = "ID")]
    group: Option<GroupId>,
}

#[derive(Debug, Args)]
#[allow(clippy::struct_excessive_bools)] // a policy has many independent flags
struct Add {
    /// Its code: letters, digits, - and _
    code: Network,
    /// Without messages: an address book
    #[arg(long)]
    no_messaging: bool,
    /// Contacts must have a company
    #[arg(long)]
    requires_company: bool,
    /// Contacts must have an e-mail address
    #[arg(long)]
    requires_email: bool,
    /// Contacts confirm an invitation code
    #[arg(long)]
    needs_invitation: bool,
    /// Contacts shared between tenants may be copied into one
    #[arg(long)]
    copyable: bool,
    /// One conversation per contact, from the advisor's own number
    #[arg(long)]
    direct: bool,
    /// A conversation may be opened together with the contact
    #[arg(long, alias = "room-on-create")]
    conversation_on_create: bool,
    /// Contacts may share their first phone
    #[arg(long)]
    shared_phones: bool,
    /// Contacts may not share an e-mail address
    #[arg(long)]
    unique_email: bool,
}

impl Networks {
    pub(crate) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        match self.command {
            // A book that does not exist yet will have these.
            None if !book_path(global)?.exists() => print(&NetworkPolicy::built_in(), out),
            None => print(&OpenStore::open(global)?.session.directory().networks()?, out),
            Some(Verb::Add(add)) => {
                let policy = add.policy();
                OpenStore::open_or_create(global)?.session.directory().add_network(&policy)?;
                print(&[policy], out)
            }
            Some(Verb::Open(access)) => access.set_open(global, true, out),
            Some(Verb::Close(access)) => access.set_open(global, false, out),
        }
    }
}

impl NetworkAccess {
    fn set_open(self, global: &Global, open: bool, out: &mut Output) -> CommandResult {
        OpenStore::open_or_create(global)?
            .session
            .directory()
            .set_network_open(&self.code, self.group, open)?;
        let item = json!({ "network": self.code, "group": self.group, "open": open });
        Ok(out.write_result(&item, if open { "open" } else { "closed" })?)
    }
}

impl Add {
    fn policy(self) -> NetworkPolicy {
        let on_create = if self.conversation_on_create {
            ConversationOnCreate::Optional
        } else {
            ConversationOnCreate::Forbidden
        };
        NetworkPolicy::new(self.code)
            .messaging(!self.no_messaging)
            .requires_company(self.requires_company)
            .requires_email(self.requires_email)
            .needs_invitation(self.needs_invitation)
            .copyable(self.copyable)
            .direct(self.direct)
            .conversation_on_create(on_create)
            .unique_phone(!self.shared_phones)
            .unique_email(self.unique_email)
    }
}

fn print(policies: &[NetworkPolicy], out: &mut Output) -> CommandResult {
    if out.is_json() {
        return Ok(policies.iter().try_for_each(|policy| out.write_json_line(policy))?);
    }
    let header = ["code", "requires", "unique", "invitation", "copyable", "direct", "conversation on create"];
    Ok(out.write_table(&header, policies.iter().map(row).collect())?)
}

fn row(policy: &NetworkPolicy) -> Vec<Cell> {
    let yes = |yes| Cell::from(if yes { "yes" } else { "no" });
    let words = |words: &[(&str, bool)]| {
        let words: Vec<&str> = words.iter().filter(|(_, yes)| *yes).map(|(word, _)| *word).collect();
        Cell::from(words.join(", "))
    };
    vec![
        policy.network.as_str().into(),
        words(&[("company", policy.requires_company), ("e-mail", policy.requires_email)]),
        words(&[("phone", policy.unique_phone), ("e-mail", policy.unique_email)]),
        yes(policy.needs_invitation),
        yes(policy.copyable),
        yes(policy.direct),
        yes(policy.conversation_on_create == ConversationOnCreate::Optional),
    ]
}
