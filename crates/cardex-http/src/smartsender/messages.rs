//! Messages of a contact's chat. They are events of the contact, so the host delivers them from the outbox.

use serde::Serialize;
use serde_json::{Value, json};

use crate::call::{ApiResponse, Call};
use crate::input::ParamError;
use crate::numbered::page_slice;
use crate::smartsender::contacts::find_active;
use crate::smartsender::dto::{CursorPage, format_time};
use crate::smartsender::errors::ApiError;
use crate::smartsender::events::keyed;
use crate::smartsender::params::{page_number_and_size, session_and_contact};
use cardex::events::{Event, NewEvent};
use cardex::{ContactId, Error, RuleViolation, Session, limits};

/// The event of a message to the contact. Its payload has `type` and `content`.
const SENT: &str = "message.sent";

/// The event of a message from the contact, with the same payload. The host fires it.
const RECEIVED: &str = "message.received";

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct MessageDto {
    id: i64,
    sender: Sender,
    content: Content,
    created_at: String,
}

#[derive(Debug, Serialize)]
struct Sender {
    r#type: &'static str,
}

#[derive(Debug, Serialize)]
struct Content {
    r#type: &'static str,
    resource: Resource,
}

#[derive(Debug, Serialize)]
struct Resource {
    parameters: Parameters,
}

#[derive(Debug, Serialize)]
struct Parameters {
    content: String,
}

/// A message, if the event is one.
fn message_dto(event: Event) -> Option<MessageDto> {
    let sender = match event.name.as_str() {
        SENT => "operator",
        RECEIVED => "contact",
        _ => return None,
    };
    let content = event.payload?.get("content").and_then(Value::as_str)?.to_owned();
    Some(MessageDto {
        id: event.seq,
        sender: Sender { r#type: sender },
        content: Content { r#type: "text", resource: Resource { parameters: Parameters { content } } },
        created_at: format_time(event.at),
    })
}

/// `listContactMessages` and `listChatMessages`: newest first.
pub(super) fn list(call: &Call) -> Result<ApiResponse, ApiError> {
    let (session, id) = session_and_contact(call)?;
    let (number, size) = page_number_and_size(call)?;
    find_active(&session, id)?;
    let (mut messages, mut after) = (Vec::new(), None);
    loop {
        call.time.check()?;
        let page = session.events().of(id).limit(limits::PAGE).after(after.take()).page()?;
        messages.extend(page.items.into_iter().filter_map(message_dto));
        after = page.after;
        if after.is_none() {
            break;
        }
    }
    let total = u64::try_from(messages.len()).unwrap_or(u64::MAX);
    ApiResponse::ok(&CursorPage::new(page_slice(messages, number, size), (number, size), total))
}

/// `sendMessage`: records the message. The host delivers it. A call with the `Idempotency-Key` of an earlier one has its answer.
pub(super) fn send(call: &Call) -> Result<ApiResponse, ApiError> {
    let (session, id) = session_and_contact(call)?;
    find_active(&session, id)?;
    let body = call.json_or_form()?;
    if body.required("type")? != "text" {
        return Err(ParamError::new("type", "text is the only type of a message").into());
    }
    let content = body.required("content")?;
    if content.is_empty() {
        return Err(ParamError::new("content", "must not be empty").into());
    }
    let payload = json!({ "type": "text", "content": content });
    let event = fire(&session, id, &keyed(call, NewEvent::new(SENT).payload(payload))?)?;
    message_dto(event).map_or_else(|| Ok(ApiResponse::empty(500)), |message| ApiResponse::ok(&message))
}

fn fire(session: &Session, contact: ContactId, message: &NewEvent) -> Result<Event, Error> {
    let fire = || session.events().fire(contact, message.clone());
    match fire() {
        // The first message of the project. An administrator declares the event with it.
        Err(Error::Rule(RuleViolation::EventNotDeclared)) => {
            session.events().declare(SENT)?;
            fire()
        }
        fired => fired,
    }
}
