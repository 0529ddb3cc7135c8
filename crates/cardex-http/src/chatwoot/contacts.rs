//! Single contacts.

use serde::Serialize;

use crate::chatwoot::errors::{FAILED, Fault, NOBODY, NOT_ALLOWED, TAKEN, of_field, said};
use crate::chatwoot::fields::Sent;
use crate::chatwoot::inboxes::Inbox;
use crate::chatwoot::params::{desk, desk_and_contact, with_inboxes};
use crate::chatwoot::shapes::{ContactShape, Payload, shape};
use crate::chatwoot::{Answer, Call};
use cardex::{Actor, ChannelId, Contact, ContactId, Error, Network, Session};

/// A contact that is not in the trash.
pub(super) fn found(desk: &Session, id: ContactId) -> Result<Contact, Fault> {
    desk.get(id)?.filter(|contact| contact.trashed_at.is_none()).ok_or(NOBODY)
}

/// `contactDetails`
pub(super) fn details(call: &Call) -> Result<Answer, Fault> {
    let (desk, id) = desk_and_contact(call)?;
    let inboxes = with_inboxes(call)?;
    Answer::ok(&Payload { payload: shape(&desk, &found(&desk, id)?, inboxes)? })
}

/// `contactCreate`: in an inbox too, if one is named.
pub(super) fn create(call: &Call) -> Result<Answer, Fault> {
    #[derive(Serialize)]
    struct Made {
        contact: ContactShape,
        contact_inbox: Linked,
    }
    #[derive(Serialize)]
    struct Linked {
        inbox: Option<Inbox>,
        source_id: Option<String>,
    }
    let desk = desk(call)?;
    let body = call.json_or_form()?;
    let sent = Sent::read(&body)?;
    let source = body.text_or_null("source_id")?.map(str::trim).filter(|source| !source.is_empty());
    let inbox = body.number("inbox_id")?.map(|id| desk.channel(ChannelId(id))).transpose()?;
    let mut new = sent.clone().make(inbox.as_ref().map_or(Network::BOOK, |inbox| network_of(&inbox.kind)));
    let mut contact_inbox = Linked { inbox: None, source_id: None };
    if let Some(channel) = &inbox {
        let source =
            source.map(str::to_owned).or_else(|| sent.source(&channel.kind)).map_or_else(random, Ok)?;
        new = new.gate(channel.id, source.as_str());
        contact_inbox = Linked { inbox: Some(channel.into()), source_id: Some(source) };
    }
    let contact = match desk.add(new) {
        Err(Error::Exists(_)) => return Err(of_field("source_id", TAKEN)),
        added => added?,
    };
    Answer::ok(&Payload { payload: Made { contact: shape(&desk, &contact, true)?, contact_inbox } })
}

/// The network of the contacts of a channel.
fn network_of(kind: &str) -> Network {
    match kind {
        "whatsapp" => Network::WHATSAPP_DIRECT,
        "sms" => Network::SMS_DIRECT,
        _ => Network::BOOK,
    }
}

/// An id that nobody has.
fn random() -> Result<String, Fault> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|_| said(500, FAILED))?;
    Ok(bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}")))
}

/// `contactUpdate`, `contactPatch`
pub(super) fn update(call: &Call) -> Result<Answer, Fault> {
    let (desk, id) = desk_and_contact(call)?;
    let inboxes = with_inboxes(call)?;
    let mut contact = found(&desk, id)?;
    let sent = Sent::read(&call.json_or_form()?)?;
    let edited = loop {
        // What others have changed since it was read is not written over.
        match desk.update(id, sent.clone().update(&contact)) {
            Err(Error::VersionConflict { .. }) => contact = found(&desk, id)?,
            updated => break updated?.contact,
        }
    };
    Answer::ok(&Payload { payload: shape(&desk, &edited, inboxes)? })
}

/// `contactDelete`
pub(super) fn delete(call: &Call) -> Result<Answer, Fault> {
    #[derive(Serialize)]
    struct Refused {
        message: &'static str,
    }
    let (desk, id) = desk_and_contact(call)?;
    if matches!(desk.actor(), Actor::Advisor(_)) {
        return Err(said(401, NOT_ALLOWED));
    }
    if found(&desk, id)?.is_online(desk.now()) {
        return Answer::with(422, &Refused { message: "The contact is online right now; try again later" });
    }
    desk.remove(id)?;
    Ok(Answer::empty(200))
}
