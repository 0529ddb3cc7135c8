//! Inboxes: the channels of the store, and the channel identities of contacts.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use serde::Serialize;

use crate::call::{ApiResponse, Call};
use crate::chatwoot::errors::{ApiError, NOT_FOUND_ERROR};
use crate::chatwoot::params::{account_session, find_active, session_and_contact};
use crate::chatwoot::payload::Payload;
use crate::input::parse_id;
use cardex::channels::{Channel, ChannelId, ChannelIdentity};
use cardex::{Contact, ContactId, Session, limits};

#[derive(Debug, Clone, Serialize)]
pub(super) struct Inbox {
    id: i64,
    avatar_url: Option<String>,
    channel_id: i64,
    name: String,
    channel_type: String,
    provider: Option<String>,
}

/// An inbox of the account.
#[derive(Debug, Serialize)]
struct InboxRecord {
    #[serde(flatten)]
    inbox: Inbox,
    /// The name of an API inbox in public paths.
    #[serde(skip_serializing_if = "Option::is_none")]
    inbox_identifier: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct ContactInbox {
    pub(super) source_id: String,
    pub(super) inbox: Inbox,
}

/// The kind of channels that have public paths.
pub(super) const API: &str = "api";

/// The channel kinds that have a class in the product. Other kinds keep their own name.
const TYPES: [(&str, &str); 11] = [
    (API, "Channel::Api"),
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

impl From<&Channel> for InboxRecord {
    fn from(channel: &Channel) -> Self {
        let inbox_identifier = (channel.kind == API).then(|| channel.id.to_string());
        Self { inbox: Inbox::from(channel), inbox_identifier }
    }
}

/// `accountInboxes`: in the order in which they were added.
pub(super) fn list(call: &Call) -> Result<ApiResponse, ApiError> {
    let session = account_session(call)?;
    let channels = session.channels().list().limit(limits::PAGE).iter().collect::<Result<Vec<_>, _>>()?;
    ApiResponse::ok(&Payload { payload: channels.iter().map(InboxRecord::from).collect::<Vec<_>>() })
}

/// `inboxDetails`
pub(super) fn details(call: &Call) -> Result<ApiResponse, ApiError> {
    let session = account_session(call)?;
    let id = parse_id(call.value(1)).ok_or(NOT_FOUND_ERROR)?;
    ApiResponse::ok(&InboxRecord::from(&session.channels().get(ChannelId(id))?))
}

/// The inboxes of some contacts, in their order.
pub(super) fn load_inboxes(
    session: &Session,
    contacts: &[Contact],
) -> Result<Vec<Vec<ContactInbox>>, ApiError> {
    let mut known: HashMap<ChannelId, Inbox> = HashMap::new();
    let mut all = Vec::new();
    for contact in contacts {
        let mut inboxes = Vec::new();
        for identity in identities_of(session, contact.id)? {
            let inbox = match known.entry(identity.channel) {
                Entry::Occupied(known) => known.get().clone(),
                Entry::Vacant(free) => {
                    free.insert(Inbox::from(&session.channels().get(identity.channel)?)).clone()
                }
            };
            inboxes.push(ContactInbox { source_id: identity.identifier, inbox });
        }
        all.push(inboxes);
    }
    Ok(all)
}

fn identities_of(session: &Session, contact: ContactId) -> Result<Vec<ChannelIdentity>, ApiError> {
    match session.channels().identities_of(contact).limit(limits::PAGE).page() {
        Ok(page) => Ok(page.items),
        // It has gone since it was found.
        Err(error) if error.is_not_found() => Ok(Vec::new()),
        Err(error) => Err(error.into()),
    }
}

/// `contactableInboxesGet`: the inboxes that reach the contact. For channels whose callers choose the id, the call
/// generates one.
pub(super) fn contactable(call: &Call) -> Result<ApiResponse, ApiError> {
    let (session, id) = session_and_contact(call)?;
    find_active(&session, id)?;
    let inbox = |way: cardex::channels::ReachableChannel| ContactInbox {
        source_id: way.identifier.unwrap_or_else(|| generated_source_id(id)),
        inbox: Inbox::from(&way.channel),
    };
    ApiResponse::ok(&Payload {
        payload: session.channels().reachable(id)?.into_iter().map(inbox).collect::<Vec<_>>(),
    })
}

/// The id of a contact on a channel without ids of its own. It derives from the contact's id, so that repeated calls
/// return the same id.
pub(super) fn generated_source_id(contact: ContactId) -> String {
    contact.to_string()
}
