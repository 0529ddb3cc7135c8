//! The one error type of the library.
//!
//! Callers act on the variants; everything else is a cause behind [`std::error::Error::source`]. No message
//! carries a name, a number or an address: fields, limits and ids only.

use std::path::PathBuf;

use crate::model::attribute_kind::AttributeKind;
pub use crate::model::entity_kind::EntityKind;
use crate::model::field::Field;
use crate::model::id::{AdvisorId, ContactId};
use crate::model::network::Network;
pub(crate) use crate::model::rule_violation::RuleViolation;

/// A cause from a library below, boxed so that its type and version stay ours to change.
pub(crate) type Cause = Box<dyn std::error::Error + Send + Sync>;

/// The result of every fallible call.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, in the terms a caller can act on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A value breaks a rule; nothing was written.
    #[error("{field}: {reason}")]
    Invalid {
        /// The field that holds the value.
        field: Field,
        /// The rule it breaks.
        reason: ValidationError,
    },
    /// A value that must be unique is held by another contact; nothing was written.
    #[error("{field} is already held by contact {holder}")]
    Duplicate {
        /// The field whose value clashes.
        field: Field,
        /// The contact that holds it.
        holder: ContactId,
    },
    /// A thing with this name or code exists already.
    #[error("this {0} exists already")]
    Exists(EntityKind),
    /// No contact with this id is visible to the session.
    #[error("no contact with id {0}")]
    NoContact(ContactId),
    /// The contact was merged into another one, which answers in its place.
    #[error("the contact was merged into contact {into}")]
    Merged {
        /// The survivor.
        into: ContactId,
    },
    /// No advisor has this id.
    #[error("no advisor with id {0}")]
    NoAdvisor(AdvisorId),
    /// No advisor of the tenant has this e-mail address.
    #[error("no advisor with this e-mail address")]
    NoAdvisorWithEmail,
    /// No tenant, federation group, tag, note, … has this id.
    #[error("no {0} with id {1}")]
    NotFound(EntityKind, i64),
    /// No conversation with this stream is visible to the session.
    #[error("no conversation with this stream")]
    NoConversation,
    /// The book knows no network with this code.
    #[error("no network {0}; `networks` lists the known ones")]
    NoNetwork(Network),
    /// The session may not do this.
    #[error("not allowed: {0}")]
    Forbidden(&'static str),
    /// A rule of the book stands against it; nothing was written.
    #[error(transparent)]
    Rule(#[from] RuleViolation),
    /// The contact was changed since the version the caller read.
    #[error("the contact is at version {found}, not {expected}; read it again")]
    VersionConflict {
        /// The version the caller expected.
        expected: i64,
        /// The version stored.
        found: i64,
    },
    /// Changes after the number asked for are no longer in the log: read all contacts anew, then go on after `resume_after`.
    #[error(
        "changes from there on are no longer in the log; read everything anew, then go on after {resume_after}"
    )]
    Pruned {
        /// The number to go on after once everything has been read, if that began after this answer.
        resume_after: i64,
    },
    /// The cursor is damaged, or is none of ours.
    #[error("this is not a cursor, or it is damaged")]
    BadCursor,
    /// The cursor is sound but was made by another query, order, direction, book or text version.
    #[error("this cursor belongs to another query; start again from the first page")]
    CursorMismatch,
    /// Another writer held the book longer than the busy timeout.
    #[error("the book is busy: another writer holds it; try again")]
    Busy,
    /// The call was interrupted through its [`Interrupt`](crate::Interrupt).
    #[error("interrupted")]
    Interrupted,
    /// The call ran past its deadline.
    #[error("the deadline has passed")]
    DeadlineExceeded,
    /// The file is not a book: another program's database, or no database at all. An encrypted book looks like that without its key. It
    /// was not changed.
    #[error("{} is not a cardex book{}", path.display(), if cfg!(feature = "encryption") { ", or it is encrypted and needs its key" } else { "" })]
    NotABook {
        /// The file.
        path: PathBuf,
    },
    /// The key does not open the file: it is encrypted with another one, or it is no book. It was not changed.
    #[error("the key is not the one of {}, or that is not a cardex book", path.display())]
    WrongKey {
        /// The file.
        path: PathBuf,
    },
    /// A key was given for a file that is not encrypted. It was not changed.
    #[error("{} is not encrypted, and a key was given", path.display())]
    NotEncrypted {
        /// The file.
        path: PathBuf,
    },
    /// There is no file at the path, and the options do not allow one to be made.
    #[error("there is no book at {}", path.display())]
    NoBook {
        /// The path.
        path: PathBuf,
    },
    /// The file was written by a newer release. It was not changed.
    #[error("the book has schema version {found}; this release reads up to {supported}")]
    TooNew {
        /// The version in the file.
        found: i32,
        /// The newest version this release reads.
        supported: i32,
    },
    /// The file has the tables of no release: a development version wrote it, or somebody has changed them. It was not changed.
    #[error("the book has the tables of no release; an unreleased development version wrote it")]
    UnknownSchema,
    /// The file is damaged. Nothing has been deleted or changed.
    #[error("the book is damaged: {what}")]
    Damaged {
        /// Which part of it.
        what: &'static str,
        /// What found it.
        #[source]
        source: Option<Cause>,
    },
    /// Another release of the library has made the book's keys anew since this store was opened.
    #[error("the book's keys are another release's by now; close the store and open it again")]
    StaleStore,
    /// The book was opened read-only, or its file or folder cannot be written.
    #[error("the book is read-only")]
    ReadOnly,
    /// The disk, or the quota, is full. The write was undone.
    #[error("no space left on the disk; the write was undone")]
    DiskFull,
    /// The linked SQLite is too old to be trusted with several connections (it can corrupt a file).
    #[error("SQLite {found} is linked; 3.51.3 or newer is needed")]
    OldSqlite {
        /// The version found.
        found: String,
    },
    /// An option has a value that cannot be used.
    #[error("option {option}: {reason}")]
    BadOption {
        /// The option.
        option: &'static str,
        /// Why not.
        reason: String,
    },
    /// A file to import could not be read as the format it was given as.
    #[error("{format}, line {line}: {reason}")]
    Format {
        /// The format.
        format: &'static str,
        /// The line, from 1.
        line: u64,
        /// What is wrong there.
        reason: String,
    },
    /// An input or output failed outside the book.
    #[error("input or output failed")]
    Io(#[source] std::io::Error),
    /// Any other failure of the storage below.
    #[error("storage failure")]
    Storage(#[source] Cause),
}

/// A rule that a value can break.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ValidationError {
    /// It has more characters than allowed.
    #[error("at most {limit} characters are allowed")]
    TooLong {
        /// The limit, in characters.
        limit: usize,
    },
    /// There are more of them than allowed.
    #[error("at most {limit} are allowed")]
    TooMany {
        /// The limit.
        limit: usize,
    },
    /// It is needed and not there.
    #[error("required{}", .network.as_ref().map(|n| format!(" on {n}")).unwrap_or_default())]
    Required {
        /// The network whose policy asks for it, if it is a network's.
        network: Option<Network>,
    },
    /// It is not a telephone number.
    #[error("not a phone number")]
    NotAPhone,
    /// It is not an e-mail address.
    #[error("not an e-mail address")]
    NotAnEmail,
    /// It has a character that is not allowed there.
    #[error("has a character that is not allowed: {allowed}")]
    InvalidCharacters {
        /// What is allowed.
        allowed: &'static str,
    },
    /// It is none of those there are.
    #[error("must be {allowed}")]
    NotOneOf {
        /// Those there are.
        allowed: &'static str,
    },
    /// It is not written as it must be.
    #[error("at character {position}: {expected} expected")]
    Syntax {
        /// Where, in characters from 1.
        position: usize,
        /// What could have stood there.
        expected: &'static str,
    },
    /// Conditions stand in each other deeper than allowed.
    #[error("at most {limit} conditions may stand in each other")]
    TooDeep {
        /// The limit.
        limit: usize,
    },
    /// It has nothing but blanks.
    #[error("must not be blank")]
    Blank,
    /// It is not a letter of the list's order.
    #[error("not a letter of the order of this list")]
    UnknownSection,
    /// A contact cannot have it on this network.
    #[error("a contact on {network} cannot have this")]
    NotSupportedOnNetwork {
        /// The network.
        network: Network,
    },
    /// It is outside its range.
    #[error("must be between {min} and {max}")]
    OutOfRange {
        /// The least value.
        min: i64,
        /// The greatest value.
        max: i64,
    },
    /// Nothing of that name is known.
    #[error("not one that is known")]
    Unknown,
    /// It is a value of another kind than its attribute's.
    #[error("not a value of an attribute of the kind {kind}")]
    NotOfKind {
        /// The kind.
        kind: AttributeKind,
    },
    /// It is not one of the choices of its attribute.
    #[error("not one of the choices")]
    NotAChoice,
    /// It does not meet the pattern of its attribute.
    #[error("does not meet the pattern")]
    PatternMismatch,
    /// It is no regular expression, or one that is too large.
    #[error("not a regular expression that can be used")]
    InvalidPattern,
    /// It is the name of a field that every contact has.
    #[error("the name of a field of every contact")]
    Reserved,
    /// It is not a JSON object that describes a card.
    #[error("not a JSContact card: {0}")]
    InvalidCard(&'static str),
}

impl Error {
    /// Shorthand for a broken rule.
    pub(crate) fn invalid(field: Field, problem: ValidationError) -> Self {
        Self::Invalid { field, reason: problem }
    }

    /// True when the same call may succeed later without any change.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Busy | Self::DiskFull | Self::DeadlineExceeded)
    }

    /// True when the input is at fault and nothing was written.
    #[must_use]
    pub fn is_client_error(&self) -> bool {
        matches!(self, Self::Invalid { .. } | Self::Duplicate { .. } | Self::Exists(_) | Self::Forbidden(_))
            || matches!(self, Self::Rule(_))
            || matches!(self, Self::VersionConflict { .. } | Self::BadCursor | Self::CursorMismatch)
            || matches!(self, Self::Pruned { .. })
            || self.is_not_found()
    }

    /// True when something asked for by id or code does not exist, or is not visible to the session.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        matches!(
            self,
            Self::NoContact(_) | Self::Merged { .. } | Self::NoAdvisor(_) | Self::NoAdvisorWithEmail
        ) || matches!(self, Self::NotFound(..) | Self::NoNetwork(_) | Self::NoConversation)
    }

    /// A short stable word for programs: `duplicate`, `busy`, `damaged`, ….
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Invalid { .. } => "invalid",
            Self::Duplicate { .. } => "duplicate",
            Self::Exists(_) => "exists",
            Self::NoContact(_) => "no-contact",
            Self::Merged { .. } => "merged",
            Self::NoAdvisor(_) | Self::NoAdvisorWithEmail => "no-advisor",
            Self::NotFound(..) => "not-found",
            Self::NoNetwork(_) => "no-network",
            Self::NoConversation => "no-conversation",
            Self::Forbidden(_) => "forbidden",
            Self::Rule(refusal) => refusal.code(),
            Self::VersionConflict { .. } => "version-conflict",
            Self::Pruned { .. } => "pruned",
            Self::BadCursor => "bad-cursor",
            Self::CursorMismatch => "cursor-mismatch",
            Self::Busy => "busy",
            Self::Interrupted => "interrupted",
            Self::DeadlineExceeded => "deadline",
            Self::NotABook { .. } => "not-a-book",
            Self::WrongKey { .. } => "wrong-key",
            Self::NotEncrypted { .. } => "not-encrypted",
            Self::NoBook { .. } => "no-book",
            Self::TooNew { .. } => "too-new",
            Self::UnknownSchema => "unreleased",
            Self::Damaged { .. } => "damaged",
            Self::StaleStore => "stale-store",
            Self::ReadOnly => "read-only",
            Self::DiskFull => "disk-full",
            Self::OldSqlite { .. } => "old-sqlite",
            Self::BadOption { .. } => "bad-option",
            Self::Format { .. } => "format",
            Self::Io(_) => "io",
            Self::Storage(_) => "storage",
        }
    }
}

impl From<std::io::Error> for Error {
    fn from(source: std::io::Error) -> Self {
        Self::Io(source)
    }
}
