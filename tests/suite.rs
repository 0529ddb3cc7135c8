//! One binary for all scenario tests.

#[cfg(feature = "cli")]
#[path = "cli/mod.rs"]
mod cli;
