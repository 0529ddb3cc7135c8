//! `networks`: the known ones with their policies, new ones, and who may use them.

use cardex::Network;
use cardex::directory::{GroupId, NetworkPolicy};
use cardex::onboarding::ConversationOnCreate;
use clap::{Args, Subcommand};
use serde_json::json;

use crate::args::Global;
use crate::commands::CommandResult;
use crate::open_store::OpenStore;
use crate::output::{Cell, Output};

/// List or add networks, open or close them
#[derive(Debug, Args)]
pub(crate) struct Networks {
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Add a network
    Add(Add),
    /// Let the tenant use a network, or one of its groups: that of --as admin:TENANT, or the first one
    Open(NetworkAccess),
    /// Let the tenant use a network no more, or one of its groups
    Close(NetworkAccess),
}

#[derive(Debug, Args)]
struct NetworkAccess {
    /// The network
    code: Network,
    /// This federation group only
    #[arg(long, value_name = "ID")]
    group: Option<GroupId>,
}

#[derive(Debug, Args)]
#[allow(clippy::struct_excessive_bools)] // a policy is a row of yes and no
struct Add {
    /// Its code: letters, digits, - and _
    code: Network,
    /// Nobody is written to there: an address book
    #[arg(long)]
    no_messaging: bool,
    /// Contacts must have a company
    #[arg(long)]
    requires_company: bool,
    /// Contacts must have an e-mail address
    #[arg(long)]
    requires_email: bool,
    /// Contacts are invited with a code and confirm
    #[arg(long)]
    needs_invitation: bool,
    /// Contacts shared between tenants may be copied for one
    #[arg(long)]
    copyable: bool,
    /// One room a contact, from the advisor's own number
    #[arg(long)]
    direct: bool,
    /// A room may be made with the contact
    #[arg(long)]
    room_on_create: bool,
    /// Contacts may share their first phone
    #[arg(long)]
    shared_phones: bool,
    /// Contacts may not share an e-mail address
    #[arg(long)]
    unique_email: bool,
}

impl Networks {
    pub(super) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        match self.verb {
            None => print(&OpenStore::open(global)?.session.directory().networks()?, out),
            Some(Verb::Add(add)) => {
                let policy = add.policy();
                OpenStore::open_or_create(global)?.session.directory().add_network(&policy)?;
                print(&[policy], out)
            }
            Some(Verb::Open(which)) => which.open(global, true, out),
            Some(Verb::Close(which)) => which.open(global, false, out),
        }
    }
}

impl NetworkAccess {
    fn open(self, global: &Global, open: bool, out: &mut Output) -> CommandResult {
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
        let room = if self.room_on_create {
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
            .conversation_on_create(room)
            .unique_phone(!self.shared_phones)
            .unique_email(self.unique_email)
    }
}

fn print(policies: &[NetworkPolicy], out: &mut Output) -> CommandResult {
    if out.is_json() {
        return Ok(policies.iter().try_for_each(|policy| out.write_json_line(policy))?);
    }
    let header = ["code", "requires", "unique", "invitation", "copyable", "direct", "room on create"];
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
