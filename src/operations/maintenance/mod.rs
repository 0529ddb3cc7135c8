//! TODO-DOC

pub(crate) mod admin;
pub(crate) mod background_tasks;
#[cfg(feature = "encryption")]
pub(crate) mod change_key;
pub(crate) mod check;
pub(crate) mod index_audit;
pub(crate) mod open;
pub(crate) mod reindex;
pub(crate) mod relocalize;
pub(crate) mod salvage;
pub(crate) mod substring_index;
