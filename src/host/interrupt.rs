//! Stops calls: by an interrupt or a deadline.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::error::{Error, Result};

/// A handle that stops the calls of its sessions, from any thread.
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
    /// A handle that is not interrupted.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Stops running calls and later calls with [`Error::Interrupted`], until [`Interrupt::reset`].
    pub fn interrupt(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Allows calls again.
    pub fn reset(&self) {
        self.0.store(false, Ordering::Relaxed);
    }

    /// Whether calls are stopped.
    #[must_use]
    pub fn is_interrupted(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// The interrupt and the deadline of a session, for work of the host: reading a long input, for example.
///
/// ```
/// use cardex::{Actor, Interrupt, Options};
/// let store = Options::new().open_in_memory()?;
/// let stop = Interrupt::new();
/// let cancellation = store.session(Actor::System).interrupted_by(&stop).cancellation();
/// assert!(cancellation.check().is_ok());
/// stop.interrupt();
/// assert_eq!(cancellation.check().unwrap_err().code(), "interrupted");
/// # Ok::<(), cardex::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Cancellation(pub(crate) CancelToken);

impl Cancellation {
    /// Checks whether the work must stop.
    ///
    /// # Errors
    /// [`Error::Interrupted`] or [`Error::DeadlineExceeded`] if it must.
    pub fn check(&self) -> Result<()> {
        self.0.check()
    }
}

/// The interrupt and the deadline of a call. A running call checks them regularly.
#[derive(Debug, Clone, Default)]
pub(crate) struct CancelToken {
    interrupts: Interrupts,
    deadline: Option<Instant>,
}

/// The interrupt of a session, and a second one of the engine's own, such as that of a typeahead.
pub(crate) type Interrupts = [Option<Interrupt>; 2];

impl CancelToken {
    pub(crate) fn new(interrupts: Interrupts, limit: Option<Duration>) -> Self {
        Self { interrupts, deadline: limit.and_then(|limit| Instant::now().checked_add(limit)) }
    }

    /// Whether there is no interrupt and no deadline.
    pub(crate) fn is_unlimited(&self) -> bool {
        self.interrupts.iter().all(Option::is_none) && self.deadline.is_none()
    }

    /// When the call must end.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// Checks whether the call must stop.
    ///
    /// # Errors
    /// [`Error::Interrupted`] or [`Error::DeadlineExceeded`] if it must.
    pub(crate) fn check(&self) -> Result<()> {
        if self.interrupts.iter().flatten().any(Interrupt::is_interrupted) {
            return Err(Error::Interrupted);
        }
        if self.deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            return Err(Error::DeadlineExceeded);
        }
        Ok(())
    }

    /// Replaces the storage's error for a stopped call with the actual reason.
    pub(crate) fn map_error(&self, error: Error) -> Error {
        match error {
            Error::Interrupted => self.check().err().unwrap_or(Error::Interrupted),
            Error::Busy => self.check().err().unwrap_or(Error::Busy),
            other => other,
        }
    }
}
