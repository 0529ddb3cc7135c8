//! Duplicates: contacts that may be the same person, with the evidence.
//!
//! `value_walk` reads values that several contacts share, in order. `pairs` chooses the pairs that are compared. `profile` has the
//! forms that `names` and `score` compare. `builder` makes pages. `exact` finds the contacts that a job merges,
//! `possible` those for a contact that is not in the book. Of `query`, imports only
//! `filter` and `page`. A newcomer changes scores in `score`, and tests them with `crates/cardex-demo/tests/duplicates.rs`.

mod builder;
mod exact;
mod names;
mod pairs;
mod possible;
mod profile;
mod score;
mod value_walk;

pub use builder::DuplicateList;
pub(crate) use exact::exact_duplicates;
pub(crate) use possible::possible_duplicates;
