//! Two contacts become one.

use crate::call::{ApiResponse, Call};
use crate::chatwoot::dto::contact_dto;
use crate::chatwoot::errors::{ApiError, NOT_FOUND_ERROR};
use crate::chatwoot::params::{account_session, find_active, request_fields};
use crate::input::ParamError;
use cardex::ContactId;
use cardex::contacts::MergeOptions;

/// `contactMerge`: the base contact survives, even if the two have different identifiers or networks. The answer has no
/// inboxes.
pub(super) fn merge_contacts(call: &Call) -> Result<ApiResponse, ApiError> {
    let session = account_session(call)?;
    let body = request_fields(call)?;
    let id = |name: &str| match body.number(name)? {
        Some(id) => Ok(ContactId(id)),
        None => Err(ParamError::new(name, "needed")),
    };
    let (base, mergee) = (id("base_contact_id")?, id("mergee_contact_id")?);
    let base = find_active(&session, base)?;
    if base.id == mergee {
        return ApiResponse::ok(&contact_dto(&session, &base, false)?);
    }
    find_active(&session, mergee)?;
    let options = MergeOptions::new().allow_different_identifiers(true).allow_different_networks(true);
    let merged = session.merge(base.id, mergee, options).map_err(|error| match error {
        // Somebody else was faster.
        error if error.is_not_found() => NOT_FOUND_ERROR,
        error => error.into(),
    })?;
    ApiResponse::ok(&contact_dto(&session, &merged.contact, false)?)
}
