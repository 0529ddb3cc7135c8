//! Inboxes: the channels of the book, and the gates of contacts on them.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use serde::Serialize;

use crate::chatwoot::contacts::found;
use crate::chatwoot::errors::Fault;
use crate::chatwoot::params::desk_and_contact;
use crate::chatwoot::shapes::Payload;
use crate::chatwoot::{Answer, Call};
use cardex::{Channel, ChannelId, Contact, ContactId, Gate, Session, limits};

#[derive(Debug, Clone, Serialize)]
pub(super) struct Inbox {
    id: i64,
    avatar_url: Option<String>,
    channel_id: i64,
    name: String,
    channel_type: String,
    provider: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct ContactInbox {
    pub(super) source_id: String,
    inbox: Inbox,
}

/// The kinds that the product has a class for; another one is told in its own words.
const TYPES: [(&str, &str); 11] = [
    ("api", "Channel::Api"),
    ("email", "Channel::Email"),
    ("facebook", "Channel::FacebookPage"),
    ("instagram", "Channel::Instagram"),
    ("line", "Channel::Line"),
    ("sms", "Channel::Sms"),
    ("telegram", "Channel::Telegram"),
    ("twilio", "Channel::TwilioSms"),
    ("twitter", "Channel::TwitterProfile"),
    ("website", "Channel::WebWidget"),
    ("whatsapp", "Channel::Whatsapp"),
];

impl From<&Channel> for Inbox {
    fn from(channel: &Channel) -> Self {
        let known = TYPES.iter().find(|(kind, _)| *kind == channel.kind);
        let channel_type =
            known.map_or_else(|| format!("Channel::{}", channel.kind), |(_, word)| (*word).to_owned());
        let (id, name) = (channel.id.0, channel.name.clone());
        Self { id, avatar_url: None, channel_id: id, name, channel_type, provider: None }
    }
}

/// The inboxes of some contacts, in their order.
pub(super) fn of(desk: &Session, contacts: &[Contact]) -> Result<Vec<Vec<ContactInbox>>, Fault> {
    let mut known: HashMap<ChannelId, Inbox> = HashMap::new();
    let mut all = Vec::new();
    for contact in contacts {
        let mut inboxes = Vec::new();
        for gate in gates(desk, contact.id)? {
            let inbox = match known.entry(gate.channel) {
                Entry::Occupied(known) => known.get().clone(),
                Entry::Vacant(free) => free.insert(Inbox::from(&desk.channel(gate.channel)?)).clone(),
            };
            inboxes.push(ContactInbox { source_id: gate.identifier, inbox });
        }
        all.push(inboxes);
    }
    Ok(all)
}

fn gates(desk: &Session, contact: ContactId) -> Result<Vec<Gate>, Fault> {
    match desk.gates_of(contact).limit(limits::PAGE).page() {
        Ok(page) => Ok(page.items),
        // It has gone since it was found.
        Err(error) if error.is_not_found() => Ok(Vec::new()),
        Err(error) => Err(error.into()),
    }
}

/// `contactableInboxesGet`: the inboxes that reach the contact. Where the caller makes up the id, one is made.
pub(super) fn contactable(call: &Call) -> Result<Answer, Fault> {
    let (desk, id) = desk_and_contact(call)?;
    found(&desk, id)?;
    let inbox = |way: cardex::Reachable| ContactInbox {
        source_id: way.identifier.unwrap_or_else(|| made_up(id)),
        inbox: Inbox::from(&way.channel),
    };
    Answer::ok(&Payload { payload: desk.reachable(id)?.into_iter().map(inbox).collect::<Vec<_>>() })
}

/// An id for a contact on a channel that has none of its own. The contact's, so that it is the same however often it is asked for.
pub(super) fn made_up(contact: ContactId) -> String {
    contact.to_string()
}
