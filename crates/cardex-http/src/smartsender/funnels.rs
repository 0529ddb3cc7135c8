//! Funnels that a contact is subscribed to.

use crate::call::{ApiResponse, Call};
use crate::numbered::page_slice;
use crate::smartsender::contacts::find_active;
use crate::smartsender::dto::{CursorPage, FunnelDto, SuccessDto};
use crate::smartsender::errors::ApiError;
use crate::smartsender::params::{page_number_and_size, session_and_contact};
use cardex::limits;

/// `listContactFunnels`
pub(super) fn list(call: &Call) -> Result<ApiResponse, ApiError> {
    let (session, id) = session_and_contact(call)?;
    let (number, size) = page_number_and_size(call)?;
    find_active(&session, id)?;
    let funnels = session.funnels().of(id).limit(limits::PAGE).page()?.items;
    let total = u64::try_from(funnels.len()).unwrap_or(u64::MAX);
    let shown = page_slice(funnels, number, size).into_iter().map(FunnelDto::from).collect();
    ApiResponse::ok(&CursorPage::new(shown, (number, size), total))
}

/// `addContactFunnel`; one that the contact is subscribed to changes nothing.
pub(super) fn add(call: &Call) -> Result<ApiResponse, ApiError> {
    let (session, id) = session_and_contact(call)?;
    find_active(&session, id)?;
    session.funnels().join(id, call.value(1))?;
    ApiResponse::ok(&SuccessDto::OK)
}

/// `removeContactFunnel`; one that the contact is not subscribed to changes nothing.
pub(super) fn remove(call: &Call) -> Result<ApiResponse, ApiError> {
    let (session, id) = session_and_contact(call)?;
    find_active(&session, id)?;
    session.funnels().leave(id, call.value(1))?;
    ApiResponse::ok(&SuccessDto::OK)
}
