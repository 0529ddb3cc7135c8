//! How a refusal of the library is told in the contract's words.

use serde::Serialize;

use super::Flaw;
use crate::dialect::AuthError;
use crate::dialect::front::{Answer, Misdirected, Unwritten};
use crate::{Error, Field, Problem};

/// Why a call has no answer.
#[derive(Debug)]
pub(in crate::dialect) enum Fault {
    Book(Error),
    /// A status, and what there is to say.
    Said(u16, &'static str),
    /// The same with a text that is made.
    Plain(u16, String),
    /// A parameter or field that breaks the schema.
    Flaw(Flaw),
    /// A field that breaks a rule: its name and the sentence that follows it.
    Field(&'static str, String),
}

const SIGN_IN: &str = "You need to sign in or sign up before continuing.";
const BAD_TOKEN: &str = "Invalid Access Token";
pub(super) const NOT_ALLOWED: &str = "You are not authorized to do this action";
pub(super) const NOT_HERE: &str = "You are not authorized to access this account";
const NOT_FOUND: &str = "Resource could not be found";
const TAKEN: &str = "has already been taken";

/// Nobody, and nothing, by that id.
pub(super) const NOBODY: Fault = Fault::Said(404, NOT_FOUND);

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
            AuthError::Missing => Self::Said(401, SIGN_IN),
            AuthError::Rejected => Self::Said(401, BAD_TOKEN),
            AuthError::Forbidden | AuthError::WrongUser => Self::Said(401, NOT_ALLOWED),
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
        Self::Said(500, "Internal server error")
    }
}

#[derive(Serialize)]
struct Plain<'a> {
    error: &'a str,
}

#[derive(Serialize)]
struct OfFields<'a> {
    message: String,
    attributes: [&'a str; 1],
}

fn plain(status: u16, error: &str) -> Answer {
    // A text is always JSON.
    Answer::with(status, &Plain { error }).unwrap_or_else(|Unwritten| Answer::empty(status))
}

/// A field that broke its rule, as the product writes such sentences: `Phone number should be in e164 format`.
fn of_field(name: &str, problem: &str) -> Answer {
    let spoken = name.replace('_', " ");
    let mut letters = spoken.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    let message = format!("{first}{} {problem}", letters.as_str());
    let body = OfFields { message, attributes: [name] };
    Answer::with(422, &body).unwrap_or_else(|Unwritten| Answer::empty(422))
}

/// A field of the book by its name in the contract.
fn name_of(field: Field) -> &'static str {
    match field {
        Field::FirstName | Field::LastName | Field::DisplayName => "name",
        Field::Phone => "phone_number",
        Field::Attributes | Field::AttributeKey => "custom_attributes",
        Field::City | Field::Country | Field::Company => "additional_attributes",
        field => field.as_str(),
    }
}

/// A broken rule in the product's words, where it has any.
fn said(problem: &Problem) -> String {
    match problem {
        Problem::TooLong { limit } => format!("is too long (maximum is {limit} characters)"),
        Problem::Required { .. } => "can't be blank".to_owned(),
        Problem::NotAPhone => "should be in e164 format".to_owned(),
        Problem::NotAnEmail => "is invalid".to_owned(),
        problem => format!("is invalid: {problem}"),
    }
}

impl Fault {
    /// A broken rule as a sentence, where the contract has no list of the fields at fault.
    pub(super) fn plainly(self) -> Self {
        match self {
            Self::Book(error @ Error::Invalid { .. }) => Self::Plain(422, error.to_string()),
            fault => fault,
        }
    }

    pub(super) fn answer(&self) -> Answer {
        match self {
            Self::Said(status, text) => plain(*status, text),
            Self::Plain(status, text) => plain(*status, text),
            Self::Flaw(flaw) => plain(422, &flaw.to_string()),
            Self::Field(name, problem) => of_field(name, problem),
            Self::Book(error) => of_error(error),
        }
    }
}

fn of_error(error: &Error) -> Answer {
    match error {
        Error::Invalid { field, problem } => of_field(name_of(*field), &said(problem)),
        // The product names the field, and not who holds the value.
        Error::Taken { field, .. } => of_field(name_of(*field), TAKEN),
        Error::Forbidden(_) | Error::Refused(_) => plain(401, NOT_ALLOWED),
        error if error.is_not_found() => plain(404, NOT_FOUND),
        error if error.is_refusal() => plain(422, &error.to_string()),
        error if error.is_retryable() => plain(503, "The book is busy or full; try again"),
        _ => plain(500, "Internal server error"),
    }
}
