//! How a tool fails.

use cardex::{Error, ErrorReport};
use rmcp::model::{CallToolResult, ContentBlock};
use serde_json::{Value, json};

use crate::untrusted::{clean_text, clean_value};

/// Characters of a message about arguments. The message can quote an argument.
const MESSAGE: usize = 300;

/// Why a tool did nothing.
#[derive(Debug)]
pub(crate) enum ToolError {
    /// An error of the engine.
    Engine(Error),
    /// The arguments do not have the form of the input schema.
    Arguments(String),
    /// The confirmation is unknown: it was used, it is older than its time limit, or it belongs to another call.
    UnknownConfirmation,
    /// A thread of the server ended without a result.
    Internal,
}

impl From<Error> for ToolError {
    fn from(error: Error) -> Self {
        Self::Engine(error)
    }
}

impl ToolError {
    /// The report: that of the engine, or one of the same form.
    pub(crate) fn report(&self) -> Value {
        let mut report = match self {
            Self::Engine(error) => serde_json::to_value(ErrorReport::from(error)).unwrap_or_default(),
            Self::Arguments(message) => {
                let message: String = clean_text(message).chars().take(MESSAGE).collect();
                json!({ "code": "invalid-arguments", "message": message })
            }
            Self::UnknownConfirmation => json!({
                "code": "unknown-confirmation",
                "message": "the confirmation is unknown, used or too old; call the tool without it to get a new one",
            }),
            Self::Internal => json!({ "code": "internal", "message": "the call ended without a result" }),
        };
        clean_value(&mut report);
        report
    }

    /// The report as a result. It is text: structured content would have to have the output schema of the tool.
    pub(crate) fn result(&self) -> CallToolResult {
        CallToolResult::error(vec![ContentBlock::text(self.report().to_string())])
    }
}
