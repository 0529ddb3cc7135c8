//! The operations of the contract: where each is, and what answers it.

use http::Method;

use super::errors::Fault;
use super::{
    Answer, Call, Chatwoot, Operation, attributes, contacts, filter, inboxes, labels, lists, merging, notes,
};
use crate::dialect::front::on;
use crate::dialect::route::Route;

type Run = fn(&Call) -> Result<Answer, Fault>;
type Row = Route<Operation<Chatwoot>>;

const fn get(path: &'static str, run: Run) -> Row {
    on(Method::GET, path, run, &[])
}

const fn post(path: &'static str, run: Run) -> Row {
    on(Method::POST, path, run, &[])
}

const fn put(path: &'static str, run: Run) -> Row {
    on(Method::PUT, path, run, &[])
}

const fn patch(path: &'static str, run: Run) -> Row {
    on(Method::PATCH, path, run, &[])
}

const fn delete(path: &'static str, run: Run) -> Row {
    on(Method::DELETE, path, run, &[])
}

/// In the order of the contract.
pub(super) static ROUTES: &[Row] = &[
    get("/api/v1/accounts/{account_id}/contacts", lists::list),
    post("/api/v1/accounts/{account_id}/contacts", contacts::create),
    get("/api/v1/accounts/{account_id}/contacts/active", lists::active),
    get("/api/v1/accounts/{account_id}/contacts/search", lists::search),
    post("/api/v1/accounts/{account_id}/contacts/filter", filter::run),
    get("/api/v1/accounts/{account_id}/contacts/{id}", contacts::details),
    put("/api/v1/accounts/{account_id}/contacts/{id}", contacts::update),
    patch("/api/v1/accounts/{account_id}/contacts/{id}", contacts::update),
    delete("/api/v1/accounts/{account_id}/contacts/{id}", contacts::delete),
    post("/api/v1/accounts/{account_id}/contacts/{id}/destroy_custom_attributes", attributes::destroy),
    get("/api/v1/accounts/{account_id}/contacts/{id}/labels", labels::list),
    post("/api/v1/accounts/{account_id}/contacts/{id}/labels", labels::replace),
    get("/api/v1/accounts/{account_id}/contacts/{id}/contactable_inboxes", inboxes::contactable),
    get("/api/v1/accounts/{account_id}/contacts/{contact_id}/notes", notes::list),
    post("/api/v1/accounts/{account_id}/contacts/{contact_id}/notes", notes::create),
    get("/api/v1/accounts/{account_id}/contacts/{contact_id}/notes/{id}", notes::details),
    patch("/api/v1/accounts/{account_id}/contacts/{contact_id}/notes/{id}", notes::update),
    put("/api/v1/accounts/{account_id}/contacts/{contact_id}/notes/{id}", notes::update),
    delete("/api/v1/accounts/{account_id}/contacts/{contact_id}/notes/{id}", notes::delete),
    post("/api/v1/accounts/{account_id}/actions/contact_merge", merging::run),
];
