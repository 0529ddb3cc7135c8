//! TODO-DOC

pub(crate) mod attributes;
pub(crate) mod channels;
pub(crate) mod entitlements;
pub(crate) mod events;
pub(crate) mod groups;
pub(crate) mod jobs;
pub(crate) mod tags;
