//! Single contacts.

use crate::smartsender::errors::{Fault, NOBODY};
use crate::smartsender::params::desk_and_contact;
use crate::smartsender::shapes::{ContactShape, Done, Valued, Variables, shape};
use crate::smartsender::{Answer, Call};
use cardex::{Contact, ContactId, Session};

/// A contact that is not in the trash.
pub(super) fn found(desk: &Session, id: ContactId) -> Result<Contact, Fault> {
    desk.get(id)?.filter(|contact| contact.trashed_at.is_none()).ok_or(NOBODY)
}

fn one(call: &Call, variables: fn(Vec<Valued>) -> Variables) -> Result<ContactShape, Fault> {
    let (desk, id) = desk_and_contact(call)?;
    shape(&desk, &found(&desk, id)?, variables)
}

/// `getContact`: its variables come as objects.
pub(super) fn get(call: &Call) -> Result<Answer, Fault> {
    Answer::ok(&one(call, Variables::listed)?)
}

/// `getContactInfo`: its variables are keys of the contact.
pub(super) fn info(call: &Call) -> Result<Answer, Fault> {
    Answer::ok(&one(call, Variables::flat)?)
}

/// `deleteContact`
pub(super) fn delete(call: &Call) -> Result<Answer, Fault> {
    let (desk, id) = desk_and_contact(call)?;
    found(&desk, id)?;
    desk.remove(id)?;
    Answer::ok(&Done::DONE)
}
