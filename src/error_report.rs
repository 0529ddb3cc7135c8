//! The codes of errors, and errors in a form that can be serialized.

use std::borrow::Cow;

use serde::{Deserialize, Serialize, Serializer};

use crate::error::{Error, RuleViolation, ValidationError};
use crate::model::field::Field;
use crate::model::id::{AdvisorId, ContactId};
use crate::model::network::Network;

/// Declares the codes of an enum: `Pattern => "code"`. The compiler requires a code for each variant.
macro_rules! codes {
    ($(#[$doc:meta])* $type:ident: $($variant:ident $fields:tt => $code:literal,)*) => {
        impl $type {
            /// All codes, in the order of the variants.
            pub const CODES: &[&str] = &[$($code),*];

            $(#[$doc])*
            #[must_use]
            pub const fn code(&self) -> &'static str {
                match self {
                    $(Self::$variant $fields => $code,)*
                }
            }
        }
    };
}

codes! {
    /// The reason as a short stable word for programs: `too-long`, `required`, …. `docs/errors.md` lists all.
    ValidationError:
    TooLong { .. } => "too-long",
    TooMany { .. } => "too-many",
    Required { .. } => "required",
    NotAPhone {} => "not-a-phone",
    NotAnEmail {} => "not-an-email",
    InvalidCharacters { .. } => "invalid-characters",
    NotOneOf { .. } => "not-one-of",
    Syntax { .. } => "syntax",
    TooDeep { .. } => "too-deep",
    Blank {} => "blank",
    UnknownSection {} => "unknown-section",
    NotSupportedOnNetwork { .. } => "not-supported-on-network",
    OutOfRange { .. } => "out-of-range",
    Unknown {} => "unknown",
    NotOfKind { .. } => "not-of-kind",
    NotAChoice {} => "not-a-choice",
    PatternMismatch {} => "pattern-mismatch",
    InvalidPattern {} => "invalid-pattern",
    Reserved {} => "reserved",
    InvalidCard { .. } => "invalid-card",
}

/// Declares the codes of [`Error`], except for [`Error::Rule`], which has the code of its rule.
macro_rules! error_codes {
    ($($variant:ident $fields:tt => $code:literal,)*) => {
        impl Error {
            /// All codes: those of the variants in their order, then [`RuleViolation::CODES`].
            pub fn codes() -> impl Iterator<Item = &'static str> {
                [$($code),*].into_iter().chain(RuleViolation::CODES.iter().copied())
            }

            /// A short stable word for programs: `duplicate`, `busy`, `damaged`, …. No two variants and rules have the same.
            /// `docs/errors.md` lists all.
            #[must_use]
            pub fn code(&self) -> &'static str {
                match self {
                    Self::Rule(violation) => violation.code(),
                    $(Self::$variant $fields => $code,)*
                }
            }
        }
    };
}

error_codes! {
    Invalid { .. } => "invalid",
    Duplicate { .. } => "duplicate",
    Exists { .. } => "exists",
    NoContact { .. } => "no-contact",
    Merged { .. } => "merged",
    NoAdvisor { .. } => "no-advisor",
    NoAdvisorWithEmail {} => "no-advisor-with-email",
    NotFound { .. } => "not-found",
    NoConversation {} => "no-conversation",
    NoNetwork { .. } => "no-network",
    Forbidden { .. } => "forbidden",
    VersionConflict { .. } => "version-conflict",
    Pruned { .. } => "pruned",
    BadCursor {} => "bad-cursor",
    CursorMismatch {} => "cursor-mismatch",
    Busy {} => "busy",
    Interrupted {} => "interrupted",
    DeadlineExceeded {} => "deadline",
    NotABook { .. } => "not-a-book",
    WrongKey { .. } => "wrong-key",
    NotEncrypted { .. } => "not-encrypted",
    NoBook { .. } => "no-book",
    TooNew { .. } => "too-new",
    UnknownSchema {} => "unreleased",
    Damaged { .. } => "damaged",
    StaleStore {} => "stale-store",
    ReadOnly {} => "read-only",
    FolderNotWritable {} => "folder-not-writable",
    DiskFull {} => "disk-full",
    OldSqlite { .. } => "old-sqlite",
    BadOption { .. } => "bad-option",
    Format { .. } => "format",
    Io { .. } => "io",
    IteratorPanicked { .. } => "iterator-panicked",
    Storage { .. } => "storage",
}

