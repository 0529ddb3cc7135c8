//! Notes, funnels, channels and the identities of contacts on channels.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result, ValidationError};
use crate::model::contact_method::check_length;
use crate::model::field::Field;
use crate::model::id::{AdvisorId, ChannelId, ChannelIdentityId, ContactId, FunnelId, NoteId};
use crate::model::limits;
use crate::model::serial::{null_as_empty, present};
use crate::model::time::Timestamp;

/// A note about a contact.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Shows the ids but not the text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Note").field("id", &self.id).field("contact", &self.contact).finish_non_exhaustive()
    }
}

/// A series of messages that contacts can subscribe to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Funnel {
    /// The id, unique across books.
    pub id: FunnelId,
    /// The key for callers, unique in the tenant. Case-sensitive.
    pub service_key: String,
    /// The name; may be empty.
    pub name: String,
}

/// An account of a tenant on a messenger, through which it reaches contacts. Some products call it an inbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Channel {
    /// The id, unique across books.
    pub id: ChannelId,
    /// `whatsapp`, `sms`, `email`, `telegram`, …: any kind, in lower case.
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

/// Changes to a channel. Fields that are not set stay as they are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ChannelPatch {
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "null_as_empty")]
    pub(crate) name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub(crate) active: Option<bool>,
}

impl ChannelPatch {
    /// A patch without changes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the name, at most [`limits::NAME`] characters.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets whether it is in use.
    #[must_use]
    pub const fn active(mut self, yes: bool) -> Self {
        self.active = Some(yes);
        self
    }
}

/// The identity of a contact on a channel.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ChannelIdentity {
    /// The id, unique across books.
    pub id: ChannelIdentityId,
    /// The channel.
    pub channel: ChannelId,
    /// The identifier of the contact on the channel, unique there. Case-sensitive.
    pub identifier: String,
    /// The contact.
    pub contact: ContactId,
    /// Whether the contact may get messages.
    pub subscribed: bool,
    /// The number of unread messages from the contact.
    pub unread: u32,
    /// When it was created.
    pub created_at: Timestamp,
}

impl fmt::Debug for ChannelIdentity {
    /// Shows the ids but not the identifier, which may be a phone number.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChannelIdentity")
            .field("id", &self.id)
            .field("contact", &self.contact)
            .finish_non_exhaustive()
    }
}

/// Changes to a channel identity. Fields that are not set stay as they are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ChannelIdentityPatch {
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub(crate) subscribed: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub(crate) unread: Option<u32>,
}

impl ChannelIdentityPatch {
    /// A patch without changes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets whether the contact may get messages.
    #[must_use]
    pub const fn subscribed(mut self, yes: bool) -> Self {
        self.subscribed = Some(yes);
        self
    }

    /// Sets the number of unread messages.
    #[must_use]
    pub const fn unread(mut self, messages: u32) -> Self {
        self.unread = Some(messages);
        self
    }
}

/// A channel through which a contact can be reached.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ReachableChannel {
    /// The channel.
    pub channel: Channel,
    /// The identifier to use; `None` where the caller chooses one (kind `api`).
    pub identifier: Option<String>,
}

impl fmt::Debug for ReachableChannel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReachableChannel").field("channel", &self.channel).finish_non_exhaustive()
    }
}

/// The kind of a channel in its stored form.
///
/// # Errors
/// [`Error::Invalid`] if it is empty, too long or has a character that is not allowed.
pub(crate) fn parse_channel_kind(kind: &str) -> Result<String> {
    let kind = kind.trim().to_ascii_lowercase();
    if kind.is_empty() {
        return Err(Error::invalid(Field::ChannelKind, ValidationError::Required { network: None }));
    }
    check_length(Field::ChannelKind, &kind, limits::NETWORK_CODE)?;
    let is_valid = kind.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    let invalid = || {
        Error::invalid(
            Field::ChannelKind,
            ValidationError::InvalidCharacters { allowed: "a-z, 0-9, - and _" },
        )
    };
    if is_valid { Ok(kind) } else { Err(invalid()) }
}

/// Checks that an identifier has the form that channels of this kind use.
///
/// # Errors
/// [`Error::Invalid`] if it has not.
pub(crate) fn check_channel_identifier(kind: &str, identifier: &str) -> Result<()> {
    if identifier.trim().is_empty() {
        return Err(Error::invalid(Field::Identifier, ValidationError::Required { network: None }));
    }
    check_length(Field::Identifier, identifier, limits::IDENTIFIER)?;
    let is_digits = |text: &str| (1..=15).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    let allowed = match kind {
        "whatsapp" if !is_digits(identifier) => "1 to 15 digits",
        "sms" if !identifier.strip_prefix('+').is_some_and(is_digits) => "a plus and 1 to 15 digits",
        _ => return Ok(()),
    };
    Err(Error::invalid(Field::Identifier, ValidationError::InvalidCharacters { allowed }))
}
