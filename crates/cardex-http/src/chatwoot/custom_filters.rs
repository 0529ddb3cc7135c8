//! Filters that users keep. The book stores them as they are sent.

use serde::Serialize;
use serde_json::Value;

use crate::call::{ApiResponse, Call};
use crate::chatwoot::errors::{ApiError, ChatwootError, NOT_FOUND_ERROR, invalid_field};
use crate::chatwoot::params::{account_session, request_fields};
use crate::input::{JsonFields, ParamError, parse_id};
use cardex::saved_filters::{SavedFilter, SavedFilterId};
use cardex::{Error, Field};

/// The object that a request wraps its fields in.
const WRAPPER: &str = "custom_filter";

/// The values of `filter_type`. The position is the number that the product also accepts. The first is the default.
const KINDS: [&str; 3] = ["conversation", "contact", "report"];

/// The answer to one filter too many.
const TOO_MANY: &str =
    "Limit reached. The maximum number of allowed custom filters for a user per account is 1000.";

#[derive(Serialize)]
struct CustomFilter {
    id: i64,
    name: String,
    filter_type: String,
    query: Value,
    created_at: String,
    updated_at: String,
}

impl From<SavedFilter> for CustomFilter {
    fn from(filter: SavedFilter) -> Self {
        Self {
            id: filter.id.0,
            name: filter.name,
            filter_type: filter.kind,
            query: filter.query,
            created_at: filter.created_at.to_string(),
            updated_at: filter.updated_at.to_string(),
        }
    }
}

/// `customFilters`: those of the caller, of one kind, as a bare list.
pub(super) fn list(call: &Call) -> Result<ApiResponse, ApiError> {
    let session = account_session(call)?;
    let kind = kind(call.query.single("filter_type")?)?;
    let filters = session.saved_filters().of_kind(kind)?;
    ApiResponse::ok(&filters.into_iter().map(CustomFilter::from).collect::<Vec<_>>())
}

/// `customFilterDetails`
pub(super) fn details(call: &Call) -> Result<ApiResponse, ApiError> {
    let session = account_session(call)?;
    ApiResponse::ok(&CustomFilter::from(session.saved_filters().get(filter_id(call)?)?))
}

/// `customFilterCreate`
pub(super) fn create(call: &Call) -> Result<ApiResponse, ApiError> {
    let session = account_session(call)?;
    let sent = request_fields(call)?.unwrapped(WRAPPER);
    let kind = kind(sent.text("filter_type")?)?;
    let name = sent_name(&sent)?.ok_or_else(|| invalid_field("name", "can't be blank"))?;
    let query = sent.object("query")?.cloned().ok_or_else(|| ParamError::new("query", "required"))?;
    let made = session.saved_filters().add(kind, &name, &Value::Object(query)).map_err(filter_error)?;
    ApiResponse::ok(&CustomFilter::from(made))
}

/// `customFilterUpdate`, `customFilterReplace`: the kind stays.
pub(super) fn update(call: &Call) -> Result<ApiResponse, ApiError> {
    let session = account_session(call)?;
    let known = session.saved_filters().get(filter_id(call)?)?;
    let sent = request_fields(call)?.unwrapped(WRAPPER);
    if let Some(word) = sent.text("filter_type")?
        && kind(Some(word))? != known.kind
    {
        return Err(invalid_field("filter_type", "can't be changed"));
    }
    let (name, query) = (sent_name(&sent)?, sent.object("query")?.cloned().map(Value::Object));
    let changed = session.saved_filters().edit(known.id, name.as_deref(), query.as_ref());
    ApiResponse::ok(&CustomFilter::from(changed.map_err(filter_error)?))
}

/// `customFilterDelete`
pub(super) fn delete(call: &Call) -> Result<ApiResponse, ApiError> {
    let session = account_session(call)?;
    session.saved_filters().delete(filter_id(call)?)?;
    Ok(ApiResponse::empty(204))
}

fn filter_id(call: &Call) -> Result<SavedFilterId, ApiError> {
    parse_id(call.value(1)).map(SavedFilterId).ok_or(NOT_FOUND_ERROR)
}

/// A kind by its name or its number.
fn kind(word: Option<&str>) -> Result<&'static str, ApiError> {
    let [first, ..] = KINDS;
    let Some(word) = word.filter(|word| !word.is_empty()) else { return Ok(first) };
    let by_number = word.parse::<usize>().ok().and_then(|at| KINDS.get(at));
    let found = by_number.or_else(|| KINDS.iter().find(|kind| **kind == word));
    found.copied().ok_or_else(|| invalid_field("filter_type", "is not a valid filter type"))
}

/// The sent name, which is not blank.
fn sent_name(sent: &JsonFields<'_>) -> Result<Option<String>, ApiError> {
    match sent.text("name")? {
        Some(name) if name.trim().is_empty() => Err(invalid_field("name", "can't be blank")),
        name => Ok(name.map(str::to_owned)),
    }
}

fn filter_error(error: Error) -> ApiError {
    match error {
        Error::Invalid { field: Field::Filter, .. } => {
            ApiError::Code(ChatwootError::StatusWithText(422, TOO_MANY.to_owned()))
        }
        error => error.into(),
    }
}
