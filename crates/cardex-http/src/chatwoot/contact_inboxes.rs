//! The inboxes of a contact: its channel identities.

use crate::call::{ApiResponse, Call};
use crate::chatwoot::contacts::{random_source_id, sent_source_id};
use crate::chatwoot::dto::contact_dto;
use crate::chatwoot::errors::{ApiError, NOT_FOUND_ERROR, TAKEN, invalid_field};
use crate::chatwoot::inboxes::{ContactInbox, Inbox};
use crate::chatwoot::params::{account_session, find_active, request_fields, session_and_contact};
use crate::input::{JsonFields, ParamError};
use cardex::channels::{Channel, ChannelId, ReachableChannel};
use cardex::{ContactId, Error, Session};

/// The inbox that a request names.
fn sent_inbox(session: &Session, body: &JsonFields<'_>) -> Result<Channel, ApiError> {
    let id = body.number("inbox_id")?.ok_or_else(|| ParamError::new("inbox_id", "required"))?;
    Ok(session.channels().get(ChannelId(id))?)
}

/// The phone or e-mail address by which an inbox reaches a contact, or a random text.
fn usual_source_id(session: &Session, inbox: &Channel, contact: ContactId) -> Result<String, ApiError> {
    let is_this = |way: &ReachableChannel| way.channel.id == inbox.id;
    let reached = session.channels().reachable(contact)?.into_iter().find(is_this);
    reached.and_then(|way| way.identifier).map_or_else(random_source_id, Ok)
}

/// `contactInboxCreation`: without a source id, it is [the usual one](usual_source_id).
pub(super) fn create(call: &Call) -> Result<ApiResponse, ApiError> {
    let (session, id) = session_and_contact(call)?;
    find_active(&session, id)?;
    let body = request_fields(call)?;
    let inbox = sent_inbox(&session, &body)?;
    let source = sent_source_id(&body)?.map_or_else(|| usual_source_id(&session, &inbox, id), Ok)?;
    match session.channels().find_or_create_identity(inbox.id, &source, id) {
        Ok(identity) if identity.contact == id => {
            ApiResponse::ok(&ContactInbox { source_id: source, inbox: Inbox::from(&inbox) })
        }
        Ok(_) | Err(Error::Exists(_)) => Err(invalid_field("source_id", TAKEN)),
        Err(error) => Err(error.into()),
    }
}

/// `contactInboxFilter`: the contact that has a source id in an inbox.
pub(super) fn filter(call: &Call) -> Result<ApiResponse, ApiError> {
    let session = account_session(call)?;
    let body = request_fields(call)?;
    let inbox = sent_inbox(&session, &body)?;
    let source = sent_source_id(&body)?.ok_or(NOT_FOUND_ERROR)?;
    let identity = session.channels().identity(inbox.id, &source)?.ok_or(NOT_FOUND_ERROR)?;
    ApiResponse::ok(&contact_dto(&session, &find_active(&session, identity.contact)?, true)?)
}
