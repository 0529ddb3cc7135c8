//! TODO-DOC

pub(crate) mod attribute_values;
pub(crate) mod attributes;
pub(crate) mod blocks;
pub(crate) mod channels;
pub(crate) mod conversations;
pub(crate) mod notes;
pub(crate) mod tags;
