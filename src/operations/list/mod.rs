//! TODO-DOC

pub(crate) mod list_counts;
pub(crate) mod list_orders;
