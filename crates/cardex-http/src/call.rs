//! An authenticated call and its response.

use http::HeaderValue;
use serde::Serialize;

use crate::api_error::{ApiError, ErrorCode};
use crate::form;
use crate::input::{JsonFields, ParamError, QueryParams};
use crate::numbered::TimeLimit;
use cardex::Session;

/// An authenticated request.
#[derive(Clone)]
pub(super) struct Call {
    pub(super) session: Session,
    /// The values of the path's parameters, in their order.
    pub(super) values: Vec<String>,
    pub(super) query: QueryParams,
    pub(super) body: Vec<u8>,
    /// The media type that the request declares.
    pub(super) content_type: String,
    /// The headers `Idempotency-Key`.
    pub(super) idempotency_keys: Vec<HeaderValue>,
    /// When a call that reads a list must end.
    pub(super) time: TimeLimit,
}

impl Call {
    /// A parameter of the path by position. The text is empty if the route has no such parameter.
    pub(super) fn value(&self, at: usize) -> &str {
        self.values.get(at).map_or("", String::as_str)
    }

    /// The header `Idempotency-Key`: a text, also in quotes as the draft of the IETF has it.
    pub(super) fn idempotency_key(&self) -> Result<Option<&str>, ParamError> {
        let text = match self.idempotency_keys.as_slice() {
            [] => return Ok(None),
            [one] => one.to_str().ok(),
            _ => None,
        };
        let text = text.ok_or_else(|| ParamError::new("Idempotency-Key", "must be one ASCII text"))?.trim();
        let quoted = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
        Ok(Some(quoted.unwrap_or(text)))
    }

    /// The body of an operation that accepts a form or JSON. A body of any other media type is parsed as JSON.
    pub(super) fn json_or_form(&self) -> Result<JsonFields<'static>, ParamError> {
        self.json_or_form_with(None)
    }

    /// Like [`Call::json_or_form`], for an operation that takes a file with this name.
    pub(super) fn json_or_form_with(&self, file: Option<&str>) -> Result<JsonFields<'static>, ParamError> {
        let form = form::parse_form(&self.content_type, &self.body, file)?;
        form.map_or_else(|| JsonFields::parse(&self.body), Ok)
    }
}

/// The result of an operation, before it becomes an HTTP response.
#[derive(Debug)]
pub(super) struct ApiResponse {
    pub(super) status: u16,
    pub(super) body: Option<Vec<u8>>,
    pub(super) media_type: &'static str,
}

const JSON: &str = "application/json";

impl ApiResponse {
    /// Status 200 with a JSON document.
    pub(super) fn ok<W: ErrorCode>(document: &impl Serialize) -> Result<Self, ApiError<W>> {
        Self::with_status(200, document)
    }

    /// Another status with a JSON document.
    pub(super) fn with_status<W: ErrorCode>(
        status: u16,
        document: &impl Serialize,
    ) -> Result<Self, ApiError<W>> {
        let body = serde_json::to_vec(document).map_err(|_| ApiError::Code(W::serialization_failed()))?;
        Ok(Self { status, body: Some(body), media_type: JSON })
    }

    /// An error with a JSON document. The document consists of texts and numbers, so that it always serializes.
    pub(super) fn error(status: u16, document: &impl Serialize) -> Self {
        Self { status, body: serde_json::to_vec(document).ok(), media_type: JSON }
    }

    /// A status without a body.
    pub(super) const fn empty(status: u16) -> Self {
        Self { status, body: None, media_type: JSON }
    }

    /// Status 200 with a file.
    pub(super) const fn file(media_type: &'static str, bytes: Vec<u8>) -> Self {
        Self { status: 200, body: Some(bytes), media_type }
    }
}
