//! What the host is told: what happened to contacts, and what it has to do.

mod changes;
pub(crate) mod outbox;

pub use changes::{Change, ChangeKind};
pub(crate) use changes::{field_bits, log, page_limit};
pub use outbox::{Effect, Pending};
