//! What the index stores: segments, their blocks, and the memtable.
//!
//! A segment is an immutable sorted run of blocks; a block holds keys and their postings. New keys are rows of the memtable log,
//! which each connection mirrors in memory. [`index_state`] combines both for one connection.
//!
//! May import: `index_key`, `key_range`, `analyzer` (terms only), and the layers below `index`. Not `read` or `write`.
//! Change here: the byte format ([`block`], [`posting_list`]), the cache of blocks, the format of a memtable row.

pub(crate) mod block;
pub(crate) mod block_builder;
pub(crate) mod block_cache;
pub(crate) mod block_cursor;
pub(crate) mod checksum;
mod fst_format;
pub(crate) mod index_state;
pub(crate) mod memtable_log;
pub(crate) mod posting;
pub(crate) mod posting_list;
mod posting_writer;
pub(crate) mod segment_reader;
pub(crate) mod separator_map;
pub(crate) mod term_index;
mod varint;
pub(crate) mod word_dictionary;
pub(crate) mod word_set;
