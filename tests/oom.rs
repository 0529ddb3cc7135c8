//! Stores without memory. This is a separate binary, because it replaces SQLite's allocator for the whole process.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::arithmetic_side_effects, clippy::missing_panics_doc, clippy::print_stdout)]

#[path = "support/mod.rs"]
mod support;

// The failing allocator.
#[allow(unsafe_code)]
#[path = "oom/memory.rs"]
mod memory;

// Refuses every allocation of every call.
#[path = "oom/sweep.rs"]
mod sweep;

// The queries.
#[path = "oom/queries.rs"]
mod queries;
