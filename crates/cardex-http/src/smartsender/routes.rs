//! The operations of the contract: where each is, and what answers it.

use crate::auth::TokenLocation;
use crate::operation::{Route, delete, get, post, put};
use crate::service::{ApiResponse, Contract};
use crate::smartsender::errors::{self, ApiError};
use crate::smartsender::product::SmartSender;
use crate::smartsender::{contacts, events, funnels, gates, lists, tags, unify, update};

impl Contract for SmartSender {
    type Error = errors::SmartSenderError;
    /// Every operation has the same errors, told by their status.
    type DeclaredError = ();
    const TOKEN: TokenLocation = TokenLocation::Bearer;

    fn routes() -> &'static [Route<Self>] {
        ROUTES
    }

    fn error_response(fault: &ApiError, _: &[()]) -> ApiResponse {
        fault.to_response()
    }
}

/// In the order of the contract.
pub(super) static ROUTES: &[Route<SmartSender>] = &[
    get("/v1/contacts", lists::list),
    get("/v1/contacts/search", lists::search),
    get("/v1/contacts/{contactId}", contacts::get),
    put("/v1/contacts/{contactId}", update::update_contact),
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
    post("/v1/contacts/{contactId}/unify/{targetContactId}", unify::unify),
    post("/v1/channels/{channelId}/gates", gates::create),
];
