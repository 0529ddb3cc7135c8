//! `contactExport`: contacts as a CSV file, which is the answer itself.

use serde_json::{Map, Value};

use crate::call::{ApiResponse, Call};
use crate::chatwoot::csv;
use crate::chatwoot::dto::{ContactDto, contact_dtos};
use crate::chatwoot::errors::ApiError;
use crate::chatwoot::filter::parse_payload;
use crate::chatwoot::lists::resolved;
use crate::chatwoot::params::{administrator_session, request_fields};
use crate::input::{JsonFields, JsonItem};
use crate::numbered::walk_pages;
use cardex::{Filter, SortField, Timestamp};

/// The columns of a file without a choice of columns.
const DEFAULT: [&str; 4] = ["id", "name", "email", "phone_number"];

/// The columns that a file can have.
const COLUMNS: [&str; 12] = [
    "id",
    "name",
    "email",
    "phone_number",
    "identifier",
    "blocked",
    "location",
    "country_code",
    "created_at",
    "last_activity_at",
    "additional_attributes",
    "custom_attributes",
];

/// The contacts of a filter, or with a label, or all of the list, in the order in which they were added. Unknown columns are left out.
pub(super) fn export(call: &Call) -> Result<ApiResponse, ApiError> {
    let session = administrator_session(call)?;
    let empty = || JsonFields::from_form(Map::new());
    let body = if call.body.is_empty() { empty() } else { request_fields(call)? };
    let chosen = body.list("column_names")?.unwrap_or_default();
    let chosen = chosen.iter().map(JsonItem::plain_text).collect::<Result<Vec<_>, _>>()?;
    let mut columns: Vec<&str> =
        COLUMNS.into_iter().filter(|name| chosen.iter().any(|one| one == name)).collect();
    columns.sort_by_key(|name| chosen.iter().position(|one| one == name));
    if chosen.is_empty() {
        columns = DEFAULT.to_vec();
    }
    let conditions = body.list("payload")?.is_some_and(|payload| !payload.is_empty());
    let label = body.text("label")?.map(str::trim).filter(|label| !label.is_empty());
    let filter = match label {
        _ if conditions => parse_payload(&session, &body)?,
        Some(label) => Filter::tag(label),
        None => Filter::all([]),
    };
    let list = session.contacts().filter(resolved().and(filter)).order(SortField::Created);
    let mut text = String::new();
    csv::write_row(&mut text, &columns);
    walk_pages(&list, call.time, |contacts| {
        for contact in contact_dtos(&session, &contacts, false)? {
            csv::write_row(&mut text, columns.iter().map(|column| cell(&contact, column)));
        }
        Ok(())
    })
    .map_err(ApiError::with_plain_message)?;
    Ok(ApiResponse::file("text/csv; charset=utf-8", text.into_bytes()))
}

fn cell(contact: &ContactDto, column: &str) -> String {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let additional = |key: &str| {
        contact.additional_attributes.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let object = |map: &Map<String, Value>| Value::Object(map.clone()).to_string();
    match column {
        "id" => contact.id.to_string(),
        "name" => contact.name.clone(),
        "email" => text(&contact.email),
        "phone_number" => text(&contact.phone_number),
        "identifier" => text(&contact.identifier),
        "blocked" => contact.blocked.to_string(),
        "location" => additional("city"),
        "country_code" => additional("country"),
        "created_at" => time(contact.created_at),
        "last_activity_at" => contact.last_activity_at.map(time).unwrap_or_default(),
        "additional_attributes" => object(&contact.additional_attributes),
        _ => object(&contact.custom_attributes),
    }
}

/// A time in seconds as RFC 3339.
fn time(seconds: i64) -> String {
    Timestamp(seconds.saturating_mul(1_000)).to_string()
}
