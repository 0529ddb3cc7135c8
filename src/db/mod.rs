//! The database layer, the only one with SQL: files, transactions, statements and rows.
//!
//! May use `model`, `text`, `host` and `error`. Its folders use each other in one direction: `connection`, then `directory` and `index`,
//! `list`, `record`, `contact`, `log`, `recovery`. A newcomer changes `schema.sql` together with the statements of the table here.
//!
//! # Locking
//! A [`Conn`] serves one thread at a time; the pool of the engine ensures this. [`Conn::read`] starts a read transaction on one snapshot.
//! [`Conn::write`] takes the file's write lock at once (`BEGIN IMMEDIATE`), so that no transaction fails halfway for a lock. Writers of one
//! store wait in the order of their arrival, in the pool. Then [`Conn::write`] waits for other processes. One deadline ends both waits.
//!
//! # Compatibility
//! `schema.sql` is the current schema. The `user_version` of a file is its schema version, the `application_id` marks it as a store.
//!
//! # Performance
//! Every statement is declared once, in the `statements!` table of its file, and is prepared once per connection. Parameters have names
//! in the SQL. A statement that runs once per contact of an import binds them by position, because SQLite finds names by linear search.
//! For the rows of contacts the compiler finds the positions by name: see `sql_text`.
//!
//! # Filesystems
//! Write-ahead logging needs working locks and shared memory: a local file system.

pub(in crate::db) mod columns;
pub(crate) mod connection;
pub(crate) mod contact;
pub(crate) mod directory;
pub(crate) mod duplicates;
pub(crate) mod index;
pub(crate) mod list;
pub(crate) mod log;
pub(crate) mod metadata;
pub(crate) mod normalized_value;
#[cfg(test)]
mod plan_tests;
pub(crate) mod record;
pub(crate) mod recovery;
pub(crate) mod row_sum;
pub(crate) mod scope;
mod sql_text;

pub(crate) use connection::{
    config::StoreLocation,
    conn::{Conn, Read, Write},
    copy::copy_to,
    files::{create_private, partial_files, partial_path, remove_partial, rename_into_place},
    open::open,
    row_order::ensure_ordered,
    space,
    wait::{BUSY_POLL_INTERVAL, deadline, time_left},
};
pub(crate) use contact::{contact_methods, merge_record, row_checksum, sort_entries, unique_values};
pub(crate) use directory::{advisor_numbers, entitlement, pre_entitlement, tenants};
pub(crate) use index::{index_store, segment_parts, substring};
pub(crate) use list::bitmap::Bitmap;
pub(crate) use list::{bitmap_index, bucket, entries, sort_index};
pub(crate) use log::{changes, event, outbox};
pub(crate) use record::{
    attribute, blocked_number, channel, funnel, import_run, job, note, saved_filter, tag,
};
pub(crate) use scope::{Generation, ListKey, Owner, Scope};
