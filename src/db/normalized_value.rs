//! Attribute values in the form in which they are compared.

use rusqlite::types::Value;

/// A value of an attribute as it is compared: the column `normalized`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum NormalizedValue {
    /// JSON's `null`.
    Null,
    /// In lower case, cut to the length of an index key.
    Text(String),
    Number(f64),
    /// A date in milliseconds, or 0 and 1 for no and yes.
    Integer(i64),
}

impl From<NormalizedValue> for Value {
    fn from(value: NormalizedValue) -> Self {
        match value {
            NormalizedValue::Null => Self::Null,
            NormalizedValue::Text(text) => Self::Text(text),
            NormalizedValue::Number(number) => Self::Real(number),
            NormalizedValue::Integer(number) => Self::Integer(number),
        }
    }
}

impl From<Value> for NormalizedValue {
    fn from(value: Value) -> Self {
        match value {
            Value::Text(text) => Self::Text(text),
            Value::Real(number) => Self::Number(number),
            Value::Integer(number) => Self::Integer(number),
            Value::Null | Value::Blob(_) => Self::Null,
        }
    }
}
