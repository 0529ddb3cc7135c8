//! Text as people write it: folding, order, telephone numbers. Pure functions, no I/O.

pub(crate) mod caseless_key;
pub(crate) mod collate;
pub(crate) mod fold;
pub(crate) mod phone;
pub(crate) mod readings;
pub(crate) mod substring;
pub(crate) mod tokenizer;
