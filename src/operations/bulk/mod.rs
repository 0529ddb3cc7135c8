//! TODO-DOC

pub(crate) mod add_many;
pub(crate) mod import_matching;
pub(crate) mod jobs;
pub(crate) mod queue;
pub(crate) mod tags_and_values;
