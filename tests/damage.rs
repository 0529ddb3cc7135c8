//! Damaged files: a binary of its own, because it looks at thousands of them. `CARDEX_CASES` says at how many, `CARDEX_SEED` where to
//! begin.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::arithmetic_side_effects, clippy::missing_panics_doc)]
#![allow(clippy::print_stdout, clippy::print_stderr)]

#[path = "support/mod.rs"]
mod support;

// A book that has everything, and what it says.
#[path = "damage/books.rs"]
mod books;

// What can become of the bytes of a file, and that it is told.
#[path = "damage/corruption.rs"]
mod corruption;

// Walks that come to an end all the same.
#[path = "damage/termination.rs"]
mod termination;

// Logs that are not the book's, or not all of it.
#[path = "damage/logs.rs"]
mod logs;

// Trees that have changed places.
#[path = "damage/roots.rs"]
mod roots;

// What is saved of damaged books.
#[path = "damage/recovery.rs"]
mod recovery;

// What a salvage has to make anew.
#[path = "damage/rebuilt.rs"]
mod rebuilt;

/// A number from the environment.
fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().map_or(usual, |text| text.parse().unwrap())
}
