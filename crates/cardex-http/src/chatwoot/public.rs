//! The public paths: contacts of an API inbox, by their source ids. The inbox is named by its id, which is no secret, so that callers need a
//! token here too. A host can accept callers without one in its [`Authenticator`](crate::Authenticator).

use serde::Serialize;

use crate::call::{ApiResponse, Call};
use crate::chatwoot::contact_input::{ContactInput, PersonKey};
use crate::chatwoot::contacts::{random_source_id, sent_source_id, write_fields};
use crate::chatwoot::dto::{given_name, own_identifier, shown_email, shown_phone};
use crate::chatwoot::errors::{ApiError, NOT_FOUND_ERROR};
use crate::chatwoot::inboxes::API;
use crate::chatwoot::params::{find_active, own_session, request_fields};
use crate::input::{JsonFields, parse_id};
use cardex::channels::{Channel, ChannelId, ChannelIdentity};
use cardex::contacts::MergeOptions;
use cardex::{Contact, Error, Network, Session};

#[derive(Serialize)]
struct PublicContact<'a> {
    source_id: &'a str,
    id: i64,
    name: String,
    email: Option<String>,
    phone_number: Option<String>,
}

fn contact_response(source_id: &str, contact: &Contact) -> Result<ApiResponse, ApiError> {
    let (email, phone_number) = (shown_email(contact), shown_phone(contact));
    ApiResponse::ok(&PublicContact {
        source_id,
        id: contact.id.0,
        name: given_name(contact),
        email,
        phone_number,
    })
}

fn session_and_inbox(call: &Call) -> Result<(Session, Channel), ApiError> {
    let session = own_session(call)?;
    let id = parse_id(call.value(0)).ok_or(NOT_FOUND_ERROR)?;
    let inbox = session.channels().get(ChannelId(id))?;
    if inbox.kind == API { Ok((session, inbox)) } else { Err(NOT_FOUND_ERROR) }
}

/// The channel identity that the path names, and its contact.
fn identity_and_contact(
    call: &Call,
    session: &Session,
    inbox: &Channel,
) -> Result<(ChannelIdentity, Contact), ApiError> {
    let identity = session.channels().identity(inbox.id, call.value(1))?.ok_or(NOT_FOUND_ERROR)?;
    let contact = find_active(session, identity.contact)?;
    Ok((identity, contact))
}

/// The fields of a request, which may have no body.
fn body(call: &Call) -> Result<JsonFields<'static>, ApiError> {
    if call.body.is_empty() {
        return Ok(JsonFields::from_form(serde_json::Map::new()));
    }
    Ok(request_fields(call)?)
}

/// `publicContactCreate`: a contact with one of the values gets the inbox too. Another request may add it meanwhile, so that a clash is
/// tried again once.
pub(super) fn create(call: &Call) -> Result<ApiResponse, ApiError> {
    let (session, inbox) = session_and_inbox(call)?;
    let body = body(call)?;
    let source = sent_source_id(&body)?.map_or_else(random_source_id, Ok)?;
    let sent = ContactInput::parse(&body)?.with_name_if_blank(&format!("visitor {source}"));
    let contact = match find_or_add(&session, &inbox, &source, &sent) {
        Err(ApiError::Engine(Error::Duplicate { .. } | Error::Exists(_))) => {
            find_or_add(&session, &inbox, &source, &sent)
        }
        found => found,
    };
    contact_response(&source, &contact?)
}

fn find_or_add(
    session: &Session,
    inbox: &Channel,
    source: &str,
    sent: &ContactInput,
) -> Result<Contact, ApiError> {
    if let Some(identity) = session.channels().identity(inbox.id, source)? {
        return find_active(session, identity.contact);
    }
    for key in PersonKey::ALL {
        if let Some(contact) = sent.find(session, key, None)? {
            session.channels().find_or_create_identity(inbox.id, source, contact.id)?;
            return Ok(contact);
        }
    }
    let new = sent.clone().into_new_contact(Network::BOOK)?;
    Ok(session.add(new.channel_identity(inbox.id, source))?)
}

/// `publicContactDetails`
pub(super) fn details(call: &Call) -> Result<ApiResponse, ApiError> {
    let (session, inbox) = session_and_inbox(call)?;
    let (identity, contact) = identity_and_contact(call, &session, &inbox)?;
    contact_response(&identity.identifier, &contact)
}

/// `publicContactUpdate`, `publicContactReplace`: a contact that already has one of the values is the same person. It absorbs this one.
pub(super) fn update(call: &Call) -> Result<ApiResponse, ApiError> {
    let (session, inbox) = session_and_inbox(call)?;
    let (identity, mut contact) = identity_and_contact(call, &session, &inbox)?;
    let mut sent = ContactInput::parse(&body(call)?)?;
    for key in PersonKey::ALL {
        let Some(other) = sent.find(&session, key, Some(contact.id))? else { continue };
        if is_same_person(key, &other, &contact, &sent) {
            let options =
                MergeOptions::new().allow_different_identifiers(true).allow_different_networks(true);
            contact = session.merge(other.id, contact.id, options)?.contact;
        } else {
            sent = sent.without(key);
        }
    }
    contact_response(&identity.identifier, &write_fields(&session, contact, &sent)?)
}

/// Whether a contact that was found by a value is the caller's. Different identifiers, or a shared phone with different e-mail addresses, are
/// different persons.
fn is_same_person(key: PersonKey, found: &Contact, own: &Contact, sent: &ContactInput) -> bool {
    let differ =
        |one: Option<&str>, other: Option<&str>| one.zip(other).is_some_and(|(one, other)| one != other);
    let identifier = sent.identifier().or_else(|| own_identifier(own));
    let (found_email, own_email) = (shown_email(found), shown_email(own));
    let email = sent.email().or(own_email.as_deref());
    match key {
        PersonKey::Identifier => true,
        PersonKey::Email => !differ(own_identifier(found), identifier),
        PersonKey::Phone => {
            !differ(own_identifier(found), identifier) && !differ(found_email.as_deref(), email)
        }
    }
}
