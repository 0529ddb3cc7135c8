//! Stopping a call that takes too long.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::error::{Error, Result};

/// A handle that stops the calls of the sessions it was given to, from any thread.
///
/// ```
/// use cardex::{Actor, Interrupt, Options};
/// let store = Options::new().open_in_memory()?;
/// let stop = Interrupt::new();
/// let session = store.session(Actor::System).interrupted_by(&stop);
/// stop.interrupt();
/// assert_eq!(session.search("jo").page().unwrap_err().code(), "interrupted");
/// # Ok::<(), cardex::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// A handle that has not been used.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Stops what runs now and refuses what comes, with [`Error::Interrupted`], until [`Interrupt::reset`].
    pub fn interrupt(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Lets calls through again.
    pub fn reset(&self) {
        self.0.store(false, Ordering::Relaxed);
    }

    /// Whether it has been used.
    #[must_use]
    pub fn is_interrupted(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// What a running call has to look at now and then.
#[derive(Debug, Clone, Default)]
pub(crate) struct CancelToken {
    interrupt: Option<Interrupt>,
    deadline: Option<Instant>,
}

impl CancelToken {
    pub(crate) fn new(interrupt: Option<Interrupt>, limit: Option<Duration>) -> Self {
        Self { interrupt, deadline: limit.and_then(|limit| Instant::now().checked_add(limit)) }
    }

    /// Whether there is nothing to look at.
    pub(crate) fn is_unlimited(&self) -> bool {
        self.interrupt.is_none() && self.deadline.is_none()
    }

    /// The moment the call must be over.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// Fails when the call has to stop.
    pub(crate) fn check(&self) -> Result<()> {
        if self.interrupt.as_ref().is_some_and(Interrupt::is_interrupted) {
            return Err(Error::Interrupted);
        }
        if self.deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            return Err(Error::DeadlineExceeded);
        }
        Ok(())
    }

    /// Replaces the storage's word for "stopped" by the reason.
    pub(crate) fn map_error(&self, error: Error) -> Error {
        match error {
            Error::Interrupted => self.check().err().unwrap_or(Error::Interrupted),
            Error::Busy => self.check().err().unwrap_or(Error::Busy),
            other => other,
        }
    }
}
