//! One-time codes.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::{Error, Result};

/// Letters and digits that people do not confuse when they read them aloud or type them.
const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// Characters of a code: forty bits.
const CODE_LENGTH: usize = 8;

/// Makes one-time codes: from the operating system's randomness, or from a seed.
#[derive(Debug)]
pub(crate) struct InviteCodes {
    seed: Option<u64>,
    generated: AtomicU64,
}

impl InviteCodes {
    pub(crate) fn new(seed: Option<u64>) -> Self {
        Self { seed, generated: AtomicU64::new(0) }
    }

    /// A new code. It is unpredictable, unless there is a seed. The caller must check that it is unused.
    ///
    /// # Errors
    /// [`Error::Io`] if the operating system has no randomness.
    pub(crate) fn next(&self) -> Result<String> {
        let bits = match self.seed {
            Some(seed) => mix64(seed.wrapping_add(self.generated.fetch_add(1, Ordering::Relaxed))),
            None => getrandom::u64().map_err(|error| Error::Io(error.into()))?,
        };
        let fives = std::iter::successors(Some(bits), |bits| Some(bits >> 5)).map(|bits| bits & 31);
        let letters = fives.filter_map(|five| ALPHABET.get(usize::try_from(five).ok()?));
        Ok(letters.take(CODE_LENGTH).map(|byte| char::from(*byte)).collect())
    }
}

/// The finaliser of `SplitMix64`: similar seeds give unrelated codes.
fn mix64(seed: u64) -> u64 {
    let z = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn codes_differ_and_a_seed_makes_them_again() {
        let made = |seed| {
            let codes = InviteCodes::new(seed);
            (0..1_000).map(|_| codes.next().unwrap()).collect::<Vec<_>>()
        };
        let random = made(None);
        assert!(
            random
                .iter()
                .all(|code| code.len() == CODE_LENGTH && code.bytes().all(|b| ALPHABET.contains(&b)))
        );
        assert_eq!(random.iter().collect::<HashSet<_>>().len(), 1_000);
        assert_ne!(random, made(None));
        assert_eq!(made(Some(7)), made(Some(7)));
        assert_ne!(made(Some(7))[0], made(Some(8))[0]);
    }
}
