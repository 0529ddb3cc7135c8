//! A piece of work done to a book while its disk is watched.

use std::path::Path;

use cardex::{Durability, Result};

use crate::support::invariants::told;
use crate::support::steps::Work;
use crate::vfs::Watched;

/// What a book says after each step, the first of which is that it was made.
pub(crate) struct Told(pub(crate) Vec<String>);

/// Does the steps one after the other, with a mark in the log after each that is done. The first is to make the book.
pub(crate) fn run(path: &Path, disk: &Watched, durability: Durability, work: Work) -> Result<Told> {
    let store = work.options(durability).open(path)?;
    let mut all = vec![told(&store)?];
    disk.mark(all.len());
    for step in work.steps {
        step(&store, path)?;
        all.push(told(&store)?);
        disk.mark(all.len());
    }
    Ok(Told(all))
}
