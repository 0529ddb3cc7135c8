//! Books without memory: a binary of its own, because the allocator of SQLite is exchanged for the whole process.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::arithmetic_side_effects, clippy::missing_panics_doc, clippy::print_stdout)]

#[path = "support/mod.rs"]
mod support;

// The allocator that refuses.
#[allow(unsafe_code)]
#[path = "oom/memory.rs"]
mod memory;

// Every allocation of every call is refused.
#[path = "oom/sweep.rs"]
mod sweep;

// What is asked of a book.
#[path = "oom/questions.rs"]
mod questions;
