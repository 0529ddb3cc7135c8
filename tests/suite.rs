//! One binary for all scenario tests.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::arithmetic_side_effects, clippy::missing_panics_doc)]

#[path = "support/mod.rs"]
mod support;

// Search and lists, compared with a model that looks at every contact.
#[path = "suite/equivalence.rs"]
mod equivalence;

// The role of an agent.
#[path = "suite/agents.rs"]
mod agents;

// Ids and generated UIDs.
#[path = "suite/ids.rs"]
mod ids;

// Contacts that may be the same person.
#[path = "suite/duplicates.rs"]
mod duplicates;

#[path = "suite/duplicates_jobs.rs"]
mod duplicates_jobs;

// Calls that are repeated with a key.
#[path = "suite/idempotency.rs"]
mod idempotency;

// Inputs and outputs as JSON.
#[path = "suite/serialized/mod.rs"]
mod serialized;

// Queries as people type them.
#[path = "suite/search.rs"]
mod search;
#[path = "suite/search_expansions.rs"]
mod search_expansions;
#[path = "suite/search_order.rs"]
mod search_order;

#[path = "suite/typeahead.rs"]
mod typeahead;

// Which files open, and that a refused file does not change.
#[path = "suite/open.rs"]
mod open;

// The version of a SQLite that is not bundled.
#[path = "suite/system_sqlite.rs"]
mod system_sqlite;

// Paths, modes and names of files.
#[path = "suite/files.rs"]
mod files;

#[path = "suite/open_damaged.rs"]
mod open_damaged;

// Errors that the check reports.
#[path = "suite/check.rs"]
mod check;

// Checksums of contact data.
#[path = "suite/row_checksums.rs"]
mod row_checksums;

// Interrupts, deadlines and progress of maintenance.
#[path = "suite/maintenance.rs"]
mod maintenance;

// Copies and vacuum.
#[path = "suite/backup.rs"]
mod backup;

// A damaged search index changes no answer.
#[path = "suite/index_damage.rs"]
mod index_damage;

// Several threads and processes, timeouts, interrupts, deadlines.
#[path = "suite/concurrency.rs"]
mod concurrency;

// Cursors during concurrent writes, and refused cursors.
#[path = "suite/cursors.rs"]
mod cursors;

#[path = "suite/cursor_secrecy.rs"]
mod cursor_secrecy;

// Every operation by every kind of actor.
#[path = "suite/actors.rs"]
mod actors;

#[path = "suite/actors_directory.rs"]
mod actors_directory;

// Every operation of an advisor with every set of permissions.
#[path = "suite/permissions.rs"]
mod permissions;

// Attacks of an advisor, one after another.
#[path = "suite/attacks.rs"]
mod attacks;

// What an actor does not see changes no answer.
#[path = "suite/unseen.rs"]
mod unseen;

#[path = "suite/unseen_duplicates.rs"]
mod unseen_duplicates;

#[path = "suite/unseen_reads.rs"]
mod unseen_reads;

#[path = "suite/permissions_contacts.rs"]
mod permissions_contacts;

#[path = "suite/permissions_records.rs"]
mod permissions_records;

#[path = "suite/permissions_directory.rs"]
mod permissions_directory;

// Entitlements, numbers, permissions, groups.
#[path = "suite/entitlements.rs"]
mod entitlements;

#[path = "suite/advisor_numbers.rs"]
mod advisor_numbers;

#[path = "suite/granted_permissions.rs"]
mod granted_permissions;

// Blocked numbers.
#[path = "suite/blocks.rs"]
mod blocks;

// Conversations.
#[path = "suite/conversations.rs"]
mod conversations;

// Copies of shared contacts for one tenant.
#[path = "suite/copy.rs"]
mod copy;

// The change log and its subscribers.
#[path = "suite/feed.rs"]
mod feed;

// Find or create.
#[path = "suite/find_or_create.rs"]
mod find_or_create;

// Merging and its undoing.
#[path = "suite/merge.rs"]
mod merge;

#[path = "suite/merge_undo.rs"]
mod merge_undo;

// Purged data is not in the file.
#[path = "suite/purge.rs"]
mod purge;

// Declaring and firing events.
#[path = "suite/events.rs"]
mod events;

// Messages for the host.
#[path = "suite/outbox.rs"]
mod outbox;

// Sections, counts and positions in lists of thousands.
#[path = "suite/list_positions.rs"]
mod list_positions;

// Relocalizing, checked after each batch.
#[cfg(feature = "locale")]
#[path = "suite/relocalize.rs"]
mod relocalize;

#[cfg(feature = "locale")]
#[path = "suite/relocalize_versions.rs"]
mod relocalize_versions;

// Reindexing, checked after each batch.
#[path = "suite/reindex.rs"]
mod reindex;

#[path = "suite/reindex_damage.rs"]
mod reindex_damage;

// What each operation does.
#[path = "suite/operations.rs"]
mod operations;

#[path = "suite/contact_rules.rs"]
mod contact_rules;

#[path = "suite/saved_filters.rs"]
mod saved_filters;

#[path = "suite/imports.rs"]
mod imports;

#[path = "suite/distinct_methods.rs"]
mod distinct_methods;

// Onboarding, invitations, offboarding: one scenario for each rule.
#[path = "suite/onboard.rs"]
mod onboard;

#[path = "suite/invitations.rs"]
mod invitations;

#[path = "suite/offboard.rs"]
mod offboard;

// Imports.
#[path = "suite/bulk.rs"]
mod bulk;

#[path = "suite/bulk_rules.rs"]
mod bulk_rules;

// Bulk jobs.
#[path = "suite/jobs.rs"]
mod jobs;

#[path = "suite/jobs_permissions.rs"]
mod jobs_permissions;

// Conditions and orders, compared with a model that looks at every contact.
#[path = "suite/filter.rs"]
mod filter;

#[path = "suite/filter_model.rs"]
mod filter_model;

#[path = "suite/filter_pages.rs"]
mod filter_pages;

#[path = "suite/filter_cases.rs"]
mod filter_cases;

// Substring search, compared with a model that looks at every field.
#[path = "suite/substring.rs"]
mod substring;

// Substring search, single cases.
#[path = "suite/substring_cases.rs"]
mod substring_cases;

// Tags of tenants and contacts.
#[path = "suite/tags.rs"]
mod tags;

// Attributes of tenants and their values.
#[path = "suite/attributes.rs"]
mod attributes;

// Notes, funnels, channels and channel identities.
#[path = "suite/channels.rs"]
mod channels;

// Limits at their edges, contacts at all limits, a clock that goes backwards.
#[path = "suite/limits.rs"]
mod limits;

// Rules of the structure: layers, cycles, SQL, names.
#[path = "suite/architecture/mod.rs"]
mod architecture;
