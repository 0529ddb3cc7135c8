//! Gates of a contact, its chat, and the one way to create a contact.

use serde::Serialize;
use serde_json::Value;

use crate::avatar;
use crate::call::{ApiResponse, Call};
use crate::input::ParamError;
use crate::input::{self, JsonFields};
use crate::numbered::page_slice;
use crate::smartsender::contacts::find_active;
use crate::smartsender::dto::{CursorPage, VARIABLES, format_time, is_reserved_key};
use crate::smartsender::errors::{ApiError, NOT_FOUND_ERROR, status_error};
use crate::smartsender::params::{page_number_and_size, project_session, session_and_contact};
use cardex::channels::{Channel, ChannelId, ChannelIdentity};
use cardex::{Contact, Error, Network, NewContact, Session, limits};

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct GateDto {
    id: i64,
    subscribed: bool,
    unread_messages: u32,
    channel: ChannelDto,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ChannelDto {
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

impl From<Channel> for ChannelDto {
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
            created_at: format_time(channel.created_at),
            updated_at: format_time(channel.updated_at),
        }
    }
}

fn gate_dto(session: &Session, gate: &ChannelIdentity) -> Result<GateDto, ApiError> {
    let channel = session.channels().get(gate.channel)?.into();
    Ok(GateDto { id: gate.id.0, subscribed: gate.subscribed, unread_messages: gate.unread, channel })
}

/// The channel identities of a contact, at most [`limits::PAGE`].
fn gates_of(session: &Session, contact: &Contact) -> Result<Vec<GateDto>, ApiError> {
    let gates = session.channels().identities_of(contact.id).limit(limits::PAGE).page()?.items;
    gates.iter().map(|gate| gate_dto(session, gate)).collect()
}

/// `listContactGates`
pub(super) fn list(call: &Call) -> Result<ApiResponse, ApiError> {
    let (session, id) = session_and_contact(call)?;
    let (number, size) = page_number_and_size(call)?;
    let gates = gates_of(&session, &find_active(&session, id)?)?;
    let total = u64::try_from(gates.len()).unwrap_or(u64::MAX);
    ApiResponse::ok(&CursorPage::new(page_slice(gates, number, size), (number, size), total))
}

/// `getContactChat`: the chat of a contact over all its channel identities. Its id is the id of the contact.
pub(super) fn chat(call: &Call) -> Result<ApiResponse, ApiError> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Chat {
        id: i64,
        name: String,
        image: Option<String>,
        contact: Service,
        gates: Vec<GateDto>,
        created_at: String,
        updated_at: String,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Service {
        id: i64,
        original_id: i64,
    }
    let (session, id) = session_and_contact(call)?;
    let contact = find_active(&session, id)?;
    let gates = gates_of(&session, &contact)?;
    let values = session.attributes().of(&[id])?.pop().unwrap_or_default();
    ApiResponse::ok(&Chat {
        id: id.0,
        name: contact.display_name.clone(),
        image: avatar::url_of(&values).map(str::to_owned),
        contact: Service { id: id.0, original_id: id.0 },
        gates,
        created_at: format_time(contact.created_at),
        updated_at: format_time(contact.active_at.unwrap_or(contact.updated_at)),
    })
}

/// `createGate`: creates a contact on a channel, or returns the existing channel identity of the identifier.
pub(super) fn create(call: &Call) -> Result<ApiResponse, ApiError> {
    let session = project_session(call)?;
    let channel =
        session.channels().get(ChannelId(input::parse_id(call.value(0)).ok_or(NOT_FOUND_ERROR)?))?;
    if channel.kind != "whatsapp" {
        return Err(status_error(422, "channelId: contacts are created on WhatsApp channels only"));
    }
    let body = JsonFields::parse(&call.body)?;
    let identifier = body.required("identifier")?;
    let new = parse_contact(&body)?;
    if let Some(known) = session.channels().identity(channel.id, identifier)? {
        return ApiResponse::ok(&gate_dto(&session, &known)?);
    }
    match session.add(new.channel_identity(channel.id, identifier)) {
        // Another call created it in the meantime.
        Err(Error::Exists(_)) => match session.channels().identity(channel.id, identifier)? {
            Some(known) => ApiResponse::ok(&gate_dto(&session, &known)?),
            None => Err(status_error(422, "identifier: another contact has it")),
        },
        added => {
            added?;
            let gate = session.channels().identity(channel.id, identifier)?.ok_or(NOT_FOUND_ERROR)?;
            ApiResponse::ok(&gate_dto(&session, &gate)?)
        }
    }
}

fn parse_contact(body: &JsonFields<'_>) -> Result<NewContact, ApiError> {
    let text = |name| Ok::<_, ParamError>(body.text(name)?.map(str::trim).filter(|text| !text.is_empty()));
    let first = body.required("firstName")?;
    let mut new = NewContact::new(Network::WHATSAPP_DIRECT, first, text("lastName")?.unwrap_or_default());
    if let Some(email) = text("email")? {
        new = new.email(email);
    }
    if let Some(phone) = text("phone")? {
        if !phone.starts_with('+') {
            return Err(ParamError::new("phone", "begins with a plus").into());
        }
        new = new.phone(phone);
    }
    let none = serde_json::Map::new();
    let set =
        |new: NewContact, (name, value): (&String, &Value)| new.attribute(VARIABLES, name, value.clone());
    let values = body.object("parameters")?.unwrap_or(&none);
    Ok(values.iter().filter(|(name, _)| !is_reserved_key(name)).fold(new, set))
}
