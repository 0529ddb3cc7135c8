//! `contactFilter`: a flat list of conditions. And binds before or.

use crate::call::{ApiResponse, Call};
use crate::chatwoot::dto::CUSTOM;
use crate::chatwoot::errors::{ApiError, ChatwootError};
use crate::chatwoot::lists::page_response;
use crate::chatwoot::params::{account_session, includes_inboxes, request_fields};
use crate::input::ParamError;
use crate::input::{JsonFields, JsonItem};
use cardex::filters::{AttributeCondition, TextCondition, TextField, TimeCondition, TimeField};
use cardex::{Filter, Session, Timestamp};

const TEXT: &[&str] = &["equal_to", "not_equal_to", "contains", "does_not_contain"];
const PHONE: &[&str] = &["equal_to", "not_equal_to", "contains", "does_not_contain", "starts_with"];
const EQUALITY: &[&str] = &["equal_to", "not_equal_to"];
const LABELS: &[&str] = &["equal_to", "not_equal_to", "is_present", "is_not_present"];
const DATE: &[&str] = &["is_greater_than", "is_less_than", "days_before"];
const ANY: &[&str] = &[
    "equal_to",
    "not_equal_to",
    "contains",
    "does_not_contain",
    "starts_with",
    "is_present",
    "is_not_present",
    "is_greater_than",
    "is_less_than",
    "days_before",
];

/// The keys that are not custom attributes, with their operators.
const KEYS: &[(&str, Kind, &[&str])] = &[
    ("name", Kind::Text(TextField::DisplayName), TEXT),
    ("email", Kind::Text(TextField::Email), TEXT),
    ("city", Kind::Text(TextField::City), TEXT),
    ("company", Kind::Text(TextField::Company), TEXT),
    ("phone_number", Kind::Text(TextField::Phone), PHONE),
    ("identifier", Kind::Text(TextField::Identifier), EQUALITY),
    ("country_code", Kind::Text(TextField::Country), EQUALITY),
    ("blocked", Kind::Blocked, EQUALITY),
    ("labels", Kind::Labels, LABELS),
    ("created_at", Kind::Time(TimeField::Created), DATE),
    ("last_activity_at", Kind::Time(TimeField::Active), DATE),
];

#[derive(Clone, Copy)]
enum Kind {
    Text(TextField),
    Time(TimeField),
    Blocked,
    Labels,
}

pub(super) fn filter_contacts(call: &Call) -> Result<ApiResponse, ApiError> {
    let session = account_session(call)?;
    let filter = parse_payload(&session, &request_fields(call)?)?;
    page_response(call, &session, filter, includes_inboxes(call)?).map_err(ApiError::with_plain_message)
}

/// The conditions of a request.
pub(super) fn parse_payload(session: &Session, body: &JsonFields<'_>) -> Result<Filter, ApiError> {
    let conditions = body.list("payload")?.ok_or_else(|| ParamError::new("payload", "required"))?;
    let mut alternatives: Vec<Vec<Filter>> = vec![Vec::new()];
    let last = conditions.len().saturating_sub(1);
    for (at, condition) in conditions.into_iter().enumerate() {
        let condition = condition.fields()?;
        let filter = parse_condition(session, &condition)?;
        if let Some(all) = alternatives.last_mut() {
            all.push(filter);
        }
        if joins_by_or(&condition, at == last)? {
            alternatives.push(Vec::new());
        }
    }
    Ok(Filter::any(alternatives.into_iter().map(Filter::all)))
}

/// Whether the next condition is an alternative. The operator of the last condition is ignored.
fn joins_by_or(condition: &JsonFields<'_>, last: bool) -> Result<bool, ApiError> {
    let join = condition.text_or_null("query_operator")?.unwrap_or_default();
    match join.to_ascii_uppercase().as_str() {
        "AND" => Ok(false),
        "OR" => Ok(!last),
        "" if last => Ok(false),
        _ => Err(refused("Query operator must be either \"AND\" or \"OR\".".to_owned())),
    }
}

fn parse_condition(session: &Session, condition: &JsonFields<'_>) -> Result<Filter, ApiError> {
    let key = condition.required("attribute_key")?;
    let operator = condition.required("filter_operator")?;
    condition.text_or_null("custom_attribute_type")?;
    let known = KEYS.iter().find(|(name, ..)| *name == key);
    let Some((_, kind, operators)) = known else {
        if session.attributes().get(CUSTOM, key)?.is_none_or(|def| !def.declared) {
            return Err(unknown_key(key));
        }
        check_operator(key, operator, ANY)?;
        return attribute_filter(key, operator, &values(condition, key, operator)?);
    };
    check_operator(key, operator, operators)?;
    let values = values(condition, key, operator)?;
    match kind {
        Kind::Text(field) => Ok(text_filter(*field, operator, &values)),
        Kind::Time(field) => time_filter(key, Filter::time(*field), operator, &values),
        Kind::Blocked => {
            let yes = match values.first().map(String::as_str) {
                Some("true") => operator == "equal_to",
                Some("false") => operator != "equal_to",
                _ => return Err(invalid_value(key)),
            };
            Ok(if yes { Filter::blocked() } else { Filter::not(Filter::blocked()) })
        }
        Kind::Labels => Ok(match (operator, values.into_iter().next()) {
            ("is_present", _) => Filter::tagged(),
            ("is_not_present", _) => Filter::not(Filter::tagged()),
            ("equal_to", Some(name)) => Filter::tag(name),
            (_, name) => Filter::not(Filter::tag_in(name)),
        }),
    }
}

