//! How long a call waits for locks of other connections.

use std::time::{Duration, Instant};

/// How long a wait for a lock sleeps before it checks for cancellation.
pub(crate) const BUSY_POLL_INTERVAL: Duration = Duration::from_millis(20);

/// How long a writer sleeps between two attempts to get the lock, after it has waited for some time. Nobody queues for a lock between
/// processes, so each attempt succeeds by chance. The longer a writer has waited, the more often it tries. It therefore overtakes later
/// ones, and the longest wait stays near the average.
pub(in crate::db) fn poll_interval(waited: Duration) -> Duration {
    let steps = u32::try_from(waited.as_millis() / 8).unwrap_or(u32::MAX).saturating_add(1);
    Duration::from_millis(4).checked_div(steps).unwrap_or_default().max(Duration::from_micros(250))
}

/// The time until `give_up`; `None` if that is never.
pub(crate) fn time_left(give_up: Option<Instant>) -> Option<Duration> {
    give_up.map(|at| at.saturating_duration_since(Instant::now()))
}

/// The longest wait up to `timeout` that SQLite can represent: it stores milliseconds in 31 bits, which is 24 days.
pub(in crate::db) fn clamp_busy_timeout(timeout: Duration) -> Duration {
    timeout.min(Duration::from_millis(i32::MAX as u64))
}

/// The time at which a wait of `timeout` that starts now ends; `None` if it never ends.
pub(crate) fn deadline(timeout: Duration) -> Option<Instant> {
    Instant::now().checked_add(timeout)
}
