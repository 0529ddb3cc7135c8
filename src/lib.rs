//! Cardex is an embedded contacts engine. It keeps the contacts of advisors, their links and the networks they use in one
//! SQLite file, and answers search-as-you-type and sorted, filtered lists from it.
//!
//! ```
//! use cardex::{Actor, Field, Network, NewAdvisor, NewContact, Store};
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("book.cardex");
//!
//! let store = Store::open(&path)?;
//! let ada = store.session(Actor::System).directory().add_advisor(NewAdvisor::new("Ada", "Byron"))?;
//!
//! let session = store.session(Actor::Advisor(ada.id));
//! session.add(
//!     NewContact::new(Network::WHATSAPP, "John", "Doe")
//!         .company("Acme").email("john@example.com").phone("+33 6 12 34 56 78"),
//! )?;
//!
//! let page = session.search("jo").network(Network::WHATSAPP).limit(20).page()?;
//! for hit in &page.items {
//!     assert_eq!(hit.contact.display_name, "John Doe");
//!     assert_eq!((hit.matched.field, hit.matched.ranges[0].bytes.clone()), (Field::FirstName, 0..2));
//! }
//! let next = session.search("jo").network(Network::WHATSAPP).after(page.after).page()?;
//! # assert_eq!(next.items.len(), 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Main types
//! - [`Store`] is an open file. [`Options`] says how to open it.
//! - [`Session`] makes the calls of one [`Actor`]. Each call checks the permissions of the actor.
//! - [`NewContact`] and [`ContactPatch`] are input, [`Contact`] is output. [`limits`] lists all limits. An [`Error`] names the
//!   field that breaks a rule; nothing is written then.
//! - [`Session::search`], [`Session::search_substring`] and [`Session::contacts`] return a [`Page`] with a [`Cursor`] in each
//!   direction.
//! - Everything else has a handle: [`Session::tags`], [`Session::notes`], [`Session::jobs`] and so on. The types of a handle
//!   are in the module of the same subject, for example [`tags`].
//! - [`Session::entitlements`] entitles advisors on a network and gives them [permissions](entitlements::Permission).
//! - [`Session::changes`] and [`Session::subscribe`] read the change log, [`Session::outbox`] the messages for the host.
//!
//! # Guarantees
//! - A write that returned `Ok` survives a power loss ([`Durability::Commit`], the default). A write is atomic.
//! - One writer at a time, across threads and processes. Readers use snapshots and never wait for the writer. A writer that
//!   waits longer than the busy timeout gets [`Error::Busy`].
//! - The search index is derived data. It is written in the same transaction as the rows, every hit is verified against its
//!   row, and a damaged index block makes a search slower, not wrong.
//! - Paging by cursors returns each contact that exists and does not change meanwhile exactly once.
//! - If another version of the library built the search index, it is rebuilt while the store is read and written.
//! - A damaged, foreign or newer file is refused, and no byte of it changes.
//! - No call panics, whatever the input or the file. No message contains a name, a number or an address.
//!
//! The guarantees need an honest `fsync`, working file locks (a local disk), and one SQLite library in the process.
//!
//! # JSON
//! Inputs and outputs implement `Serialize` and `Deserialize` of `serde`. The rules for JSON and other self-describing formats:
//!
//! - Members have the names of the fields in camelCase, as in the JSON Lines of `cardex-exchange`.
//! - An id is a text of digits; a number is read too. A [`Cursor`], a [`Timestamp`], an [`Actor`], a [`Filter`] and a [`SortOrder`] are
//!   their text. In binary formats an id is a number.
//! - In an input (`New…`, patches, options, policies), an absent member has its default, and an unknown member is an error.
//!   In an output, an unknown member is ignored: a later release may add some.
//! - In a patch, an absent member changes nothing, and `null` empties the field. Where a field cannot be empty, `null` is an error.
//! - An [`Error`] is written as its [`ErrorReport`], also in outcomes. An outcome is read as an outcome with a report, such as
//!   `ImportOutcome<ErrorReport>`; its method `to_report` gives the same.
//!
//! ```
//! use cardex::{ContactPatch, Network, NewContact};
//! let new: NewContact = serde_json::from_str(r#"{"network":"SMS","firstName":"Ada","phones":[{"text":"+33612345678"}]}"#)?;
//! assert_eq!(new, NewContact::new(Network::SMS, "Ada", "").phone("+33612345678"));
//! let patch: ContactPatch = serde_json::from_str(r#"{"company":null,"city":"Paris"}"#)?;
//! assert_eq!(patch, ContactPatch::new().company("").city("Paris"));
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! # What it is not
//! Not a server, not a sync service, not asynchronous: call it from a thread that may block. Not a general database: it
//! owns its file.
//!
//! # Features
//! - `bundled` (default): compiles the SQLite of the crate `rusqlite`. Without it, the system's SQLite is linked. A version
//!   before 3.44 is a build error with a message (`CARDEX_SKIP_SQLITE_CHECK=1` turns this check off, for builds that link elsewhere).
//!   From 3.44 to 3.51.2 a book is refused at open, because these versions can damage a file that several connections write.
//! - `locale` (default): sorts lists by the rules of a language, with ICU. Without it, lists are sorted by the folded text.
//! - `encryption`: encrypts the file with SQLCipher, which replaces SQLite and brings its own OpenSSL. The build needs `perl`
//!   and `make`. [`Options`] then accepts a key.
//! - `phonenumber`: parses phone numbers with the crate `phonenumber` instead of the built-in reader. It corrupts some numbers: see `docs/design`.
//!
//! # Related crates
//! - `cardex-exchange`: import and export of vCard, CSV and JSON Lines.
//! - `cardex-http`: the HTTP APIs of Symphony Federation, SmartSender and Chatwoot, in-process.
//! - `cardex-mcp`: tools for language models, by the Model Context Protocol.
//! - `cardex-demo`: reproducible demo data.
//! - `cardex-cli`: the program `cardex`.

