//! Tags of a contact, by the ids that the project's list of tags has.

use crate::input::id;
use crate::smartsender::contacts::found;
use crate::smartsender::errors::{Fault, NOBODY};
use crate::smartsender::params::desk_and_contact;
use crate::smartsender::shapes::Done;
use crate::smartsender::{Answer, Call};
use cardex::{ContactId, Session, TagId};

fn both(call: &Call) -> Result<(Session, ContactId, TagId), Fault> {
    let (desk, contact) = desk_and_contact(call)?;
    found(&desk, contact)?;
    Ok((desk, contact, TagId(id(call.value(1)).ok_or(NOBODY)?)))
}

/// `addContactTag`; one that the contact has changes nothing.
pub(super) fn add(call: &Call) -> Result<Answer, Fault> {
    let (desk, contact, tag) = both(call)?;
    desk.tag_contact(contact, tag)?;
    Answer::ok(&Done::DONE)
}

/// `removeContactTag`; one that the contact does not have changes nothing.
pub(super) fn remove(call: &Call) -> Result<Answer, Fault> {
    let (desk, contact, tag) = both(call)?;
    desk.untag_contact(contact, tag)?;
    Answer::ok(&Done::DONE)
}
