//! Records of contacts and tenants: attributes, tags, notes, funnels, channels, conversations, blocked numbers, saved filters, bulk jobs, and imports.
//!
//! May use `connection`, `directory` and `list` (to update bitmaps). One file per table, with its statements.
//! A newcomer changes here the columns of such a table, or adds a table.

pub(crate) mod attribute;
pub(crate) mod blocked_number;
pub(crate) mod channel;
pub(crate) mod conversation;
pub(crate) mod funnel;
pub(crate) mod idempotency;
pub(crate) mod import_run;
pub(crate) mod job;
pub(crate) mod note;
pub(crate) mod saved_filter;
pub(crate) mod tag;
