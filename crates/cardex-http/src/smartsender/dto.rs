//! Contacts as this API shows them.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::avatar;
use crate::smartsender::errors::{ApiError, NOT_FOUND_ERROR};
use cardex::attributes::{AttributeId, AttributeKind, AttributeNamespace};
use cardex::funnels::Funnel;
use cardex::notes::Note;
use cardex::tags::Tag;
use cardex::{Contact, ContactId, Error, Page, Session, Timestamp};

/// What a call that changes something answers.
#[derive(Debug, Serialize)]
pub(super) struct SuccessDto {
    state: bool,
}

impl SuccessDto {
    pub(super) const OK: Self = Self { state: true };
}

/// A page of a list, and which of how many it is.
#[derive(Debug, Serialize)]
pub(super) struct CursorPage<T> {
    cursor: Cursor,
    collection: Vec<T>,
}

#[derive(Debug, Serialize)]
struct Cursor {
    page: u64,
    pages: u64,
}

impl<T> CursorPage<T> {
    /// The page with a number and a size, in a list of a given length. An empty list has one page.
    pub(super) fn new(collection: Vec<T>, (page, size): (u64, usize), total: u64) -> Self {
        let pages = total.div_ceil(u64::try_from(size).unwrap_or(u64::MAX).max(1)).max(1);
        Self { cursor: Cursor { page, pages }, collection }
    }
}

/// A moment as `YYYY-MM-DD HH:MM:SS` in UTC, cut to the second.
pub(super) fn format_time(time: Timestamp) -> String {
    let time = DateTime::<Utc>::from_timestamp_millis(time.0).unwrap_or_default();
    time.format("%Y-%m-%d %H:%M:%S").to_string()
}

/// The variables of a contact, in one of the two ways in which they are shown.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Variables {
    Listed { variables: Vec<Variable> },
    Flat(Map<String, Value>),
}

#[derive(Debug, Serialize)]
pub(super) struct Variable {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    r#type: Option<&'static str>,
    value: Value,
}

/// A variable of a contact: its name, the type that its attribute has, its value.
pub(super) type VariableValue = (String, Option<&'static str>, Value);

/// The API's name of an attribute type, if the API has this type.
const fn variable_type(kind: AttributeKind) -> Option<&'static str> {
    Some(match kind {
        AttributeKind::Number | AttributeKind::Currency | AttributeKind::Percent => "number",
        AttributeKind::Link => "url",
        AttributeKind::Date => "date",
        AttributeKind::List => "enum",
        AttributeKind::Email => "email",
        AttributeKind::Phone => "phone",
        AttributeKind::Checkbox => return None,
        _ => "string",
    })
}

/// Where variables are in the book.
pub(super) const VARIABLES: AttributeNamespace = AttributeNamespace::Custom;

/// Keys of contact fields. No variable can use them.
const RESERVED_KEYS: [&str; 17] = [
    "id",
    "userId",
    "projectId",
    "firstName",
    "lastName",
    "fullName",
    "name",
    "email",
    "phone",
    "photo",
    "thumb",
    "is_active",
    "tags",
    "funnels",
    "notes",
    "createdAt",
    "updatedAt",
];

/// Whether a key is one of the contact itself.
pub(super) fn is_reserved_key(key: &str) -> bool {
    RESERVED_KEYS.contains(&key) || key.starts_with("system_")
}

