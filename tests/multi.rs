//! Several processes and threads, and killed processes. This is a separate binary, because it starts itself as a child
//! process.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::arithmetic_side_effects, clippy::missing_panics_doc, clippy::print_stdout)]
#![cfg_attr(not(target_os = "linux"), allow(dead_code))]

#[path = "support/mod.rs"]
mod support;

// This program as a child process.
#[path = "multi/child.rs"]
mod child;

// The roles of child processes.
#[path = "multi/roles.rs"]
mod roles;

// A process is killed, or its system calls fail, one after the other. This needs strace.
#[cfg(target_os = "linux")]
#[path = "multi/kill.rs"]
mod kill;

// A writing process is killed at a random moment.
#[path = "multi/random.rs"]
mod random;

// Processes that write and read one store at the same time.
#[path = "multi/share.rs"]
mod share;

// Writers that wait for each other.
#[path = "multi/contention.rs"]
mod contention;

// Readers while one thread imports.
#[path = "multi/readers.rs"]
mod readers;

// Missing file descriptors, a file size limit, a full disk, a read-only folder.
#[cfg(unix)]
#[path = "multi/scarce.rs"]
mod scarce;
