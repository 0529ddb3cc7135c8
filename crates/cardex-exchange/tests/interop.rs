//! Files as other programs write them, and what a book must make of them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects, clippy::panic)]

#[path = "interop/book.rs"]
mod book;
#[path = "interop/cards.rs"]
mod cards;
#[path = "interop/formats.rs"]
mod formats;
#[path = "interop/tables.rs"]
mod tables;
