//! Pseudo-random numbers. Integers only, so that every machine generates the same book.
//!
//! The algorithm is `SplitMix64` by Sebastiano Vigna (public domain).

/// The increment between two states: 2^64 divided by the golden ratio.
const GAMMA: u64 = 0x9E37_79B9_7F4A_7C15;

/// Mixes the bits of a number: a bijection in which every bit of the input affects every bit of the output.
pub(super) const fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// A hash of two numbers.
pub(super) const fn mix2(a: u64, b: u64) -> u64 {
    mix(mix(a).wrapping_add(b.wrapping_mul(GAMMA)).wrapping_add(GAMMA))
}

/// The purpose of a stream: each index has one stream per purpose.
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    Person = 1,
    Contact = 2,
    Advisor = 3,
    Block = 4,
    Phone = 5,
    Duplicate = 6,
}

/// The seed of all streams with one purpose.
pub(super) const fn purpose_seed(seed: u64, purpose: Purpose) -> u64 {
    mix2(seed, purpose as u64)
}

/// A stream of numbers.
pub(super) struct Rng(u64);

impl Rng {
    /// The stream of `index` under `seed`.
    pub(super) const fn for_index(seed: u64, index: u64) -> Self {
        Self(mix2(seed, index))
    }

    /// The next 64 bits.
    pub(super) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GAMMA);
        mix(self.0)
    }

    /// A number below `n`; 0 if `n` is 0. The bias of the multiplication is below 2^-32 for the sizes used here.
    pub(super) const fn below(&mut self, n: usize) -> usize {
        scale(self.next(), n)
    }

    /// `true` in `n` of 10,000 draws.
    pub(super) const fn chance(&mut self, n: usize) -> bool {
        self.below(10_000) < n
    }

    /// A rank below `n` with a power law: the share of rank r falls as r^(-2/3), because the random number is cubed.
    pub(super) const fn rank(&mut self, n: usize) -> usize {
        let u = self.next();
        let square = mul_high(u, u);
        scale(mul_high(square, u), n)
    }

    /// One of the items.
    pub(super) fn pick<T: Copy + Default>(&mut self, items: &[T]) -> T {
        items.get(self.below(items.len())).copied().unwrap_or_default()
    }
}

/// The upper 64 bits of a product: `a` times `b` if both are fractions of 2^64.
#[allow(clippy::cast_possible_truncation, clippy::cast_lossless)] // the shift leaves 64 bits; `From` is not const
const fn mul_high(a: u64, b: u64) -> u64 {
    ((a as u128).wrapping_mul(b as u128) >> 64) as u64
}

/// `n` times the fraction `u` of 2^64.
#[allow(clippy::cast_possible_truncation)] // the result is below `n`
const fn scale(u: u64, n: usize) -> usize {
    mul_high(u, n as u64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reference_values() {
        // The first outputs of the reference implementation for the state 0.
        let mut rng = Rng(0);
        assert_eq!(rng.next(), 0xE220_A839_7B1D_CDAF);
        assert_eq!(rng.next(), 0x6E78_9E6A_A1B9_65F4);
    }

    #[test]
    fn ranges() {
        let mut rng = Rng::for_index(1, 2);
        let mut seen = [0_u32; 10];
        for _ in 0..10_000 {
            seen[rng.below(10)] += 1;
            assert!(rng.rank(3) < 3);
        }
        assert!(seen.iter().all(|&n| (850..1150).contains(&n)), "{seen:?}");
        assert_eq!((rng.below(0), rng.rank(0), rng.below(1)), (0, 0, 0));
    }
}
