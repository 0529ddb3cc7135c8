use std::fmt;

use serde::Serialize;

use crate::error::{Error, Result, ValidationError};
use crate::model::contact_method::check_length;
use crate::model::field::Field;
use crate::model::id::{AdvisorId, ChannelId, ChannelIdentityId, ContactId, FunnelId, NoteId};
use crate::model::limits;
use crate::model::time::Timestamp;

/// What somebody wrote down about a contact.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Note {
    /// The id, unique across books.
    pub id: NoteId,
    /// The contact.
    pub contact: ContactId,
    /// The advisor who wrote it last; `None` for an administrator or the host.
    pub advisor: Option<AdvisorId>,
    /// The text, 1 to [`limits::NOTE`] characters.
    pub content: String,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl fmt::Debug for Note {
    /// Not the text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Note").field("id", &self.id).field("contact", &self.contact).finish_non_exhaustive()
    }
}

/// A series of messages that contacts can be subscribed to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Funnel {
    /// The id, unique across books.
    pub id: FunnelId,
    /// What callers name it by, unique in the tenant; case counts.
    pub service_key: String,
    /// The name; may be empty.
    pub name: String,
}

/// An account of a tenant on a messenger or the like, by which contacts are reached; an inbox, to some.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Channel {
    /// The id, unique across books.
    pub id: ChannelId,
    /// `whatsapp`, `sms`, `email`, `telegram`, …: an open set, in lower case.
    pub kind: String,
    /// The name; may be empty.
    pub name: String,
    /// Whether it is in use.
    pub active: bool,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// What of a channel can change: what is not set stays as it is.
#[derive(Debug, Clone, Default)]
pub struct ChannelPatch {
    pub(crate) name: Option<String>,
    pub(crate) active: Option<bool>,
}

impl ChannelPatch {
    /// Changes nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The name, at most [`limits::NAME`] characters.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Whether it is in use.
    #[must_use]
    pub const fn active(mut self, yes: bool) -> Self {
        self.active = Some(yes);
        self
    }
}

/// A contact on a channel.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ChannelIdentity {
    /// The id, unique across books.
    pub id: ChannelIdentityId,
    /// The channel.
    pub channel: ChannelId,
    /// What the channel calls the contact, unique on it; case counts.
    pub identifier: String,
    /// The contact.
    pub contact: ContactId,
    /// Whether it may be written to.
    pub subscribed: bool,
    /// Messages of the contact that nobody has read yet.
    pub unread: u32,
    /// When it was opened.
    pub created_at: Timestamp,
}

impl fmt::Debug for ChannelIdentity {
    /// Not the identifier, which may be a number.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate").field("id", &self.id).field("contact", &self.contact).finish_non_exhaustive()
    }
}

/// What of a gate can change: what is not set stays as it is.
#[derive(Debug, Clone, Copy, Default)]
pub struct ChannelIdentityPatch {
    pub(crate) subscribed: Option<bool>,
    pub(crate) unread: Option<u32>,
}

impl ChannelIdentityPatch {
    /// Changes nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether the contact may be written to.
    #[must_use]
    pub const fn subscribed(mut self, yes: bool) -> Self {
        self.subscribed = Some(yes);
        self
    }

    /// How many messages nobody has read yet.
    #[must_use]
    pub const fn unread(mut self, messages: u32) -> Self {
        self.unread = Some(messages);
        self
    }
}

/// A channel by which a contact can be reached.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ReachableChannel {
    /// The channel.
    pub channel: Channel,
    /// The identifier to use; `None` where the caller makes one up (kind `api`).
    pub identifier: Option<String>,
}

impl fmt::Debug for ReachableChannel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reachable").field("channel", &self.channel).finish_non_exhaustive()
    }
}

/// The kind of a channel as it is stored, if it is one.
pub(crate) fn parse_channel_kind(kind: &str) -> Result<String> {
    let kind = kind.trim().to_ascii_lowercase();
    if kind.is_empty() {
        return Err(Error::invalid(Field::ChannelKind, ValidationError::Required { network: None }));
    }
    check_length(Field::ChannelKind, &kind, limits::NETWORK_CODE)?;
    let sound = kind.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    let refused = || {
        Error::invalid(
            Field::ChannelKind,
            ValidationError::InvalidCharacters { allowed: "a-z, 0-9, - and _" },
        )
    };
    if sound { Ok(kind) } else { Err(refused()) }
}

/// Holds an identifier against what channels of a kind call their contacts.
pub(crate) fn check_channel_identifier(kind: &str, identifier: &str) -> Result<()> {
    if identifier.trim().is_empty() {
        return Err(Error::invalid(Field::Identifier, ValidationError::Required { network: None }));
    }
    check_length(Field::Identifier, identifier, limits::IDENTIFIER)?;
    let digits = |text: &str| (1..=15).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    let allowed = match kind {
        "whatsapp" if !digits(identifier) => "1 to 15 digits",
        "sms" if !identifier.strip_prefix('+').is_some_and(digits) => "a plus and 1 to 15 digits",
        _ => return Ok(()),
    };
    Err(Error::invalid(Field::Identifier, ValidationError::InvalidCharacters { allowed }))
}
