//! Contacts as this contract shows them.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value};

use super::errors::{Fault, NOBODY};
use crate::{AttributeSpace, AttributeValue, Contact, ContactId, Session, Tag, Timestamp};

/// What a call that changes something answers.
#[derive(Debug, Serialize)]
pub(super) struct Done {
    state: bool,
}

impl Done {
    pub(super) const DONE: Self = Self { state: true };
}

/// A moment as `YYYY-MM-DD HH:MM:SS` in UTC, cut to the second.
pub(super) fn stamp(time: Timestamp) -> String {
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
    value: Value,
}

/// Where variables are in the book.
pub(super) const VARIABLES: AttributeSpace = AttributeSpace::Custom;

/// Keys of the contact itself, which no variable takes.
const OWN: [&str; 17] = [
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
pub(super) fn is_own(key: &str) -> bool {
    OWN.contains(&key) || key.starts_with("system_")
}

impl Variables {
    /// One object a variable.
    pub(super) fn listed(values: Vec<(String, Value)>) -> Self {
        let variables = values.into_iter().map(|(name, value)| Variable { name, value }).collect();
        Self::Listed { variables }
    }

    /// One key a variable.
    pub(super) fn flat(values: Vec<(String, Value)>) -> Self {
        Self::Flat(values.into_iter().filter(|(name, _)| !is_own(name)).collect())
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ContactShape {
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
    tags: Vec<TagShape>,
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
struct TagShape {
    id: i64,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    color: Option<String>,
}

impl From<Tag> for TagShape {
    fn from(tag: Tag) -> Self {
        Self { id: tag.id.0, name: tag.name, color: tag.color.map(|color| color.to_string()) }
    }
}

fn filled(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// Some contacts, with all that is shown of them.
pub(super) fn shapes(
    desk: &Session,
    contacts: &[Contact],
    variables: fn(Vec<(String, Value)>) -> Variables,
) -> Result<Vec<ContactShape>, Fault> {
    let ids: Vec<ContactId> = contacts.iter().map(|contact| contact.id).collect();
    let (tags, values) = (desk.tags_of(&ids)?, desk.attributes_of(&ids)?);
    let shape = |((contact, tags), values): ((_, _), Vec<AttributeValue>)| {
        let values = values.into_iter().filter(|value| value.space == VARIABLES);
        let values = values.map(|value| (value.key, value.value)).collect();
        ContactShape::of(contact, tags, variables(values))
    };
    Ok(contacts.iter().zip(tags).zip(values).map(shape).collect())
}

/// One contact, with all that is shown of it.
pub(super) fn shape(
    desk: &Session,
    contact: &Contact,
    variables: fn(Vec<(String, Value)>) -> Variables,
) -> Result<ContactShape, Fault> {
    shapes(desk, std::slice::from_ref(contact), variables)?.pop().ok_or(NOBODY)
}

impl ContactShape {
    fn of(contact: &Contact, tags: Vec<Tag>, variables: Variables) -> Self {
        let phone = contact.phones.first();
        Self {
            id: contact.id.0,
            project_id: contact.tenant.map(|tenant| tenant.0),
            first_name: filled(&contact.first_name),
            last_name: filled(&contact.last_name),
            full_name: filled(&contact.display_name),
            name: filled(&contact.display_name),
            email: contact.emails.first().map(|email| email.text.clone()),
            phone: phone.map(|phone| phone.e164().unwrap_or(&phone.text).to_owned()),
            photo: None,
            thumb: None,
            tags: tags.into_iter().map(TagShape::from).collect(),
            city: filled(&contact.city),
            country: filled(&contact.country),
            created_at: stamp(contact.created_at),
            updated_at: stamp(contact.updated_at),
            variables,
        }
    }
}
