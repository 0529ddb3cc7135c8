//! Work that can wait, done in slices: by whoever asks for it, and a little with every write.

use std::time::{Duration, Instant};

use crate::db::Write;
use crate::engine::Engine;
use crate::error::Result;
use crate::host::interrupt::CancelToken;
use crate::operations::maintenance::{reindex, relocalize, substring_index};

/// What can be left for later: does a slice of about so many rows, and tells whether nothing is left.
pub(crate) type BackgroundTask = fn(&Engine, &Write<'_>, i64) -> Result<bool>;

/// All of it, in the order in which it is done.
const BACKGROUND_TASKS: &[BackgroundTask] =
    &[reindex::run_batch, relocalize::run_batch, substring_index::run_batch];

/// Rows in a slice of its own transaction.
pub(crate) const TASK_BATCH: i64 = if cfg!(test) { 3 } else { 1_000 };

/// Rows done with a write of something else.
const TASK_BATCH_PER_WRITE: i64 = if cfg!(test) { 1 } else { 32 };

/// Does one slice; true if nothing is left.
fn run_batch(inner: &Engine, db: &Write<'_>, most: i64) -> Result<bool> {
    for chore in BACKGROUND_TASKS {
        if !chore(inner, db, most)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Does one slice in a transaction of its own.
pub(crate) fn run_in_own_transaction(inner: &Engine) -> Result<bool> {
    inner.write_unchecked(&CancelToken::default(), |db| Ok((run_batch(inner, db, TASK_BATCH)?, true)))
}

/// Does a little in the transaction of a write. What fails is left for later: the write has nothing to do with it.
pub(crate) fn run_within_write(inner: &Engine, db: &Write<'_>) -> Result<()> {
    db.attempt(|| run_batch(inner, db, TASK_BATCH_PER_WRITE).map(|_| ()))
}

/// Does slices until nothing is left (true) or the time is up (false), at least one, with a pause after each: a lock that is taken
/// again at once is hardly ever found free, and whoever else wants to write would wait for the last slice.
pub(crate) fn run_for(budget: Duration, mut slice: impl FnMut() -> Result<bool>) -> Result<bool> {
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
pub(crate) fn maintain(inner: &Engine, budget: Duration) -> Result<bool> {
    run_for(budget, || run_in_own_transaction(inner))
}
