//! How a refusal of the library is told in the contract's words.

use serde::Serialize;

use crate::fault::{self, BUSY, Misdirected, Stranger};
use crate::front::Answer;
use cardex::{Error, Field, Problem};

/// Why a call has no answer.
pub(super) type Fault = fault::Fault<Word>;

/// What the contract says of its own accord.
#[derive(Debug)]
pub(crate) enum Word {
    /// A status, and what there is to say.
    Said(u16, &'static str),
    /// The same with a text that is made.
    Made(u16, String),
    /// A field that breaks a rule: its name and the sentence that follows it.
    Field(&'static str, String),
}

const SIGN_IN: &str = "You need to sign in or sign up before continuing.";
const BAD_TOKEN: &str = "Invalid Access Token";
pub(super) const NOT_ALLOWED: &str = "You are not authorized to do this action";
pub(super) const NOT_HERE: &str = "You are not authorized to access this account";
const NOT_FOUND: &str = "Resource could not be found";
pub(super) const TAKEN: &str = "has already been taken";
pub(super) const FAILED: &str = "Internal server error";

/// Nobody, and nothing, by that id.
pub(super) const NOBODY: Fault = said(404, NOT_FOUND);

/// A status, and what there is to say.
pub(super) const fn said(status: u16, text: &'static str) -> Fault {
    fault::Fault::Said(Word::Said(status, text))
}

/// A field that breaks a rule: its name and the sentence that follows it.
pub(super) fn of_field(name: &'static str, problem: &str) -> Fault {
    fault::Fault::Said(Word::Field(name, problem.to_owned()))
}

impl fault::Word for Word {
    fn stranger(why: Stranger) -> Self {
        Self::Said(
            401,
            match why {
                Stranger::Missing => SIGN_IN,
                Stranger::Rejected => BAD_TOKEN,
                Stranger::Forbidden | Stranger::WrongUser => NOT_ALLOWED,
            },
        )
    }

    fn misdirected(what: Misdirected) -> Self {
        let (status, text) = what.plainly();
        Self::Said(status, text)
    }

    fn unwritten() -> Self {
        Self::Said(500, FAILED)
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
    Answer::error(status, &Plain { error })
}

/// A field that broke its rule, as the product writes such sentences: `Phone number should be in e164 format`.
fn field_error(name: &str, problem: &str) -> Answer {
    let spoken = name.replace('_', " ");
    let mut letters = spoken.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    let message = format!("{first}{} {problem}", letters.as_str());
    Answer::error(422, &OfFields { message, attributes: [name] })
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
fn sentence(problem: &Problem) -> String {
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
            Self::Book(error @ Error::Invalid { .. }) => Self::Said(Word::Made(422, error.to_string())),
            fault => fault,
        }
    }

    pub(super) fn answer(&self) -> Answer {
        match self {
            Self::Said(Word::Said(status, text)) => plain(*status, text),
            Self::Said(Word::Made(status, text)) => plain(*status, text),
            Self::Said(Word::Field(name, problem)) => field_error(name, problem),
            Self::Flaw(flaw) => plain(422, &flaw.to_string()),
            Self::Book(error) => of_error(error),
        }
    }
}

fn of_error(error: &Error) -> Answer {
    match error {
        Error::Invalid { field, problem } => field_error(name_of(*field), &sentence(problem)),
        // The product names the field, and not who holds the value.
        Error::Taken { field, .. } => field_error(name_of(*field), TAKEN),
        Error::Forbidden(_) | Error::Refused(_) => plain(401, NOT_ALLOWED),
        error if error.is_not_found() => plain(404, NOT_FOUND),
        error if error.is_refusal() => plain(422, &error.to_string()),
        error if error.is_retryable() => plain(503, BUSY),
        _ => plain(500, FAILED),
    }
}
