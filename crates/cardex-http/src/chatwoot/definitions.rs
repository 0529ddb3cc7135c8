//! Definitions of custom attributes of contacts.

use serde::Serialize;

use crate::call::{ApiResponse, Call};
use crate::chatwoot::dto::{CUSTOM, seconds};
use crate::chatwoot::errors::{ApiError, NOT_FOUND_ERROR, TAKEN, invalid_field};
use crate::chatwoot::params::{account_session, request_fields};
use crate::input::{JsonFields, JsonItem, parse_id};
use cardex::attributes::{AttributeDef, AttributeKind, AttributePatch, NewAttribute};
use cardex::{Error, Session, limits};

/// The name of the object that a request may wrap its fields in.
const WRAPPER: &str = "custom_attribute_definition";

/// The product's name of attributes of contacts, and its number.
const CONTACT_MODEL: [&str; 2] = ["contact_attribute", "1"];

/// The types in the order of the product's numbers.
const TYPES: [AttributeKind; 8] = [
    AttributeKind::Text,
    AttributeKind::Number,
    AttributeKind::Currency,
    AttributeKind::Percent,
    AttributeKind::Link,
    AttributeKind::Date,
    AttributeKind::List,
    AttributeKind::Checkbox,
];

/// Keys that fields of contacts have.
const FIELD_KEYS: [&str; 11] = [
    "name",
    "email",
    "phone_number",
    "identifier",
    "country_code",
    "city",
    "company_name",
    "created_at",
    "last_activity_at",
    "referer",
    "blocked",
];

#[derive(Serialize)]
struct Definition {
    id: i64,
    attribute_display_name: String,
    attribute_display_type: &'static str,
    attribute_description: String,
    attribute_key: String,
    attribute_values: Vec<String>,
    attribute_model: &'static str,
    regex_pattern: Option<String>,
    regex_cue: Option<String>,
    created_at: i64,
    updated_at: i64,
}

impl From<AttributeDef> for Definition {
    fn from(def: AttributeDef) -> Self {
        let filled = |text: String| Some(text).filter(|text| !text.is_empty());
        Self {
            id: def.id.0,
            attribute_display_name: if def.name.is_empty() { def.key.clone() } else { def.name },
            attribute_display_type: def.kind.as_str(),
            attribute_description: def.description,
            attribute_key: def.key,
            attribute_values: def.choices,
            attribute_model: CONTACT_MODEL[0],
            regex_pattern: filled(def.pattern),
            regex_cue: filled(def.hint),
            created_at: seconds(def.created_at),
            updated_at: seconds(def.updated_at),
        }
    }
}

/// The declared attributes, by key.
fn declared(session: &Session) -> Result<Vec<AttributeDef>, ApiError> {
    let mut all =
        session.attributes().list(CUSTOM).limit(limits::PAGE).iter().collect::<Result<Vec<_>, _>>()?;
    all.retain(|def| def.declared);
    Ok(all)
}

/// The attribute that the path names.
fn named(call: &Call, session: &Session) -> Result<AttributeDef, ApiError> {
    let id = parse_id(call.value(1)).ok_or(NOT_FOUND_ERROR)?;
    declared(session)?.into_iter().find(|def| def.id.0 == id).ok_or(NOT_FOUND_ERROR)
}

/// `accountAttributeDefinitions`: those of contacts that are declared, by key, as a bare list.
pub(super) fn list(call: &Call) -> Result<ApiResponse, ApiError> {
    let session = account_session(call)?;
    let model = call.query.single("attribute_model")?.filter(|model| !model.is_empty());
    let mut all = declared(&session)?;
    if model.is_some_and(|model| !CONTACT_MODEL.contains(&model)) {
        all.clear();
    }
    ApiResponse::ok(&all.into_iter().map(Definition::from).collect::<Vec<_>>())
}

/// `attributeDefinitionDetails`
pub(super) fn details(call: &Call) -> Result<ApiResponse, ApiError> {
    let session = account_session(call)?;
    ApiResponse::ok(&Definition::from(named(call, &session)?))
}

