//! Cardex is an embedded contacts engine: a library that owns one SQLite file of contacts, advisors, the links between
//! them and the networks they talk on, and answers search as you type and pages of lists from it.
//!
//! ```
//! use cardex::{Actor, Network, NewAdvisor, NewContact, Store};
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("book.cardex");
//!
//! let store = Store::open(&path)?;
//! let ada = store.session(Actor::System).add_advisor(NewAdvisor::new("Ada", "Byron"))?;
//!
//! let desk = store.session(Actor::Advisor(ada.id));
//! desk.add(
//!     NewContact::new(Network::WHATSAPP, "John", "Doe")
//!         .company("Acme").email("john@example.com").phone("+33 6 12 34 56 78"),
//! )?;
//!
//! let page = desk.search("jo").network(Network::WHATSAPP).limit(20).page()?;
//! for hit in &page.items {
//!     assert_eq!(hit.contact.display_name, "John Doe");
//!     assert_eq!((hit.matched.field, hit.matched.ranges[0].bytes.clone()), (crate::Field::FirstName, 0..2));
//! }
//! let next = desk.search("jo").network(Network::WHATSAPP).after(page.after).page()?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is where
//! - [`Store`] is the open book, [`Options`] how it is opened, [`Session`] who acts: every call is made by an [`Actor`],
//!   who sees and changes what they may.
//! - [`NewContact`], [`ContactPatch`] and [`Contact`] go in and come out; [`limits`] are in one place; what breaks a rule is
//!   an [`Error`] that names the field, and nothing is written.
//! - [`Session::entitle`] lets advisors work on a network, with a [`Permission`] for each thing they may do there.
//! - [`Session::search`], [`Session::containing`] and [`Session::contacts`] give a [`Page`] with a [`Cursor`] each way.
//!
//! # Guarantees
//! - A write that returned `Ok` survives power loss ([`Durability::Commit`], the default). A write is whole or not at all.
//! - One writer at a time, across threads and processes; readers work on snapshots and never wait for it. A writer that
//!   waits longer than the busy timeout gets [`Error::Busy`].
//! - The search index is derived: keys are written with the rows they come from, every hit is held against its row, and a
//!   damaged part of the index makes a search slower, not wrong.
//! - A walk by cursors shows each contact that is there, unchanged, all along exactly once.
//! - Keys that another release of the library made are made anew while the book is read and written.
//! - A damaged, foreign or newer file is refused, and not one byte of it changes.
//! - No call panics, whatever the input or the file. No message carries a name, number or address.
//!
//! They rest on an honest `fsync`, working file locks (a local disk), and one SQLite library in the process.
//!
//! # What it is not
//! Not a server, not a sync service, not asynchronous: call it from a thread that may block. Not a general database: it
//! owns its file.
//!
//! # Features
//! - `bundled` (default): the SQLite that comes with rusqlite. Without it the system's is linked; one older than 3.51.3 is
//!   refused, because it can damage a file that several connections write.
//! - `locale` (default): lists in the order of a language, by ICU. Without it they are in the order of the folded text.
//! - `exchange` (default): import and export.
//! - `dialect` (default, with `cli`): the HTTP contracts of Symphony Federation, SmartSender and Chatwoot, answered in-process. `serve`: the program's
//!   command that puts it on a port, the only thing here with an asynchronous runtime.
//! - `demo`: the generator of demo books. `cli` (default): the program `cardex`, with `dialect`, `exchange` and `demo`.
//! - `encryption`: books that are encrypted at rest ([`Options`] then take a key), by SQLCipher in the place of SQLite, which brings an
//!   OpenSSL of its own. Needs `perl` and `make` to build.
//! - `phonenumber`: telephone numbers by that crate instead of `rlibphonenumber`; see DESIGN.md before using it.

#![forbid(unsafe_code)]

mod access;
mod db;
mod engine;
mod error;
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

// Three tests of the suite once more, at the sizes that things have in unit tests.
#[cfg(test)]
extern crate self as cardex;
#[cfg(test)]
#[path = "../tests/suite/equivalence.rs"]
mod equivalence;
#[cfg(test)]
#[path = "../tests/suite/filter.rs"]
mod filter;
#[cfg(test)]
#[path = "../tests/suite/substring.rs"]
mod substring;
#[cfg(test)]
#[path = "../tests/support/mod.rs"]
mod support;
pub use crate::access::session::{Actor, Session};
pub use crate::db::connection::config::Durability;
pub use crate::error::{EntityKind, Error, Result, ValidationError};
pub use crate::feed::{
    Change, ChangeKind, ChangeList, ChangePage, Event, EventBatch, NewEvent, OutboxEvent, OutboxMessage,
    Subscription,
};
pub use crate::host::clock::{Clock, SystemClock};
#[cfg(feature = "encryption")]
pub use crate::host::encryption_key::EncryptionKey;
pub use crate::host::interrupt::Interrupt;
#[doc(hidden)]
pub use crate::host::tuning::Tuning;
pub use crate::index::{Highlight, Match, MatchKind, SearchFields};
pub use crate::model::rule_violation::RuleViolation;
pub use crate::model::{
    Advisor, AdvisorId, AdvisorKey, AdvisorNumberPolicy, AdvisorPhone, AttributeCondition, AttributeDef,
    AttributeId, AttributeKind, AttributeNamespace, AttributePatch, AttributeValue, BlockReason,
    BlockedNumber, Channel, ChannelId, ChannelIdentity, ChannelIdentityId, ChannelIdentityPatch,
    ChannelPatch, Color, Consent, Contact, ContactId, ContactPatch, ContactUpdate, Conversation,
    ConversationKind, ConversationOnCreate, Email, Entitlement, EntitlementStatus, Field, Filter, Funnel,
    FunnelId, Group, GroupId, GroupMove, Identifier, Invitation, JobAction, JobId, JobState, MergeId,
    MergeOptions, MergeRecord, MergeResult, Network, NetworkPolicy, NewAdvisor, NewAttribute,
    NewBlockedNumber, NewContact, NewConversation, NewEmail, NewEntitlement, NewJob, NewOnboarding, NewPhone,
    Note, NoteId, OnboardingDetails, ParseIdError, ParsePermissionError, Permission, Permissions, Phone,
    PooledNumber, ReachableChannel, SortField, SortOrder, Status, Tag, TagId, TagPatch, Tenant, TenantId,
    TenantPolicy, TextCondition, TextField, TimeCondition, TimeField, Timestamp, UnknownTagPolicy,
    UnmergeResult, UpdateResult, UpdateTarget, limits,
};
pub use crate::operations::{
    AddManyOptions, BlockOutcome, CheckReport, CopyResult, FindOrCreateResult, ImportOutcome, JobOutcome,
    JobProgress, MergeCard, OffboardResult, OffboardStatus, OnboardResult, RecoveredTable, RecoveryReport,
    Stats, SubstringIndexStatus, UnblockOutcome,
};
pub use crate::options::Options;
pub use crate::query::{
    AdvisorList, AttributeList, ChannelIdentityList, ChannelList, ContactList, Cursor, EntitlementList,
    EventList, FunnelList, GroupList, Hit, Job, JobFailure, JobFailureList, JobList, NoteList, Page, Search,
    Section, SubstringSearch, TagList, Total, Typeahead,
};
pub use crate::store::Store;
