//! `conversations`: the conversations that the host reports; and `copy`, which moves them.

use cardex::conversations::{Conversation, ConversationKind, NewConversation};
use cardex::directory::GroupId;
use cardex::{ContactId, Network, Session};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::args::{AdvisorArg, Global};
use crate::commands::contact_output;
use crate::failure::{CommandResult, Failure};
use crate::open_store::OpenStore;
use crate::output::Output;

/// List or change conversations
///
/// The host application reports the conversations and their members to the book.
#[derive(Debug, Args)]
pub(crate) struct Conversations {
    #[command(subcommand)]
    command: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List the conversations of a contact
    Of(Of),
    /// Show a conversation and its members
    Show(ConversationArg),
    /// Add a conversation
    Add(Add),
    /// Remove a conversation
    Remove(ConversationArg),
    /// Add a contact to a conversation
    Join(Member),
    /// Remove a contact from a conversation
    Leave(Member),
    /// Move a conversation to a federation group, or to the default group
    Group(Group),
}

#[derive(Debug, Args)]
struct Of {
    /// The contact
    contact: ContactId,
}

#[derive(Debug, Args)]
struct ConversationArg {
    /// The id of the conversation in the messaging system
    conversation: String,
}

#[derive(Debug, Args)]
struct Add {
    /// The id of the conversation in the messaging system
    conversation: String,
    /// The network of its contacts
    #[arg(long, value_name = "CODE")]
    network: Network,
    /// It is a one-to-one chat
    #[arg(long)]
    im: bool,
    /// The advisor who owns it, by id or e-mail address
    #[arg(long, value_name = "ADVISOR")]
    advisor: Option<AdvisorArg>,
    /// The federation group it belongs to
    #[arg(long, value_name = "ID")]
    group: Option<GroupId>,
    /// Its name
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// A member; may be given several times
    #[arg(long, value_name = "ID")]
    member: Vec<ContactId>,
}

#[derive(Debug, Args)]
struct Member {
    /// The id of the conversation in the messaging system
    conversation: String,
    /// The contact
    contact: ContactId,
}

#[derive(Debug, Args)]
struct Group {
    /// The id of the conversation in the messaging system
    conversation: String,
    /// The group; without it, the default group
    group: Option<GroupId>,
}

/// Copy a shared contact into the tenant
///
/// The copy belongs to the tenant alone. Its conversations move to the copy.
#[derive(Debug, Args)]
pub(crate) struct Copy {
    /// The contact
    id: ContactId,
}

impl Conversations {
    pub(crate) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let session = OpenStore::open(global)?.session;
        match self.command {
            Verb::Add(add) => {
                print(&[session.conversations().add(&add.into_new_conversation(&session)?)?], out)
            }
            Verb::Of(of) => print(&session.conversations().of(of.contact)?, out),
            Verb::Show(ConversationArg { conversation }) => show(&session, &conversation, out),
            Verb::Remove(ConversationArg { conversation }) => {
                session.conversations().delete(&conversation)?;
                Ok(out.write_result(&json!({ "conversation": conversation, "done": "removed" }), "removed")?)
            }
            Verb::Join(Member { conversation, contact }) => {
                let changed = session.conversations().add_member(&conversation, contact)?;
                let item = json!({ "conversation": conversation, "contact": contact, "changed": changed });
                Ok(out.write_result(&item, if changed { "added" } else { "already a member" })?)
            }
            Verb::Leave(Member { conversation, contact }) => {
                let changed = session.conversations().remove_member(&conversation, contact)?;
                let item = json!({ "conversation": conversation, "contact": contact, "changed": changed });
                Ok(out.write_result(&item, if changed { "removed" } else { "not a member" })?)
            }
            Verb::Group(Group { conversation, group }) => {
                print(&[session.conversations().move_to_group(&conversation, group)?], out)
            }
        }
    }
}

impl Add {
    fn into_new_conversation(self, session: &Session) -> cardex::Result<NewConversation> {
        let kind = if self.im { ConversationKind::OneToOne } else { ConversationKind::MultiParty };
        let mut new =
            NewConversation::new(self.conversation, kind, self.network).name(self.name.unwrap_or_default());
        if let Some(advisor) = self.advisor {
            new = new.advisor(advisor.resolve(session)?);
        }
        if let Some(group) = self.group {
            new = new.group(group);
        }
        Ok(self.member.into_iter().fold(new, NewConversation::member))
    }
}

impl Copy {
    pub(crate) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let copied = OpenStore::open(global)?.session.copy_to_tenant(self.id)?;
        if out.is_json() {
            return Ok(out.write_json_line(&copied)?);
        }
        contact_output::print(std::slice::from_ref(&copied.contact), out)?;
        if let (Some(old), Some(new)) = (&copied.old_export_address, &copied.new_export_address) {
            out.write_message(&format!("in exports: {new}, before: {old}"))?;
        }
        Ok(out.write_message(&format!("conversations moved: {}", copied.conversations.len()))?)
    }
}

fn show(session: &Session, id: &str, out: &mut Output) -> CommandResult {
    let missing = || Failure::new("no-conversation", "there is no conversation with this id");
    let conversation = session.conversations().get(id)?.ok_or_else(missing)?;
    let members = session.conversations().members(id)?;
    if out.is_json() {
        return Ok(out.write_json_line(&json!({ "conversation": conversation, "contacts": members }))?);
    }
    let names: Vec<String> = members.iter().map(ToString::to_string).collect();
    Ok(out.write_pairs(vec![
        ("conversation", conversation.external_id.as_str().into()),
        ("kind", kind(&conversation).into()),
        ("network", conversation.network.as_str().into()),
        ("name", conversation.name.as_str().into()),
        ("advisor", conversation.advisor.map(|id| id.to_string()).unwrap_or_default().into()),
        ("group", conversation.group.map(|id| id.to_string()).unwrap_or_default().into()),
        ("contacts", names.join(" ").into()),
    ])?)
}

fn kind(conversation: &Conversation) -> &'static str {
    match conversation.kind {
        ConversationKind::MultiParty => "multi-party",
        ConversationKind::OneToOne => "one-to-one",
        _ => "other",
    }
}

fn print(conversations: &[Conversation], out: &mut Output) -> CommandResult {
    if out.is_json() {
        return Ok(conversations
            .iter()
            .try_for_each(|conversation| out.write_json_line(&json!({ "conversation": conversation })))?);
    }
    let row = |conversation: &Conversation| {
        vec![
            conversation.external_id.as_str().into(),
            kind(conversation).into(),
            conversation.network.as_str().into(),
            conversation.name.as_str().into(),
            conversation.members.to_string().into(),
        ]
    };
    Ok(out.write_table(
        &["conversation", "kind", "network", "name", "contacts"],
        conversations.iter().map(row).collect(),
    )?)
}
