//! Parameters as this contract writes them.

use super::errors::{Fault, NOBODY, NOT_HERE};
use super::{Call, Flaw};
use crate::{ContactId, Session, TenantId};

/// The session in the account that the path names. One that is not the caller's is told like one that does not exist.
pub(super) fn desk(call: &Call) -> Result<Session, Fault> {
    let account = number(call.value(0)).ok_or(Fault::Said(401, NOT_HERE))?;
    let desk = call.session.clone().in_tenant(TenantId(account));
    match desk.tenant() {
        Ok(_) => Ok(desk),
        Err(error) if error.is_not_found() || error.is_refusal() => Err(Fault::Said(401, NOT_HERE)),
        Err(error) => Err(error.into()),
    }
}

/// The desk and the contact of a path that has both.
pub(super) fn desk_and_contact(call: &Call) -> Result<(Session, ContactId), Fault> {
    let desk = desk(call)?;
    let contact = number(call.value(1)).ok_or(NOBODY)?;
    Ok((desk, ContactId(contact)))
}

/// An id in a path. What is none is nobody's.
pub(super) fn number(text: &str) -> Option<i64> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|id| digits && *id > 0)
}

/// Whether contacts come with their inboxes: any value but `true` counts as false.
pub(super) fn with_inboxes(call: &Call) -> Result<bool, Flaw> {
    Ok(call.query.one("include_contact_inboxes")?.is_none_or(|value| value == "true"))
}
