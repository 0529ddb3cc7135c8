//! Two contacts become one.

use crate::call::{ApiResponse, Call};
use crate::input::ParamError;
use crate::input::parse_id;
use crate::smartsender::contacts::find_active;
use crate::smartsender::dto::SuccessDto;
use crate::smartsender::errors::{ApiError, NOT_FOUND_ERROR};
use crate::smartsender::params::session_and_contact;
use cardex::ContactId;
use cardex::contacts::MergeOptions;

/// `unifyContacts`: the first contact survives, even if the contacts have different identifiers or networks.
pub(super) fn unify(call: &Call) -> Result<ApiResponse, ApiError> {
    let (session, survivor) = session_and_contact(call)?;
    let target = ContactId(parse_id(call.value(1)).ok_or(NOT_FOUND_ERROR)?);
    find_active(&session, survivor)?;
    find_active(&session, target)?;
    if target == survivor {
        return Err(ParamError::new("targetContactId", "another contact than the one that survives").into());
    }
    let options = MergeOptions::new().allow_different_identifiers(true).allow_different_networks(true);
    session.merge(survivor, target, options)?;
    ApiResponse::ok(&SuccessDto::OK)
}
