//! The names of fields in errors, hits and changes.

use std::fmt;

use crate::model::field_table::plain_fields;

/// Declares [`Field`]: the plain fields of contacts, and the others.
macro_rules! declare_field {
    ([] $($(#[$doc:meta])* $plain:ident $member:ident { name: $name:literal, $($property:tt)* })*) => {
        /// A field of a contact or another entity, as errors, hits and changes name it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Field {
            $($(#[$doc])* $plain,)*
            /// Tags of a contact.
            Tags,
            /// Attribute values of a contact.
            Attributes,
            /// Status on the network.
            Status,
            /// Consent to messages.
            Consent,
            /// The link to the advisor that this contact represents.
            OwnAdvisor,
            /// Phone number.
            Phone,
            /// E-mail address.
            Email,
            /// Identifier of another system.
            Identifier,
            /// Card document.
            Card,
            /// Photo.
            Photo,
            /// Idempotency key of a call.
            IdempotencyKey,
            /// Network.
            Network,
            /// Linked advisors.
            Advisors,
            /// Whether a conversation is created.
            CreateConversation,
            /// Contacts in a conversation.
            Members,
            /// The id of a conversation in the messaging system.
            ConversationId,
            /// The comment of a blocked number.
            Comment,
            /// The name of an entity that is not a contact.
            Name,
            /// The requested number of items.
            Limit,
            /// The search text.
            Query,
            /// The origin of a session's changes.
            Origin,
            /// The key of an attribute.
            AttributeKey,
            /// The pattern of an attribute.
            Pattern,
            /// The choices of an attribute.
            Choices,
            /// The text of a note.
            Note,
            /// The kind of a channel.
            ChannelKind,
            /// Identifier on a channel.
            ChannelIdentity,
            /// A colour.
            Color,
            /// The name of an event.
            Event,
            /// The payload of an event.
            Payload,
            /// The section that a list starts at.
            Section,
            /// A filter on contacts.
            Filter,
            /// The order of a list.
            Order,
        }

        impl Field {
            /// All fields.
            pub const ALL: &[Self] = &[
                $(Self::$plain,)*
                Self::Tags,
                Self::Attributes,
                Self::Status,
                Self::Consent,
                Self::OwnAdvisor,
                Self::Phone,
                Self::Email,
                Self::Identifier,
                Self::Card,
                Self::Photo,
                Self::IdempotencyKey,
                Self::Network,
                Self::Advisors,
                Self::CreateConversation,
                Self::Members,
                Self::ConversationId,
                Self::Comment,
                Self::Name,
                Self::Limit,
                Self::Query,
                Self::Origin,
                Self::AttributeKey,
                Self::Pattern,
                Self::Choices,
                Self::Note,
                Self::ChannelKind,
                Self::ChannelIdentity,
                Self::Color,
                Self::Event,
                Self::Payload,
                Self::Section,
                Self::Filter,
                Self::Order,
            ];

            /// The name in JSON and on the command line.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$plain => $name,)*
                    Self::Tags => "tags",
                    Self::Attributes => "attributes",
                    Self::Status => "status",
                    Self::Consent => "consent",
                    Self::OwnAdvisor => "ownAdvisor",
                    Self::Phone => "phone",
                    Self::Email => "email",
                    Self::Identifier => "identifier",
                    Self::Card => "card",
                    Self::Photo => "photo",
                    Self::IdempotencyKey => "idempotencyKey",
                    Self::Network => "network",
                    Self::Advisors => "advisors",
                    Self::CreateConversation => "createConversation",
                    Self::Members => "members",
                    Self::ConversationId => "conversationId",
                    Self::Comment => "comment",
                    Self::Name => "name",
                    Self::Limit => "limit",
                    Self::Query => "query",
                    Self::Origin => "origin",
                    Self::AttributeKey => "key",
                    Self::Pattern => "pattern",
                    Self::Choices => "choices",
                    Self::Note => "note",
                    Self::ChannelKind => "kind",
                    Self::ChannelIdentity => "identity",
                    Self::Color => "color",
                    Self::Event => "event",
                    Self::Payload => "payload",
                    Self::Section => "section",
                    Self::Filter => "filter",
                    Self::Order => "order",
                }
            }
        }
    };
}

plain_fields!(declare_field);

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl serde::Serialize for Field {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> serde::Deserialize<'de> for Field {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        let known = Self::ALL.iter().find(|field| field.as_str() == name);
        known.copied().ok_or_else(|| serde::de::Error::custom("not the name of a field"))
    }
}