/// An [`Error`] as a value: comparable, and serialized with a member for each part. An error itself is serialized as its report.
///
/// A report has no more than the message of its error. In particular, it names the holder of a duplicate value only if the actor of
/// the call sees that contact. It has no causes, because those are texts of other libraries.
///
/// ```
/// use cardex::{Actor, ErrorReport, Field, Network, NewContact, Options};
/// let session = Options::new().open_in_memory()?.session(Actor::System);
/// let error = session.add(NewContact::new(Network::SMS_DIRECT, "A".repeat(300), "")).unwrap_err();
/// let report = ErrorReport::from(&error);
/// assert_eq!((&*report.code, report.reason.as_deref()), ("invalid", Some("too-long")));
/// assert_eq!((report.field, report.limit), (Some(Field::FirstName), Some(255)));
/// assert_eq!(serde_json::to_string(&error).unwrap(), serde_json::to_string(&report).unwrap());
/// # Ok::<(), cardex::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ErrorReport {
    /// The code, as [`Error::code`] returns it.
    pub code: Cow<'static, str>,
    /// The message for people, in English. It can change between releases.
    pub message: String,
    /// The field that breaks a rule, or that has a duplicate value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<Field>,
    /// For `invalid`: the rule, as [`ValidationError::code`] returns it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Cow<'static, str>>,
    /// The greatest allowed value: characters of a text, items of a list, levels, or a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// For `out-of-range`: the smallest allowed number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum: Option<i64>,
    /// For `duplicate`: the contact that has the value, if the actor sees it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<ContactId>,
    /// For `merged`: the contact that remains.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub into: Option<ContactId>,
    /// The contact that the message names otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<ContactId>,
    /// The advisor that the message names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advisor: Option<AdvisorId>,
    /// The network that the message names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<Network>,
    /// For `version-conflict`: the stored version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    /// For `pruned`: the number to continue after, once all contacts are read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resume_after: Option<i64>,
    /// For `format`: the line of the file, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// Whether the same call may succeed later, as [`Error::is_retryable`] returns it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub retryable: bool,
}

impl From<&Error> for ErrorReport {
    fn from(error: &Error) -> Self {
        let mut report = Self {
            code: error.code().into(),
            message: error.to_string(),
            retryable: error.is_retryable(),
            ..Self::default()
        };
        match error {
            Error::Invalid { field, reason } => {
                report.field = Some(*field);
                report.set_reason(reason);
            }
            Error::Duplicate { field, holder } => {
                (report.field, report.holder) = (Some(*field), *holder);
            }
            Error::NoContact(contact) => report.contact = Some(*contact),
            Error::Merged { into } => report.into = Some(*into),
            Error::NoAdvisor(advisor) => report.advisor = Some(*advisor),
            Error::NoNetwork(network) => report.network = Some(network.clone()),
            Error::VersionConflict { found, .. } => report.version = Some(*found),
            Error::Pruned { resume_after } => report.resume_after = Some(*resume_after),
            Error::Format { line, .. } => report.line = Some(*line),
            Error::Rule(rule) => match rule {
                RuleViolation::AdvisorNotEntitled(advisor) => report.advisor = Some(*advisor),
                RuleViolation::AlreadyOnboarded(contact)
                | RuleViolation::PhoneOfAnotherContact(contact)
                | RuleViolation::InTrash(contact) => report.contact = Some(*contact),
                _ => {}
            },
            _ => {}
        }
        report
    }
}

impl From<Error> for ErrorReport {
    fn from(error: Error) -> Self {
        Self::from(&error)
    }
}

impl ErrorReport {
    fn set_reason(&mut self, reason: &ValidationError) {
        self.reason = Some(reason.code().into());
        match reason {
            ValidationError::TooLong { limit }
            | ValidationError::TooMany { limit }
            | ValidationError::TooDeep { limit } => self.limit = i64::try_from(*limit).ok(),
            ValidationError::OutOfRange { min, max } => {
                (self.minimum, self.limit) = (Some(*min), Some(*max));
            }
            ValidationError::Required { network } => self.network.clone_from(network),
            ValidationError::NotSupportedOnNetwork { network } => self.network = Some(network.clone()),
            _ => {}
        }
    }
}

impl Serialize for Error {
    /// As its [`ErrorReport`].
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        ErrorReport::from(self).serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_has_the_limit() {
        let reason = ValidationError::OutOfRange { min: 1, max: 200 };
        let report = ErrorReport::from(&Error::invalid(Field::Limit, reason));
        assert_eq!((report.minimum, report.limit), (Some(1), Some(200)));
        let json = serde_json::to_string(&report).unwrap();
        assert!(
            json.starts_with(r#"{"code":"invalid","message":"#) && json.contains(r#""limit":200"#),
            "{json}"
        );
        assert_eq!(serde_json::from_str::<ErrorReport>(&json).unwrap(), report);
    }
}
