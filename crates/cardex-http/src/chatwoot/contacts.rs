//! Single contacts.

use serde::Serialize;

use crate::call::{ApiResponse, Call};
use crate::chatwoot::avatar;
use crate::chatwoot::contact_input::ContactInput;
use crate::chatwoot::dto::{ContactDto, contact_dto};
use crate::chatwoot::errors::{ApiError, FAILED, NOT_ALLOWED, TAKEN, invalid_field, status_error};
use crate::chatwoot::inboxes::Inbox;
use crate::chatwoot::params::{account_session, find_active, includes_inboxes, session_and_contact};
use crate::chatwoot::payload::Payload;
use crate::input::JsonFields;
use cardex::channels::ChannelId;
use cardex::{Actor, Contact, Error, Network, Session};

/// `contactDetails`
pub(super) fn details(call: &Call) -> Result<ApiResponse, ApiError> {
    let (session, id) = session_and_contact(call)?;
    let inboxes = includes_inboxes(call)?;
    ApiResponse::ok(&Payload { payload: contact_dto(&session, &find_active(&session, id)?, inboxes)? })
}

/// `contactCreate`: in an inbox too, if one is named.
pub(super) fn create(call: &Call) -> Result<ApiResponse, ApiError> {
    #[derive(Serialize)]
    struct Made {
        contact: ContactDto,
        contact_inbox: Linked,
    }
    #[derive(Serialize)]
    struct Linked {
        inbox: Option<Inbox>,
        source_id: Option<String>,
    }
    let session = account_session(call)?;
    let body = fields_with_picture(call)?;
    let sent = ContactInput::parse(&body)?.with_upload(avatar::sent(call)?);
    let source = sent_source_id(&body)?;
    let inbox = body.number("inbox_id")?.map(|id| session.channels().get(ChannelId(id))).transpose()?;
    let mut new = sent
        .clone()
        .into_new_contact(inbox.as_ref().map_or(Network::BOOK, |inbox| network_for_channel(&inbox.kind)))?;
    let mut contact_inbox = Linked { inbox: None, source_id: None };
    if let Some(channel) = &inbox {
        let source = source.or_else(|| sent.source_id(&channel.kind)).map_or_else(random_source_id, Ok)?;
        new = new.channel_identity(channel.id, source.as_str());
        contact_inbox = Linked { inbox: Some(channel.into()), source_id: Some(source) };
    }
    let contact = match session.add(new) {
        Err(Error::Exists(_)) => return Err(invalid_field("source_id", TAKEN)),
        added => added?,
    };
    ApiResponse::ok(&Payload {
        payload: Made { contact: contact_dto(&session, &contact, true)?, contact_inbox },
    })
}

/// The source id that a request chooses.
pub(super) fn sent_source_id(body: &JsonFields<'_>) -> Result<Option<String>, ApiError> {
    let text = body.text_or_null("source_id")?.map(str::trim);
    Ok(text.filter(|source| !source.is_empty()).map(str::to_owned))
}

/// The fields of a request that may have a picture.
fn fields_with_picture(call: &Call) -> Result<JsonFields<'static>, ApiError> {
    Ok(call.json_or_form_with(Some(avatar::FIELD))?.leniently())
}

/// The network of the contacts of a channel.
fn network_for_channel(kind: &str) -> Network {
    match kind {
        "whatsapp" => Network::WHATSAPP_DIRECT,
        "sms" => Network::SMS_DIRECT,
        _ => Network::BOOK,
    }
}

/// A new random id.
pub(super) fn random_source_id() -> Result<String, ApiError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|_| status_error(500, FAILED))?;
    Ok(bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}")))
}

/// `contactUpdate`, `contactPatch`
pub(super) fn update(call: &Call) -> Result<ApiResponse, ApiError> {
    let (session, id) = session_and_contact(call)?;
    let inboxes = includes_inboxes(call)?;
    let contact = find_active(&session, id)?;
    let sent = ContactInput::parse(&fields_with_picture(call)?)?.with_upload(avatar::sent(call)?);
    let edited = write_fields(&session, contact, &sent)?;
    ApiResponse::ok(&Payload { payload: contact_dto(&session, &edited, inboxes)? })
}

/// Writes the fields of a request to a contact.
pub(super) fn write_fields(
    session: &Session,
    mut contact: Contact,
    sent: &ContactInput,
) -> Result<Contact, ApiError> {
    let id = contact.id;
    loop {
        // What others have changed since it was read is not written over.
        let card = sent.card(session, id)?;
        match session.update(id, sent.clone().into_update(&contact, card)) {
            Err(Error::VersionConflict { .. }) => contact = find_active(session, id)?,
            updated => return Ok(updated?.contact),
        }
    }
}

/// `contactDelete`
pub(super) fn delete(call: &Call) -> Result<ApiResponse, ApiError> {
    #[derive(Serialize)]
    struct Refused {
        message: &'static str,
    }
    let (session, id) = session_and_contact(call)?;
    if matches!(session.actor(), Actor::Agent(_)) {
        return Err(status_error(401, NOT_ALLOWED));
    }
    if find_active(&session, id)?.is_online(session.now()) {
        return ApiResponse::with_status(
            422,
            &Refused { message: "The contact is online right now; try again later" },
        );
    }
    session.remove(id)?;
    Ok(ApiResponse::empty(200))
}
