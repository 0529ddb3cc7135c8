//! Deferred work in batches: by maintenance, and a little with every write.

use std::time::Duration;

use crate::db::Write;
use crate::engine::Engine;
use crate::error::Result;
use crate::host::interrupt::CancelToken;
use crate::operations::maintenance::task_runner::{BackgroundTask, run_for};
use crate::operations::maintenance::{reindex, relocalize, substring_index};

/// All tasks, in their order.
const BACKGROUND_TASKS: &[BackgroundTask] =
    &[reindex::run_batch, relocalize::run_batch, substring_index::run_batch];

/// Processes one batch; true if nothing is left.
fn run_batch(engine: &Engine, db: &Write<'_>, most: i64) -> Result<bool> {
    for task in BACKGROUND_TASKS {
        if !task(engine, db, most)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Processes one batch in its own transaction.
pub(crate) fn run_in_own_transaction(engine: &Engine) -> Result<bool> {
    engine.write_unchecked(&CancelToken::default(), |db| {
        Ok((run_batch(engine, db, db.tuning().operations.background_batch)?, true))
    })
}

/// Processes a small batch in the transaction of a write. An error does not fail the write: the batch is repeated
/// later.
pub(crate) fn run_within_write(engine: &Engine, db: &Write<'_>) -> Result<()> {
    db.attempt(|| run_batch(engine, db, db.tuning().operations.background_batch_per_write).map(|_| ()))
}

/// See [`Store::maintain`](crate::Store::maintain).
pub(crate) fn maintain(engine: &Engine, budget: Duration) -> Result<bool> {
    run_for(budget, || run_in_own_transaction(engine))
}
