//! Parameters as this API writes them.

use crate::call::Call;
use crate::input::ParamError;
use crate::input::parse_id;
use crate::smartsender::errors::{ApiError, NOT_FOUND_ERROR};
use cardex::{ContactId, Session};

/// The session in the project of its token. The system, which has none, works in the book's first tenant.
pub(super) fn project_session(call: &Call) -> Result<Session, ApiError> {
    let home = call.session.directory().tenant()?.id;
    Ok(call.session.clone().in_tenant(home))
}

/// The session and the contact of a path that begins with one.
pub(super) fn session_and_contact(call: &Call) -> Result<(Session, ContactId), ApiError> {
    let session = project_session(call)?;
    Ok((session, ContactId(parse_id(call.value(0)).ok_or(NOT_FOUND_ERROR)?)))
}

/// The largest and the default size of a page.
const MAX_PAGE_SIZE: usize = 20;

/// The number of the requested page, from 1, and its size.
pub(super) fn page_number_and_size(call: &Call) -> Result<(u64, usize), ParamError> {
    let number = call.query.page_number()?.unwrap_or(1);
    match call.query.single("limitation")?.map(str::parse) {
        None => Ok((number, MAX_PAGE_SIZE)),
        Some(Ok(size)) if (1..=MAX_PAGE_SIZE).contains(&size) => Ok((number, size)),
        Some(_) => Err(ParamError::new("limitation", "a whole number from 1 to 20")),
    }
}
