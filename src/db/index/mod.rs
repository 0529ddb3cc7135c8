//! The tables of the search index and of the substring index. `src/index` and `src/text/substring` define what is in them.
//!
//! May use `connection` and `scope`.
//! A newcomer changes here how segments, blocks, term indexes and the memtable log are stored.

pub(crate) mod index_store;
pub(crate) mod segment_parts;
pub(crate) mod substring;
