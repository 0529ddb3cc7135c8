//! Logs that readers follow by number: changes of contacts, fired events, and the outbox.
//!
//! May use `connection`. One file per table, with its statements.
//! A newcomer changes here what a row of a log contains, and how logs are read and pruned.

pub(crate) mod changes;
pub(crate) mod event;
pub(crate) mod outbox;
