//! TODO-DOC

pub(crate) mod attribute_values;
pub(crate) mod attributes;
pub(crate) mod blocks;
pub(crate) mod channels;
pub(crate) mod conversations;
pub(crate) mod events;
pub(crate) mod funnels;
pub(crate) mod notes;
pub(crate) mod outbox;
pub(crate) mod tags;
