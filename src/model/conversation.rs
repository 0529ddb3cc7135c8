use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result, ValidationError};
use crate::model::contact_method::check_length;
use crate::model::field::Field;
use crate::model::id::{AdvisorId, ContactId, GroupId};
use crate::model::limits;
use crate::model::network::Network;
use crate::model::time::Timestamp;

/// A conversation of many, or of two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ConversationKind {
    /// A room: any number of contacts.
    MultiParty,
    /// A one-to-one chat with one contact.
    OneToOne,
}

/// A conversation that exists on the messaging side, to be made known to the book.
///
/// ```
/// use cardex::{ContactId, Network};
/// use cardex::conversations::{ConversationKind, NewConversation};
/// let room = NewConversation::new("stream-1", ConversationKind::MultiParty, Network::WHATSAPP).name("Annual review").member(ContactId(7));
/// # let _ = room;
/// ```
#[derive(Clone)]
pub struct NewConversation {
    pub(crate) external_id: String,
    pub(crate) kind: ConversationKind,
    pub(crate) network: Network,
    pub(crate) advisor: Option<AdvisorId>,
    pub(crate) group: Option<GroupId>,
    pub(crate) name: String,
    pub(crate) members: Vec<ContactId>,
}

impl NewConversation {
    /// A conversation with this id on the messaging side, on this network.
    #[must_use]
    pub fn new(stream: impl Into<String>, kind: ConversationKind, network: Network) -> Self {
        Self {
            external_id: stream.into(),
            kind,
            network,
            advisor: None,
            group: None,
            name: String::new(),
            members: Vec::new(),
        }
    }

    /// Whose it is; without it, that of the advisor who acts.
    #[must_use]
    pub const fn advisor(mut self, advisor: AdvisorId) -> Self {
        self.advisor = Some(advisor);
        self
    }

    /// The federation group it belongs to; without it, none.
    #[must_use]
    pub const fn group(mut self, group: GroupId) -> Self {
        self.group = Some(group);
        self
    }

    /// The name, at most [`limits::ROOM_NAME`] characters.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// One more contact in it, at most [`limits::MEMBERS`] in one call.
    #[must_use]
    pub fn member(mut self, contact: ContactId) -> Self {
        self.members.push(contact);
        self
    }

    pub(crate) fn check(&self) -> Result<()> {
        if self.external_id.is_empty() {
            return Err(Error::invalid(Field::ConversationId, ValidationError::Required { network: None }));
        }
        check_length(Field::ConversationId, &self.external_id, limits::CONVERSATION_ID)?;
        check_length(Field::Name, &self.name, limits::CONVERSATION_NAME)?;
        if self.members.len() > limits::CONVERSATION_MEMBERS {
            return Err(Error::invalid(
                Field::Members,
                ValidationError::TooMany { limit: limits::CONVERSATION_MEMBERS },
            ));
        }
        Ok(())
    }
}

impl fmt::Debug for NewConversation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, network, advisor, group, .. } = self;
        f.debug_struct("NewRoom")
            .field("kind", kind)
            .field("network", network)
            .field("advisor", advisor)
            .field("group", group)
            .finish_non_exhaustive()
    }
}

/// A conversation as the host has told of it.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Conversation {
    /// Its id on the messaging side.
    pub external_id: String,
    /// Of many, or of two.
    pub kind: ConversationKind,
    /// The network that its contacts are on.
    pub network: Network,
    /// The federation group it belongs to.
    pub group: Option<GroupId>,
    /// Whose it is.
    pub advisor: Option<AdvisorId>,
    /// The name; may be empty.
    pub name: String,
    /// When the book was told of it.
    pub created_at: Timestamp,
    /// When it, or who is in it, changed last.
    pub updated_at: Timestamp,
    /// How many contacts are in it.
    pub members: usize,
}

impl fmt::Debug for Conversation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, network, advisor, group, members, .. } = self;
        f.debug_struct("Room")
            .field("kind", kind)
            .field("network", network)
            .field("advisor", advisor)
            .field("group", group)
            .field("members", members)
            .finish_non_exhaustive()
    }
}
