//! The kinds of records.

use serde::{Deserialize, Serialize};

/// A kind of record, as errors name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum EntityKind {
    /// A tenant.
    Tenant,
    /// A federation group.
    Group,
    /// A network.
    Network,
    /// An advisor.
    Advisor,
    /// A contact.
    Contact,
    /// A conversation.
    Conversation,
    /// A tag.
    Tag,
    /// The definition of an attribute.
    Attribute,
    /// A note.
    Note,
    /// A funnel.
    Funnel,
    /// A saved filter.
    SavedFilter,
    /// A channel.
    Channel,
    /// The identity of a contact on a channel.
    ChannelIdentity,
    /// An event.
    Event,
    /// A bulk job.
    Job,
    /// An import.
    Import,
    /// A merge of two contacts.
    MergeRecord,
}

impl std::fmt::Display for EntityKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Tenant => "tenant",
            Self::Group => "federation group",
            Self::Network => "network",
            Self::Advisor => "advisor",
            Self::Contact => "contact",
            Self::Conversation => "conversation",
            Self::Tag => "tag",
            Self::Attribute => "attribute",
            Self::Note => "note",
            Self::Funnel => "funnel",
            Self::SavedFilter => "saved filter",
            Self::Channel => "channel",
            Self::ChannelIdentity => "channel identity",
            Self::Event => "event",
            Self::Job => "job",
            Self::Import => "import",
            Self::MergeRecord => "merge",
        })
    }
}
