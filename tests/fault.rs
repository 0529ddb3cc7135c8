//! Failing disks. This is a separate binary, because it replaces SQLite's file system for the whole process.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::arithmetic_side_effects, clippy::missing_panics_doc, clippy::print_stdout)]

#[path = "support/mod.rs"]
mod support;

// The recorded file system.
#[allow(unsafe_code)]
#[path = "fault/vfs.rs"]
mod vfs;

// The files after a power loss.
#[path = "fault/disk.rs"]
mod disk;

// The work on stores.
#[path = "fault/work.rs"]
mod work;

// Power loss.
#[path = "fault/power.rs"]
mod power;

// Failing disk calls.
#[path = "fault/io.rs"]
mod io;