/// An error with a sentence of the product.
fn refused(text: String) -> ApiError {
    ApiError::Code(ChatwootError::StatusWithText(422, text))
}

fn unknown_key(key: &str) -> ApiError {
    let keys = KEYS.iter().map(|(name, ..)| *name).collect::<Vec<_>>().join(",");
    let rest = "or a custom attribute defined in the account.";
    refused(format!("Invalid attribute key - [{key}]. The key should be one of [{keys}] {rest}"))
}

fn invalid_value(key: &str) -> ApiError {
    refused(format!("Invalid value. The values provided for {key} are invalid"))
}

/// Rejects an operator that a key does not have. The answer lists the permitted operators.
fn check_operator(key: &str, operator: &str, operators: &[&str]) -> Result<(), ApiError> {
    if operators.contains(&operator) {
        return Ok(());
    }
    let allowed = operators.join(",");
    Err(refused(format!("Invalid operator. The allowed operators for {key} are [{allowed}].")))
}

/// The values of a condition as texts. An operator that compares with something needs one.
fn values(condition: &JsonFields<'_>, key: &str, operator: &str) -> Result<Vec<String>, ApiError> {
    let items = condition.list("values")?.unwrap_or_default();
    let values = items.iter().map(JsonItem::plain_text).collect::<Result<Vec<_>, _>>()?;
    let values: Vec<String> = values.into_iter().filter(|value| !value.trim().is_empty()).collect();
    if values.is_empty() && !["is_present", "is_not_present"].contains(&operator) {
        return Err(invalid_value(key));
    }
    Ok(values)
}

/// A text field of the contact. A contact without the field matches no condition on it, not even a negated one.
fn text_filter(field: TextField, operator: &str, values: &[String]) -> Filter {
    let condition: TextCondition = Filter::field(field);
    // At most one plus: the product adds one itself.
    let plus = |value: &String| format!("+{}", value.trim().trim_start_matches('+'));
    let value = |value: &String| if field == TextField::Phone { plus(value) } else { value.clone() };
    let first = values.iter().take(1).map(value);
    match operator {
        "equal_to" => condition.one_of(first),
        "not_equal_to" => condition.present().and(Filter::not(condition.one_of(first))),
        "contains" => condition.contains_any(values),
        "starts_with" => condition.starts_with_any(first),
        _ => condition.present().and(Filter::not(condition.contains_any(values))),
    }
}

/// A moment of the contact, by the first value.
fn time_filter(
    key: &str,
    condition: TimeCondition,
    operator: &str,
    values: &[String],
) -> Result<Filter, ApiError> {
    let value = values.first().map_or("", |value| value.trim());
    if operator == "days_before" {
        return Ok(condition.days_before(parse_days(key, value)?));
    }
    let at = parse_moment(value).ok_or_else(|| invalid_value(key))?;
    Ok(if operator == "is_greater_than" { condition.after(at) } else { condition.before(at) })
}

fn parse_days(key: &str, value: &str) -> Result<u32, ApiError> {
    value.parse().map_err(|_| invalid_value(key))
}

/// A day, which means its first moment in UTC, or an RFC 3339 time.
fn parse_moment(value: &str) -> Option<Timestamp> {
    let day = || format!("{value}T00:00:00Z").parse().ok();
    value.parse().ok().or_else(day)
}

/// A custom attribute. A contact without the attribute differs from every value.
fn attribute_filter(key: &str, operator: &str, values: &[String]) -> Result<Filter, ApiError> {
    let condition = || -> AttributeCondition { Filter::attribute(key) };
    let first = values.first().map(|value| value.trim()).unwrap_or_default();
    Ok(match operator {
        "equal_to" => condition().equals(first),
        "not_equal_to" => Filter::not(condition().equals(first)),
        "contains" => condition().contains_any(values),
        "does_not_contain" => Filter::not(condition().contains_any(values)),
        "starts_with" => condition().starts_with(first),
        "is_present" => condition().present(),
        "is_not_present" => Filter::not(condition().present()),
        "is_greater_than" => condition().greater(first),
        "is_less_than" => condition().less(first),
        _ => condition().days_before(parse_days(key, first)?),
    })
}
