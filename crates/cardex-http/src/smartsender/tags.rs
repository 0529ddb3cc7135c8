//! Tags of a contact, by the ids that the project's list of tags has.

use crate::call::{ApiResponse, Call};
use crate::input::parse_id;
use crate::smartsender::contacts::find_active;
use crate::smartsender::dto::SuccessDto;
use crate::smartsender::errors::{ApiError, NOT_FOUND_ERROR};
use crate::smartsender::params::session_and_contact;
use cardex::tags::TagId;
use cardex::{ContactId, Session};

fn contact_and_tag(call: &Call) -> Result<(Session, ContactId, TagId), ApiError> {
    let (session, contact) = session_and_contact(call)?;
    find_active(&session, contact)?;
    Ok((session, contact, TagId(parse_id(call.value(1)).ok_or(NOT_FOUND_ERROR)?)))
}

/// `addContactTag`; one that the contact has changes nothing.
pub(super) fn add(call: &Call) -> Result<ApiResponse, ApiError> {
    let (session, contact, tag) = contact_and_tag(call)?;
    session.tags().attach(contact, tag)?;
    ApiResponse::ok(&SuccessDto::OK)
}

/// `removeContactTag`; one that the contact does not have changes nothing.
pub(super) fn remove(call: &Call) -> Result<ApiResponse, ApiError> {
    let (session, contact, tag) = contact_and_tag(call)?;
    session.tags().detach(contact, tag)?;
    ApiResponse::ok(&SuccessDto::OK)
}
