//! What the host is told: what happened to contacts, which events were fired, and what it has to do.

mod changes;
mod events;
pub(crate) mod outbox;
mod subscribe;

pub use changes::{Change, ChangeKind, ChangeList, ChangePage};
pub(crate) use changes::{NewChange, append_change, field_mask, page_limit};
pub(crate) use events::event_from_row;
pub use events::{Event, NewEvent};
pub use outbox::{OutboxEvent, OutboxMessage};
pub use subscribe::{EventBatch, Subscription};
