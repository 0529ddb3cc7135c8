//! What holds between the modules of the index.

#![allow(clippy::arithmetic_side_effects)]

mod matching;
mod meant;
mod parts;
mod plan;
mod sets;
mod walks;
