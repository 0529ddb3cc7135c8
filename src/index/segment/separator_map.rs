//! An FST that finds the part of a segment which may hold a key: a map from separators to the numbers of parts.
//!
//! A separator of a part is above all keys of the part before, and not above the first key of its own part.

use fst::raw::{Builder, Fst, Node};

use crate::error::{Error, Result};
use crate::index::segment::fst_format::is_well_formed;

/// Separators of parts, in memory.
pub(crate) struct SeparatorMap(Fst<Vec<u8>>);

impl std::fmt::Debug for SeparatorMap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SeparatorMap").field("separators", &self.0.len()).finish()
    }
}

/// Which keys a look-up accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UpperBound<'k> {
    /// Keys up to this one.
    Through(&'k [u8]),
    /// Keys below this one.
    Below(&'k [u8]),
}

impl SeparatorMap {
    /// The bytes of a map. Separators must ascend; they get the numbers from `first` on.
    ///
    /// # Errors
    /// [`Error::Storage`] if separators are out of order.
    pub(crate) fn encode(separators: &[Vec<u8>], first: u32) -> Result<Vec<u8>> {
        // A bug of the caller. It must not become a wrong index.
        let unordered = |error: fst::Error| Error::Storage(Box::new(error));
        let mut builder = Builder::memory();
        for (number, separator) in (u64::from(first)..).zip(separators) {
            builder.insert(separator, number).map_err(unordered)?;
        }
        builder.into_inner().map_err(unordered)
    }

    /// A map from its bytes; `None` if they are not those of a map.
    pub(crate) fn decode(bytes: Vec<u8>) -> Option<Self> {
        if is_well_formed(&bytes) { Fst::new(bytes).ok().map(Self) } else { None }
    }

    /// Bytes in memory.
    pub(crate) fn byte_len(&self) -> usize {
        self.0.size()
    }

    /// The number of the part with the last separator within a bound; `None` if no separator is.
    pub(crate) fn last_within(&self, bound: UpperBound<'_>) -> Option<u32> {
        let (UpperBound::Through(key) | UpperBound::Below(key)) = bound;
        let mut node = self.0.root();
        let mut output = 0_u64;
        let mut best = None;
        for byte in key {
            if node.is_final() {
                best = Some(Found { output, address: node.addr(), transition: None });
            }
            // The separators of the transition before are below the key.
            let found = node.find_input(*byte);
            let before = found.unwrap_or_else(|| count_below(&node, *byte)).checked_sub(1);
            if before.is_some() {
                best = Some(Found { output, address: node.addr(), transition: before });
            }
            let Some(next) = found.map(|at| node.transition(at)) else { return self.number(best?) };
            output = output.saturating_add(next.out.value());
            node = self.0.node(next.addr);
        }
        if node.is_final() && matches!(bound, UpperBound::Through(_)) {
            best = Some(Found { output, address: node.addr(), transition: None });
        }
        self.number(best?)
    }

    fn number(&self, found: Found) -> Option<u32> {
        let mut output = found.output;
        let mut node = self.0.node(found.address);
        let mut transition = found.transition;
        while let Some(at) = transition {
            let next = node.transition(at);
            output = output.saturating_add(next.out.value());
            node = self.0.node(next.addr);
            transition = node.len().checked_sub(1);
        }
        u32::try_from(output.saturating_add(node.final_output().value())).ok()
    }
}

/// The best separator so far: that of a node, or the last one behind a transition of the node.
#[derive(Debug, Clone, Copy)]
struct Found {
    /// Sum of the outputs up to the node.
    output: u64,
    address: usize,
    transition: Option<usize>,
}

/// The number of transitions of a node whose input is below a byte.
fn count_below(node: &Node<'_>, byte: u8) -> usize {
    let (mut low, mut high) = (0, node.len());
    while low < high {
        let middle = usize::midpoint(low, high);
        if node.transition(middle).inp < byte {
            low = middle.saturating_add(1);
        } else {
            high = middle;
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn finds_the_last_separator_within_a_bound(
            separators in prop::collection::btree_set(prop::collection::vec(0_u8..5, 0..6), 0..60),
            wide in prop::collection::btree_set(any::<u8>(), 0..60),
            first in 0_u32..9,
            keys in prop::collection::vec(prop::collection::vec(0_u8..6, 0..7), 1..30),
        ) {
            let mut separators = separators;
            separators.extend(wide.into_iter().map(|byte| vec![2, byte]));
            let separators: Vec<Vec<u8>> = separators.into_iter().collect();
            let map = SeparatorMap::decode(SeparatorMap::encode(&separators, first).unwrap()).unwrap();
            let number = |count: usize| count.checked_sub(1).map(|at| first + u32::try_from(at).unwrap());
            for key in keys.iter().chain(&separators) {
                let through = separators.partition_point(|separator| separator <= key);
                prop_assert_eq!(map.last_within(UpperBound::Through(key)), number(through));
                let below = separators.partition_point(|separator| separator < key);
                prop_assert_eq!(map.last_within(UpperBound::Below(key)), number(below));
            }
        }
    }

    #[test]
    fn separators_out_of_order_are_refused() {
        assert!(SeparatorMap::encode(&[b"b".to_vec(), b"a".to_vec()], 0).is_err());
        assert!(SeparatorMap::encode(&[b"b".to_vec(), b"b".to_vec()], 0).is_err());
    }
}
