//! TODO-DOC

pub(crate) mod block_cursor;
pub(crate) mod candidate_stream;
pub(crate) mod contact_sets;
pub(crate) mod fuzzy;
pub(crate) mod lazy_doc_set;
pub(crate) mod matching;
pub(crate) mod merge_iterator;
pub(crate) mod seek_cursor;
