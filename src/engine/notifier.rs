//! How those who wait for news of this store learn that something was committed.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Counts commits. Ringing takes a lock that nobody holds for longer than it takes to look at a number, so no writer waits for a
/// reader; nothing is queued, since what happened stands in the book.
#[derive(Debug, Default)]
pub(crate) struct CommitNotifier {
    commits: Mutex<u64>,
    committed: Condvar,
}

impl CommitNotifier {
    /// Wakes all who wait.
    pub(crate) fn notify(&self) {
        let mut commits = self.lock();
        *commits = commits.wrapping_add(1);
        drop(commits);
        self.committed.notify_all();
    }

    /// How often it has rung.
    pub(crate) fn commit_count(&self) -> u64 {
        *self.lock()
    }

    /// Waits until it has rung since `count`, or the time is up.
    pub(crate) fn wait(&self, count: u64, limit: Duration) {
        let commits = self.lock();
        let waited = self.committed.wait_timeout_while(commits, limit, |commits| *commits == count);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }

    fn lock(&self) -> MutexGuard<'_, u64> {
        // A number is sound whatever another thread met.
        self.commits.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
