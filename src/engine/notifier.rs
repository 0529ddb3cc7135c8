//! Wakes subscribers of a store after a commit.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Counts commits. The lock is held only to read or change the counter, so no writer waits for a reader. Nothing is
/// queued: subscribers read the committed rows.
#[derive(Debug, Default)]
pub(crate) struct CommitNotifier {
    commits: Mutex<u64>,
    committed: Condvar,
}

impl CommitNotifier {
    /// Counts a commit and wakes all waiting threads.
    pub(crate) fn notify(&self) {
        let mut commits = self.lock();
        *commits = commits.wrapping_add(1);
        drop(commits);
        self.committed.notify_all();
    }

    /// The number of commits so far.
    pub(crate) fn commit_count(&self) -> u64 {
        *self.lock()
    }

    /// Waits until the number of commits differs from `count`, or until the timeout.
    pub(crate) fn wait(&self, count: u64, limit: Duration) {
        let commits = self.lock();
        let waited = self.committed.wait_timeout_while(commits, limit, |commits| *commits == count);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }

    fn lock(&self) -> MutexGuard<'_, u64> {
        // The counter is valid even after a panic of another thread.
        self.commits.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
