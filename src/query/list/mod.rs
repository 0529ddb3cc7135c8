//! TODO-DOC

pub(crate) mod builder;
pub(crate) mod list_executor;
pub(crate) mod list_scan;
pub(crate) mod merge_walk;
pub(crate) mod offset_paging;
pub(crate) mod section;
