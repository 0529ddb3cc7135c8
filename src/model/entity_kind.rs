//! What kinds of records there are.

/// A kind of record, for errors that name one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Thing {
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
    Room,
    /// A tag.
    Tag,
    /// An attribute's definition.
    Attribute,
    /// A note.
    Note,
    /// A funnel.
    Funnel,
    /// A channel.
    Channel,
    /// A gate.
    Gate,
    /// An event.
    Event,
    /// A bulk job.
    Job,
    /// A merge of two contacts.
    Merger,
}

impl std::fmt::Display for Thing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Tenant => "tenant",
            Self::Group => "federation group",
            Self::Network => "network",
            Self::Advisor => "advisor",
            Self::Contact => "contact",
            Self::Room => "conversation",
            Self::Tag => "tag",
            Self::Attribute => "attribute",
            Self::Note => "note",
            Self::Funnel => "funnel",
            Self::Channel => "channel",
            Self::Gate => "gate",
            Self::Event => "event",
            Self::Job => "job",
            Self::Merger => "merge",
        })
    }
}
