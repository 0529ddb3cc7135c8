//! The operations of the contract: where each is, and what answers it.

use http::Method;

use super::errors::Fault;
use super::{
    Answer, Call, Operation, SmartSender, contacts, events, funnels, gates, lists, tags, unify, update,
};
use crate::dialect::front::on;
use crate::dialect::route::Route;

type Run = fn(&Call) -> Result<Answer, Fault>;
type Row = Route<Operation<SmartSender>>;

const fn get(path: &'static str, run: Run) -> Row {
    on(Method::GET, path, run, &[])
}

const fn post(path: &'static str, run: Run) -> Row {
    on(Method::POST, path, run, &[])
}

const fn put(path: &'static str, run: Run) -> Row {
    on(Method::PUT, path, run, &[])
}

const fn delete(path: &'static str, run: Run) -> Row {
    on(Method::DELETE, path, run, &[])
}

/// In the order of the contract.
pub(super) static ROUTES: &[Row] = &[
    get("/v1/contacts", lists::list),
    get("/v1/contacts/search", lists::search),
    get("/v1/contacts/{contactId}", contacts::get),
    put("/v1/contacts/{contactId}", update::run),
    delete("/v1/contacts/{contactId}", contacts::delete),
    get("/v1/contacts/{contactId}/info", contacts::info),
    post("/v1/contacts/{contactId}/tags/{tagId}", tags::add),
    delete("/v1/contacts/{contactId}/tags/{tagId}", tags::remove),
    get("/v1/contacts/{contactId}/chat", gates::chat),
    get("/v1/contacts/{contactId}/gates", gates::list),
    post("/v1/contacts/{contactId}/fire", events::fire),
    get("/v1/contacts/{contactId}/funnels", funnels::list),
    post("/v1/contacts/{contactId}/funnels/{serviceKey}", funnels::add),
    delete("/v1/contacts/{contactId}/funnels/{serviceKey}", funnels::remove),
    post("/v1/contacts/{contactId}/unify/{targetContactId}", unify::run),
    post("/v1/channels/{channelId}/gates", gates::create),
];
