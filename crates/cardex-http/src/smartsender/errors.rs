//! Maps errors of the engine to responses of SmartSender.

use serde::Serialize;

use crate::api_error::{self, AuthFailure, BUSY, RequestError, TOO_SLOW};
use crate::call::ApiResponse;
use cardex::{Error, Field, RuleViolation};

/// Why a call has no answer.
pub(super) type ApiError = api_error::ApiError<SmartSenderError>;

/// An error that the API itself reports: a status and a sentence.
#[derive(Debug)]
pub(crate) struct SmartSenderError(u16, &'static str);

const NOT_FOUND: &str = "Not found";
const UNKNOWN_TOKEN: &str = "The token is not known";
const NOT_ALLOWED: &str = "The caller may not do this";
const FAILED: &str = "The call failed";

/// No record has this id.
pub(super) const NOT_FOUND_ERROR: ApiError = status_error(404, NOT_FOUND);

/// An error with a status and a text.
pub(super) const fn status_error(status: u16, text: &'static str) -> ApiError {
    api_error::ApiError::Code(SmartSenderError(status, text))
}

impl api_error::ErrorCode for SmartSenderError {
    fn auth_failure(why: AuthFailure) -> Self {
        match why {
            AuthFailure::Missing => Self(401, "Unauthenticated"),
            AuthFailure::Rejected => Self(403, UNKNOWN_TOKEN),
            AuthFailure::Forbidden | AuthFailure::WrongUser => Self(403, NOT_ALLOWED),
        }
    }

    fn request_error(what: RequestError) -> Self {
        let (status, text) = what.status_and_message();
        Self(status, text)
    }

    fn serialization_failed() -> Self {
        Self(500, FAILED)
    }
}

#[derive(Serialize)]
struct ErrorBody<'a> {
    state: bool,
    error: ErrorDetail<'a>,
}

#[derive(Serialize)]
struct ErrorDetail<'a> {
    code: u16,
    message: [&'a str; 1],
}

fn error_response(code: u16, message: &str) -> ApiResponse {
    let body = ErrorBody { state: false, error: ErrorDetail { code, message: [message] } };
    ApiResponse::error(code, &body)
}

impl ApiError {
    pub(super) fn to_response(&self) -> ApiResponse {
        match self {
            Self::Code(SmartSenderError(status, text)) => error_response(*status, text),
            Self::Param(param_error) => {
                // Distinguishes an unreadable request from an invalid value.
                let unread = matches!(param_error.field.as_str(), "body" | "query" | "path");
                error_response(if unread { 400 } else { 422 }, &param_error.to_string())
            }
            Self::Engine(error) => engine_error_response(error),
        }
    }
}

/// A field of the book by its name in the API.
fn api_field_name(field: Field) -> &'static str {
    match field {
        Field::DisplayName | Field::Name => "fullName",
        Field::Query => "term",
        Field::Limit => "limitation",
        Field::Payload => "content",
        Field::IdempotencyKey => "Idempotency-Key",
        field => field.as_str(),
    }
}

fn engine_error_response(error: &Error) -> ApiResponse {
    match error {
        Error::Invalid { field, reason: problem } => {
            error_response(422, &format!("{}: {problem}", api_field_name(*field)))
        }
        Error::Duplicate { field, .. } => {
            error_response(422, &format!("{}: another contact has it", api_field_name(*field)))
        }
        Error::Rule(RuleViolation::EventNotDeclared) => {
            error_response(422, "name: the project has no such event")
        }
        Error::Rule(RuleViolation::IdempotencyKeyReused) => {
            error_response(422, "Idempotency-Key: an earlier call with this key had other input")
        }
        Error::Forbidden(_) | Error::Rule(_) => error_response(403, NOT_ALLOWED),
        // The project of a token that has gone.
        Error::NotFound(cardex::EntityKind::Tenant, _) => error_response(403, UNKNOWN_TOKEN),
        error if error.is_not_found() => error_response(404, NOT_FOUND),
        error if error.is_client_error() => error_response(422, &error.to_string()),
        Error::DeadlineExceeded => error_response(503, TOO_SLOW),
        error if error.is_retryable() => error_response(503, BUSY),
        _ => error_response(500, FAILED),
    }
}
