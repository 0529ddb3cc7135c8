//! Maps errors of the engine to responses of Chatwoot.

use serde::Serialize;

use crate::api_error::{self, AuthFailure, BUSY, RequestError, TOO_SLOW};
use crate::call::ApiResponse;
use cardex::{Error, Field, ValidationError};

/// Why a call has no answer.
pub(super) type ApiError = api_error::ApiError<ChatwootError>;

/// An error that the API itself reports.
#[derive(Debug)]
pub(crate) enum ChatwootError {
    /// A status and a fixed text.
    Status(u16, &'static str),
    /// A path that the API does not have.
    UnknownPath,
    /// A status and a formatted text.
    StatusWithText(u16, String),
    /// A field that breaks a rule: its name and the sentence that follows it.
    Field(&'static str, String),
}

const SIGN_IN: &str = "You need to sign in or sign up before continuing.";
const BAD_TOKEN: &str = "Invalid Access Token";
pub(super) const NOT_ALLOWED: &str = "You are not authorized to do this action";
pub(super) const WRONG_ACCOUNT: &str = "You are not authorized to access this account";
const NOT_FOUND: &str = "Resource could not be found";
pub(super) const TAKEN: &str = "has already been taken";
pub(super) const FAILED: &str = "Internal server error";

/// No record has this id.
pub(super) const NOT_FOUND_ERROR: ApiError = status_error(404, NOT_FOUND);

/// An error with a status and a text.
pub(super) const fn status_error(status: u16, text: &'static str) -> ApiError {
    api_error::ApiError::Code(ChatwootError::Status(status, text))
}

/// A field that breaks a rule: its name and the sentence that follows it.
pub(super) fn invalid_field(name: &'static str, problem: &str) -> ApiError {
    api_error::ApiError::Code(ChatwootError::Field(name, problem.to_owned()))
}

impl api_error::ErrorCode for ChatwootError {
    fn auth_failure(why: AuthFailure) -> Self {
        Self::Status(
            401,
            match why {
                AuthFailure::Missing => SIGN_IN,
                AuthFailure::Rejected => BAD_TOKEN,
                AuthFailure::Forbidden | AuthFailure::WrongUser => NOT_ALLOWED,
            },
        )
    }

    fn request_error(what: RequestError) -> Self {
        match what {
            RequestError::UnknownPath => Self::UnknownPath,
            RequestError::WrongMethod | RequestError::TooLarge | RequestError::UnsupportedMedia => {
                let (status, text) = what.status_and_message();
                Self::Status(status, text)
            }
        }
    }

    fn serialization_failed() -> Self {
        Self::Status(500, FAILED)
    }
}

#[derive(Serialize)]
struct ErrorBody<'a> {
    error: &'a str,
}

/// The error of the product's router.
#[derive(Serialize)]
struct RouterErrorBody {
    status: u16,
    error: &'static str,
}

#[derive(Serialize)]
struct FieldErrorBody<'a> {
    message: String,
    attributes: [&'a str; 1],
}

fn error_response(status: u16, error: &str) -> ApiResponse {
    ApiResponse::error(status, &ErrorBody { error })
}

/// A field that broke its rule, in the sentence form of the product: `Phone number should be in e164 format`.
fn field_sentence(name: &str, problem: &str) -> String {
    let spoken = name.replace('_', " ");
    let mut letters = spoken.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{} {problem}", letters.as_str())
}

fn field_error_response(name: &str, problem: &str) -> ApiResponse {
    ApiResponse::error(422, &FieldErrorBody { message: field_sentence(name, problem), attributes: [name] })
}

/// A field of the book by its name in the API.
fn api_field_name(field: Field) -> &'static str {
    match field {
        Field::FirstName | Field::LastName | Field::DisplayName => "name",
        Field::Phone => "phone_number",
        Field::Attributes | Field::AttributeKey => "custom_attributes",
        Field::City | Field::Country | Field::Company => "additional_attributes",
        field => field.as_str(),
    }
}

/// A broken rule in the product's words, where it has any.
fn rule_message(problem: &ValidationError) -> String {
    match problem {
        ValidationError::TooLong { limit } => format!("is too long (maximum is {limit} characters)"),
        ValidationError::Required { .. } => "can't be blank".to_owned(),
        ValidationError::NotAPhone => "should be in e164 format".to_owned(),
        ValidationError::NotAnEmail => "is invalid".to_owned(),
        problem => format!("is invalid: {problem}"),
    }
}

impl ApiError {
    /// A broken rule as a sentence, where the API has no list of the fields at fault.
    pub(super) fn with_plain_message(self) -> Self {
        match self {
            Self::Engine(error @ Error::Invalid { .. }) => {
                Self::Code(ChatwootError::StatusWithText(422, error.to_string()))
            }
            error => error,
        }
    }

    /// Whether the caller's input is at fault.
    pub(super) fn is_about_input(&self) -> bool {
        match self {
            Self::Code(code) => {
                matches!(code, ChatwootError::Field(..) | ChatwootError::StatusWithText(422, _))
            }
            Self::Param(_) => true,
            Self::Engine(error) => error.is_client_error(),
        }
    }

    /// The error as one sentence.
    pub(super) fn sentence(&self) -> String {
        match self {
            Self::Code(ChatwootError::Field(name, problem)) => field_sentence(name, problem),
            Self::Code(ChatwootError::Status(_, text)) => (*text).to_owned(),
            Self::Code(ChatwootError::StatusWithText(_, text)) => text.clone(),
            Self::Code(ChatwootError::UnknownPath) => NOT_FOUND.to_owned(),
            Self::Param(param_error) => param_error.to_string(),
            Self::Engine(Error::Invalid { field, reason }) => {
                field_sentence(api_field_name(*field), &rule_message(reason))
            }
            Self::Engine(Error::Duplicate { field, .. }) => field_sentence(api_field_name(*field), TAKEN),
            Self::Engine(error) => error.to_string(),
        }
    }

    pub(super) fn to_response(&self) -> ApiResponse {
        match self {
            Self::Code(ChatwootError::Status(status, text)) => error_response(*status, text),
            Self::Code(ChatwootError::UnknownPath) => {
                ApiResponse::error(404, &RouterErrorBody { status: 404, error: "Not Found" })
            }
            Self::Code(ChatwootError::StatusWithText(status, text)) => error_response(*status, text),
            Self::Code(ChatwootError::Field(name, problem)) => field_error_response(name, problem),
            Self::Param(param_error) => error_response(422, &param_error.to_string()),
            Self::Engine(error) => engine_error_response(error),
        }
    }
}

fn engine_error_response(error: &Error) -> ApiResponse {
    match error {
        Error::Invalid { field, reason: problem } => {
            field_error_response(api_field_name(*field), &rule_message(problem))
        }
        // Chatwoot names the field, but not the contact that has the value.
        Error::Duplicate { field, .. } => field_error_response(api_field_name(*field), TAKEN),
        Error::Forbidden(_) | Error::Rule(_) => error_response(401, NOT_ALLOWED),
        error if error.is_not_found() => error_response(404, NOT_FOUND),
        error if error.is_client_error() => error_response(422, &error.to_string()),
        Error::DeadlineExceeded => error_response(503, TOO_SLOW),
        error if error.is_retryable() => error_response(503, BUSY),
        _ => error_response(500, FAILED),
    }
}
