//! Why a call has no answer: the same for every product, but for its own words.

use crate::auth::AuthError;
use crate::input::Flaw;
use cardex::{Error, Refusal};

/// Why a call has no answer.
#[derive(Debug)]
pub(super) enum Fault<W> {
    /// The book refuses, or fails.
    Book(Error),
    /// A parameter or field that breaks the schema.
    Flaw(Flaw),
    /// What the contract says of its own accord.
    Said(W),
}

/// What a contract says of its own accord.
pub(super) trait Word: Sized {
    /// Of a caller who is not let in.
    fn stranger(why: Stranger) -> Self;
    /// Of a request that HTTP itself is against.
    fn misdirected(what: Misdirected) -> Self;
    /// Of an answer that could not be written.
    fn unwritten() -> Self;
}

/// Why a caller is not let in.
#[derive(Debug, Clone, Copy)]
pub(super) enum Stranger {
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
pub(super) enum Misdirected {
    /// The path is not one of the contract's.
    UnknownPath,
    /// The path does not have this method.
    WrongMethod,
    /// The body has more bytes than allowed.
    TooLarge,
}

impl Misdirected {
    /// Its status, and a sentence for contracts that have none for it.
    pub(super) const fn plainly(self) -> (u16, &'static str) {
        match self {
            Self::UnknownPath => (404, "There is no such path"),
            Self::WrongMethod => (405, "The path does not have this method"),
            Self::TooLarge => (413, "The body is too large"),
        }
    }
}

/// What is said of a book that cannot be written at the moment.
pub(super) const BUSY: &str = "The book is busy or full; try again";

impl<W: Word> Fault<W> {
    pub(super) fn misdirected(what: Misdirected) -> Self {
        Self::Said(W::misdirected(what))
    }
}

impl<W> From<Error> for Fault<W> {
    fn from(error: Error) -> Self {
        Self::Book(error)
    }
}

impl<W> From<Refusal> for Fault<W> {
    fn from(refusal: Refusal) -> Self {
        Self::Book(refusal.into())
    }
}

impl<W> From<Flaw> for Fault<W> {
    fn from(flaw: Flaw) -> Self {
        Self::Flaw(flaw)
    }
}

impl<W: Word> From<AuthError> for Fault<W> {
    fn from(error: AuthError) -> Self {
        Self::Said(W::stranger(match error {
            AuthError::Missing => Stranger::Missing,
            AuthError::Rejected => Stranger::Rejected,
            AuthError::Forbidden => Stranger::Forbidden,
            AuthError::WrongUser => Stranger::WrongUser,
            AuthError::Book(error) => return Self::Book(error),
        }))
    }
}
