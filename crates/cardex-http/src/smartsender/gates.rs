//! Gates of a contact, its chat, and the one way to create a contact.

use serde::Serialize;
use serde_json::Value;

use crate::gather::slice;
use crate::input::{self, Fields};
use crate::picture;
use crate::smartsender::contacts::found;
use crate::smartsender::errors::{Fault, NOBODY, said};
use crate::smartsender::params::{desk, desk_and_contact, page};
use crate::smartsender::shapes::{CursorPage, VARIABLES, is_own, stamp};
use crate::smartsender::{Answer, Call, Flaw};
use cardex::{Channel, ChannelId, Contact, Error, Gate, Network, NewContact, Session, limits};

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct GateShape {
    id: i64,
    subscribed: bool,
    unread_messages: u32,
    channel: ChannelShape,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ChannelShape {
    id: i64,
    active: bool,
    occupied: bool,
    r#type: String,
    name: String,
    referrer: Option<String>,
    link: Option<String>,
    app: Option<String>,
    created_at: String,
    updated_at: String,
}

impl From<Channel> for ChannelShape {
    fn from(channel: Channel) -> Self {
        Self {
            id: channel.id.0,
            active: channel.active,
            occupied: true,
            r#type: channel.kind,
            name: channel.name,
            referrer: None,
            link: None,
            app: None,
            created_at: stamp(channel.created_at),
            updated_at: stamp(channel.updated_at),
        }
    }
}

fn shape(desk: &Session, gate: &Gate) -> Result<GateShape, Fault> {
    let channel = desk.channel(gate.channel)?.into();
    Ok(GateShape { id: gate.id.0, subscribed: gate.subscribed, unread_messages: gate.unread, channel })
}

/// The gates of a contact, at most [`limits::PAGE`].
fn gates(desk: &Session, contact: &Contact) -> Result<Vec<GateShape>, Fault> {
    let gates = desk.gates_of(contact.id).limit(limits::PAGE).page()?.items;
    gates.iter().map(|gate| shape(desk, gate)).collect()
}

/// `listContactGates`
pub(super) fn list(call: &Call) -> Result<Answer, Fault> {
    let (desk, id) = desk_and_contact(call)?;
    let (number, size) = page(call)?;
    let gates = gates(&desk, &found(&desk, id)?)?;
    let total = u64::try_from(gates.len()).unwrap_or(u64::MAX);
    Answer::ok(&CursorPage::new(slice(gates, number, size), (number, size), total))
}

/// `getContactChat`: the one chat of a contact, over all its gates. It is the contact's own, so it has its id.
pub(super) fn chat(call: &Call) -> Result<Answer, Fault> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Chat {
        id: i64,
        name: String,
        image: Option<String>,
        contact: Service,
        gates: Vec<GateShape>,
        created_at: String,
        updated_at: String,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Service {
        id: i64,
        original_id: i64,
    }
    let (desk, id) = desk_and_contact(call)?;
    let contact = found(&desk, id)?;
    let gates = gates(&desk, &contact)?;
    let values = desk.attributes_of(&[id])?.pop().unwrap_or_default();
    Answer::ok(&Chat {
        id: id.0,
        name: contact.display_name.clone(),
        image: picture::of(&values).map(str::to_owned),
        contact: Service { id: id.0, original_id: id.0 },
        gates,
        created_at: stamp(contact.created_at),
        updated_at: stamp(contact.active_at.unwrap_or(contact.updated_at)),
    })
}

/// `createGate`: a contact on a channel, or the gate that its identifier has there already.
pub(super) fn create(call: &Call) -> Result<Answer, Fault> {
    let desk = desk(call)?;
    let channel = desk.channel(ChannelId(input::id(call.value(0)).ok_or(NOBODY)?))?;
    if channel.kind != "whatsapp" {
        return Err(said(422, "channelId: contacts are created on WhatsApp channels only"));
    }
    let body = Fields::parse(&call.body)?;
    let identifier = body.needed("identifier")?;
    let new = contact(&body)?;
    if let Some(known) = desk.gate(channel.id, identifier)? {
        return Answer::ok(&shape(&desk, &known)?);
    }
    match desk.add(new.gate(channel.id, identifier)) {
        // Somebody came before us.
        Err(Error::Exists(_)) => match desk.gate(channel.id, identifier)? {
            Some(known) => Answer::ok(&shape(&desk, &known)?),
            None => Err(said(422, "identifier: another contact has it")),
        },
        added => {
            added?;
            let gate = desk.gate(channel.id, identifier)?.ok_or(NOBODY)?;
            Answer::ok(&shape(&desk, &gate)?)
        }
    }
}

fn contact(body: &Fields<'_>) -> Result<NewContact, Fault> {
    let text = |name| Ok::<_, Flaw>(body.text(name)?.map(str::trim).filter(|text| !text.is_empty()));
    let first = body.needed("firstName")?;
    let mut new = NewContact::new(Network::WHATSAPP_DIRECT, first, text("lastName")?.unwrap_or_default());
    if let Some(email) = text("email")? {
        new = new.email(email);
    }
    if let Some(phone) = text("phone")? {
        if !phone.starts_with('+') {
            return Err(Flaw::new("phone", "begins with a plus").into());
        }
        new = new.phone(phone);
    }
    let none = serde_json::Map::new();
    let set = |new: NewContact, (name, value): (&String, &Value)| new.value(VARIABLES, name, value.clone());
    let values = body.object("parameters")?.unwrap_or(&none);
    Ok(values.iter().filter(|(name, _)| !is_own(name)).fold(new, set))
}
