//! TODO-DOC

pub(crate) mod changes;
pub(crate) mod event;
pub(crate) mod outbox;
