//! A cache of the folds of single letters. Most letters fold to one or two letters, independent of their neighbours. The pipeline
//! takes ten times as long as this cache.

use std::sync::atomic::{AtomicU64, Ordering};

/// Han, from Extension A on: all are letters, and none decomposes.
const HAN: std::ops::RangeInclusive<char> = '\u{3400}'..='\u{9FFF}';

/// The cache contains the characters below this: alphabets and kana.
const CACHE_LEN: usize = 0x3100;

/// Bits of one character in a cache entry.
const CHAR_BITS: u32 = 21;

/// The most letters in a cache entry.
const MAX_LETTERS: usize = 3;

/// One entry for each character: 0 if not computed yet. Otherwise [`CACHED_FLAG`] and the letters, from the low bits on. No letters
/// mean that the fold depends on the neighbours.
static CACHE: [AtomicU64; CACHE_LEN] = [const { AtomicU64::new(0) }; CACHE_LEN];

const CACHED_FLAG: u64 = 1 << 63;

/// The folded letters of one character.
#[derive(Clone)]
pub(super) struct FoldedLetters(u64);

impl FoldedLetters {
    /// A character that folds to this letter.
    pub(super) fn one(c: char) -> Self {
        Self(u64::from(c))
    }
}

impl Iterator for FoldedLetters {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        let low = self.0 & ((1 << CHAR_BITS) - 1);
        self.0 >>= CHAR_BITS;
        if low == 0 { None } else { u32::try_from(low).ok().and_then(char::from_u32) }
    }
}

/// What a character beyond ASCII folds to, if that does not depend on its neighbours. On the first call for a character
/// `fold_single` gives the answer: `None` if the fold depends on the neighbours.
pub(super) fn get_or_insert_with(c: char, fold_single: fn(char) -> Option<String>) -> Option<FoldedLetters> {
    if HAN.contains(&c) {
        return Some(FoldedLetters::one(c));
    }
    let slot = usize::try_from(u32::from(c)).ok().and_then(|at| CACHE.get(at))?;
    let entry = match slot.load(Ordering::Relaxed) {
        0 => {
            // A race is harmless: every thread computes the same value.
            let entry = encode(fold_single(c));
            slot.store(entry, Ordering::Relaxed);
            entry
        }
        entry => entry,
    };
    Some(FoldedLetters(entry & !CACHED_FLAG)).filter(|letters| letters.0 != 0)
}

fn encode(folded: Option<String>) -> u64 {
    let folded = folded.filter(|folded| folded.chars().count() <= MAX_LETTERS).unwrap_or_default();
    folded.chars().rev().fold(0, |entry, c| entry << CHAR_BITS | u64::from(c)) | CACHED_FLAG
}
