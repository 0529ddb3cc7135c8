//! Random numbers, from a seed or from the operating system.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

/// An unpredictable seed, from the seed of the standard library's hash maps.
pub(crate) fn random_seed() -> u64 {
    RandomState::new().hash_one(std::process::id())
}

/// Numbers that mark segments of the search index. Two segments of a store have different numbers, also if the transaction of one of
/// them was rolled back.
#[derive(Debug)]
pub(crate) struct NonceSource(AtomicU64);

impl NonceSource {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    /// The next number: the generator `SplitMix64`.
    pub(crate) fn next(&self) -> i64 {
        const STEP: u64 = 0x9E37_79B9_7F4A_7C15;
        let mut mixed = self.0.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)).cast_signed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first outputs of `SplitMix64` for the seed 1234567, as published with the generator.
    #[test]
    fn nonces_are_those_of_splitmix64() {
        let source = NonceSource::new(1_234_567);
        let numbers = [(); 3].map(|()| source.next().cast_unsigned());
        assert_eq!(
            numbers,
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
        );
    }
}
