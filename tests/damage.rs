//! Damaged files. This is a separate binary, because it tests thousands of files. `CARDEX_CASES` sets their number,
//! `CARDEX_SEED` the first seed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::arithmetic_side_effects, clippy::missing_panics_doc)]
#![allow(clippy::print_stdout, clippy::print_stderr)]

#[path = "support/mod.rs"]
mod support;

// A store with data in every table.
#[path = "damage/books.rs"]
mod books;

// Changed bytes are detected or harmless.
#[path = "damage/corruption.rs"]
mod corruption;

// Walks over damaged trees end.
#[path = "damage/termination.rs"]
mod termination;

// Foreign and incomplete logs.
#[path = "damage/logs.rs"]
mod logs;

// Exchanged trees.
#[path = "damage/roots.rs"]
mod roots;

// Recovered contacts.
#[path = "damage/recovery.rs"]
mod recovery;

#[path = "damage/recovery_rows.rs"]
mod recovery_rows;

// Data that recovery rebuilds.
#[path = "damage/rebuilt.rs"]
mod rebuilt;

/// A number from the environment.
fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().map_or(usual, |text| text.parse().unwrap())
}
