//! Calls of the engine within a time limit, beside the asynchronous runtime.

use std::time::Duration;

use cardex::{Error, Interrupt, Session};
use tokio::task::spawn_blocking;
use tokio::time::sleep;

use crate::error::ToolError;

/// Runs `work` on a thread that may block. Its session stops at the time limit, which covers all calls of `work`, and when `cancelled`
/// ends.
pub(crate) async fn run<T: Send + 'static>(
    session: &Session,
    limit: Duration,
    cancelled: impl Future<Output = ()>,
    work: impl FnOnce(&Session) -> Result<T, ToolError> + Send + 'static,
) -> Result<T, ToolError> {
    let interrupt = Interrupt::new();
    let session = session.clone().deadline(limit).interrupted_by(&interrupt);
    let mut task = spawn_blocking(move || work(&session));
    let late = tokio::select! {
        done = &mut task => return done.unwrap_or(Err(ToolError::Internal)),
        () = sleep(limit) => true,
        () = cancelled => false,
    };
    // The work stops at its next check of the interrupt. Its outcome is reported: a write may have been committed just before.
    interrupt.interrupt();
    match task.await.unwrap_or(Err(ToolError::Internal)) {
        Err(ToolError::Engine(Error::Interrupted)) if late => Err(Error::DeadlineExceeded.into()),
        result => result,
    }
}
