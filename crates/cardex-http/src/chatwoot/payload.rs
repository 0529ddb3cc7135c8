//! The envelope of most responses.

use serde::Serialize;

/// A response with its content under `payload`.
#[derive(Debug, Serialize)]
pub(super) struct Payload<T> {
    pub(super) payload: T,
}
