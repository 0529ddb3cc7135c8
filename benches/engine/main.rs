//! The parts of the engine, so that a change of speed can be located: `cargo bench --bench engine`, with a word after
//! `--` to select parts by name. `CARDEX_CONTACTS` sets the contacts of the stores of searches and lists; the default
//! is 20,000.

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
