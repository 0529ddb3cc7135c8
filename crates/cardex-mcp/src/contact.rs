//! Contacts as the tools return them.

use cardex::attributes::AttributeValue;
use cardex::notes::Note;
use cardex::{Contact, ContactSummary, Cursor, Session};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::error::ToolError;

/// Notes that come with a contact.
const NOTES: usize = 10;
/// Characters of a note that come with a contact.
const NOTE_TEXT: usize = 2_000;

/// What a list shows of a contact.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Summary {
    /// The id, for `get_contact` and all other tools.
    id: String,
    display_name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    company: String,
    /// The first phone number, or the first e-mail address.
    #[serde(skip_serializing_if = "String::is_empty")]
    phone_or_email: String,
    network: String,
}

impl From<ContactSummary> for Summary {
    fn from(summary: ContactSummary) -> Self {
        Self {
            id: summary.id.to_string(),
            display_name: summary.display_name,
            company: summary.company,
            phone_or_email: summary.phone_or_email,
            network: summary.network.to_string(),
        }
    }
}

/// A phone number or an e-mail address.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Method {
    text: String,
    /// Such as work or home.
    #[serde(skip_serializing_if = "String::is_empty")]
    label: String,
}

/// The id of a contact in another system.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ForeignId {
    #[serde(skip_serializing_if = "String::is_empty")]
    namespace: String,
    value: String,
}

/// A value of an attribute.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Attribute {
    key: String,
    /// Any JSON value.
    value: Value,
}

impl From<AttributeValue> for Attribute {
    fn from(attribute: AttributeValue) -> Self {
        Self { key: attribute.key, value: attribute.value }
    }
}

/// A note on a contact.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NoteText {
    at: String,
    /// The id of the advisor who wrote it last.
    #[serde(skip_serializing_if = "Option::is_none")]
    advisor: Option<String>,
    /// At most 2,000 characters.
    text: String,
    /// Whether the note is longer than the text.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    cut: bool,
}

impl From<Note> for NoteText {
    fn from(note: Note) -> Self {
        Self {
            at: note.updated_at.to_string(),
            advisor: note.advisor.map(|advisor| advisor.to_string()),
            cut: note.content.chars().nth(NOTE_TEXT).is_some(),
            text: note.content.chars().take(NOTE_TEXT).collect(),
        }
    }
}

/// A contact with everything that belongs to it. Empty members are absent.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ContactRecord {
    id: String,
    /// The number of the version, for `edit_contact`.
    version: i64,
    network: String,
    display_name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    first_name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    last_name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    nickname: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    company: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    language: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    city: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    country: String,
    phones: Vec<Method>,
    emails: Vec<Method>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    identifiers: Vec<ForeignId>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attributes: Vec<Attribute>,
    /// The ten newest notes, newest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<NoteText>,
    /// Whether there are more notes.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    more_notes: bool,
    /// The ids of the advisors who are linked to it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    advisors: Vec<String>,
    created_at: String,
    updated_at: String,
    /// When it was last active on its network.
    #[serde(skip_serializing_if = "Option::is_none")]
    active_at: Option<String>,
    /// When it was moved to the trash.
    #[serde(skip_serializing_if = "Option::is_none")]
    trashed_at: Option<String>,
}

impl ContactRecord {
    /// The contact with its tags, attributes, notes and advisors.
    ///
    /// # Errors
    /// Those of the reads.
    pub(crate) fn read(session: &Session, contact: Contact) -> Result<Self, ToolError> {
        let id = contact.id;
        let tags = session.tags().of(&[id])?.into_iter().flatten().map(|tag| tag.name).collect();
        let attributes = session.attributes().of(&[id])?.into_iter().flatten().map(Attribute::from).collect();
        let notes = session.notes(id).list().limit(NOTES).page()?;
        let advisors = session.links_of(&[id])?.into_iter().flatten().map(|advisor| advisor.to_string());
        Ok(Self {
            id: id.to_string(),
            version: contact.version,
            network: contact.network.to_string(),
            display_name: contact.display_name,
            first_name: contact.first_name,
            last_name: contact.last_name,
            nickname: contact.nickname,
            company: contact.company,
            language: contact.language,
            city: contact.city,
            country: contact.country,
            phones: contact.phones.into_iter().map(|phone| method(phone.text, phone.label)).collect(),
            emails: contact.emails.into_iter().map(|email| method(email.text, email.label)).collect(),
            identifiers: contact
                .identifiers
                .into_iter()
                .map(|identifier| ForeignId { namespace: identifier.namespace, value: identifier.value })
                .collect(),
            tags,
            attributes,
            more_notes: notes.after.is_some(),
            notes: notes.items.into_iter().map(NoteText::from).collect(),
            advisors: advisors.collect(),
            created_at: contact.created_at.to_string(),
            updated_at: contact.updated_at.to_string(),
            active_at: contact.active_at.map(|at| at.to_string()),
            trashed_at: contact.trashed_at.map(|at| at.to_string()),
        })
    }
}

const fn method(text: String, label: String) -> Method {
    Method { text, label }
}

/// A cursor as text.
pub(crate) fn cursor_text(cursor: Option<Cursor>) -> Option<String> {
    cursor.map(|cursor| cursor.as_str().to_owned())
}
