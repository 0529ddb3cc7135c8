//! Types of arguments that several tools have.

use std::str::FromStr;

use cardex::ContactId;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::error::ToolError;

/// Items of a page, if the caller does not say how many.
const DEFAULT_LIMIT: usize = 20;

/// The arguments of a call as the input of its tool.
///
/// # Errors
/// `invalid-arguments`.
pub(crate) fn parse<T: DeserializeOwned>(arguments: Map<String, Value>) -> Result<T, ToolError> {
    serde_json::from_value(Value::Object(arguments)).map_err(|error| ToolError::Arguments(error.to_string()))
}

/// Parses an argument that has a form of its own in text, such as an id.
///
/// # Errors
/// `invalid-arguments` with the name of the argument.
pub(crate) fn parse_text<T: FromStr<Err: std::fmt::Display>>(name: &str, text: &str) -> Result<T, ToolError> {
    text.parse().map_err(|error| ToolError::Arguments(format!("{name}: {error}")))
}

/// The id of a contact: a text of digits.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub(crate) struct ContactArg(#[schemars(regex(pattern = "^[0-9]{1,16}$"))] String);

impl ContactArg {
    /// The id.
    ///
    /// # Errors
    /// `invalid-arguments` if the text is no id.
    pub(crate) fn id(&self) -> Result<ContactId, ToolError> {
        parse_text("id", &self.0)
    }
}

/// The number of items of a page, 1 to 100.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(try_from = "usize")]
#[schemars(inline)]
pub(crate) struct Limit(#[schemars(range(min = 1, max = 100))] usize);

impl TryFrom<usize> for Limit {
    type Error = &'static str;

    fn try_from(limit: usize) -> Result<Self, &'static str> {
        if (1..=100).contains(&limit) { Ok(Self(limit)) } else { Err("limit: 1 to 100") }
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(DEFAULT_LIMIT)
    }
}

impl Limit {
    pub(crate) const fn get(self) -> usize {
        self.0
    }
}
