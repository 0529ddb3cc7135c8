//! `rooms`: conversations as the host tells of them; and `copy`, which moves them.

use cardex::{ContactId, GroupId, Network, NewRoom, Room, RoomKind, Session};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::args::{Global, Named};
use crate::commands::{Done, contact};
use crate::desk::Desk;
use crate::failure::Failure;
use crate::out::Out;

/// Show conversations, and tell the book of changes
#[derive(Debug, Args)]
pub(crate) struct Rooms {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Those a contact is in
    Of(Of),
    /// One, with who is in it
    Show(Stream),
    /// A new one
    Add(Add),
    /// One that is no more
    Remove(Stream),
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
struct Stream {
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
    advisor: Option<Named>,
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

impl Rooms {
    pub(super) fn run(self, global: &Global, out: &mut Out) -> Done {
        let session = Desk::open(global)?.session;
        match self.verb {
            Verb::Add(add) => print(&[session.add_room(&add.room(&session)?)?], out),
            Verb::Of(of) => print(&session.rooms_of(of.contact)?, out),
            Verb::Show(Stream { stream }) => show(&session, &stream, out),
            Verb::Remove(Stream { stream }) => {
                session.remove_room(&stream)?;
                Ok(out.done(&json!({ "stream": stream, "done": "removed" }), "removed")?)
            }
            Verb::Join(Member { stream, contact }) => {
                let changed = session.add_member(&stream, contact)?;
                let item = json!({ "stream": stream, "contact": contact, "changed": changed });
                Ok(out.done(&item, if changed { "joined" } else { "the contact was there already" })?)
            }
            Verb::Leave(Member { stream, contact }) => {
                let changed = session.remove_member(&stream, contact)?;
                let item = json!({ "stream": stream, "contact": contact, "changed": changed });
                Ok(out.done(&item, if changed { "left" } else { "the contact was not there" })?)
            }
            Verb::Group(Group { stream, group }) => {
                print(&[session.move_room_to_group(&stream, group)?], out)
            }
        }
    }
}

impl Add {
    fn room(self, session: &Session) -> cardex::Result<NewRoom> {
        let kind = if self.im { RoomKind::Im } else { RoomKind::Room };
        let mut new = NewRoom::new(self.stream, kind, self.network).name(self.name.unwrap_or_default());
        if let Some(advisor) = self.advisor {
            new = new.advisor(advisor.id(session)?);
        }
        if let Some(group) = self.group {
            new = new.group(group);
        }
        Ok(self.member.into_iter().fold(new, NewRoom::member))
    }
}

impl Copy {
    pub(super) fn run(self, global: &Global, out: &mut Out) -> Done {
        let copied = Desk::open(global)?.session.copy(self.id)?;
        if out.json() {
            return Ok(out.item(&copied)?);
        }
        contact::print(std::slice::from_ref(&copied.contact), out)?;
        if let (Some(old), Some(new)) = (&copied.old_address, &copied.new_address) {
            out.note(&format!("in exports: {new}, before: {old}"))?;
        }
        Ok(out.note(&format!("rooms moved: {}", copied.streams.len()))?)
    }
}

fn show(session: &Session, stream: &str, out: &mut Out) -> Done {
    let missing = || Failure::found("no-room", "no conversation with this stream");
    let room = session.room(stream)?.ok_or_else(missing)?;
    let members = session.members_of(stream)?;
    if out.json() {
        return Ok(out.item(&json!({ "room": room, "contacts": members }))?);
    }
    let names: Vec<String> = members.iter().map(ToString::to_string).collect();
    Ok(out.pairs(vec![
        ("stream", room.stream.as_str().into()),
        ("kind", kind(&room).into()),
        ("network", room.network.as_str().into()),
        ("name", room.name.as_str().into()),
        ("advisor", room.advisor.map(|id| id.to_string()).unwrap_or_default().into()),
        ("group", room.group.map(|id| id.to_string()).unwrap_or_default().into()),
        ("contacts", names.join(" ").into()),
    ])?)
}

fn kind(room: &Room) -> &'static str {
    match room.kind {
        RoomKind::Room => "room",
        RoomKind::Im => "im",
        _ => "other",
    }
}

fn print(rooms: &[Room], out: &mut Out) -> Done {
    if out.json() {
        return Ok(rooms.iter().try_for_each(|room| out.item(&json!({ "room": room })))?);
    }
    let row = |room: &Room| {
        vec![
            room.stream.as_str().into(),
            kind(room).into(),
            room.network.as_str().into(),
            room.name.as_str().into(),
            room.members.to_string().into(),
        ]
    };
    Ok(out.table(&["stream", "kind", "network", "name", "contacts"], rooms.iter().map(row).collect())?)
}
