//! SmartSender v1: contacts with their variables, tags, funnels, gates and chat.
//!
//! The contract is `tests/fixtures/openapi/smartsender.yaml`; a test holds every answer against it. Ids are JSON numbers, times
//! `YYYY-MM-DD HH:MM:SS` in UTC, cut to the second. Pages have up to 20 items and are asked for by their number. The token says
//! whose project it is: a project is a tenant, and contacts of another one are 404.
//!
//! # Where the contract is silent
//! - A contact, tag, funnel or channel that is not there is 404; input that breaks a rule is 422 with the name of the field; a
//!   body or a query that cannot be read is 400. There is no limit of calls, so there is no 429.
//! - Lists are in the order in which contacts were added.
//! - A contact that is deleted is in the trash of the book.

mod contacts;
mod dto;
mod errors;
mod events;
mod funnels;
mod gates;
mod lists;
mod params;
mod routes;
mod tags;
mod unify;
mod update;

use self::errors::ApiError;
use crate::auth::TokenLocation;
use crate::input::ParamError;
use crate::operation::Route;
use crate::service::{ApiResponse, Call, Contract, define_product};

define_product! {
    /// The contract, answered from a store. Cheap to clone; usable from any thread, which it may block.
    ///
    /// ```
    /// use cardex_http::smartsender::SmartSender;
    /// use cardex::{Actor, Network, NewContact, Options, Store};
    /// let store = Options::new().open_in_memory()?;
    /// let john = store.session(Actor::System).add(NewContact::new(Network::WHATSAPP_DIRECT, "John", "Doe"))?;
    /// // A host that knows its caller gives the session itself.
    /// let api = SmartSender::new(store, |store: &Store, _: &http::request::Parts| Ok(store.session(Actor::System)));
    ///
    /// let response = api.call(http::Request::get(format!("/v1/contacts/{}", john.id)).body(Vec::new())?);
    /// assert_eq!(response.status(), 200);
    /// let contact: serde_json::Value = serde_json::from_slice(response.body())?;
    /// assert_eq!(contact["fullName"], "John Doe");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    SmartSender
}

impl Contract for SmartSender {
    type Error = errors::SmartSenderError;
    /// Every operation has the same errors, told by their status.
    type DeclaredError = ();
    const TOKEN: TokenLocation = TokenLocation::Bearer;

    fn routes() -> &'static [Route<Self>] {
        routes::ROUTES
    }

    fn error_response(fault: &ApiError, _: &[()]) -> ApiResponse {
        fault.to_response()
    }
}
