//! Checks attribute values against their definitions, and normalizes them for comparisons.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime};
use serde_json::Value;

use crate::db::normalized_value::NormalizedValue;
use crate::error::{Error, Result, ValidationError};
use crate::model::{AttributeDef, AttributeKind, Field, NewEmail, limits};
use crate::text::caseless_key::{caseless_key, truncate_at_char};
use crate::text::phone::PhoneParser;

/// A valid value: as JSON, and in normalized form.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct CheckedValue {
    pub(crate) json: String,
    pub(crate) norm: NormalizedValue,
}

/// The stored form of a value under a definition; `None` for an empty value. `checked`: the value must have the
/// attribute's type.
pub(crate) fn check_value(
    def: &AttributeDef,
    value: &Value,
    checked: bool,
    phones: &PhoneParser,
) -> Result<Option<CheckedValue>> {
    let json = value.to_string();
    if json.len() > limits::ATTRIBUTE_VALUE {
        return Err(Error::invalid(
            Field::Attributes,
            ValidationError::TooLong { limit: limits::ATTRIBUTE_VALUE },
        ));
    }
    if checked && def.declared && is_blank(value) {
        return Ok(None);
    }
    let norm = match normalize_by_kind(def, value, phones) {
        Err(error) if checked => return Err(error),
        Err(_) => normalize_json(value, &json),
        Ok(norm) => norm,
    };
    Ok(Some(CheckedValue { json, norm }))
}

fn is_blank(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty())
}

/// The normalized form of a value without a definition.
fn normalize_json(value: &Value, json: &str) -> NormalizedValue {
    match value {
        Value::Null => NormalizedValue::Null,
        Value::Bool(yes) => NormalizedValue::Integer(i64::from(*yes)),
        Value::Number(number) => number.as_f64().map_or(NormalizedValue::Null, NormalizedValue::Number),
        Value::String(text) => normalize_text(text),
        Value::Array(_) | Value::Object(_) => normalize_text(json),
    }
}

fn normalize_text(text: &str) -> NormalizedValue {
    NormalizedValue::Text(truncate_at_char(caseless_key(text), limits::INDEX_KEY_BYTES))
}

fn normalize_by_kind(def: &AttributeDef, value: &Value, phones: &PhoneParser) -> Result<NormalizedValue> {
    use AttributeKind as Kind;
    let refused = || Error::invalid(Field::Attributes, ValidationError::NotOfKind { kind: def.kind });
    let text = || value.as_str().map(str::trim).ok_or_else(refused);
    let norm = match def.kind {
        Kind::Any => return Ok(normalize_json(value, &value.to_string())),
        Kind::Number | Kind::Currency | Kind::Percent => {
            let number = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok());
            return number
                .filter(|number| number.is_finite())
                .map(NormalizedValue::Number)
                .ok_or_else(refused);
        }
        Kind::Checkbox => {
            let yes = value.as_bool().or_else(|| value.as_str()?.trim().to_ascii_lowercase().parse().ok());
            return yes.map(|yes| NormalizedValue::Integer(i64::from(yes))).ok_or_else(refused);
        }
        Kind::Date => return parse_date(text()?).map(NormalizedValue::Integer).ok_or_else(refused),
        Kind::List => {
            let text = text()?;
            if !def.choices.iter().any(|choice| choice.trim() == text) {
                return Err(Error::invalid(Field::Attributes, ValidationError::NotAChoice));
            }
            return Ok(normalize_text(text));
        }
        Kind::Text => normalize_text(text()?),
        Kind::Link => {
            let text = text()?;
            let rest = ["http://", "https://"].iter().find_map(|scheme| {
                let (start, rest) = text.split_at_checked(scheme.len())?;
                start.eq_ignore_ascii_case(scheme).then_some(rest)
            });
            let sound = rest.is_some_and(|rest| !rest.is_empty() && !text.contains(char::is_whitespace));
            if !sound {
                return Err(refused());
            }
            normalize_text(text)
        }
        Kind::Email => {
            NewEmail::new(text()?).check().map_err(|_| refused())?;
            normalize_text(text()?)
        }
        Kind::Phone => {
            let parsed = phones.parse(text()?).ok_or_else(refused)?;
            NormalizedValue::Text(parsed.normalized().to_owned())
        }
    };
    let meets = def.regex()?.is_none_or(|pattern| value.as_str().is_some_and(|text| pattern.is_match(text)));
    if meets { Ok(norm) } else { Err(Error::invalid(Field::Attributes, ValidationError::PatternMismatch)) }
}

/// A day or time in milliseconds since 1970, in UTC.
fn parse_date(text: &str) -> Option<i64> {
    let day = || NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(|day| day.and_time(NaiveTime::MIN));
    let time = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").ok().or_else(day);
    let time = time.map(|time| time.and_utc().timestamp_millis());
    time.or_else(|| DateTime::parse_from_rfc3339(text).ok().map(|time| time.timestamp_millis()))
}
