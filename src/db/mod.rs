//! The only room that speaks SQL: opening, transactions, statements, rows.
//!
//! # Locking
//! A [`Conn`] serves one thread at a time (the pool in `store.rs` sees to that). [`Conn::read`] pins one snapshot;
//! [`Conn::write`] takes the file's write lock at once (`BEGIN IMMEDIATE`), so a transaction never fails half way for a
//! lock. SQLite's busy handler waits for other processes, up to the busy timeout.
//!
//! # Compatibility
//! `schema.sql` is the current schema; the file's `user_version` says which one it has, `application_id` that it is ours.
//!
//! # Performance
//! Every statement stands once, in the `statements!` table of its file, and is prepared once a connection. Parameters
//! have names in the text; they are bound by position where a row a contact is written, because SQLite looks names up
//! one by one.
//!
//! # Filesystems
//! Write-ahead logging needs working locks and shared memory: a local file system.

pub(crate) mod connection;
pub(crate) mod contact;
pub(crate) mod directory;
pub(crate) mod index;
pub(crate) mod list;
pub(crate) mod log;
pub(crate) mod metadata;
#[cfg(test)]
mod plan_tests;
pub(crate) mod record;
pub(crate) mod recovery;
pub(crate) mod scope;

pub(crate) use connection::create::{partial_files, partial_path, remove_partial, rename_into_place};
#[cfg(feature = "encryption")]
pub(crate) use connection::encryption::change_key;
pub(crate) use connection::open::{StoreLocation, open};
pub(crate) use connection::row_order::{ensure_ascending, ensure_ordered, ensure_rows_affected};
pub(crate) use connection::sqlite_error::{DbError, DbResult};
pub(crate) use connection::{BUSY_POLL_INTERVAL, Conn, Read, Statement, Write, deadline, statements};
pub(crate) use contact::{contact_methods, merge_record, row_checksum, unique_values};
pub(crate) use directory::{advisor_numbers, entitlement, pre_entitlement, tenants};
pub(crate) use index::{index_store, substring};
pub(crate) use list::bitmap::Bitmap;
pub(crate) use list::{bitmap_index, bucket, entries, filter_lookup, offset_cache, range_scan, sort_index};
pub(crate) use log::{changes, event, outbox};
pub(crate) use record::{attribute, blocked_number, channel, conversation, funnel, job, note, tag};
pub(crate) use scope::{Generation, ListKey, Owner, Scope};
