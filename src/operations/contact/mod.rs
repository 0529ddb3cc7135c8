//! Contacts: add, edit, update, link, trash, copy, merge.
//!
//! May import `list`, `context`, and the layers below `operations`. A newcomer changes here the rules of a single contact.

pub(crate) mod add;
pub(crate) mod copy_contact;
mod distinct_methods;
pub(crate) mod draft;
pub(crate) mod edit;
pub(crate) mod find_or_create;
pub(crate) mod links;
pub(crate) mod lookup;
pub(crate) mod merge;
mod not_duplicates;
mod possible_duplicates;
pub(crate) mod trash;
pub(crate) mod unmerge;
pub(crate) mod update;
