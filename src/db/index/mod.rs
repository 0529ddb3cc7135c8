//! TODO-DOC

pub(crate) mod block_list;
pub(crate) mod index_store;
pub(crate) mod substring;
