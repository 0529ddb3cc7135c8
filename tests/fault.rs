//! Books on disks that fail: a binary of its own, because the disk of the whole process is exchanged.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::arithmetic_side_effects, clippy::missing_panics_doc, clippy::print_stdout)]

#[path = "support/mod.rs"]
mod support;

// The disk that is watched.
#[allow(unsafe_code)]
#[path = "fault/vfs.rs"]
mod vfs;

// What is left of it without power.
#[path = "fault/disk.rs"]
mod disk;

// What is done to books.
#[path = "fault/work.rs"]
mod work;

// The power goes.
#[path = "fault/power.rs"]
mod power;

// Calls of the disk fail.
#[path = "fault/io.rs"]
mod io;
