//! Work on a store while its disk calls are recorded.

use std::path::Path;

use cardex::{Durability, Result};

use crate::support::invariants::dump;
use crate::support::steps::Work;
use crate::vfs::Watched;

/// A dump of the store after each step. The first step creates it.
pub(crate) struct Snapshot(pub(crate) Vec<String>);

/// Runs the steps. Records a mark in the call log after each completed step. The first step creates the store.
pub(crate) fn run(path: &Path, disk: &Watched, durability: Durability, work: Work) -> Result<Snapshot> {
    let store = work.options(durability).open(path)?;
    let mut all = vec![dump(&store)?];
    disk.mark(all.len());
    for step in work.steps {
        step(&store, path)?;
        all.push(dump(&store)?);
        disk.mark(all.len());
    }
    Ok(Snapshot(all))
}
