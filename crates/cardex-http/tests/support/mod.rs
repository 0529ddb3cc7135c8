//! Shared parts of the tests: a test clock, fixed ids and reproducible random choices.

#![allow(unreachable_pub)]

use std::sync::atomic::{AtomicI64, Ordering};

use cardex::{Clock, Options, Timestamp};

/// 2025-01-01, the start time of every test.
pub const START: i64 = 1_735_689_600_000;

/// A clock that advances by one millisecond at every read.
#[derive(Debug)]
pub struct TickingClock(AtomicI64);

impl TickingClock {
    pub fn new() -> Self {
        Self(AtomicI64::new(START))
    }
}

impl Clock for TickingClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.fetch_add(1, Ordering::Relaxed))
    }
}

/// Options with the same ids on every run.
pub fn options(seed: u64) -> Options {
    Options::new().clock(TickingClock::new()).id_seed(seed)
}

/// A small deterministic random number generator.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xD1B5_4A32_D192_ED03)
    }

    /// A number less than `end`.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut x = self.0;
        x = (x ^ x >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ x >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((x ^ x >> 31) % end.max(1) as u64).unwrap()
    }
}
