//! The feed: changes of contacts, fired events, and outbox messages that the host delivers.

mod changes;
mod events;
pub(crate) mod outbox;
mod subscribe;

pub use changes::{Change, ChangeKind, ChangeList, ChangePage};
pub(crate) use changes::{NewChange, append_change, field_mask, fields_of_mask, page_limit};
pub(crate) use events::event_from_row;
pub use events::{Event, NewEvent};
pub use outbox::{OutboxEvent, OutboxMessage};
pub use subscribe::{EventBatch, Subscription};
