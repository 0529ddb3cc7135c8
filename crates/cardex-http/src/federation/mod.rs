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
//! - A contact on no messaging network (`BOOK`) is not there, nor is that network.
//! - A list with filters that finds nobody is 404; one without filters is an empty page.
//! - `searchContacts` takes `before` and `after` too, so that the pages it speaks of can be asked for.

mod blocks;
mod codes;
mod contacts;
mod directory;
mod dto;
mod entitlements;
mod errors;
mod groups;
mod offboarding;
mod onboarding;
mod paging;
mod params;
mod permissions;
mod routes;
mod search;
#[cfg(test)]
mod tests;

use self::codes::FederationCode;
use self::errors::ApiError;
use crate::auth::TokenLocation;
use crate::input::ParamError;
use crate::operation::Route;
use crate::service::{ApiResponse, Call, Contract, define_product};

define_product! {
    /// The contract, answered from a store. Cheap to clone; usable from any thread, which it may block.
    ///
    /// ```
    /// use cardex_http::federation::Federation;
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
    Federation
}

impl Contract for Federation {
    type Error = FederationCode;
    type DeclaredError = FederationCode;
    const TOKEN: TokenLocation = TokenLocation::Bearer;

    fn routes() -> &'static [Route<Self>] {
        routes::ROUTES
    }

    fn error_response(fault: &ApiError, declared: &[FederationCode]) -> ApiResponse {
        fault.problem(declared).to_response()
    }
}
