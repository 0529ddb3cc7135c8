//! Parameters as this contract writes them.

use super::Call;
use super::errors::{Fault, NOBODY};
use crate::{ContactId, Session};

/// The session in the project of its token. The system, which has none, works in the book's first tenant.
pub(super) fn desk(call: &Call) -> Result<Session, Fault> {
    let home = call.session.tenant()?.id;
    Ok(call.session.clone().in_tenant(home))
}

/// The desk and the contact of a path that begins with one.
pub(super) fn desk_and_contact(call: &Call) -> Result<(Session, ContactId), Fault> {
    let desk = desk(call)?;
    Ok((desk, ContactId(number(call.value(0)).ok_or(NOBODY)?)))
}

/// An id in a path. What is none is nobody's.
pub(super) fn number(text: &str) -> Option<i64> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|id| digits && *id > 0)
}
