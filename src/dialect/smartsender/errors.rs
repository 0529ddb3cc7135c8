//! How a refusal of the library is told in the contract's words.

use serde::Serialize;

use super::Flaw;
use crate::dialect::AuthError;
use crate::dialect::front::{Answer, Misdirected, Unwritten};
use crate::{Error, Field, Refusal};

/// Why a call has no answer.
#[derive(Debug)]
pub(in crate::dialect) enum Fault {
    Book(Error),
    /// A status, and what there is to say.
    Said(u16, &'static str),
    /// A parameter or field that breaks a rule of the schema.
    Flaw(Flaw),
}

/// Nobody, and nothing, by that id.
pub(super) const NOBODY: Fault = Fault::Said(404, "Not found");

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Book(error)
    }
}

impl From<Flaw> for Fault {
    fn from(flaw: Flaw) -> Self {
        Self::Flaw(flaw)
    }
}

impl From<AuthError> for Fault {
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::Missing => Self::Said(401, "Unauthenticated"),
            AuthError::Rejected => Self::Said(403, "The token is not known"),
            AuthError::Forbidden | AuthError::WrongUser => Self::Said(403, "The caller may not do this"),
            AuthError::Book(error) => Self::Book(error),
        }
    }
}

impl From<Misdirected> for Fault {
    fn from(misdirected: Misdirected) -> Self {
        match misdirected {
            Misdirected::UnknownPath => Self::Said(404, "There is no such path"),
            Misdirected::WrongMethod => Self::Said(405, "The path does not have this method"),
            Misdirected::TooLarge => Self::Said(413, "The body is too large"),
        }
    }
}

impl From<Unwritten> for Fault {
    fn from(Unwritten: Unwritten) -> Self {
        Self::Said(500, "The call failed")
    }
}

#[derive(Serialize)]
struct Body<'a> {
    state: bool,
    error: Inner<'a>,
}

#[derive(Serialize)]
struct Inner<'a> {
    code: u16,
    message: [&'a str; 1],
}

fn told(code: u16, message: &str) -> Answer {
    let body = Body { state: false, error: Inner { code, message: [message] } };
    // Texts and a number are always JSON.
    Answer::with(code, &body).unwrap_or_else(|Unwritten| Answer::empty(code))
}

impl Fault {
    pub(super) fn answer(&self) -> Answer {
        match self {
            Self::Said(status, text) => told(*status, text),
            Self::Flaw(flaw) => {
                // What cannot be read at all, and what is read and wrong.
                let unread = matches!(flaw.field.as_str(), "body" | "query" | "path");
                told(if unread { 400 } else { 422 }, &flaw.to_string())
            }
            Self::Book(error) => of_error(error),
        }
    }
}

/// A field of the book by its name in the contract.
fn name_of(field: Field) -> &'static str {
    match field {
        Field::DisplayName | Field::Name => "fullName",
        Field::Query => "term",
        Field::Limit => "limitation",
        field => field.as_str(),
    }
}

fn of_error(error: &Error) -> Answer {
    match error {
        Error::Invalid { field, problem } => told(422, &format!("{}: {problem}", name_of(*field))),
        Error::Taken { field, .. } => told(422, &format!("{}: another contact has it", name_of(*field))),
        Error::Refused(Refusal::NotDeclared) => told(422, "name: the project has no such event"),
        Error::Forbidden(_) | Error::Refused(_) => told(403, "The caller may not do this"),
        // The project of a token that has gone.
        Error::NoSuch(crate::Thing::Tenant, _) => told(403, "The token is not known"),
        error if error.is_not_found() => told(404, "Not found"),
        error if error.is_refusal() => told(422, &error.to_string()),
        error if error.is_retryable() => told(503, "The book is busy or full; try again"),
        _ => told(500, "The call failed"),
    }
}
