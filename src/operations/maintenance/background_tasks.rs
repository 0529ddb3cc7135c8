//! Work that can wait, done in slices: by whoever asks for it, and a little with every write.

use std::time::{Duration, Instant};

use crate::db::Write;
use crate::engine::Inner;
use crate::error::Result;
use crate::host::interrupt::Watch;
use crate::operations::maintenance::{reindex, relocalize, substring_index};

/// What can be left for later: does a slice of about so many rows, and tells whether nothing is left.
pub(crate) type Chore = fn(&Inner, &Write<'_>, i64) -> Result<bool>;

/// All of it, in the order in which it is done.
const CHORES: &[Chore] = &[reindex::slice, relocalize::slice, substring_index::slice];

/// Rows in a slice of its own transaction.
pub(crate) const SLICE: i64 = if cfg!(test) { 3 } else { 1_000 };

/// Rows done with a write of something else.
const SIDE_SLICE: i64 = if cfg!(test) { 1 } else { 32 };

/// Does one slice; true if nothing is left.
fn slice(inner: &Inner, db: &Write<'_>, most: i64) -> Result<bool> {
    for chore in CHORES {
        if !chore(inner, db, most)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Does one slice in a transaction of its own.
pub(crate) fn slice_alone(inner: &Inner) -> Result<bool> {
    inner.write_whatever(&Watch::default(), |db| Ok((slice(inner, db, SLICE)?, true)))
}

/// Does a little in the transaction of a write. What fails is left for later: the write has nothing to do with it.
pub(crate) fn slice_beside(inner: &Inner, db: &Write<'_>) -> Result<()> {
    db.attempt(|| slice(inner, db, SIDE_SLICE).map(|_| ()))
}

/// Does slices until nothing is left (true) or the time is up (false), at least one, with a pause after each: a lock that is taken
/// again at once is hardly ever found free, and whoever else wants to write would wait for the last slice.
pub(crate) fn in_turns(budget: Duration, mut slice: impl FnMut() -> Result<bool>) -> Result<bool> {
    let begun = Instant::now();
    loop {
        let this = Instant::now();
        if slice()? {
            return Ok(true);
        }
        if begun.elapsed() >= budget {
            return Ok(false);
        }
        std::thread::sleep(this.elapsed().checked_div(4).unwrap_or_default());
    }
}

/// See [`Store::maintain`](crate::Store::maintain).
pub(crate) fn maintain(inner: &Inner, budget: Duration) -> Result<bool> {
    in_turns(budget, || slice_alone(inner))
}
