//! Authentication of callers.

use std::fmt;

use http::header::{AUTHORIZATION, AsHeaderName};
use http::request::Parts;
use subtle::ConstantTimeEq;

use cardex::{Actor, Error, Session, Store};

/// Authenticates the caller of a request.
///
/// A closure with this signature is an authenticator too. A host that authenticates callers by other means returns its
/// own session.
pub trait Authenticator: Send + Sync {
    /// The session in which the request is answered.
    ///
    /// # Errors
    /// [`AuthError`] if the caller is unknown or may not call.
    fn session(&self, store: &Store, request: &Parts) -> Result<Session, AuthError>;
}

impl<F> Authenticator for F
where
    F: Fn(&Store, &Parts) -> Result<Session, AuthError> + Send + Sync,
{
    fn session(&self, store: &Store, request: &Parts) -> Result<Session, AuthError> {
        self(store, request)
    }
}

/// Why a request has no session.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuthError {
    /// It has no credentials.
    #[error("no credentials")]
    Missing,
    /// Its credentials are not known, or worth nothing any more.
    #[error("unknown credentials")]
    Rejected,
    /// Its caller is known, but may not call.
    #[error("this caller may not call")]
    Forbidden,
    /// Its credentials are another user's than the one it speaks for.
    #[error("the credentials are another user's")]
    WrongUser,
    /// The book failed while it was looked up.
    #[error(transparent)]
    Engine(#[from] Error),
}

/// Where an API has the token of its callers: an extension of the requests that an [`Authenticator`] gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenLocation {
    /// `Authorization: Bearer …`.
    Bearer,
    /// A header of its own, the token and nothing else.
    Header(&'static str),
}

/// The token of a request, from where the API it was sent to has it: `Authorization: Bearer`, or for Chatwoot
/// `api_access_token`. Without that header, Chatwoot accepts `Authorization: Bearer` too.
///
/// # Errors
/// [`AuthError::Missing`] without the header; [`AuthError::Rejected`] with several, or with one of another scheme.
pub fn token(request: &Parts) -> Result<&str, AuthError> {
    match request.extensions.get() {
        None | Some(TokenLocation::Bearer) => bearer(request),
        Some(TokenLocation::Header(name)) => match single_header(request, *name) {
            Err(AuthError::Missing) => bearer(request),
            found => Ok(found?.trim()),
        },
    }
}

/// The text of a header that occurs exactly once.
fn single_header(request: &Parts, name: impl AsHeaderName) -> Result<&str, AuthError> {
    let mut headers = request.headers.get_all(name).iter();
    let header = headers.next().ok_or(AuthError::Missing)?;
    match headers.next() {
        None => header.to_str().map_err(|_| AuthError::Rejected),
        Some(_) => Err(AuthError::Rejected),
    }
}

/// The token of a request's `Authorization: Bearer` header.
///
/// # Errors
/// [`AuthError::Missing`] without the header, [`AuthError::Rejected`] with one of another scheme, or several.
pub fn bearer(request: &Parts) -> Result<&str, AuthError> {
    let (scheme, token) =
        single_header(request, AUTHORIZATION)?.split_once(' ').ok_or(AuthError::Rejected)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(AuthError::Rejected);
    }
    Ok(token.trim())
}

/// Tokens that do not change, each for an actor.
#[derive(Clone, Default)]
pub struct StaticTokens {
    tokens: Vec<(String, Actor)>,
}

impl StaticTokens {
    /// Without tokens: no caller is accepted.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// One more token. An empty one opens nothing.
    #[must_use]
    pub fn token(mut self, token: impl Into<String>, actor: Actor) -> Self {
        let token = token.into();
        if !token.is_empty() {
            self.tokens.push((token, actor));
        }
        self
    }

    /// Whether there is no token.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }
}

impl fmt::Debug for StaticTokens {
    /// How many, and nothing else.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StaticTokens").field("tokens", &self.tokens.len()).finish_non_exhaustive()
    }
}

impl Authenticator for StaticTokens {
    fn session(&self, store: &Store, request: &Parts) -> Result<Session, AuthError> {
        let given = token(request)?.as_bytes();
        // The loop compares every token completely. The time therefore shows at most the length of the tokens.
        let mut found = None;
        for (known, actor) in &self.tokens {
            if bool::from(known.as_bytes().ct_eq(given)) {
                found = Some(*actor);
            }
        }
        found.map(|actor| store.session(actor)).ok_or(AuthError::Rejected)
    }
}
