//! The operations of the API: where each is, and what answers it.

use crate::auth::TokenLocation;
use crate::call::ApiResponse;
use crate::chatwoot::errors::{self, ApiError};
use crate::chatwoot::product::Chatwoot;
use crate::chatwoot::{
    account_labels, attributes, avatar, bulk, contact_inboxes, contacts, conversations, custom_filters,
    definitions, export, filter, import, inboxes, labels, lists, merging, notes, profile, public, search,
};
use crate::operation::{ProductApi, Route, delete, get, patch, post, put};

impl ProductApi for Chatwoot {
    type Error = errors::ChatwootError;
    /// All operations have the same errors, distinguished by their status.
    type DeclaredError = ();
    const TOKEN: TokenLocation = TokenLocation::Header("api_access_token");

    const CHECKS_TOKEN_FIRST: bool = true;

    fn routes() -> &'static [Route<Self>] {
        ROUTES
    }

    fn error_response(error: &ApiError, _: &[()]) -> ApiResponse {
        error.to_response()
    }
}

const DEFINITIONS: &str = "/api/v1/accounts/{account_id}/custom_attribute_definitions";
const DEFINITION: &str = "/api/v1/accounts/{account_id}/custom_attribute_definitions/{id}";
const FILTERS: &str = "/api/v1/accounts/{account_id}/custom_filters";
const FILTER: &str = "/api/v1/accounts/{account_id}/custom_filters/{id}";
const PUBLIC_CONTACTS: &str = "/public/api/v1/inboxes/{inbox_identifier}/contacts";
const PUBLIC_CONTACT: &str = "/public/api/v1/inboxes/{inbox_identifier}/contacts/{contact_identifier}";

/// In the order of the OpenAPI file.
pub(super) static ROUTES: &[Route<Chatwoot>] = &[
    get("/api/v1/accounts/{account_id}/contacts", lists::list),
    post("/api/v1/accounts/{account_id}/contacts", contacts::create),
    get("/api/v1/accounts/{account_id}/contacts/active", lists::active),
    get("/api/v1/accounts/{account_id}/contacts/search", lists::search),
    post("/api/v1/accounts/{account_id}/contacts/filter", filter::filter_contacts),
    post("/api/v1/accounts/{account_id}/contacts/import", import::import),
    post("/api/v1/accounts/{account_id}/contacts/export", export::export),
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
    get("/api/v1/accounts/{account_id}/contacts/{id}/avatar", avatar::show),
    delete("/api/v1/accounts/{account_id}/contacts/{id}/avatar", avatar::delete),
    get("/api/v1/accounts/{account_id}/contacts/{contact_id}/notes", notes::list),
    post("/api/v1/accounts/{account_id}/contacts/{contact_id}/notes", notes::create),
    get("/api/v1/accounts/{account_id}/contacts/{contact_id}/notes/{id}", notes::details),
    patch("/api/v1/accounts/{account_id}/contacts/{contact_id}/notes/{id}", notes::update),
    put("/api/v1/accounts/{account_id}/contacts/{contact_id}/notes/{id}", notes::update),
    delete("/api/v1/accounts/{account_id}/contacts/{contact_id}/notes/{id}", notes::delete),
    post("/api/v1/accounts/{account_id}/actions/contact_merge", merging::merge_contacts),
    post("/api/v1/accounts/{account_id}/bulk_actions", bulk::run),
    get("/api/v1/accounts/{account_id}/search", search::all),
    get("/api/v1/accounts/{account_id}/search/contacts", search::contacts_only),
    get("/api/v1/accounts/{account_id}/labels", account_labels::list),
    post("/api/v1/accounts/{account_id}/labels", account_labels::create),
    get("/api/v1/accounts/{account_id}/labels/{id}", account_labels::details),
    patch("/api/v1/accounts/{account_id}/labels/{id}", account_labels::update),
    put("/api/v1/accounts/{account_id}/labels/{id}", account_labels::update),
    delete("/api/v1/accounts/{account_id}/labels/{id}", account_labels::delete),
    get("/api/v1/accounts/{account_id}/inboxes", inboxes::list),
    get("/api/v1/accounts/{account_id}/inboxes/{id}", inboxes::details),
    post("/api/v1/accounts/{account_id}/contact_inboxes/filter", contact_inboxes::filter),
    get(DEFINITIONS, definitions::list),
    post(DEFINITIONS, definitions::create),
    get(DEFINITION, definitions::details),
    patch(DEFINITION, definitions::update),
    put(DEFINITION, definitions::update),
    delete(DEFINITION, definitions::delete),
    get(FILTERS, custom_filters::list),
    post(FILTERS, custom_filters::create),
    get(FILTER, custom_filters::details),
    patch(FILTER, custom_filters::update),
    put(FILTER, custom_filters::update),
    delete(FILTER, custom_filters::delete),
    get("/api/v1/profile", profile::profile),
    post(PUBLIC_CONTACTS, public::create),
    get(PUBLIC_CONTACT, public::details),
    patch(PUBLIC_CONTACT, public::update),
    put(PUBLIC_CONTACT, public::update),
];
