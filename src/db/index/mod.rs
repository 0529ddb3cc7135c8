//! TODO-DOC

pub(crate) mod index_store;
pub(crate) mod substring;
pub(crate) mod term_index;
