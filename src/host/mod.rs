//! What the host program hands to the engine: a clock, an interrupt, an encryption key, and the sizes to work with.
//!
//! May use `model` and `error`. A newcomer changes here where time comes from, how a call is stopped, and which sizes tests run with.

pub(crate) mod clock;
#[cfg(feature = "encryption")]
pub(crate) mod encryption_key;
pub(crate) mod interrupt;
pub(crate) mod tuning;
