//! `contactDestroyCustomAttributes`

use crate::call::{ApiResponse, Call};
use crate::chatwoot::dto::{CUSTOM, contact_dto};
use crate::chatwoot::errors::ApiError;
use crate::chatwoot::params::{find_active, request_fields, session_and_contact};
use crate::chatwoot::payload::Payload;
use crate::input::JsonItem;
use cardex::{ContactPatch, ContactUpdate, limits};

/// Drops the named keys; those that the contact does not have are no error.
pub(super) fn destroy(call: &Call) -> Result<ApiResponse, ApiError> {
    let (session, id) = session_and_contact(call)?;
    find_active(&session, id)?;
    let body = request_fields(call)?;
    let keys = body.list_of("custom_attributes", 0..=limits::ATTRIBUTES, "has too many keys")?;
    let keys = keys.iter().map(JsonItem::plain_text).collect::<Result<Vec<_>, _>>()?;
    let update = keys
        .into_iter()
        .fold(ContactUpdate::new(ContactPatch::new()), |update, key| update.remove_attribute(CUSTOM, key));
    let updated = session.update(id, update).map_err(|error| ApiError::from(error).with_plain_message())?;
    ApiResponse::ok(&Payload { payload: contact_dto(&session, &updated.contact, true)? })
}
