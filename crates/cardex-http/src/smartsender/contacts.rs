//! Single contacts.

use crate::call::{ApiResponse, Call};
use crate::smartsender::dto::{ContactDto, SuccessDto, VariableValue, Variables, contact_dto};
use crate::smartsender::errors::{ApiError, NOT_FOUND_ERROR};
use crate::smartsender::params::session_and_contact;
use cardex::{Contact, ContactId, Session};

/// A contact that is not in the trash.
pub(super) fn find_active(session: &Session, id: ContactId) -> Result<Contact, ApiError> {
    session.get(id)?.filter(|contact| contact.trashed_at.is_none()).ok_or(NOT_FOUND_ERROR)
}

fn load_contact(call: &Call, variables: fn(Vec<VariableValue>) -> Variables) -> Result<ContactDto, ApiError> {
    let (session, id) = session_and_contact(call)?;
    contact_dto(&session, &find_active(&session, id)?, variables)
}

/// `getContact`: its variables come as objects.
pub(super) fn get(call: &Call) -> Result<ApiResponse, ApiError> {
    ApiResponse::ok(&load_contact(call, Variables::listed)?)
}

/// `getContactInfo`: its variables are keys of the contact.
pub(super) fn info(call: &Call) -> Result<ApiResponse, ApiError> {
    ApiResponse::ok(&load_contact(call, Variables::flat)?)
}

/// `deleteContact`
pub(super) fn delete(call: &Call) -> Result<ApiResponse, ApiError> {
    let (session, id) = session_and_contact(call)?;
    find_active(&session, id)?;
    session.remove(id)?;
    ApiResponse::ok(&SuccessDto::OK)
}
