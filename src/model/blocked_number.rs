//! Blocked phone numbers.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result, ValidationError};
use crate::model::contact_method::check_length;
use crate::model::field::Field;
use crate::model::id::AdvisorId;
use crate::model::limits;
use crate::model::time::Timestamp;

/// Why a number is blocked; the names are from the federation contract.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[non_exhaustive]
pub enum BlockReason {
    /// Unwanted messages.
    Spam,
    /// Insults and threats.
    Abuse,
    /// A rule of the company or of the law.
    Compliance,
    /// Another reason.
    #[default]
    Other,
}

impl BlockReason {
    /// All reasons.
    pub const ALL: [Self; 4] = [Self::Spam, Self::Abuse, Self::Compliance, Self::Other];
}

/// A number to block.
///
/// ```
/// use cardex::blocking::{BlockReason, NewBlockedNumber};
/// let block = NewBlockedNumber::new("+33 6 12 34 56 78", BlockReason::Spam).comment("calls at night");
/// # let _ = block;
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewBlockedNumber {
    pub(crate) phone: String,
    #[serde(default)]
    pub(crate) reason: BlockReason,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) comment: String,
}

impl NewBlockedNumber {
    /// This number, in any written form.
    #[must_use]
    pub fn new(phone: impl Into<String>, reason: BlockReason) -> Self {
        Self { phone: phone.into(), reason, comment: String::new() }
    }

    /// Sets a comment, at most [`limits::COMMENT`] characters.
    #[must_use]
    pub fn comment(mut self, text: impl Into<String>) -> Self {
        self.comment = text.into();
        self
    }

    pub(crate) fn check(&self) -> Result<()> {
        check_phone(&self.phone)?;
        check_length(Field::Comment, &self.comment, limits::COMMENT)
    }
}

/// Checks the length of a number as written. The phone parser decides whether it is a number.
pub(crate) fn check_phone(text: &str) -> Result<()> {
    if text.trim().is_empty() {
        return Err(Error::invalid(Field::Phone, ValidationError::Required { network: None }));
    }
    check_length(Field::Phone, text, limits::PHONE)
}

impl fmt::Debug for NewBlockedNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewBlockedNumber").field("reason", &self.reason).finish_non_exhaustive()
    }
}

/// A blocked number.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct BlockedNumber {
    /// The advisor who blocked it; `None`: blocked for the whole tenant.
    pub advisor: Option<AdvisorId>,
    /// The number as given.
    pub phone: String,
    /// The reason.
    pub reason: BlockReason,
    /// A comment; may be empty.
    pub comment: String,
    /// When the block was last requested.
    pub created_at: Timestamp,
}

impl fmt::Debug for BlockedNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { advisor, reason, created_at, .. } = self;
        f.debug_struct("BlockedNumber")
            .field("advisor", advisor)
            .field("reason", reason)
            .field("created_at", created_at)
            .finish_non_exhaustive()
    }
}
