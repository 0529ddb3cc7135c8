//! What the host has to do in the world: asked for in the transaction that makes it needed, handed out until acknowledged.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::db::{self, Write};
use crate::error::{Error, Result};

use crate::model::{AdvisorId, ContactId, Network, TenantId, Timestamp};

/// Something the host has to do. Names and addresses are not in it: the contact has them.
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
        /// Who is invited.
        contact: ContactId,
        /// On whose behalf, if it is known.
        advisor: Option<AdvisorId>,
        /// The one-time code.
        code: String,
        /// When the code is worth nothing any more.
        expires_at: Timestamp,
    },
    /// Open a room.
    CreateConversation {
        /// With whom.
        contact: ContactId,
        /// Whose room it is.
        advisor: AdvisorId,
        /// On which network.
        network: Network,
    },
    /// Post a message of the system.
    PostMessage {
        /// Where: the stream of a room or chat.
        conversation: String,
        /// The message.
        text: String,
    },
    /// Act upon an event that was fired on a contact.
    ContactEvent {
        /// Its number: [`Events::get`](crate::events::Events::get) tells what was sent with it.
        event_seq: i64,
        /// On whom.
        contact: ContactId,
        /// Its name.
        name: String,
    },
    /// Put a contact in another one's place.
    ReplaceMember {
        /// Where: the stream of a room.
        conversation: String,
        /// Who leaves.
        from: ContactId,
        /// Who comes.
        to: ContactId,
    },
}

impl fmt::Debug for OutboxEvent {
    /// Not the code, nor what a message says.
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

/// An effect that has not been acknowledged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct OutboxMessage {
    /// The place in the outbox: later effects have greater numbers, and none is given twice.
    pub seq: i64,
    /// The tenant it is done for.
    pub tenant: TenantId,
    /// What to do.
    #[serde(flatten)]
    pub event: OutboxEvent,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// How often the host said that it tried.
    pub attempts: u64,
    /// When it last did.
    pub last_attempt_at: Option<Timestamp>,
}

/// Asks for an effect, in the transaction that makes it needed.
pub(crate) fn enqueue(db: &Write<'_>, tenant: i64, effect: &OutboxEvent, now: Timestamp) -> Result<()> {
    let body = serde_json::to_string(effect).map_err(|source| Error::Storage(Box::new(source)))?;
    Ok(db::outbox::insert(db, tenant, &body, now)?)
}

/// Takes an invitation back that the host has not sent: its code is worth nothing any more.
pub(crate) fn withdraw_invitation(db: &Write<'_>, tenant: i64, code: &str) -> Result<()> {
    // A quote within a text is escaped, so no text of a message looks like this.
    Ok(db::outbox::delete_containing(db, tenant, &format!("\"code\":\"{code}\""))?)
}
