//! TODO-DOC

pub(crate) mod clock;
pub(crate) mod interrupt;
#[cfg(feature = "encryption")]
pub(crate) mod key;
