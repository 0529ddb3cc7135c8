//! The one error type of the library.
//!
//! Callers act on the variants. Other details are a cause behind [`std::error::Error::source`]. A message contains fields,
//! limits and ids, but no name, number or address of a person.

use std::path::PathBuf;

use crate::model::attribute_kind::AttributeKind;
pub use crate::model::entity_kind::EntityKind;
use crate::model::field::Field;
use crate::model::id::{AdvisorId, ContactId};
use crate::model::network::Network;
pub(crate) use crate::model::rule_violation::RuleViolation;

/// A cause from a library below. Boxed, so that the public API does not depend on the type and version of that library.
pub(crate) type Cause = Box<dyn std::error::Error + Send + Sync>;

/// The result of every fallible call.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, by what a caller can do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A value breaks a rule. Nothing was written.
    #[error("{field}: {reason}")]
    Invalid {
        /// The field that holds the value.
        field: Field,
        /// The rule it breaks.
        reason: ValidationError,
    },
    /// Another contact has a value that must be unique. Nothing was written.
    #[error("{field} is already held by {}", .holder.map_or_else(|| "another contact".to_owned(), |id| format!("contact {id}")))]
    Duplicate {
        /// The field of the duplicate value.
        field: Field,
        /// The contact that has it; `None` if the session may not see that contact.
        holder: Option<ContactId>,
    },
    /// An entity with this name or code exists already.
    #[error("this {0} exists already")]
    Exists(EntityKind),
    /// No contact with this id is visible to the session.
    #[error("no contact with id {0}")]
    NoContact(ContactId),
    /// The contact was merged into another one, which replaces it.
    #[error("the contact was merged into contact {into}")]
    Merged {
        /// The contact that remains.
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
    /// No conversation with this id is visible to the session.
    #[error("no conversation with this id")]
    NoConversation,
    /// The book has no network with this code.
    #[error("no network {0}")]
    NoNetwork(Network),
    /// The session has no permission for this call.
    #[error("not allowed: {0}")]
    Forbidden(&'static str),
    /// The call violates a rule of the book. Nothing was written.
    #[error(transparent)]
    Rule(#[from] RuleViolation),
    /// The contact changed after the version that the caller read.
    #[error("the contact is at version {found}, not {expected}; read it again")]
    VersionConflict {
        /// The version the caller expected.
        expected: i64,
        /// The version stored.
        found: i64,
    },
    /// The log no longer has all changes after the requested number. Read all contacts again, then continue after `resume_after`.
    #[error("the log no longer has these changes; read everything again, then continue after {resume_after}")]
    Pruned {
        /// The number to continue after, once all contacts are read. The read must start after this answer.
        resume_after: i64,
    },
    /// The text is not a cursor, or the cursor is damaged.
    #[error("this is not a cursor, or it is damaged")]
    BadCursor,
    /// The cursor is valid but belongs to another query, order, direction, store or text version.
    #[error("this cursor belongs to another query; start again from the first page")]
    CursorMismatch,
    /// Another writer held the lock longer than the busy timeout.
    #[error("the book is busy: another writer holds the lock; try again")]
    Busy,
    /// The call was interrupted through its [`Interrupt`](crate::Interrupt).
    #[error("interrupted")]
    Interrupted,
    /// The call ran past its deadline.
    #[error("the deadline has passed")]
    DeadlineExceeded,
    /// The file is not a book: it is another program's database, or no database. An encrypted book looks the same without
    /// its key. The file was not changed.
    #[error("{} is not a Cardex book{}", path.display(), if cfg!(feature = "encryption") { ", or it is encrypted and needs its key" } else { "" })]
    NotABook {
        /// The file.
        path: PathBuf,
    },
    /// The key does not open the file: the file has another key, or it is not a book. It was not changed.
    #[error("the key does not open {}, or the file is not a Cardex book", path.display())]
    WrongKey {
        /// The file.
        path: PathBuf,
    },
    /// A key was given for a file that is not encrypted. The file was not changed.
    #[error("{} is not encrypted, and a key was given", path.display())]
    NotEncrypted {
        /// The file.
        path: PathBuf,
    },
    /// There is no file at the path, and the options do not allow to create one.
    #[error("there is no book at {}", path.display())]
    NoBook {
        /// The path.
        path: PathBuf,
    },
    /// A newer release wrote the file. The file was not changed.
    #[error("the book has schema version {found}; this release reads up to {supported}")]
    TooNew {
        /// The version in the file.
        found: i32,
        /// The newest version this release reads.
        supported: i32,
    },
    /// The tables of the file match no release: a development version wrote it, or someone changed them. The file was not changed.
    #[error("the tables of the book match no release; an unreleased development version wrote it")]
    UnknownSchema,
    /// The file is damaged. Nothing was deleted or changed.
    #[error("the book is damaged: {what}")]
    Damaged {
        /// The damaged part.
        what: &'static str,
        /// The error that showed the damage.
        #[source]
        source: Option<Cause>,
    },
    /// Another release of the library rebuilt the search index after this store was opened.
    #[error("the search index was rebuilt by another version of Cardex; reopen the store")]
    StaleStore,
    /// The book was opened read-only, or its file or folder cannot be written.
    #[error("the book is read-only")]
    ReadOnly,
    /// The book cannot be opened because its folder cannot be written: others may write the book, so a reader needs the file of locks
    /// beside it.
    #[error(
        "the folder of the book cannot be written, and a reader needs a file of locks there; get write permission, or open a copy"
    )]
    FolderNotWritable,
    /// The disk or the quota is full. The write was rolled back.
    #[error("no space left on the disk; the write was rolled back")]
    DiskFull,
    /// The linked SQLite is too old: it can corrupt a file that several connections write.
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
        /// Why it cannot be used.
        reason: String,
    },
    /// An import file does not have the given format.
    #[error("{format}, line {line}: {reason}")]
    Format {
        /// The format.
        format: &'static str,
        /// The line, from 1.
        line: u64,
        /// What is wrong there.
        reason: String,
    },
    /// Input or output outside of the book failed.
    #[error("input or output failed")]
    Io(#[source] std::io::Error),
    /// The iterator that a call reads panicked. What it delivered before is written, as after any other error of that call.
    #[error("the iterator of contacts panicked: {message}")]
    IteratorPanicked {
        /// The message of the panic.
        message: String,
    },
    /// Any other failure of the storage.
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
    /// There are more values than allowed.
    #[error("at most {limit} are allowed")]
    TooMany {
        /// The limit.
        limit: usize,
    },
    /// A required value is missing.
    #[error("required{}", .network.as_ref().map(|n| format!(" on {n}")).unwrap_or_default())]
    Required {
        /// The network whose policy requires it; `None` if every contact needs it.
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
    /// It is not one of the allowed values.
    #[error("must be {allowed}")]
    NotOneOf {
        /// The allowed values.
        allowed: &'static str,
    },
    /// It has a syntax error.
    #[error("at character {position}: {expected} expected")]
    Syntax {
        /// The position in characters, from 1.
        position: usize,
        /// What is allowed at this position.
        expected: &'static str,
    },
    /// Conditions are nested too deep.
    #[error("at most {limit} levels of nested conditions are allowed")]
    TooDeep {
        /// The limit.
        limit: usize,
    },
    /// It consists of white space.
    #[error("must not be blank")]
    Blank,
    /// The list has no section with this label.
    #[error("the list has no section with this label")]
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
        /// The smallest value.
        min: i64,
        /// The largest value.
        max: i64,
    },
    /// The name is unknown.
    #[error("unknown name")]
    Unknown,
    /// The value does not have the kind of its attribute.
    #[error("not a value of the attribute kind {kind}")]
    NotOfKind {
        /// The kind.
        kind: AttributeKind,
    },
    /// It is not one of the choices of its attribute.
    #[error("not one of the choices")]
    NotAChoice,
    /// It does not match the pattern of its attribute.
    #[error("does not match the pattern")]
    PatternMismatch,
    /// It is not a valid regular expression, or it is too large.
    #[error("not a valid regular expression, or too large")]
    InvalidPattern,
    /// It is the name of a field that every contact has.
    #[error("reserved: every contact has a field of this name")]
    Reserved,
    /// It is not a JSContact card.
    #[error("not a JSContact card: {0}")]
    InvalidCard(&'static str),
}

impl Error {
    /// An [`Error::Invalid`].
    pub(crate) fn invalid(field: Field, reason: ValidationError) -> Self {
        Self::Invalid { field, reason }
    }

    /// True if the same call may succeed later without a change.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Busy | Self::DiskFull | Self::DeadlineExceeded)
    }

    /// True if the error is in the input and nothing was written.
    #[must_use]
    pub fn is_client_error(&self) -> bool {
        matches!(self, Self::Invalid { .. } | Self::Duplicate { .. } | Self::Exists(_) | Self::Forbidden(_))
            || matches!(self, Self::Rule(_))
            || matches!(self, Self::VersionConflict { .. } | Self::BadCursor | Self::CursorMismatch)
            || matches!(self, Self::Pruned { .. })
            || self.is_not_found()
    }

    /// True if the entity with the given id or code does not exist, or is not visible to the session.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        matches!(
            self,
            Self::NoContact(_) | Self::Merged { .. } | Self::NoAdvisor(_) | Self::NoAdvisorWithEmail
        ) || matches!(self, Self::NotFound(..) | Self::NoNetwork(_) | Self::NoConversation)
    }
}

impl From<std::io::Error> for Error {
    fn from(source: std::io::Error) -> Self {
        match source.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::DiskFull,
            _ => Self::Io(source),
        }
    }
}
