//! Connections and transactions: opening and creating files, copying them, and running statements on them.
//!
//! May use `model`, `host` and `error`; of `db` only the small types in `scope`. Every other folder of `db` builds on this one.
//! A newcomer changes here which files are accepted, how a connection is configured, and how a transaction starts and ends.

pub(in crate::db) mod checkpoint;
pub(crate) mod config;
pub(in crate::db) mod conn;
pub(in crate::db) mod connect;
#[cfg(feature = "encryption")]
pub(crate) mod convert;
pub(crate) mod copy;
pub(crate) mod create;
pub(in crate::db) mod encryption;
pub(crate) mod files;
pub(in crate::db) mod id_cache;
pub(crate) mod inspect;
pub(in crate::db) mod offset_state;
pub(crate) mod open;
pub(in crate::db) mod pending_bits;
#[cfg(feature = "encryption")]
pub(crate) mod rekey;
pub(crate) mod row_order;
pub(in crate::db) mod row_sum;
pub(in crate::db) mod schema;
pub(crate) mod space;
pub(crate) mod sqlite_error;
pub(in crate::db) mod statement;
pub(crate) mod wait;
