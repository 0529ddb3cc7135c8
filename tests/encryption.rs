//! Encrypted books: a binary of its own, because the disk of the whole process is exchanged.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::arithmetic_side_effects, clippy::missing_panics_doc, clippy::print_stdout)]

#[path = "support/mod.rs"]
mod support;

// The disk that is watched.
#[allow(unsafe_code, dead_code)]
#[path = "fault/vfs.rs"]
mod vfs;

// What is left of it without power.
#[path = "fault/disk.rs"]
mod disk;

// What can be read with the key, and what without.
#[path = "encryption/secret.rs"]
mod secret;

// Another key.
#[path = "encryption/change.rs"]
mod change;

// Damaged books that are encrypted.
#[path = "encryption/damaged.rs"]
mod damaged;
