//! The labels of an account: the tags of the book. The book has no descriptions of labels.

use serde::Serialize;

use crate::call::{ApiResponse, Call};
use crate::chatwoot::errors::{ApiError, NOT_FOUND_ERROR, TAKEN, invalid_field};
use crate::chatwoot::params::{account_session, administrator_session, request_fields};
use crate::chatwoot::payload::Payload;
use crate::input::{JsonFields, parse_id};
use cardex::tags::{Tag, TagId, TagPatch};
use cardex::{Error, limits};

/// The color of a label without one: that of the product.
const DEFAULT_COLOR: &str = "#1f93ff";

#[derive(Serialize)]
struct Label {
    id: i64,
    title: String,
    description: Option<String>,
    color: String,
    show_on_sidebar: bool,
}

impl From<Tag> for Label {
    fn from(tag: Tag) -> Self {
        Self {
            id: tag.id.0,
            title: tag.name,
            description: None,
            color: tag.color.map_or_else(|| DEFAULT_COLOR.to_owned(), |color| format!("#{color}")),
            show_on_sidebar: true,
        }
    }
}

/// `accountLabels`: by title.
pub(super) fn list(call: &Call) -> Result<ApiResponse, ApiError> {
    let session = account_session(call)?;
    let tags = session.tags().list().limit(limits::PAGE).iter().collect::<Result<Vec<_>, _>>()?;
    ApiResponse::ok(&Payload { payload: tags.into_iter().map(Label::from).collect::<Vec<_>>() })
}

/// `labelDetails`
pub(super) fn details(call: &Call) -> Result<ApiResponse, ApiError> {
    let session = account_session(call)?;
    ApiResponse::ok(&Label::from(session.tags().get(label_id(call)?)?))
}

/// `labelCreate`
pub(super) fn create(call: &Call) -> Result<ApiResponse, ApiError> {
    let session = administrator_session(call)?;
    let sent = request_fields(call)?.unwrapped("label");
    let patch = patch(&sent, true)?;
    ApiResponse::ok(&Label::from(session.tags().add(patch).map_err(label_error)?))
}

/// `labelUpdate`, `labelReplace`: contacts keep the label.
pub(super) fn update(call: &Call) -> Result<ApiResponse, ApiError> {
    let session = administrator_session(call)?;
    let id = label_id(call)?;
    session.tags().get(id)?;
    let sent = request_fields(call)?.unwrapped("label");
    let patch = patch(&sent, false)?;
    ApiResponse::ok(&Label::from(session.tags().edit(id, patch).map_err(label_error)?))
}

/// `labelDelete`: contacts lose the label.
pub(super) fn delete(call: &Call) -> Result<ApiResponse, ApiError> {
    let session = administrator_session(call)?;
    session.tags().delete(label_id(call)?)?;
    Ok(ApiResponse::empty(200))
}

fn label_id(call: &Call) -> Result<TagId, ApiError> {
    parse_id(call.value(1)).map(TagId).ok_or(NOT_FOUND_ERROR)
}

/// The sent fields. A title is in lower case, and has letters, digits, `_` and `-` only.
fn patch(sent: &JsonFields<'_>, needs_title: bool) -> Result<TagPatch, ApiError> {
    let mut patch = TagPatch::new();
    match sent.text_or_null("title")?.map(str::trim) {
        Some("") => return Err(invalid_field("title", "must not be blank")),
        None if needs_title => return Err(invalid_field("title", "must not be blank, is invalid")),
        Some(title) if !title.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-') => {
            return Err(invalid_field("title", "is invalid"));
        }
        Some(title) => patch = patch.name(title.to_lowercase()),
        None => {}
    }
    if let Some(color) = sent.text("color")?.filter(|color| !color.is_empty()) {
        let color = color.parse().map_err(|_| invalid_field("color", "is invalid"))?;
        patch = patch.color(Some(color));
    }
    Ok(patch)
}

fn label_error(error: Error) -> ApiError {
    match error {
        Error::Exists(_) => invalid_field("title", TAKEN),
        Error::Invalid { .. } => invalid_field("title", "is invalid"),
        error => error.into(),
    }
}
