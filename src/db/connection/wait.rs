//! How long a call waits for locks of other connections.

use std::time::{Duration, Instant};

/// How long a wait for a lock sleeps before it checks for cancellation.
pub(crate) const BUSY_POLL_INTERVAL: Duration = Duration::from_millis(20);

/// The longest wait up to `timeout` that SQLite can represent: it stores milliseconds in 31 bits, which is 24 days.
pub(in crate::db) fn clamp_busy_timeout(timeout: Duration) -> Duration {
    timeout.min(Duration::from_millis(i32::MAX as u64))
}

/// The time at which a wait of `timeout` that starts now ends; `None` if it never ends.
pub(crate) fn deadline(timeout: Duration) -> Option<Instant> {
    Instant::now().checked_add(timeout)
}
