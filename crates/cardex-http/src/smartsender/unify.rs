//! Two contacts become one.

use crate::input::ParamError;
use crate::input::parse_id;
use crate::service::{ApiResponse, Call};
use crate::smartsender::contacts::find_active;
use crate::smartsender::dto::SuccessDto;
use crate::smartsender::errors::{ApiError, NOT_FOUND_ERROR};
use crate::smartsender::params::session_and_contact;
use cardex::ContactId;
use cardex::contacts::MergeOptions;

/// `unifyContacts`: the first one survives, whatever identifiers and networks the two have.
pub(super) fn unify(call: &Call) -> Result<ApiResponse, ApiError> {
    let (desk, survivor) = session_and_contact(call)?;
    let target = ContactId(parse_id(call.value(1)).ok_or(NOT_FOUND_ERROR)?);
    find_active(&desk, survivor)?;
    find_active(&desk, target)?;
    if target == survivor {
        return Err(ParamError::new("targetContactId", "another contact than the one that survives").into());
    }
    let options = MergeOptions::new().allow_different_identifiers(true).allow_different_networks(true);
    desk.merge(survivor, target, options)?;
    ApiResponse::ok(&SuccessDto::OK)
}