/// `attributeDefinitionCreate`: only contacts have custom attributes.
pub(super) fn create(call: &Call) -> Result<ApiResponse, ApiError> {
    let session = account_session(call)?;
    let sent = request_fields(call)?.unwrapped(WRAPPER);
    let model = sent.text("attribute_model")?.unwrap_or(CONTACT_MODEL[0]);
    if !CONTACT_MODEL.contains(&model) {
        return Err(invalid_field("attribute_model", "is invalid: only contacts have attributes here"));
    }
    let name = sent.text("attribute_display_name")?.map(str::trim).filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| invalid_field("attribute_display_name", "can't be blank"))?;
    let key = sent.text("attribute_key")?.map(str::trim).filter(|key| !key.is_empty());
    let key = key.ok_or_else(|| invalid_field("attribute_key", "can't be blank"))?;
    if FIELD_KEYS.contains(&key) {
        let problem = "The provided key is not allowed as it might conflict with default attributes.";
        return Err(invalid_field("attribute_key", problem));
    }
    let kind = sent_kind(&sent)?.unwrap_or(AttributeKind::Text);
    let new = NewAttribute::new(CUSTOM, key, kind).with(patch(&sent)?.name(name));
    let made = session.attributes().add(new).map_err(|error| match error {
        Error::Exists(_) => invalid_field("attribute_key", TAKEN),
        error => error.into(),
    });
    ApiResponse::ok(&Definition::from(made?))
}

/// `attributeDefinitionUpdate`, `attributeDefinitionReplace`: the key and the type stay.
pub(super) fn update(call: &Call) -> Result<ApiResponse, ApiError> {
    let session = account_session(call)?;
    let known = named(call, &session)?;
    let sent = request_fields(call)?.unwrapped(WRAPPER);
    if sent_kind(&sent)?.is_some_and(|kind| kind != known.kind) {
        return Err(invalid_field("attribute_display_type", "can't be changed"));
    }
    if sent.text("attribute_key")?.is_some_and(|key| key.trim() != known.key) {
        return Err(invalid_field("attribute_key", "can't be changed"));
    }
    let mut patch = patch(&sent)?;
    if let Some(name) = sent.text("attribute_display_name")? {
        if name.trim().is_empty() {
            return Err(invalid_field("attribute_display_name", "can't be blank"));
        }
        patch = patch.name(name.trim());
    }
    ApiResponse::ok(&Definition::from(session.attributes().edit(known.id, patch)?))
}

/// `attributeDefinitionDelete`: contacts lose their values.
pub(super) fn delete(call: &Call) -> Result<ApiResponse, ApiError> {
    let session = account_session(call)?;
    session.attributes().delete(named(call, &session)?.id)?;
    Ok(ApiResponse::empty(204))
}

/// The type, by name or by number.
fn sent_kind(sent: &JsonFields<'_>) -> Result<Option<AttributeKind>, ApiError> {
    let Some(word) = sent.text("attribute_display_type")?.filter(|word| !word.is_empty()) else {
        return Ok(None);
    };
    let by_number = word.parse::<usize>().ok().and_then(|at| TYPES.get(at));
    let found = by_number.or_else(|| TYPES.iter().find(|kind| kind.as_str() == word));
    found.copied().map(Some).ok_or_else(|| invalid_field("attribute_display_type", "is not a valid type"))
}

/// The fields that can change.
fn patch(sent: &JsonFields<'_>) -> Result<AttributePatch, ApiError> {
    let mut patch = AttributePatch::new();
    if let Some(text) = sent.text_or_null("attribute_description")? {
        patch = patch.description(text);
    }
    if let Some(pattern) = sent.text_or_null("regex_pattern")? {
        patch = patch.pattern(pattern, sent.text("regex_cue")?.unwrap_or_default());
    }
    if let Some(values) = sent.list("attribute_values")? {
        patch = patch.choices(values.iter().map(JsonItem::plain_text).collect::<Result<Vec<_>, _>>()?);
    }
    Ok(patch)
}
