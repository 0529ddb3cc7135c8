//! One binary for all scenario tests.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::arithmetic_side_effects, clippy::missing_panics_doc)]

#[path = "support/mod.rs"]
mod support;

// The command line, driven as a program.
#[cfg(feature = "cli")]
#[path = "cli/mod.rs"]
mod cli;

// What search and lists answer, against a model that looks at every contact.
#[path = "suite/equivalence.rs"]
mod equivalence;
