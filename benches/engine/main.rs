//! The engine part by part, so that a change of speed names its place: `cargo bench --bench engine`, with a word behind `--` for
//! the parts whose names have it. `CARDEX_CONTACTS` says how many contacts the books of searches and lists have; 20,000 if it
//! does not.

#![allow(missing_docs, clippy::unwrap_used, clippy::arithmetic_side_effects)]

mod book;
mod error {
    pub(crate) use cardex::{Error, Result};
}
mod imports;
mod index;
mod lists;
mod search;
mod text;
mod texts;
mod write;

use criterion::{criterion_group, criterion_main};

criterion_group!(
    benches,
    texts::texts,
    index::index,
    search::search,
    search::substring,
    lists::list,
    write::write,
    imports::import
);
criterion_main!(benches);
