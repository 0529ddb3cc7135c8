//! The operations of the API: where each is, and what answers it.

use crate::auth::TokenLocation;
use crate::call::ApiResponse;
use crate::form;
use crate::operation::{ProductApi, Route, delete, get, post, put};
use crate::smartsender::errors::{self, ApiError};
use crate::smartsender::product::SmartSender;
use crate::smartsender::{
    contacts, events, funnels, identities, lists, messages, project, tags, unify, update,
};

impl ProductApi for SmartSender {
    type Error = errors::SmartSenderError;
    /// All operations have the same errors, distinguished by their status.
    type DeclaredError = ();
    const TOKEN: TokenLocation = TokenLocation::Bearer;
    const TRAILING_SLASH: bool = true;

    fn routes() -> &'static [Route<Self>] {
        ROUTES
    }

    fn accepts_media(route: &Route<Self>, media_type: &str) -> bool {
        // Senders of events are other systems, whose bodies are their own.
        route.path.ends_with("/fire") || form::is_json(media_type) || form::is_form(media_type)
    }

    fn error_response(error: &ApiError, _: &[()]) -> ApiResponse {
        error.to_response()
    }
}

/// In the order of the OpenAPI file.
pub(super) static ROUTES: &[Route<SmartSender>] = &[
    get("/v1/contacts", lists::list),
    get("/v1/contacts/search", lists::search),
    get("/v1/contacts/{contactId}", contacts::get),
    put("/v1/contacts/{contactId}", update::update_contact),
    delete("/v1/contacts/{contactId}", contacts::delete),
    get("/v1/contacts/{contactId}/info", contacts::info),
    post("/v1/contacts/{contactId}/tags/{tagId}", tags::add),
    delete("/v1/contacts/{contactId}/tags/{tagId}", tags::remove),
    get("/v1/contacts/{contactId}/chat", identities::chat),
    get("/v1/contacts/{contactId}/messages", messages::list),
    post("/v1/contacts/{contactId}/send", messages::send),
    get("/v1/chats/{chatId}", identities::chat),
    get("/v1/chats/{chatId}/messages", messages::list),
    get("/v1/contacts/{contactId}/gates", identities::list),
    post("/v1/contacts/{contactId}/fire", events::fire),
    get("/v1/contacts/{contactId}/funnels", funnels::list),
    post("/v1/contacts/{contactId}/funnels/{serviceKey}", funnels::add),
    delete("/v1/contacts/{contactId}/funnels/{serviceKey}", funnels::remove),
    post("/v1/contacts/{contactId}/unify/{targetContactId}", unify::unify),
    post("/v1/channels/{channelId}/gates", identities::create),
    get("/v1/me", project::me),
    get("/v1/tags", project::tags),
    get("/v1/funnels", project::funnels),
];
