//! Reads what is left of a damaged store, row by row, and writes it into a new one.
//!
//! May use `connection` and `contact`. Only data that cannot be derived is copied: lists, search keys and counts are computed again.
//! Local ids stay the same, so references between rows stay valid.
//! A newcomer who adds a column or a table to the schema adds it to `tables` here; a test checks this.

pub(in crate::db) mod damaged_file;
pub(in crate::db) mod pages;
pub(in crate::db) mod tables;
#[cfg(test)]
mod tests;
pub(in crate::db) mod writer;

pub(crate) use damaged_file::DamagedFile;
pub(crate) use tables::{RecoveredRow, TABLES, TableSpec};
pub(crate) use writer::{
    InsertOutcome, ParentKind, delete_default_tenant, ensure_parent, insert, raise_sequence,
    recompute_derived, repair_contact, restore_identity, set_merged_into,
};
