//! The operations of the API: where each is, and what answers it.

use crate::auth::TokenLocation;
use crate::call::ApiResponse;
use crate::chatwoot::errors::{self, ApiError};
use crate::chatwoot::product::Chatwoot;
use crate::chatwoot::{
    attributes, catalogue, contact_inboxes, contacts, conversations, filter, inboxes, labels, lists, merging,
    notes, public,
};
use crate::operation::{ProductApi, Route, delete, get, patch, post, put};

impl ProductApi for Chatwoot {
    type Error = errors::ChatwootError;
    /// All operations have the same errors, distinguished by their status.
    type DeclaredError = ();
    const TOKEN: TokenLocation = TokenLocation::Header("api_access_token");

    fn routes() -> &'static [Route<Self>] {
        ROUTES
    }

    fn error_response(error: &ApiError, _: &[()]) -> ApiResponse {
        error.to_response()
    }
}

const PUBLIC_CONTACTS: &str = "/public/api/v1/inboxes/{inbox_identifier}/contacts";
const PUBLIC_CONTACT: &str = "/public/api/v1/inboxes/{inbox_identifier}/contacts/{contact_identifier}";

/// In the order of the OpenAPI file.
pub(super) static ROUTES: &[Route<Chatwoot>] = &[
    get("/api/v1/accounts/{account_id}/contacts", lists::list),
    post("/api/v1/accounts/{account_id}/contacts", contacts::create),
    get("/api/v1/accounts/{account_id}/contacts/active", lists::active),
    get("/api/v1/accounts/{account_id}/contacts/search", lists::search),
    post("/api/v1/accounts/{account_id}/contacts/filter", filter::filter_contacts),
    get("/api/v1/accounts/{account_id}/contacts/{id}", contacts::details),
    put("/api/v1/accounts/{account_id}/contacts/{id}", contacts::update),
    patch("/api/v1/accounts/{account_id}/contacts/{id}", contacts::update),
    delete("/api/v1/accounts/{account_id}/contacts/{id}", contacts::delete),
    post("/api/v1/accounts/{account_id}/contacts/{id}/destroy_custom_attributes", attributes::destroy),
    get("/api/v1/accounts/{account_id}/contacts/{id}/labels", labels::list),
    post("/api/v1/accounts/{account_id}/contacts/{id}/labels", labels::replace),
    get("/api/v1/accounts/{account_id}/contacts/{id}/contactable_inboxes", inboxes::contactable),
    get("/api/v1/accounts/{account_id}/contacts/{id}/conversations", conversations::list),
    post("/api/v1/accounts/{account_id}/contacts/{id}/contact_inboxes", contact_inboxes::create),
    get("/api/v1/accounts/{account_id}/contacts/{contact_id}/notes", notes::list),
    post("/api/v1/accounts/{account_id}/contacts/{contact_id}/notes", notes::create),
    get("/api/v1/accounts/{account_id}/contacts/{contact_id}/notes/{id}", notes::details),
    patch("/api/v1/accounts/{account_id}/contacts/{contact_id}/notes/{id}", notes::update),
    put("/api/v1/accounts/{account_id}/contacts/{contact_id}/notes/{id}", notes::update),
    delete("/api/v1/accounts/{account_id}/contacts/{contact_id}/notes/{id}", notes::delete),
    post("/api/v1/accounts/{account_id}/actions/contact_merge", merging::merge_contacts),
    get("/api/v1/accounts/{account_id}/labels", catalogue::labels),
    get("/api/v1/accounts/{account_id}/inboxes", inboxes::list),
    get("/api/v1/accounts/{account_id}/inboxes/{id}", inboxes::details),
    post("/api/v1/accounts/{account_id}/contact_inboxes/filter", contact_inboxes::filter),
    get("/api/v1/accounts/{account_id}/custom_attribute_definitions", catalogue::attribute_definitions),
    post(PUBLIC_CONTACTS, public::create),
    get(PUBLIC_CONTACT, public::details),
    patch(PUBLIC_CONTACT, public::update),
    put(PUBLIC_CONTACT, public::update),
];
