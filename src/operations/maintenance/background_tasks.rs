//! Work that can wait, done in slices: by whoever asks for it, and a little with every write.

use std::time::Duration;

use crate::db::Write;
use crate::engine::Engine;
use crate::error::Result;
use crate::host::interrupt::CancelToken;
use crate::operations::maintenance::task_runner::{BackgroundTask, run_for};
use crate::operations::maintenance::{reindex, relocalize, substring_index};

/// All of it, in the order in which it is done.
const BACKGROUND_TASKS: &[BackgroundTask] =
    &[reindex::run_batch, relocalize::run_batch, substring_index::run_batch];

/// Does one slice; true if nothing is left.
fn run_batch(engine: &Engine, db: &Write<'_>, most: i64) -> Result<bool> {
    for task in BACKGROUND_TASKS {
        if !task(engine, db, most)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Does one slice in a transaction of its own.
pub(crate) fn run_in_own_transaction(engine: &Engine) -> Result<bool> {
    engine.write_unchecked(&CancelToken::default(), |db| {
        Ok((run_batch(engine, db, db.tuning().operations.background_batch)?, true))
    })
}

/// Does a little in the transaction of a write. What fails is left for later: the write has nothing to do with it.
pub(crate) fn run_within_write(engine: &Engine, db: &Write<'_>) -> Result<()> {
    db.attempt(|| run_batch(engine, db, db.tuning().operations.background_batch_per_write).map(|_| ()))
}

/// See [`Store::maintain`](crate::Store::maintain).
pub(crate) fn maintain(engine: &Engine, budget: Duration) -> Result<bool> {
    run_for(budget, || run_in_own_transaction(engine))
}
