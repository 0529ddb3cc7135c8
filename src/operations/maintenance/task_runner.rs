//! Long work in batches, each in a transaction of its own.

use std::time::{Duration, Instant};

use crate::db::Write;
use crate::engine::Engine;
use crate::error::Result;

/// One kind of background work. Processes a batch of about this many rows; returns true if nothing is left.
pub(crate) type BackgroundTask = fn(&Engine, &Write<'_>, i64) -> Result<bool>;

/// Calls `run_batch` at least once, until it returns true or the time is up; returns whether nothing is left.
///
/// It sleeps after each batch for a quarter of the time the batch took. Without a pause, the lock is taken again at once,
/// and other writers wait until the last batch.
pub(crate) fn run_for(budget: Duration, mut run_batch: impl FnMut() -> Result<bool>) -> Result<bool> {
    let start = Instant::now();
    loop {
        let batch_start = Instant::now();
        if run_batch()? {
            return Ok(true);
        }
        if start.elapsed() >= budget {
            return Ok(false);
        }
        std::thread::sleep(batch_start.elapsed().checked_div(4).unwrap_or_default());
    }
}
