//! The server as a client sees it: JSON-RPC over a pipe.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::arithmetic_side_effects, clippy::missing_panics_doc)]
// Calls build their arguments in place.
#![allow(clippy::needless_pass_by_value)]

#[path = "server/mod.rs"]
mod server;
