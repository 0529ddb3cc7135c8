//! TODO-DOC

pub(crate) mod add_many;
pub(crate) mod identity;
pub(crate) mod jobs;
pub(crate) mod labels;
pub(crate) mod queue;
