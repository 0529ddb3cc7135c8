//! TODO-DOC

pub(crate) mod add;
pub(crate) mod copy;
pub(crate) mod draft;
pub(crate) mod edit;
pub(crate) mod find_or_create;
pub(crate) mod get;
pub(crate) mod links;
pub(crate) mod merge;
pub(crate) mod remove;
pub(crate) mod unmerge;
pub(crate) mod update;
