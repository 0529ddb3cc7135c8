//! Damaged FSTs: the crate `fst` panics on many of them, so none of those may pass the check.

use proptest::prelude::*;

use crate::index::segment::separator_map::{SeparatorMap, UpperBound};
use crate::index::segment::word_set::{DictionarySet, WordSetBuilder, WordVisitor};

/// Visits letters up to a depth.
struct Depth {
    left: usize,
}

impl WordVisitor for Depth {
    fn enter(&mut self, _: char) -> bool {
        self.left = self.left.saturating_sub(1);
        self.left > 40
    }

    fn leave(&mut self) {
        self.left += 1;
    }

    fn next_letters(&self) -> Option<Vec<char>> {
        self.left.is_multiple_of(3).then(|| vec!['a', 'n', 'é'])
    }
}

/// Keys with shared starts and ends, and one node with more than 32 transitions.
fn keys() -> Vec<Vec<u8>> {
    let numbers = (0..60_u32).map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes().to_vec());
    let words = ["anna", "annabel", "anne", "berta", "jürgen", "rené"].map(|word| word.as_bytes().to_vec());
    let wide = (0..40).map(|byte| vec![b'w', byte * 3]);
    let mut keys: Vec<Vec<u8>> = numbers.chain(words).chain(wide).collect();
    keys.sort();
    keys
}

#[allow(clippy::needless_pass_by_value)] // like `use_set`
fn use_map(bytes: Vec<u8>) -> bool {
    let Some(map) = SeparatorMap::decode(&bytes) else { return false };
    for key in keys() {
        let _ = map.last_within(UpperBound::Through(&key));
        let _ = map.last_within(UpperBound::Below(&key));
    }
    true
}

fn use_set(bytes: Vec<u8>) -> bool {
    let Some(set) = DictionarySet::decode(bytes) else { return false };
    for key in keys() {
        let _ = set.contains(&key);
        let _ = set.words_after(Some(&key));
    }
    let _ = set.words_after(None);
    let _ = set.last_word();
    set.visit(b"", &mut Depth { left: 48 });
    true
}

fn map_bytes() -> Vec<u8> {
    SeparatorMap::encode(&keys(), 1_000).unwrap()
}

fn set_bytes() -> Vec<u8> {
    let mut builder = WordSetBuilder::new(usize::MAX);
    for key in keys() {
        assert!(builder.add(&key).unwrap().is_none());
    }
    builder.take().unwrap().unwrap().bytes
}

#[test]
fn one_damaged_byte_never_panics() {
    let (mut accepted, mut rejected) = (0, 0);
    for (bytes, exercise) in [(map_bytes(), use_map as fn(Vec<u8>) -> bool), (set_bytes(), use_set)] {
        assert!(exercise(bytes.clone()));
        for at in 0..bytes.len() {
            for mask in [1, 0x10, 0x40, 0x80, 0xFF] {
                let mut damaged = bytes.clone();
                damaged[at] ^= mask;
                *(if exercise(damaged) { &mut accepted } else { &mut rejected }) += 1;
            }
        }
    }
    assert!(accepted > 100 && rejected > 100, "{accepted} accepted, {rejected} rejected");
}

proptest! {
    #[test]
    fn many_damaged_bytes_never_panic(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..9)) {
        for (bytes, exercise) in [(map_bytes(), use_map as fn(Vec<u8>) -> bool), (set_bytes(), use_set)] {
            let mut damaged = bytes;
            for (at, byte) in &changes {
                let at = at.index(damaged.len());
                damaged[at] = *byte;
            }
            exercise(damaged);
        }
    }

    #[test]
    fn any_nodes_never_panic(nodes in prop::collection::vec(any::<u8>(), 0..200)) {
        let root = if nodes.is_empty() { 0 } else { 15 + nodes.len() as u64 };
        let bytes = [&3_u64.to_le_bytes()[..], &[0; 8], &nodes, &9_u64.to_le_bytes(), &root.to_le_bytes(), &[0; 4]].concat();
        use_map([&[0; 6], &bytes[..]].concat());
        use_set(bytes);
    }
}
