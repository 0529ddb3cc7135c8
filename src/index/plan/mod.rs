//! Turns the text of a query into stages: what to look for, in which term fields, best matches first.
//!
//! May import: `analyzer`, `index_key`, `key_range`, `match_kind` and the layers below `index`. It reads no index.
//! Change here: the order of stages, which keys a stage reads, how many typos a word may have.

pub(crate) mod edit_distance;
mod expansion;
mod query;
mod query_word;
mod search_fields;
mod stage;

pub(crate) use query::{NO_DEDUP, Query};
pub(super) use query_word::QueryWord;
pub use search_fields::{SearchFields, SearchOrder};
pub(crate) use stage::Stage;
