//! TODO-DOC

pub(crate) mod attribute;
pub(crate) mod blocked_number;
pub(crate) mod channel;
pub(crate) mod conversation;
pub(crate) mod funnel;
pub(crate) mod job;
pub(crate) mod note;
pub(crate) mod tag;
