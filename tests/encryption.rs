//! Encrypted stores. This is a separate binary, because it replaces SQLite's file system for the whole process.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::arithmetic_side_effects, clippy::missing_panics_doc, clippy::print_stdout)]

#[path = "support/mod.rs"]
mod support;

// The recorded file system.
#[allow(unsafe_code, dead_code)]
#[path = "fault/vfs.rs"]
mod vfs;

// The files after a power loss.
#[path = "fault/disk.rs"]
mod disk;

// What is readable with the key and without it.
#[path = "encryption/secret.rs"]
mod secret;

// A store with rows in every table.
#[allow(dead_code)]
#[path = "damage/books.rs"]
mod books;

// Plain stores to encrypted ones and back.
#[path = "encryption/convert.rs"]
mod convert;

// Changes of the key.
#[path = "encryption/change.rs"]
mod change;

// Page caches of several sizes.
#[path = "encryption/cache.rs"]
mod cache;

// Damaged encrypted stores.
#[path = "encryption/damaged.rs"]
mod damaged;
