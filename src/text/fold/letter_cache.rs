//! Single letters and what they fold to, remembered: beyond ASCII too, most become one or two letters whatever stands around
//! them, and to find that out costs ten times what it takes to remember it.

use std::sync::atomic::{AtomicU64, Ordering};

/// Han, from Extension A on: none of them decomposes, and all are letters.
const HAN: std::ops::RangeInclusive<char> = '\u{3400}'..='\u{9FFF}';

/// Characters below this are remembered: alphabets and kana.
const CACHE_LEN: usize = 0x3100;

/// Bits of a character.
const CHAR_BITS: u32 = 21;

/// Letters that one character may become here.
const MAX_LETTERS: usize = 3;

/// What is known of a character: nothing if 0; else [`LOOKED_UP`], and its letters from the low bits on, none if it has to
/// be looked at among its neighbours.
static CACHE: [AtomicU64; CACHE_LEN] = [const { AtomicU64::new(0) }; CACHE_LEN];

const CACHED_FLAG: u64 = 1 << 63;

/// The letters of one character.
#[derive(Clone)]
pub(super) struct FoldedLetters(u64);

impl FoldedLetters {
    /// A letter that stays what it is.
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
    let known = match slot.load(Ordering::Relaxed) {
        0 => {
            // Two threads find the same.
            let found = encode(fold_single(c));
            slot.store(found, Ordering::Relaxed);
            found
        }
        known => known,
    };
    Some(FoldedLetters(known & !CACHED_FLAG)).filter(|letters| letters.0 != 0)
}

fn encode(folded: Option<String>) -> u64 {
    let folded = folded.filter(|folded| folded.chars().count() <= MAX_LETTERS).unwrap_or_default();
    folded.chars().rev().fold(0, |known, c| known << CHAR_BITS | u64::from(c)) | CACHED_FLAG
}
