//! How a refusal of the library is told in the contract's words.

use serde::Serialize;

use crate::fault::{self, BUSY, Misdirected, Stranger};
use crate::front::Answer;
use cardex::{Error, Field, Refusal};

/// Why a call has no answer.
pub(super) type Fault = fault::Fault<Word>;

/// What the contract says of its own accord: a status, and a sentence.
#[derive(Debug)]
pub(crate) struct Word(u16, &'static str);

const NOT_FOUND: &str = "Not found";
const UNKNOWN_TOKEN: &str = "The token is not known";
const NOT_ALLOWED: &str = "The caller may not do this";
const FAILED: &str = "The call failed";

/// Nobody, and nothing, by that id.
pub(super) const NOBODY: Fault = said(404, NOT_FOUND);

/// A status, and what there is to say.
pub(super) const fn said(status: u16, text: &'static str) -> Fault {
    fault::Fault::Said(Word(status, text))
}

impl fault::Word for Word {
    fn stranger(why: Stranger) -> Self {
        match why {
            Stranger::Missing => Self(401, "Unauthenticated"),
            Stranger::Rejected => Self(403, UNKNOWN_TOKEN),
            Stranger::Forbidden | Stranger::WrongUser => Self(403, NOT_ALLOWED),
        }
    }

    fn misdirected(what: Misdirected) -> Self {
        let (status, text) = what.plainly();
        Self(status, text)
    }

    fn unwritten() -> Self {
        Self(500, FAILED)
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
    Answer::error(code, &body)
}

impl Fault {
    pub(super) fn answer(&self) -> Answer {
        match self {
            Self::Said(Word(status, text)) => told(*status, text),
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
        Error::Forbidden(_) | Error::Refused(_) => told(403, NOT_ALLOWED),
        // The project of a token that has gone.
        Error::NoSuch(cardex::Thing::Tenant, _) => told(403, UNKNOWN_TOKEN),
        error if error.is_not_found() => told(404, NOT_FOUND),
        error if error.is_refusal() => told(422, &error.to_string()),
        error if error.is_retryable() => told(503, BUSY),
        _ => told(500, FAILED),
    }
}