#![forbid(unsafe_code)]

mod access;
mod db;
mod engine;
mod error;
mod error_report;
mod feed;
mod host;
mod index;
mod model;
mod operations;
mod options;
mod query;
mod session;
mod store;
mod text;

// The settings of property tests, shared with the scenario tests.
#[cfg(test)]
#[path = "../tests/support/cases.rs"]
mod support;

pub use crate::access::session::{Actor, ParseActorError, Session};
pub use crate::db::connection::config::Durability;
pub use crate::error::{EntityKind, Error, Result, ValidationError};
pub use crate::error_report::ErrorReport;
pub use crate::host::clock::{Clock, SystemClock};
#[cfg(feature = "encryption")]
pub use crate::host::encryption_key::EncryptionKey;
pub use crate::host::interrupt::{Cancellation, Interrupt};
pub use crate::host::maintenance_watch::{MaintenanceProgress, MaintenanceStep};
pub use crate::index::{Highlight, Match, MatchKind, SearchFields, SearchOrder};
pub use crate::model::rule_violation::RuleViolation;
pub use crate::model::{
    Advisor, AdvisorId, Contact, ContactId, ContactPatch, ContactSummary, ContactUpdate, Email, Field,
    Filter, Identifier, Network, NewAdvisor, NewContact, NewEmail, NewPhone, ParseIdError,
    ParseTimestampError, Phone, SortField, SortOrder, Status, TenantId, Timestamp, limits,
};
pub use crate::options::Options;
pub use crate::query::{
    ContactList, Count, Cursor, Hit, Page, Search, Section, SubstringSearch, SummaryHit, Typeahead,
};
pub use crate::store::Store;

/// Attributes of contacts: definitions and values. See [`Session::attributes`](crate::Session::attributes).
pub mod attributes {
    pub use crate::model::{
        AttributeDef, AttributeId, AttributeKind, AttributeNamespace, AttributePatch, AttributeValue,
        NewAttribute,
    };
    pub use crate::operations::Attributes;
    pub use crate::query::AttributeList;
}

/// Blocked phone numbers. See [`Session::blocked_numbers`](crate::Session::blocked_numbers).
pub mod blocking {
    pub use crate::model::{BlockReason, BlockedNumber, NewBlockedNumber};
    pub use crate::operations::{BlockOutcome, BlockedNumbers, UnblockOutcome};
}

/// The change log and subscriptions. See [`Session::changes`](crate::Session::changes) and [`Session::subscribe`](crate::Session::subscribe).
pub mod changes {
    pub use crate::feed::{Change, ChangeKind, ChangeList, ChangePage, EventBatch, Subscription};
}

/// Channels, and the identities of contacts on them. See [`Session::channels`](crate::Session::channels).
pub mod channels {
    pub use crate::model::{
        Channel, ChannelId, ChannelIdentity, ChannelIdentityId, ChannelIdentityPatch, ChannelPatch,
        ReachableChannel,
    };
    pub use crate::operations::Channels;
    pub use crate::query::{ChannelIdentityList, ChannelList};
}

/// The plain fields of contacts, and options and results of writes: import, update, copy, merge.
pub mod contacts {
    pub use crate::model::{
        Consent, MergeId, MergeOptions, MergeRecord, MergeResult, Photo, PlainField, UnmergeResult,
        UpdateResult, UpdateTarget, VcardProperty,
    };
    pub use crate::operations::{
        AddManyOptions, CopyResult, FindOrCreateResult, ImportItem, ImportOutcome, ImportTarget, MergeCard,
    };
}

