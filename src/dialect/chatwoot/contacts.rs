//! Single contacts.

use serde::Serialize;
use serde_json::Value;

use super::errors::{Fault, NOBODY, NOT_ALLOWED};
use super::fields::Sent;
use super::params::{desk, desk_and_contact, with_inboxes};
use super::shapes::{ContactShape, Payload, is_online, shape};
use super::{Answer, Call};
use crate::dialect::input::Fields;
use crate::{Actor, Contact, ContactId, Error, Network, Session};

/// A contact that is not in the trash.
pub(super) fn found(desk: &Session, id: ContactId) -> Result<Contact, Fault> {
    desk.get(id)?.filter(|contact| contact.trashed_at.is_none()).ok_or(NOBODY)
}

/// `contactDetails`
pub(super) fn details(call: &Call) -> Result<Answer, Fault> {
    let (desk, id) = desk_and_contact(call)?;
    with_inboxes(call)?;
    Answer::ok(&Payload { payload: shape(&desk, &found(&desk, id)?)? })
}

/// `contactCreate`
pub(super) fn create(call: &Call) -> Result<Answer, Fault> {
    #[derive(Serialize)]
    struct Made {
        contact: ContactShape,
        contact_inbox: Inbox,
    }
    #[derive(Serialize)]
    struct Inbox {
        inbox: Option<Value>,
        source_id: Option<String>,
    }
    let desk = desk(call)?;
    let body = Fields::parse(&call.body)?;
    if body.number("inbox_id")?.is_some() {
        // The book knows no inboxes yet.
        return Err(NOBODY);
    }
    let contact = desk.add(Sent::read(&body)?.make(Network::SMS_DIRECT))?;
    let contact_inbox = Inbox { inbox: None, source_id: None };
    Answer::ok(&Payload { payload: Made { contact: shape(&desk, &contact)?, contact_inbox } })
}

/// `contactUpdate`, `contactPatch`
pub(super) fn update(call: &Call) -> Result<Answer, Fault> {
    let (desk, id) = desk_and_contact(call)?;
    with_inboxes(call)?;
    let mut contact = found(&desk, id)?;
    let sent = Sent::read(&Fields::parse(&call.body)?)?;
    let edited = loop {
        // What others have changed since it was read is not written over.
        match desk.update(id, sent.clone().update(&contact)) {
            Err(Error::VersionConflict { .. }) => contact = found(&desk, id)?,
            updated => break updated?.contact,
        }
    };
    Answer::ok(&Payload { payload: shape(&desk, &edited)? })
}

/// `contactDelete`
pub(super) fn delete(call: &Call) -> Result<Answer, Fault> {
    #[derive(Serialize)]
    struct Refused {
        message: &'static str,
    }
    let (desk, id) = desk_and_contact(call)?;
    if matches!(desk.actor(), Actor::Advisor(_)) {
        return Err(Fault::Said(401, NOT_ALLOWED));
    }
    if is_online(&desk, &found(&desk, id)?) {
        return Answer::with(422, &Refused { message: "The contact is online right now; try again later" });
    }
    desk.remove(id)?;
    Ok(Answer::empty(200))
}
