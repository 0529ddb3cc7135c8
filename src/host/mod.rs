//! The parts that the host supplies: clock, seed, interrupt, encryption key and internal sizes.
//!
//! May use `model` and `error`. A newcomer changes here where time comes from, how a call is stopped, and which sizes tests run with.

pub(crate) mod clock;
#[cfg(feature = "encryption")]
pub(crate) mod encryption_key;
pub(crate) mod interrupt;
pub(crate) mod maintenance_watch;
pub(crate) mod random;
pub(crate) mod tuning;
