//! TODO-DOC

pub(crate) mod attributes;
pub(crate) mod entitlements;
pub(crate) mod events;
pub(crate) mod groups;
pub(crate) mod jobs;
pub(crate) mod record_lists;
pub(crate) mod tags;
