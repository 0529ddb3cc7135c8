//! Filters: a filter is compiled for one call, proposes candidates, and tests contacts.
//!
//! Imports `model`, `db`, `text`, `index`, `engine`, `access` and `query/cost.rs`; nothing of lists, searches or pages.
//! A newcomer adds a condition in `eval.rs` (its test), `compile.rs` (from the model's filter), `candidates.rs` (few ids from a table)
//! and `bitmap_plan.rs` (a bitmap). Indexes produce candidates; the filter verifies them.

mod bitmap_plan;
#[cfg(test)]
mod bitmap_plan_tests;
mod block_filter;
mod candidates;
mod compile;
mod compiled_filter;
mod eval;
mod scan;
mod scopes;

pub(in crate::query) use bitmap_plan::CandidateBitmap;
pub(in crate::query) use block_filter::BlockFilter;
pub(in crate::query) use compiled_filter::{CompiledFilter, depends_on_unlogged_data};
pub(in crate::query) use eval::FilterInputs;
pub(crate) use scan::{FilterScan, reject_unknown_names, scan_filtered};
pub(in crate::query) use scopes::{contacts_of_scopes, covering_scopes, is_in_scopes, scopes_bitmap};
