//! Contacts as this API shows them.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::avatar;
use crate::chatwoot::errors::ApiError;
use crate::chatwoot::inboxes::{self, ContactInbox};
use crate::chatwoot::upload_marker;
use cardex::attributes::{AttributeNamespace, AttributeValue};
use cardex::blocking::BlockedNumber;
use cardex::{Contact, ContactId, Session, Timestamp};

/// The namespaces of attributes that users edit and of attributes that programs write.
pub(super) const CUSTOM: AttributeNamespace = AttributeNamespace::Custom;
pub(super) const ADDITIONAL: AttributeNamespace = AttributeNamespace::Additional;

/// The name space of the API's `identifier`.
pub(super) const IDENTIFIER_NAMESPACE: &str = "chatwoot";

#[derive(Debug, Serialize)]
pub(super) struct ContactDto {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) email: Option<String>,
    pub(super) phone_number: Option<String>,
    pub(super) identifier: Option<String>,
    pub(super) blocked: bool,
    thumbnail: String,
    availability_status: &'static str,
    pub(super) additional_attributes: Map<String, Value>,
    pub(super) custom_attributes: Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) last_activity_at: Option<i64>,
    pub(super) created_at: i64,
    /// Only lists have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) conversations_count: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contact_inboxes: Option<Vec<ContactInbox>>,
}

/// Whole seconds, cut.
pub(super) fn seconds(time: Timestamp) -> i64 {
    time.0.div_euclid(1_000)
}

/// Contacts of an account with all displayed fields, and with their inboxes on request.
pub(super) fn contact_dtos(
    session: &Session,
    contacts: &[Contact],
    inboxes: bool,
) -> Result<Vec<ContactDto>, ApiError> {
    let ids: Vec<ContactId> = contacts.iter().map(|contact| contact.id).collect();
    let now = session.now();
    let (blocks, values) = (session.blocked_numbers().of(&ids)?, session.attributes().of(&ids)?);
    let account = session.directory().tenant()?.id;
    let shapes = contacts.iter().zip(&blocks).zip(values);
    let shapes = shapes.map(|((contact, blocks), mut values)| {
        let has_upload = upload_marker::take(&mut values);
        let shape = ContactDto::from_contact(now, contact, blocks, values);
        if has_upload {
            ContactDto { thumbnail: upload_marker::path(account, shape.id), ..shape }
        } else {
            shape
        }
    });
    if !inboxes {
        return Ok(shapes.collect());
    }
    let inboxes = inboxes::load_inboxes(session, contacts)?.into_iter();
    Ok(shapes.zip(inboxes).map(|(shape, own)| ContactDto { contact_inboxes: Some(own), ..shape }).collect())
}

/// One contact, with all that is shown of it.
pub(super) fn contact_dto(
    session: &Session,
    contact: &Contact,
    inboxes: bool,
) -> Result<ContactDto, ApiError> {
    contact_dtos(session, std::slice::from_ref(contact), inboxes)?
        .pop()
        .ok_or(crate::chatwoot::errors::NOT_FOUND_ERROR)
}

impl ContactDto {
    fn from_contact(
        now: Timestamp,
        contact: &Contact,
        blocks: &[BlockedNumber],
        values: Vec<AttributeValue>,
    ) -> Self {
        let thumbnail = avatar::url_of(&values).unwrap_or_default().to_owned();
        let (custom, more): (Vec<_>, Vec<_>) =
            values.into_iter().partition(|value| value.namespace == CUSTOM);
        let of = |values: Vec<AttributeValue>| values.into_iter().map(|value| (value.key, value.value));
        Self {
            id: contact.id.0,
            name: given_name(contact),
            email: shown_email(contact),
            phone_number: shown_phone(contact),
            identifier: own_identifier(contact).map(str::to_owned),
            blocked: blocks.iter().any(|block| block.advisor.is_none()),
            thumbnail,
            availability_status: if contact.is_online(now) { "online" } else { "offline" },
            additional_attributes: of(more).chain(additional_fields(contact)).collect(),
            custom_attributes: of(custom).collect(),
            last_activity_at: contact.active_at.map(seconds),
            created_at: seconds(contact.created_at),
            conversations_count: None,
            contact_inboxes: None,
        }
    }
}

/// The first e-mail address.
pub(super) fn shown_email(contact: &Contact) -> Option<String> {
    contact.emails.first().map(|email| email.text.to_lowercase())
}

/// The first phone.
pub(super) fn shown_phone(contact: &Contact) -> Option<String> {
    contact.phones.first().map(|phone| phone.e164().unwrap_or(&phone.text).to_owned())
}

/// The API's `identifier`.
pub(super) fn own_identifier(contact: &Contact) -> Option<&str> {
    let mut identifiers = contact.identifiers.iter();
    let found = identifiers.find(|identifier| identifier.namespace == IDENTIFIER_NAMESPACE);
    found.map(|identifier| identifier.value.as_str())
}

/// The name as entered. A name that Cardex derived from an address or the company is left out.
pub(super) fn given_name(contact: &Contact) -> String {
    let shown = &contact.display_name;
    if !(contact.first_name.is_empty() && contact.last_name.is_empty()) {
        return shown.clone();
    }
    let email = contact.emails.first().map(|email| email.text.as_str());
    let phone = contact.phones.first().map(|phone| phone.text.as_str());
    let identifier = contact.identifiers.first().map(|identifier| identifier.value.as_str());
    let made = [Some(contact.company.as_str()), email, phone, identifier];
    if made.into_iter().flatten().any(|text| text.trim() == shown) { String::new() } else { shown.clone() }
}

/// The fields of a contact that are additional attributes to the API.
fn additional_fields(contact: &Contact) -> impl Iterator<Item = (String, Value)> {
    let fields = [("company_name", &contact.company), ("city", &contact.city), ("country", &contact.country)];
    let known = fields.into_iter().filter(|(_, text)| !text.is_empty());
    known.map(|(key, text)| (key.to_owned(), Value::String(text.clone())))
}
