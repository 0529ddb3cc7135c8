//! Labels of a contact: the tags of the book, by name.

use crate::call::{ApiResponse, Call};
use crate::chatwoot::errors::ApiError;
use crate::chatwoot::params::{find_active, request_fields, session_and_contact};
use crate::chatwoot::payload::Payload;
use crate::input::JsonItem;
use cardex::limits;
use cardex::tags::{Tag, UnknownTagPolicy};

fn names(tags: Vec<Tag>) -> Payload<Vec<String>> {
    Payload { payload: tags.into_iter().map(|tag| tag.name).collect() }
}

/// `list-all-labels-of-a-contact`
pub(super) fn list(call: &Call) -> Result<ApiResponse, ApiError> {
    let (session, id) = session_and_contact(call)?;
    find_active(&session, id)?;
    ApiResponse::ok(&names(session.tags().of(&[id])?.pop().unwrap_or_default()))
}

/// `contact-add-labels`: these are the contact's labels from now on, whether the account has them in its catalogue or not.
pub(super) fn replace(call: &Call) -> Result<ApiResponse, ApiError> {
    let (session, id) = session_and_contact(call)?;
    find_active(&session, id)?;
    let body = request_fields(call)?;
    let labels = body.list_of("labels", 0..=limits::TAGS, "has too many labels")?;
    let labels = labels.iter().map(JsonItem::plain_text).collect::<Result<Vec<_>, _>>()?;
    let tags = session.tags().set(id, &labels, UnknownTagPolicy::Create);
    ApiResponse::ok(&names(tags.map_err(|error| ApiError::from(error).with_plain_message())?))
}
