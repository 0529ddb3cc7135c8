//! One binary for all scenario tests.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::arithmetic_side_effects, clippy::missing_panics_doc)]

#[path = "support/mod.rs"]
mod support;

// What search and lists answer, against a model that looks at every contact.
#[path = "suite/equivalence.rs"]
mod equivalence;

// What people type, and what they mean by it.
#[path = "suite/search.rs"]
mod search;

// What can be opened, and that what is refused stays as it was.
#[path = "suite/open.rs"]
mod open;

// What the check tells apart.
#[path = "suite/check.rs"]
mod check;

// What contacts say is what was written.
#[path = "suite/row_checksums.rs"]
mod row_checksums;

// Copies of a book, and a book made compact.
#[path = "suite/backup.rs"]
mod backup;

// A damaged search index changes no answer.
#[path = "suite/index_damage.rs"]
mod index_damage;

// Several threads and processes; patience, interrupts, deadlines.
#[path = "suite/concurrency.rs"]
mod concurrency;

// What cursors promise while others write, and what they refuse.
#[path = "suite/cursors.rs"]
mod cursors;

// Every verb by every kind of actor.
#[path = "suite/actors.rs"]
mod actors;

// Every verb of an advisor by every set of permissions.
#[path = "suite/permissions.rs"]
mod permissions;

// Entitlements, numbers, permissions, groups.
#[path = "suite/entitlements.rs"]
mod entitlements;

// Numbers that are not to be talked to.
#[path = "suite/blocks.rs"]
mod blocks;

// Rooms and one-to-one chats.
#[path = "suite/conversations.rs"]
mod conversations;

// Shared contacts copied for one tenant.
#[path = "suite/copy.rs"]
mod copy;

// The log of changes as a feed, and who waits for it.
#[path = "suite/feed.rs"]
mod feed;

// Find or create.
#[path = "suite/find_or_create.rs"]
mod find_or_create;

// Two contacts made one, and two again.
#[path = "suite/merge.rs"]
mod merge;

// What was purged is gone from the file.
#[path = "suite/purge.rs"]
mod purge;

// Events, declared and fired.
#[path = "suite/events.rs"]
mod events;

// What the host is asked to do.
#[path = "suite/outbox.rs"]
mod outbox;

// Letters, counts and positions of a book of thousands.
#[path = "suite/list_positions.rs"]
mod list_positions;

// A change of the lists' language, seen from every step of it.
#[cfg(feature = "locale")]
#[path = "suite/relocalize.rs"]
mod relocalize;

// Search keys made anew, seen from every step of it.
#[path = "suite/reindex.rs"]
mod reindex;

// What each verb does.
#[path = "suite/operations.rs"]
mod operations;

// Onboarding, invitations, offboarding: a scenario a rule.
#[path = "suite/onboard.rs"]
mod onboard;

// Many contacts at once.
#[path = "suite/bulk.rs"]
mod bulk;

// One action on all contacts that meet a filter.
#[path = "suite/jobs.rs"]
mod jobs;

// Conditions and orders, against an evaluator that looks at every contact.
#[path = "suite/filter.rs"]
mod filter;

// Substring search, against a model that looks at every field.
#[path = "suite/substring.rs"]
mod substring;

// Substring search by hand.
#[path = "suite/substring_cases.rs"]
mod substring_cases;

// Tags of a tenant and of contacts.
#[path = "suite/tags.rs"]
mod tags;

// Attributes of a tenant, and the values of contacts.
#[path = "suite/attributes.rs"]
mod attributes;

// Notes, funnels, channels and gates of contacts.
#[path = "suite/channels.rs"]
mod channels;

// Limits at their edges, contacts with as much as they may have, a clock that goes backwards.
#[path = "suite/limits.rs"]
mod limits;

// Rules of the structure: layers, cycles, where SQL is, names.
#[path = "suite/architecture/mod.rs"]
mod architecture;
