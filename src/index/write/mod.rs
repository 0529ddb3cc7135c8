//! TODO-DOC

pub(crate) mod compaction;
pub(crate) mod segment_builder;
