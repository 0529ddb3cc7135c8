//! The transactional outbox. An operation writes messages in its own transaction. The host receives them until it
//! acknowledges them.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::db::{self, Write};
use crate::error::{Error, Result};

use crate::model::{AdvisorId, ContactId, Network, TenantId, Timestamp};

/// The action that the host must perform. It contains no names and addresses: the host reads them from the contact.
///
/// ```
/// use cardex::ContactId;
/// use cardex::outbox::OutboxEvent;
/// let effect = OutboxEvent::ReplaceMember { conversation: "s1".into(), from: ContactId(1), to: ContactId(2) };
/// let json = r#"{"effect":"replaceMember","conversation":"s1","from":"1","to":"2"}"#;
/// assert_eq!(serde_json::to_string(&effect)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "effect", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum OutboxEvent {
    /// Send a contact the code to confirm with.
    SendInvitation {
        /// The invited contact.
        contact: ContactId,
        /// The advisor who invites, if known.
        advisor: Option<AdvisorId>,
        /// The one-time code.
        code: String,
        /// The time at which the code expires.
        expires_at: Timestamp,
    },
    /// Create a conversation.
    CreateConversation {
        /// The contact in it.
        contact: ContactId,
        /// The advisor it belongs to.
        advisor: AdvisorId,
        /// Its network.
        network: Network,
    },
    /// Post a system message.
    PostMessage {
        /// The external id of the conversation.
        conversation: String,
        /// The message.
        text: String,
    },
    /// Handle an event that was fired on a contact.
    ContactEvent {
        /// Its sequence number. [`Events::get`](crate::events::Events::get) returns the payload.
        event_seq: i64,
        /// The contact.
        contact: ContactId,
        /// Its name.
        name: String,
    },
    /// Replace a contact in a conversation by another one.
    ReplaceMember {
        /// The external id of the conversation.
        conversation: String,
        /// The contact to remove.
        from: ContactId,
        /// The contact to add.
        to: ContactId,
    },
}

impl fmt::Debug for OutboxEvent {
    /// Omits the invitation code and the text of a message.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SendInvitation { contact, .. } => {
                f.debug_struct("SendInvitation").field("contact", contact).finish_non_exhaustive()
            }
            Self::CreateConversation { contact, .. } => {
                f.debug_struct("CreateRoom").field("contact", contact).finish_non_exhaustive()
            }
            Self::ContactEvent { event_seq: event, contact, .. } => f
                .debug_struct("Event")
                .field("event", event)
                .field("contact", contact)
                .finish_non_exhaustive(),
            Self::PostMessage { .. } => f.debug_struct("PostMessage").finish_non_exhaustive(),
            Self::ReplaceMember { from, to, .. } => {
                f.debug_struct("MoveMember").field("from", from).field("to", to).finish_non_exhaustive()
            }
        }
    }
}

/// A message that the host has not acknowledged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct OutboxMessage {
    /// The sequence number in the outbox. Later messages have greater numbers, and a number is never reused.
    pub seq: i64,
    /// The tenant of the message.
    pub tenant: TenantId,
    /// The action.
    #[serde(flatten)]
    pub event: OutboxEvent,
    /// The time at which the message was written.
    pub created_at: Timestamp,
    /// The number of recorded delivery attempts.
    pub attempts: u64,
    /// The time of the last attempt.
    pub last_attempt_at: Option<Timestamp>,
}

/// Writes a message in the transaction of its operation.
pub(crate) fn enqueue(db: &Write<'_>, tenant: i64, effect: &OutboxEvent, now: Timestamp) -> Result<()> {
    let body = serde_json::to_string(effect).map_err(|source| Error::Storage(Box::new(source)))?;
    Ok(db::outbox::insert(db, tenant, &body, now)?)
}

/// Removes an undelivered invitation, because its code is no longer valid.
pub(crate) fn withdraw_invitation(db: &Write<'_>, tenant: i64, code: &str) -> Result<()> {
    // A quote within a text is escaped, so no text of a message looks like this.
    Ok(db::outbox::delete_containing(db, tenant, &format!("\"code\":\"{code}\""))?)
}
