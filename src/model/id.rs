//! Public ids, and their source.

use std::fmt;
use std::str::FromStr;
use std::sync::Mutex;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::model::time::Timestamp;

/// The text is not an id. An id has only digits, from 1 to 2^63 - 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an id is a number from 1 to 9223372036854775807, in digits")]
pub struct ParseIdError;

macro_rules! public_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        ///
        /// A positive 63-bit number that increases with the creation time. In JSON it is a string of digits, because a JavaScript
        /// number is not precise enough.
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
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
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
    /// The number of a bulk job, from 1.
    JobId
}

public_id! {
    /// The id of a merge of two contacts.
    MergeId
}

fn parse_id(text: &str) -> Result<i64, ParseIdError> {
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(ParseIdError);
    }
    match text.parse() {
        Ok(id) if id > 0 => Ok(id),
        _ => Err(ParseIdError),
    }
}

/// 2020-01-01T00:00:00Z, the start of the time in ids. 41 bits of milliseconds reach the year 2089.
const EPOCH_MS: i64 = 1_577_836_800_000;
/// Bits of the node: stores that create ids at the same time have different nodes.
const NODE_BITS: u32 = 14;
/// Bits of the counter within a millisecond. A faster burst uses the numbers of the next milliseconds.
const COUNT_BITS: u32 = 8;

/// Creates public ids: 41 bits of milliseconds, 14 bits of a random node, 8 bits of a counter.
#[derive(Debug)]
pub(crate) struct IdSource {
    node: i64,
    /// The time and count of the last id, as one number (`time << COUNT_BITS | count`).
    last: Mutex<i64>,
}

impl IdSource {
    /// A source whose node depends on `seed`.
    pub(crate) fn new(seed: u64) -> Self {
        // A multiplicative hash distributes small seeds over the bits of the node.
        let mixed = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (u64::BITS - NODE_BITS);
        Self { node: i64::try_from(mixed).unwrap_or_default(), last: Mutex::new(0) }
    }

    /// The next id. It is greater than all earlier ids of this source, even if the clock goes back.
    pub(crate) fn next(&self, now: Timestamp) -> i64 {
        let time = now.0.saturating_sub(EPOCH_MS).clamp(0, (1 << 41) - 1) << COUNT_BITS;
        let mut last = self.last.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *last = time.max(last.saturating_add(1));
        let (time, count) = (*last >> COUNT_BITS, *last & ((1 << COUNT_BITS) - 1));
        // Zero is not an id: the addition of 1 above skips the first count of the epoch.
        (time << (NODE_BITS + COUNT_BITS)) | (self.node << COUNT_BITS) | count
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
        for invalid in ["", "0", "-1", "+1", "1.0", "9223372036854775808", " 1", "x"] {
            assert_eq!(invalid.parse::<ContactId>(), Err(ParseIdError), "{invalid:?}");
        }
        assert_eq!("9223372036854775807".parse::<ContactId>().unwrap(), ContactId(i64::MAX));
    }

    #[test]
    fn ids_increase_in_bursts_and_when_the_clock_goes_back() {
        let source = IdSource::new(7);
        let mut last = 0;
        for i in 0..5_000_i64 {
            let now = Timestamp(1_700_000_000_000 - i * 100);
            let id = source.next(now);
            assert!(id > last, "id {i} decreased");
            last = id;
        }
        assert!(IdSource::new(7).next(Timestamp(i64::MAX)) > last);
        assert!(IdSource::new(7).next(Timestamp(i64::MIN)) > 0);
    }

    #[test]
    fn two_sources_have_different_ids() {
        let (one, two) = (IdSource::new(1), IdSource::new(2));
        let now = Timestamp(1_700_000_000_000);
        let first: Vec<_> = (0..1_000).map(|_| one.next(now)).collect();
        assert!((0..1_000).map(|_| two.next(now)).all(|id| !first.contains(&id)));
    }
}
