//! The source of the current time.

use std::fmt::Debug;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::model::Timestamp;

/// Gives the current time. The engine has no other source of time, so a test can control it.
pub trait Clock: Debug + Send + Sync {
    /// The current time. It may repeat or go back: only timestamps depend on it.
    fn now(&self) -> Timestamp;
}

/// The clock of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp(i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX))
    }
}
