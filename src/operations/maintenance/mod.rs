//! The store as a file: open, check, reindex, relocalize, recover, encrypt and decrypt, change of key, background tasks.
//!
//! May import `contact`, `list`, `context`. A newcomer adds here work that goes through all contacts in batches.

pub(crate) mod admin;
pub(crate) mod background_tasks;
#[cfg(feature = "encryption")]
pub(crate) mod change_key;
pub(crate) mod check;
pub(crate) mod check_report;
pub(crate) mod contact_scan;
#[cfg(feature = "encryption")]
pub(crate) mod convert;
mod entry_audit;
mod entry_sums;
mod expected_entries;
pub(crate) mod key_audit;
pub(crate) mod open;
pub(crate) mod recovery;
pub(crate) mod reindex;
pub(crate) mod relocalize;
pub(crate) mod substring_index;
pub(crate) mod task_runner;
