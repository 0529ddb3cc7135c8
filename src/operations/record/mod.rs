//! Records of a contact outside its own fields: tags, attributes, notes, channels, conversations, blocked numbers,
//! events, the outbox, saved filters.
//!
//! May import `contact`, `directory`, `context`. A newcomer adds here the operations on a new kind of record, with its
//! handle.

pub(crate) mod attribute_values;
pub(crate) mod attributes;
pub(crate) mod blocks;
pub(crate) mod channels;
pub(crate) mod conversations;
pub(crate) mod events;
pub(crate) mod funnels;
pub(crate) mod notes;
pub(crate) mod outbox;
pub(crate) mod saved_filters;
pub(crate) mod tags;
