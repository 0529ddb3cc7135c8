//! Stores with small sizes, see `Tuning::small`: some test files of the suite once more, and tests of the parts of segments.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::arithmetic_side_effects, clippy::missing_panics_doc)]

#[path = "support/mod.rs"]
mod support;

#[path = "suite/equivalence.rs"]
mod equivalence;

#[path = "suite/filter.rs"]
mod filter;

#[path = "suite/filter_model.rs"]
mod filter_model;

#[path = "suite/filter_pages.rs"]
mod filter_pages;

#[path = "suite/filter_cases.rs"]
mod filter_cases;

#[path = "suite/substring.rs"]
mod substring;

#[path = "suite/unseen.rs"]
mod unseen;

#[path = "suite/unseen_duplicates.rs"]
mod unseen_duplicates;

#[path = "suite/unseen_reads.rs"]
mod unseen_reads;

#[path = "suite/imports.rs"]
mod imports;

#[path = "small/passed_over.rs"]
mod passed_over;

#[path = "small/index_parts.rs"]
mod index_parts;
