//! Parameters as this contract writes them.

use crate::input::id;
use crate::smartsender::errors::{Fault, NOBODY};
use crate::smartsender::{Call, Flaw};
use cardex::{ContactId, Session};

/// The session in the project of its token. The system, which has none, works in the book's first tenant.
pub(super) fn desk(call: &Call) -> Result<Session, Fault> {
    let home = call.session.tenant()?.id;
    Ok(call.session.clone().in_tenant(home))
}

/// The desk and the contact of a path that begins with one.
pub(super) fn desk_and_contact(call: &Call) -> Result<(Session, ContactId), Fault> {
    let desk = desk(call)?;
    Ok((desk, ContactId(id(call.value(0)).ok_or(NOBODY)?)))
}

/// The most items a page may have, and those it has if nothing is said.
const MOST: usize = 20;

/// Which page is asked for, from 1, and how many items it has.
pub(super) fn page(call: &Call) -> Result<(u64, usize), Flaw> {
    let number = call.query.page()?.unwrap_or(1);
    match call.query.one("limitation")?.map(str::parse) {
        None => Ok((number, MOST)),
        Some(Ok(size)) if (1..=MOST).contains(&size) => Ok((number, size)),
        Some(_) => Err(Flaw::new("limitation", "a whole number from 1 to 20")),
    }
}