impl Variables {
    /// One object a variable.
    pub(super) fn listed(values: Vec<VariableValue>) -> Self {
        let variables =
            values.into_iter().map(|(name, r#type, value)| Variable { name, r#type, value }).collect();
        Self::Listed { variables }
    }

    /// One key a variable.
    pub(super) fn flat(values: Vec<VariableValue>) -> Self {
        let flat = values.into_iter().filter(|(name, ..)| !is_reserved_key(name));
        Self::Flat(flat.map(|(name, _, value)| (name, value)).collect())
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ContactDto {
    id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    project_id: Option<i64>,
    first_name: Option<String>,
    last_name: Option<String>,
    full_name: Option<String>,
    name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    photo: Option<String>,
    thumb: Option<String>,
    tags: Vec<TagDto>,
    funnels: Vec<FunnelDto>,
    notes: Vec<NoteDto>,
    #[serde(rename = "system_city")]
    city: Option<String>,
    #[serde(rename = "system_country")]
    country: Option<String>,
    created_at: String,
    updated_at: String,
    #[serde(flatten)]
    variables: Variables,
}

#[derive(Debug, Serialize)]
pub(super) struct TagDto {
    id: i64,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    color: Option<String>,
}

impl From<Tag> for TagDto {
    fn from(tag: Tag) -> Self {
        Self { id: tag.id.0, name: tag.name, color: tag.color.map(|color| color.to_string()) }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FunnelDto {
    name: String,
    service_key: String,
}

impl From<Funnel> for FunnelDto {
    fn from(funnel: Funnel) -> Self {
        Self { name: funnel.name, service_key: funnel.service_key }
    }
}

/// What is shown of a contact that is not in its row.
struct RelatedRecords {
    avatar: Option<String>,
    tags: Vec<Tag>,
    funnels: Vec<Funnel>,
    notes: Vec<Note>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct NoteDto {
    content: String,
    created_at: String,
}

impl From<Note> for NoteDto {
    fn from(note: Note) -> Self {
        Self { content: note.content, created_at: format_time(note.created_at) }
    }
}

/// Notes and funnels that a contact is shown with, at most.
const MAX_RELATED: usize = 100;

/// None of a contact that has gone since it was found.
fn items_or_empty<T>(page: Result<Page<T>, Error>) -> Result<Vec<T>, ApiError> {
    match page {
        Ok(page) => Ok(page.items),
        Err(Error::NoContact(_) | Error::Merged { .. }) => Ok(Vec::new()),
        Err(error) => Err(error.into()),
    }
}

fn load_funnels(session: &Session, contact: ContactId) -> Result<Vec<Funnel>, ApiError> {
    items_or_empty(session.funnels().of(contact).limit(MAX_RELATED).page())
}

fn load_notes(session: &Session, contact: ContactId) -> Result<Vec<Note>, ApiError> {
    items_or_empty(session.notes(contact).list().limit(MAX_RELATED).page())
}

fn non_empty(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// Some contacts, with all that is shown of them.
pub(super) fn contact_dtos(
    session: &Session,
    contacts: &[Contact],
    variables: fn(Vec<VariableValue>) -> Variables,
) -> Result<Vec<ContactDto>, ApiError> {
    let ids: Vec<ContactId> = contacts.iter().map(|contact| contact.id).collect();
    let (tags, values) = (session.tags().of(&ids)?, session.attributes().of(&ids)?);
    let mut known: HashMap<AttributeId, Option<&'static str>> = HashMap::new();
    let mut shapes = Vec::new();
    for ((contact, tags), values) in contacts.iter().zip(tags).zip(values) {
        let picture = avatar::url_of(&values).map(str::to_owned);
        let mut own: Vec<VariableValue> = Vec::new();
        for value in values.into_iter().filter(|value| value.namespace == VARIABLES) {
            let kind = match known.entry(value.attribute) {
                Entry::Occupied(known) => *known.get(),
                Entry::Vacant(free) => {
                    let def = session.attributes().get(VARIABLES, &value.key)?;
                    *free.insert(def.and_then(|def| variable_type(def.kind)))
                }
            };
            own.push((value.key, kind, value.value));
        }
        let beside = RelatedRecords {
            avatar: picture,
            tags,
            funnels: load_funnels(session, contact.id)?,
            notes: load_notes(session, contact.id)?,
        };
        shapes.push(ContactDto::from_contact(contact, beside, variables(own)));
    }
    Ok(shapes)
}

/// One contact, with all that is shown of it.
pub(super) fn contact_dto(
    session: &Session,
    contact: &Contact,
    variables: fn(Vec<VariableValue>) -> Variables,
) -> Result<ContactDto, ApiError> {
    contact_dtos(session, std::slice::from_ref(contact), variables)?.pop().ok_or(NOT_FOUND_ERROR)
}

impl ContactDto {
    fn from_contact(contact: &Contact, beside: RelatedRecords, variables: Variables) -> Self {
        let phone = contact.phones.first();
        Self {
            id: contact.id.0,
            project_id: contact.tenant.map(|tenant| tenant.0),
            first_name: non_empty(&contact.first_name),
            last_name: non_empty(&contact.last_name),
            full_name: non_empty(&contact.display_name),
            name: non_empty(&contact.display_name),
            email: contact.emails.first().map(|email| email.text.clone()),
            phone: phone.map(|phone| phone.e164().unwrap_or(&phone.text).to_owned()),
            photo: beside.avatar.clone(),
            thumb: beside.avatar,
            tags: beside.tags.into_iter().map(TagDto::from).collect(),
            funnels: beside.funnels.into_iter().map(FunnelDto::from).collect(),
            notes: beside.notes.into_iter().map(NoteDto::from).collect(),
            city: non_empty(&contact.city),
            country: non_empty(&contact.country),
            created_at: format_time(contact.created_at),
            updated_at: format_time(contact.updated_at),
            variables,
        }
    }
}
