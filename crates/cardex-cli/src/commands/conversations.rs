//! `rooms`: conversations as the host tells of them; and `copy`, which moves them.

use cardex::conversations::{Conversation, ConversationKind, NewConversation};
use cardex::directory::GroupId;
use cardex::{ContactId, Network, Session};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::args::{AdvisorArg, Global};
use crate::commands::{CommandResult, contact_output};
use crate::failure::Failure;
use crate::open_store::OpenStore;
use crate::output::Output;

/// Show conversations, and tell the book of changes
#[derive(Debug, Args)]
pub(crate) struct Conversations {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Those a contact is in
    Of(Of),
    /// One, with who is in it
    Show(ConversationArg),
    /// A new one
    Add(Add),
    /// One that is no more
    Remove(ConversationArg),
    /// A contact has come
    Join(Member),
    /// A contact has left
    Leave(Member),
    /// Move one to a federation group, or to the default one
    Group(Group),
}

#[derive(Debug, Args)]
struct Of {
    /// The contact
    contact: ContactId,
}

#[derive(Debug, Args)]
struct ConversationArg {
    /// Its id on the messaging side
    stream: String,
}

#[derive(Debug, Args)]
struct Add {
    /// Its id on the messaging side
    stream: String,
    /// The network its contacts are on
    #[arg(long, value_name = "CODE")]
    network: Network,
    /// A one-to-one chat
    #[arg(long)]
    im: bool,
    /// The advisor whose it is, by id or e-mail address
    #[arg(long, value_name = "WHO")]
    advisor: Option<AdvisorArg>,
    /// The federation group it belongs to
    #[arg(long, value_name = "ID")]
    group: Option<GroupId>,
    /// Its name
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// A contact in it; may be given several times
    #[arg(long, value_name = "ID")]
    member: Vec<ContactId>,
}

#[derive(Debug, Args)]
struct Member {
    /// Its id on the messaging side
    stream: String,
    /// The contact
    contact: ContactId,
}

#[derive(Debug, Args)]
struct Group {
    /// Its id on the messaging side
    stream: String,
    /// The group; without it, the default one
    group: Option<GroupId>,
}

/// Copy a contact that is shared between tenants for the tenant alone
#[derive(Debug, Args)]
pub(crate) struct Copy {
    /// The contact
    id: ContactId,
}

impl Conversations {
    pub(super) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let session = OpenStore::open(global)?.session;
        match self.verb {
            Verb::Add(add) => {
                print(&[session.conversations().add(&add.into_new_conversation(&session)?)?], out)
            }
            Verb::Of(of) => print(&session.conversations().of(of.contact)?, out),
            Verb::Show(ConversationArg { stream }) => show(&session, &stream, out),
            Verb::Remove(ConversationArg { stream }) => {
                session.conversations().delete(&stream)?;
                Ok(out.write_result(&json!({ "stream": stream, "done": "removed" }), "removed")?)
            }
            Verb::Join(Member { stream, contact }) => {
                let changed = session.conversations().add_member(&stream, contact)?;
                let item = json!({ "stream": stream, "contact": contact, "changed": changed });
                Ok(out
                    .write_result(&item, if changed { "joined" } else { "the contact was there already" })?)
            }
            Verb::Leave(Member { stream, contact }) => {
                let changed = session.conversations().remove_member(&stream, contact)?;
                let item = json!({ "stream": stream, "contact": contact, "changed": changed });
                Ok(out.write_result(&item, if changed { "left" } else { "the contact was not there" })?)
            }
            Verb::Group(Group { stream, group }) => {
                print(&[session.conversations().move_to_group(&stream, group)?], out)
            }
        }
    }
}

impl Add {
    fn into_new_conversation(self, session: &Session) -> cardex::Result<NewConversation> {
        let kind = if self.im { ConversationKind::OneToOne } else { ConversationKind::MultiParty };
        let mut new =
            NewConversation::new(self.stream, kind, self.network).name(self.name.unwrap_or_default());
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
    pub(super) fn run(self, global: &Global, out: &mut Output) -> CommandResult {
        let copied = OpenStore::open(global)?.session.copy_to_tenant(self.id)?;
        if out.is_json() {
            return Ok(out.write_json_line(&copied)?);
        }
        contact_output::print(std::slice::from_ref(&copied.contact), out)?;
        if let (Some(old), Some(new)) = (&copied.old_export_address, &copied.new_export_address) {
            out.write_message(&format!("in exports: {new}, before: {old}"))?;
        }
        Ok(out.write_message(&format!("rooms moved: {}", copied.conversations.len()))?)
    }
}

fn show(session: &Session, stream: &str, out: &mut Output) -> CommandResult {
    let missing = || Failure::new("no-room", "no conversation with this stream");
    let room = session.conversations().get(stream)?.ok_or_else(missing)?;
    let members = session.conversations().members(stream)?;
    if out.is_json() {
        return Ok(out.write_json_line(&json!({ "room": room, "contacts": members }))?);
    }
    let names: Vec<String> = members.iter().map(ToString::to_string).collect();
    Ok(out.write_pairs(vec![
        ("stream", room.external_id.as_str().into()),
        ("kind", kind(&room).into()),
        ("network", room.network.as_str().into()),
        ("name", room.name.as_str().into()),
        ("advisor", room.advisor.map(|id| id.to_string()).unwrap_or_default().into()),
        ("group", room.group.map(|id| id.to_string()).unwrap_or_default().into()),
        ("contacts", names.join(" ").into()),
    ])?)
}

fn kind(room: &Conversation) -> &'static str {
    match room.kind {
        ConversationKind::MultiParty => "room",
        ConversationKind::OneToOne => "im",
        _ => "other",
    }
}

fn print(rooms: &[Conversation], out: &mut Output) -> CommandResult {
    if out.is_json() {
        return Ok(rooms.iter().try_for_each(|room| out.write_json_line(&json!({ "room": room })))?);
    }
    let row = |room: &Conversation| {
        vec![
            room.external_id.as_str().into(),
            kind(room).into(),
            room.network.as_str().into(),
            room.name.as_str().into(),
            room.members.to_string().into(),
        ]
    };
    Ok(out.write_table(&["stream", "kind", "network", "name", "contacts"], rooms.iter().map(row).collect())?)
}