/// Conversations and their members. See [`Session::conversations`](crate::Session::conversations).
pub mod conversations {
    pub use crate::model::{Conversation, ConversationId, ConversationKind, NewConversation};
    pub use crate::operations::Conversations;
}

/// Tenants, federation groups, networks, advisors and pooled numbers. See [`Session::directory`](crate::Session::directory).
pub mod directory {
    pub use crate::model::{
        AdvisorKey, AdvisorNumberPolicy, Group, GroupId, NetworkPolicy, PooledNumber, Tenant, TenantPolicy,
    };
    pub use crate::operations::Directory;
    pub use crate::query::{AdvisorList, GroupList};
}

/// Contacts that may be the same person. See [`Session::duplicates`](crate::Session::duplicates).
pub mod duplicates {
    pub use crate::model::{
        DuplicateEvidence, DuplicateGroup, DuplicatePair, EvidenceKind, PossibleDuplicate,
    };
    pub use crate::query::DuplicateList;
}

/// Entitlements and permissions of advisors. See [`Session::entitlements`](crate::Session::entitlements).
pub mod entitlements {
    pub use crate::model::{
        AdvisorPhone, Entitlement, EntitlementStatus, GroupMove, NewEntitlement, ParsePermissionError,
        Permission, Permissions,
    };
    pub use crate::operations::Entitlements;
    pub use crate::query::EntitlementList;
}

/// Events that are fired on contacts. See [`Session::events`](crate::Session::events).
pub mod events {
    pub use crate::feed::{Event, NewEvent};
    pub use crate::operations::Events;
    pub use crate::query::EventList;
}

/// Conditions of a [`Filter`].
pub mod filters {
    pub use crate::model::{AttributeCondition, TextCondition, TextField, TimeCondition, TimeField};
}

/// Filters that users keep. See [`Session::saved_filters`](crate::Session::saved_filters).
pub mod saved_filters {
    pub use crate::model::{SavedFilter, SavedFilterId};
    pub use crate::operations::SavedFilters;
}

/// Funnels and subscribed contacts. See [`Session::funnels`](crate::Session::funnels).
pub mod funnels {
    pub use crate::model::{Funnel, FunnelId};
    pub use crate::operations::Funnels;
    pub use crate::query::FunnelList;
}

/// Imports that can be undone. See [`Session::imports`](crate::Session::imports).
pub mod imports {
    pub use crate::model::{ImportId, ImportState};
    pub use crate::operations::{Imports, UndoOutcome, UndoProgress};
    pub use crate::query::{ImportList, ImportRun};
}

/// Bulk jobs. See [`Session::jobs`](crate::Session::jobs).
pub mod jobs {
    pub use crate::model::{JobAction, JobId, JobState, NewJob};
    pub use crate::operations::{JobOutcome, JobProgress, Jobs};
    pub use crate::query::{Job, JobFailure, JobFailureList, JobList};
}

/// Statistics, checks, recovery and the substring index. See [`Store::check`](crate::Store::check), [`Options::recover`](crate::Options::recover) and [`Session::substring_index`](crate::Session::substring_index).
pub mod maintenance {
    pub use crate::operations::{
        CheckReport, RecoveredTable, RecoveryReport, Stats, SubstringIndex, SubstringIndexStatus,
    };
}

/// Notes on contacts. See [`Session::notes`](crate::Session::notes).
pub mod notes {
    pub use crate::model::{Note, NoteId};
    pub use crate::operations::Notes;
    pub use crate::query::NoteList;
}

/// Onboarding, invitations and offboarding. See [`Session::onboarding`](crate::Session::onboarding).
pub mod onboarding {
    pub use crate::model::{ConversationOnCreate, Invitation, NewOnboarding, OnboardingDetails};
    pub use crate::operations::{OffboardResult, OffboardStatus, OnboardResult, Onboarding};
}

/// The transactional outbox: messages that the host delivers. See [`Session::outbox`](crate::Session::outbox).
pub mod outbox {
    pub use crate::feed::{OutboxEvent, OutboxMessage};
    pub use crate::operations::Outbox;
}

/// Tags of contacts. See [`Session::tags`](crate::Session::tags).
pub mod tags {
    pub use crate::model::{Color, Tag, TagId, TagPatch, UnknownTagPolicy};
    pub use crate::operations::Tags;
    pub use crate::query::TagList;
}

/// Sizes of the engine, for tests of Cardex itself.
#[doc(hidden)]
pub mod testing {
    pub use crate::host::tuning::Tuning;
}
