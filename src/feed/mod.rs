//! What the host is told: what happened to contacts, which events were fired, and what it has to do.

mod changes;
mod events;
pub(crate) mod outbox;
mod subscribe;

pub use changes::{Change, ChangeKind, ChangePage, Changes};
pub(crate) use changes::{Entry, field_bits, log, page_limit};
pub(crate) use events::told as event_told;
pub use events::{Event, NewEvent};
pub use outbox::{Effect, Pending};
pub use subscribe::{News, Subscription};
