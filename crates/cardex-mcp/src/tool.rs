//! What a tool is.

use std::sync::Arc;

use cardex::Session;
use rmcp::handler::server::common::{schema_for_empty_input, schema_for_input, schema_for_output};
use rmcp::model::{CallToolResult, ContentBlock, JsonObject, Tool, ToolAnnotations};
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::arguments::parse;
use crate::confirmation::{Confirmed, Proposal};
use crate::error::ToolError;
use crate::untrusted::{NOTICE, clean_value};

/// The arguments of a call.
pub(crate) type Arguments = Map<String, Value>;

/// A tool: its types give its schemas.
pub(crate) trait ToolType {
    /// What a client calls.
    const NAME: &'static str;
    /// For people.
    const TITLE: &'static str;
    /// For the model.
    const DESCRIPTION: &'static str;
    /// What it does to the book.
    const EFFECT: Effect;
    /// The arguments.
    type Input: DeserializeOwned + JsonSchema + 'static;
    /// The structured content of its result.
    type Output: Serialize + JsonSchema + 'static;
}

/// What a tool does to the book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Reads only.
    Read,
    /// Adds data, and replaces none.
    Add,
    /// Replaces or removes data.
    Change,
}

/// A tool that runs at once.
pub(crate) trait DirectTool: ToolType {
    /// Does the call.
    ///
    /// # Errors
    /// Those of the engine.
    fn run(session: &Session, input: Self::Input) -> Result<Self::Output, ToolError>;
}

/// A tool that a person confirms first.
pub(crate) trait ConfirmedTool: ToolType<Output = Confirmed> {
    /// What the call would do. It changes nothing.
    ///
    /// # Errors
    /// Those of the engine.
    fn propose(session: &Session, input: Self::Input) -> Result<Proposal, ToolError>;
}

/// How a tool runs.
#[derive(Clone, Copy)]
pub(crate) enum Run {
    Direct(fn(&Session, Arguments) -> Result<Value, ToolError>),
    Confirmed(fn(&Session, Arguments) -> Result<Proposal, ToolError>),
}

/// A tool of the server.
#[derive(Clone)]
pub(crate) struct ServerTool {
    pub(crate) run: Run,
    pub(crate) effect: Effect,
    pub(crate) tool: Tool,
}

impl ServerTool {
    pub(crate) fn direct<T: DirectTool>() -> Self {
        let run = |session: &Session, arguments| {
            let output = T::run(session, parse(arguments)?)?;
            Ok(serde_json::to_value(output).unwrap_or_default())
        };
        Self { run: Run::Direct(run), effect: T::EFFECT, tool: definition::<T>() }
    }

    pub(crate) fn confirmed<T: ConfirmedTool>() -> Self {
        let run = |session: &Session, arguments| T::propose(session, parse(arguments)?);
        Self { run: Run::Confirmed(run), effect: T::EFFECT, tool: definition::<T>() }
    }
}

fn definition<T: ToolType>() -> Tool {
    let input = schema_for_input::<T::Input>().unwrap_or_else(|_| schema_for_empty_input());
    let annotations = ToolAnnotations::new()
        .read_only(T::EFFECT == Effect::Read)
        .destructive(T::EFFECT == Effect::Change)
        .idempotent(T::EFFECT == Effect::Read)
        .open_world(false);
    Tool::new(T::NAME, T::DESCRIPTION, input)
        .with_title(T::TITLE)
        .with_raw_output_schema(output_schema::<T::Output>())
        .with_annotations(annotations)
}

/// The schema of an output, with the notice.
fn output_schema<T: JsonSchema + 'static>() -> Arc<JsonObject> {
    let mut schema = schema_for_output::<T>().as_ref().clone();
    let notice = json!({ "type": "string", "description": "How to read the texts of this result." });
    if let Some(properties) = schema.entry("properties").or_insert_with(|| json!({})).as_object_mut() {
        properties.insert("notice".to_owned(), notice);
    }
    if let Some(required) = schema.entry("required").or_insert_with(|| json!([])).as_array_mut() {
        required.push("notice".into());
    }
    Arc::new(schema)
}

/// A result: the output without characters that do not show, and the notice. Clients that do not read structured content have the same
/// JSON as text.
pub(crate) fn success(mut output: Value) -> CallToolResult {
    clean_value(&mut output);
    if let Some(members) = output.as_object_mut() {
        members.insert("notice".to_owned(), NOTICE.into());
    }
    let mut result = CallToolResult::success(vec![ContentBlock::text(output.to_string())]);
    result.structured_content = Some(output);
    result
}
