//! `fireEvent`

use crate::call::{ApiResponse, Call};
use crate::input::ParamError;
use crate::smartsender::contacts::find_active;
use crate::smartsender::dto::SuccessDto;
use crate::smartsender::errors::ApiError;
use crate::smartsender::params::session_and_contact;
use cardex::events::NewEvent;

/// Fires an event. A call with the `Idempotency-Key` of an earlier one fires none. The name is in the query or in the body, which is JSON or a form; case counts.
pub(super) fn fire(call: &Call) -> Result<ApiResponse, ApiError> {
    let (session, id) = session_and_contact(call)?;
    find_active(&session, id)?;
    let in_query = call.query.single("name")?;
    let body = match call.json_or_form() {
        // A body that is neither JSON nor a form is ignored if the query has the name.
        Err(_) if in_query.is_some() || call.body.is_empty() => None,
        body => Some(body?),
    };
    let in_body = body.as_ref().map(|body| body.text("name")).transpose()?.flatten();
    let name = in_query.or(in_body).filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| ParamError::new("name", "required"))?;
    session.events().fire(id, keyed(call, NewEvent::new(name))?)?;
    ApiResponse::ok(&SuccessDto::OK)
}

/// An event with the idempotency key of the call.
pub(super) fn keyed(call: &Call, event: NewEvent) -> Result<NewEvent, ParamError> {
    Ok(match call.idempotency_key()? {
        Some(key) => event.idempotency_key(key),
        None => event,
    })
}
