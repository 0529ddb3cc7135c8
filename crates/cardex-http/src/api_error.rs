//! Why a call has no answer: the same for every product, but for its own words.

use crate::auth::AuthError;
use crate::input::ParamError;
use cardex::{Error, RuleViolation};

/// Why a call has no answer.
#[derive(Debug)]
pub(super) enum ApiError<W> {
    /// An error of the engine.
    Engine(Error),
    /// A parameter or field that breaks the schema.
    Param(ParamError),
    /// An error code of the product.
    Code(W),
}

/// The error codes of a product.
pub(super) trait ErrorCode: Sized {
    /// The code of a failed authentication.
    fn auth_failure(why: AuthFailure) -> Self;
    /// Of a request that HTTP itself is against.
    fn request_error(what: RequestError) -> Self;
    /// Of an answer that could not be written.
    fn serialization_failed() -> Self;
}

/// The reason why a caller is not authenticated.
#[derive(Debug, Clone, Copy)]
pub(super) enum AuthFailure {
    /// There is no token.
    Missing,
    /// The token is not known, or worth nothing any more.
    Rejected,
    /// The caller may not call.
    Forbidden,
    /// The token is another user's.
    WrongUser,
}

/// What HTTP itself has against a request.
#[derive(Debug, Clone, Copy)]
pub(super) enum RequestError {
    /// The path is not one of the API's.
    UnknownPath,
    /// The path does not have this method.
    WrongMethod,
    /// The body has more bytes than allowed.
    TooLarge,
    /// The operation does not read bodies of this media type or encoding.
    UnsupportedMedia,
}

impl RequestError {
    /// Its status, and a sentence for APIs that have none for it.
    pub(super) const fn status_and_message(self) -> (u16, &'static str) {
        match self {
            Self::UnknownPath => (404, "There is no such path"),
            Self::WrongMethod => (405, "The path does not have this method"),
            Self::TooLarge => (413, "The body is too large"),
            Self::UnsupportedMedia => (415, "The media type or the encoding of the body is not supported"),
        }
    }
}

/// The message while the store cannot be written.
pub(super) const BUSY: &str = "The book is busy or full; try again";

/// The message of a call that reached its time limit.
pub(super) const TOO_SLOW: &str =
    "The call did not end within its time limit; nothing is wrong, but narrow the search";

impl<W: ErrorCode> ApiError<W> {
    pub(super) fn request_error(what: RequestError) -> Self {
        Self::Code(W::request_error(what))
    }
}

impl<W> From<Error> for ApiError<W> {
    fn from(error: Error) -> Self {
        Self::Engine(error)
    }
}

impl<W> From<RuleViolation> for ApiError<W> {
    fn from(refusal: RuleViolation) -> Self {
        Self::Engine(refusal.into())
    }
}

impl<W> From<ParamError> for ApiError<W> {
    fn from(param_error: ParamError) -> Self {
        Self::Param(param_error)
    }
}

impl<W: ErrorCode> From<AuthError> for ApiError<W> {
    fn from(error: AuthError) -> Self {
        Self::Code(W::auth_failure(match error {
            AuthError::Missing => AuthFailure::Missing,
            AuthError::Rejected => AuthFailure::Rejected,
            AuthError::Forbidden => AuthFailure::Forbidden,
            AuthError::WrongUser => AuthFailure::WrongUser,
            AuthError::Engine(error) => return Self::Engine(error),
        }))
    }
}
