//! What holds between the modules of the index.

#![allow(clippy::arithmetic_side_effects)]

mod block_format;
mod contact_sets;
mod match_semantics;
mod matching;
mod paging;
mod plan;
