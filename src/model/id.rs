//! The ids of records.

use std::fmt;
use std::str::FromStr;

use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::model::limits;

/// The text is not an id. An id has only digits, from 1 to 2^53 - 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an id is a number from 1 to 9007199254740991, in digits")]
pub struct ParseIdError;

macro_rules! public_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        ///
        /// A number from 1 to [`limits::ID`](crate::limits::ID), in the order of creation. It is never used again. In JSON and other text formats it is a string of digits;
        /// a number is read too. In binary formats it is a number.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                parse_id(text).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if serializer.is_human_readable() {
                    serializer.collect_str(self)
                } else {
                    serializer.serialize_i64(self.0)
                }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                if deserializer.is_human_readable() {
                    deserializer.deserialize_any(IdVisitor).map(Self)
                } else {
                    deserializer.deserialize_i64(IdVisitor).map(Self)
                }
            }
        }
    };
}

public_id! {
    /// The id of a contact.
    ContactId
}
public_id! {
    /// The id of an advisor.
    AdvisorId
}
public_id! {
    /// The id of a tenant.
    TenantId
}
public_id! {
    /// The id of a federation group.
    GroupId
}

public_id! {
    /// The id of a tag.
    TagId
}
public_id! {
    /// The id of an attribute's definition.
    AttributeId
}
public_id! {
    /// The id of a note.
    NoteId
}
public_id! {
    /// The id of a funnel.
    FunnelId
}
public_id! {
    /// The id of a channel.
    ChannelId
}
public_id! {
    /// The id of a channel identity.
    ChannelIdentityId
}
public_id! {
    /// The id of a saved filter.
    SavedFilterId
}
public_id! {
    /// The id of a conversation.
    ConversationId
}
public_id! {
    /// The number of a bulk job, from 1.
    JobId
}
public_id! {
    /// The number of an import, from 1.
    ImportId
}

public_id! {
    /// The id of a merge of two contacts.
    MergeId
}

/// Reads an id from a number or from digits.
struct IdVisitor;

impl Visitor<'_> for IdVisitor {
    type Value = i64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&ParseIdError, f)
    }

    fn visit_i64<E: serde::de::Error>(self, id: i64) -> Result<i64, E> {
        Some(id).filter(|id| (1..=limits::ID).contains(id)).ok_or_else(|| E::custom(ParseIdError))
    }

    fn visit_u64<E: serde::de::Error>(self, id: u64) -> Result<i64, E> {
        self.visit_i64(i64::try_from(id).unwrap_or(i64::MAX))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<i64, E> {
        parse_id(text).map_err(E::custom)
    }
}

fn parse_id(text: &str) -> Result<i64, ParseIdError> {
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(ParseIdError);
    }
    match text.parse() {
        Ok(id) if (1..=limits::ID).contains(&id) => Ok(id),
        _ => Err(ParseIdError),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_digits_in_json() {
        let id = ContactId(14_362_370_637_825);
        assert_eq!(serde_json::to_string(&id).unwrap(), "\"14362370637825\"");
        assert_eq!(serde_json::from_str::<ContactId>("\"14362370637825\"").unwrap(), id);
        assert_eq!(serde_json::from_str::<ContactId>("14362370637825").unwrap(), id);
        assert!(serde_json::from_str::<ContactId>("9007199254740992").is_err());
        assert!(serde_json::from_str::<ContactId>("1.5").is_err());
        for invalid in ["", "0", "-1", "+1", "1.0", "9007199254740992", " 1", "x"] {
            assert_eq!(invalid.parse::<ContactId>(), Err(ParseIdError), "{invalid:?}");
        }
        assert_eq!("9007199254740991".parse::<ContactId>().unwrap(), ContactId(limits::ID));
    }
}
