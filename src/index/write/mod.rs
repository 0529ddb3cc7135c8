//! Changes of the index: recording key changes, flushing the memtable, compaction, bulk indexing.
//!
//! Each step runs in the caller's transaction and does a bounded amount of work. A damaged index fails no write.
//!
//! May import: `read`, `segment`, `analyzer` and the layers below `index`.
//! Change here: when the memtable is flushed, which segments are merged, how imports build segments.

mod bulk_indexer;
mod compaction;
mod key_changes;
mod merged_words;
mod segment_writer;
mod unindexed;
mod word_usage;

pub(crate) use bulk_indexer::BulkIndexer;
pub(crate) use compaction::{CompactionGoal, flush_memtable, run_compaction_step};
pub(crate) use key_changes::{ContactKeys, log_key_changes};
pub(crate) use unindexed::{reset_index, unindexed};
