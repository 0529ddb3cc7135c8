//! Search as you type, search for substrings, and names of companies.
//!
//! Imports the layers below `query`, and of `query` the pages, the filters and `cost.rs`. [`executor`] has the state of one search; each
//! further file adds one step, and `builder.rs` is on top. The index produces candidates; every candidate is verified against its row.
//! A newcomer changes the order of hits in `index/plan`, how a stage is read in `stages.rs`, and the setters of a search in `builder.rs`.

mod advisor_filter;
mod advisor_plan;
mod builder;
mod cached_hits;
mod candidate_key;
mod companies;
mod executor;
mod hits;
mod ranked_candidates;
mod stages;
mod substring;
mod substring_executor;
mod typeahead;
mod unindexed;
mod verify;

pub use builder::Search;
pub use hits::{Hit, SummaryHit};
pub use substring::SubstringSearch;
pub use typeahead::Typeahead;
