//! Single letters and what they fold to, remembered: beyond ASCII too, most become one or two letters whatever stands around
//! them, and to find that out costs ten times what it takes to remember it.

use std::sync::atomic::{AtomicU64, Ordering};

use super::stream::alone;

/// Han, from Extension A on: none of them decomposes, and all are letters.
const HAN: std::ops::RangeInclusive<char> = '\u{3400}'..='\u{9FFF}';

/// Characters below this are remembered: alphabets and kana.
const END: usize = 0x3100;

/// Bits of a character.
const BITS: u32 = 21;

/// Letters that one character may become here.
const MOST: usize = 3;

/// What is known of a character: nothing if 0; else [`LOOKED_UP`], and its letters from the low bits on, none if it has to
/// be looked at among its neighbours.
static KNOWN: [AtomicU64; END] = [const { AtomicU64::new(0) }; END];

const LOOKED_UP: u64 = 1 << 63;

/// The letters of one character.
#[derive(Clone)]
pub(super) struct Letters(u64);

impl Letters {
    /// A letter that stays what it is.
    pub(super) fn one(c: char) -> Self {
        Self(u64::from(c))
    }
}

impl Iterator for Letters {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        let low = self.0 & ((1 << BITS) - 1);
        self.0 >>= BITS;
        if low == 0 { None } else { u32::try_from(low).ok().and_then(char::from_u32) }
    }
}

/// What a character beyond ASCII folds to, if that does not depend on its neighbours.
pub(super) fn letters(c: char) -> Option<Letters> {
    if HAN.contains(&c) {
        return Some(Letters::one(c));
    }
    let slot = usize::try_from(u32::from(c)).ok().and_then(|at| KNOWN.get(at))?;
    let known = match slot.load(Ordering::Relaxed) {
        0 => {
            // Two threads find the same.
            let found = look_up(c);
            slot.store(found, Ordering::Relaxed);
            found
        }
        known => known,
    };
    Some(Letters(known & !LOOKED_UP)).filter(|letters| letters.0 != 0)
}

fn look_up(c: char) -> u64 {
    let folded = alone(c).filter(|folded| folded.chars().count() <= MOST).unwrap_or_default();
    folded.chars().rev().fold(0, |known, c| known << BITS | u64::from(c)) | LOOKED_UP
}
