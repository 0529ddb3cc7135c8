//! Symphony Federation: contacts, advisors, blocks, entitlements, permissions, federation groups.
//!
//! The contract is `tests/fixtures/openapi/federation.yaml`; a test holds every answer against it. Ids are strings of digits,
//! times whole milliseconds since 1970. Pages have 50 items.
//!
//! # Where the contract is silent
//! - An error that an operation does not declare is told by the nearest one it does. What breaks the schema is 400, with the
//!   nearest type declared; `title` names the field. A permission that lacks is 401 where no 403 is declared, and 404 where
//!   neither is.
//! - A path with an id that is none is the path of nobody: 404.
//! - Phone numbers carry their calling code, with a plus or without, so digits alone are taken for a number with a plus unless
//!   they start with a zero. A plus that a query lost, because it is a space there, is put back.
//! - A bulk call whose items are all refused with one and the same code is refused with it, if the contract has that code for
//!   the call; otherwise each item has its line.
//! - A list with filters that finds nobody is 404; one without filters is an empty page.
//! - `searchContacts` takes `before` and `after` too, so that the pages it speaks of can be asked for.

mod blocks;
mod codes;
mod contacts;
mod directory;
mod entitlements;
mod errors;
mod groups;
mod onboarding;
mod paging;
mod params;
mod permissions;
mod removal;
mod routes;
mod search;
mod shapes;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use http::{Method, Request, Response};
use serde::Serialize;

use self::errors::{Fault, Problem};
use self::routes::ROUTES;
use super::auth::Authenticator;
use super::front::{Call, Refused, admit, other_methods, respond};
use super::{BODY_LIMIT, input::Flaw};
use crate::Store;

/// The contract, answered from a store. Cheap to clone; usable from any thread, which it may block.
///
/// ```
/// use cardex::dialect::federation::Federation;
/// use cardex::{Actor, Network, NewContact, Options, Store};
/// let store = Options::new().open_in_memory()?;
/// store.session(Actor::System).add(NewContact::new(Network::SMS_DIRECT, "John", "Doe").phone("+33612345678"))?;
/// // A host that knows its caller gives the session itself.
/// let api = Federation::new(store, |store: &Store, _: &http::request::Parts| Ok(store.session(Actor::System)));
///
/// let path = "/api/v2/customer/contact?phoneNumber=33612345678&externalNetwork=SMS-DIRECT";
/// let response = api.call(http::Request::get(path).body(Vec::new())?);
/// assert_eq!(response.status(), 200);
/// let contact: serde_json::Value = serde_json::from_slice(response.body())?;
/// assert_eq!(contact["firstName"], "John");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Federation {
    store: Store,
    authenticator: Arc<dyn Authenticator>,
    body_limit: usize,
}

impl fmt::Debug for Federation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Federation").field("body_limit", &self.body_limit).finish_non_exhaustive()
    }
}

/// What a call comes to.
struct Answer {
    status: u16,
    body: Option<Vec<u8>>,
}

impl Answer {
    /// 200 with a document.
    fn ok(shape: &impl Serialize) -> Result<Self, Fault> {
        Self::with(200, shape)
    }

    fn with(status: u16, shape: &impl Serialize) -> Result<Self, Fault> {
        let body = serde_json::to_vec(shape).map_err(|_| Fault::Said(codes::INTERNAL))?;
        Ok(Self { status, body: Some(body) })
    }

    /// A status without a document.
    const fn empty(status: u16) -> Self {
        Self { status, body: None }
    }
}

impl Federation {
    /// Answers from this store, to those whom the authenticator lets in.
    #[must_use]
    pub fn new(store: Store, authenticator: impl Authenticator + 'static) -> Self {
        Self { store, authenticator: Arc::new(authenticator), body_limit: BODY_LIMIT }
    }

    /// The bytes a request's body may have.
    #[must_use]
    pub const fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// Answers one request. Whatever it is, there is an answer: an error is one too.
    #[must_use]
    pub fn call(&self, request: Request<Vec<u8>>) -> Response<Vec<u8>> {
        let method = request.method().clone();
        let doors = (&self.store, self.authenticator.as_ref());
        let mut response = match admit(ROUTES, doors, self.body_limit, request) {
            Ok((route, call)) => match (route.handler.run)(&call) {
                Ok(answer) => respond(answer.status, answer.body),
                Err(fault) => fault.problem(route.handler.faults).into(),
            },
            Err(Refused::TooLarge) => codes::TOO_LARGE.problem().into(),
            Err(Refused::UnknownPath) => codes::NO_SUCH_PATH.problem().into(),
            Err(Refused::BadPath(flaw)) => Fault::Flaw(flaw).problem(&[]).into(),
            Err(Refused::BadQuery(route, flaw)) => Fault::Flaw(flaw).problem(route.handler.faults).into(),
            Err(Refused::Nobody(route, error)) => Fault::from(error).problem(route.handler.faults).into(),
            Err(Refused::OtherMethods(allow)) => {
                other_methods(&method, &allow, codes::WRONG_METHOD.problem().json())
            }
        };
        if method == Method::HEAD {
            response.body_mut().clear();
        }
        response
    }
}

impl From<Problem> for Response<Vec<u8>> {
    fn from(problem: Problem) -> Self {
        let mut response = respond(problem.status(), Some(problem.json()));
        if problem.status() == 503 {
            response.headers_mut().insert(http::header::RETRY_AFTER, http::HeaderValue::from_static("1"));
        }
        response
    }
}
