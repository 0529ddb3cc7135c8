//! Several processes and threads, and processes that die: a binary of its own, because it starts itself once more for each of them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::arithmetic_side_effects, clippy::missing_panics_doc, clippy::print_stdout)]

#[path = "support/mod.rs"]
mod support;

// This program once more, as another process.
#[path = "multi/child.rs"]
mod child;

// What the other processes do.
#[path = "multi/roles.rs"]
mod roles;

// A process is killed, or its calls of the system fail, at each in turn.
#[path = "multi/kill.rs"]
mod kill;

// A writing process is killed at any moment.
#[path = "multi/random.rs"]
mod random;

// Processes that write and read one book at once.
#[path = "multi/share.rs"]
mod share;

// Readers while one thread imports.
#[path = "multi/readers.rs"]
mod readers;

// Too few descriptors, files that may not grow, a full disk, a folder that cannot be written.
#[path = "multi/scarce.rs"]
mod scarce;
