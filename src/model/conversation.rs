//! Conversations of the messaging system.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result, ValidationError};
use crate::model::contact_method::check_length;
use crate::model::field::Field;
use crate::model::id::{AdvisorId, ContactId, ConversationId, GroupId};
use crate::model::limits;
use crate::model::network::Network;
use crate::model::serial::is_default;
use crate::model::time::Timestamp;

/// Whether a conversation has any number of contacts, or one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ConversationKind {
    /// Any number of contacts.
    MultiParty,
    /// One contact.
    OneToOne,
}

/// A conversation of the messaging system, to add to the book.
///
/// ```
/// use cardex::conversations::{ConversationKind, NewConversation};
/// use cardex::{ContactId, Network};
/// let review = NewConversation::new("stream-1", ConversationKind::MultiParty, Network::WHATSAPP)
///     .name("Annual review").member(ContactId(7));
/// # let _ = review;
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewConversation {
    pub(crate) external_id: String,
    pub(crate) kind: ConversationKind,
    pub(crate) network: Network,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) advisor: Option<AdvisorId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) group: Option<GroupId>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) name: String,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) members: Vec<ContactId>,
}

impl NewConversation {
    /// A conversation with this id in the messaging system, on this network.
    #[must_use]
    pub fn new(external_id: impl Into<String>, kind: ConversationKind, network: Network) -> Self {
        Self {
            external_id: external_id.into(),
            kind,
            network,
            advisor: None,
            group: None,
            name: String::new(),
            members: Vec::new(),
        }
    }

    /// Sets the advisor it belongs to. Without it, the advisor who acts.
    #[must_use]
    pub const fn advisor(mut self, advisor: AdvisorId) -> Self {
        self.advisor = Some(advisor);
        self
    }

    /// Sets the federation group it belongs to. Without it, none.
    #[must_use]
    pub const fn group(mut self, group: GroupId) -> Self {
        self.group = Some(group);
        self
    }

    /// Sets the name, at most [`limits::CONVERSATION_NAME`] characters.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Adds a contact, at most [`limits::CONVERSATION_MEMBERS`] in one call.
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
        f.debug_struct("NewConversation")
            .field("kind", kind)
            .field("network", network)
            .field("advisor", advisor)
            .field("group", group)
            .finish_non_exhaustive()
    }
}

/// A conversation of the messaging system.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Conversation {
    /// The id in the book.
    pub id: ConversationId,
    /// Its id in the messaging system.
    pub external_id: String,
    /// How many contacts it can have.
    pub kind: ConversationKind,
    /// The network of all its contacts.
    pub network: Network,
    /// The federation group it belongs to.
    pub group: Option<GroupId>,
    /// The advisor it belongs to.
    pub advisor: Option<AdvisorId>,
    /// The name; may be empty.
    pub name: String,
    /// When it was added to the book.
    pub created_at: Timestamp,
    /// When it, or its set of contacts, last changed.
    pub updated_at: Timestamp,
    /// The number of its contacts that the actor sees.
    pub members: usize,
}

impl fmt::Debug for Conversation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, kind, network, advisor, group, members, .. } = self;
        f.debug_struct("Conversation")
            .field("id", id)
            .field("kind", kind)
            .field("network", network)
            .field("advisor", advisor)
            .field("group", group)
            .field("members", members)
            .finish_non_exhaustive()
    }
}
