//! The HTTP APIs against the products' OpenAPI documents.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::arithmetic_side_effects, clippy::missing_panics_doc)]

mod support;

#[path = "contract/mod.rs"]
mod contract;
