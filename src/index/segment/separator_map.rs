//! An FST that finds the part of a segment which may hold a key: a map from separators to the numbers of parts.
//!
//! A separator of a part is above all keys of the part before, and not above the first key of its own part. The first part needs
//! none: it may hold all keys that are below the separator of the second part. The start that all separators share is not in the FST,
//! so that a look-up passes few nodes.
//!
//! The bytes: the number of the first part (4, little-endian), the length of the shared start (2), the shared start, the FST.

use fst::Streamer as _;
use fst::raw::{Builder, Fst, Node};

use crate::error::{Error, Result};
use crate::index::segment::fst_format::is_well_formed;

/// Separators of parts, in memory.
pub(crate) struct SeparatorMap {
    /// The number of the first part.
    first: u32,
    /// The start of all separators.
    shared: Vec<u8>,
    /// The rest of each separator, and the number of its part.
    fst: Fst<Vec<u8>>,
}

impl std::fmt::Debug for SeparatorMap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SeparatorMap").field("separators", &self.fst.len()).finish_non_exhaustive()
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

impl UpperBound<'_> {
    /// The number of sorted separators within the bound.
    pub(crate) fn count_within(self, separators: &[Vec<u8>]) -> usize {
        match self {
            Self::Through(key) => separators.partition_point(|separator| separator.as_slice() <= key),
            Self::Below(key) => separators.partition_point(|separator| separator.as_slice() < key),
        }
    }
}

impl SeparatorMap {
    /// The bytes of a map. Separators must ascend; their parts have the numbers from `first` on. The first separator is not stored.
    ///
    /// # Errors
    /// [`Error::Storage`] if separators are out of order.
    pub(crate) fn encode(separators: &[Vec<u8>], first: u32) -> Result<Vec<u8>> {
        // A bug of the caller. It must not become a wrong index.
        let unordered = |error: fst::Error| Error::Storage(Box::new(error));
        let stored = separators.get(1..).unwrap_or_default();
        let (least, greatest) = (stored.first(), stored.last());
        let shared_len = least.zip(greatest).map_or(0, |(least, greatest)| {
            least.iter().zip(greatest).take_while(|(one, other)| one == other).count()
        });
        let shared = least.and_then(|least| least.get(..shared_len)).unwrap_or_default();
        let mut bytes = first.to_le_bytes().to_vec();
        bytes.extend_from_slice(&u16::try_from(shared_len).unwrap_or(u16::MAX).to_le_bytes());
        bytes.extend_from_slice(shared);
        let mut builder = Builder::new(bytes.split_off(bytes.len())).map_err(unordered)?;
        for (number, separator) in (u64::from(first)..).skip(1).zip(stored) {
            builder.insert(separator.get(shared_len..).unwrap_or_default(), number).map_err(unordered)?;
        }
        bytes.append(&mut builder.into_inner().map_err(unordered)?);
        Ok(bytes)
    }

    /// A map from its bytes; `None` if they are not those of a map.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let (first, rest) = bytes.split_first_chunk::<4>()?;
        let (length, rest) = rest.split_first_chunk::<2>()?;
        let (shared, fst) = rest.split_at_checked(usize::from(u16::from_le_bytes(*length)))?;
        is_well_formed(fst).then_some(())?;
        let fst = Fst::new(fst.to_vec()).ok()?;
        Some(Self { first: u32::from_le_bytes(*first), shared: shared.to_vec(), fst })
    }

    /// Bytes in memory.
    pub(crate) fn byte_len(&self) -> usize {
        self.fst.size().saturating_add(self.shared.len())
    }

    /// All stored separators in order; `None` if there are more than the map says.
    pub(crate) fn separators(&self) -> Option<Vec<Vec<u8>>> {
        let mut separators = Vec::new();
        let mut stream = self.fst.stream();
        while let Some((rest, _)) = stream.next() {
            (separators.len() < self.fst.len()).then_some(())?;
            separators.push([&self.shared, rest].concat());
        }
        Some(separators)
    }

    /// The number of the last part that may hold a key within a bound.
    pub(crate) fn last_within(&self, bound: UpperBound<'_>) -> u32 {
        let (UpperBound::Through(key) | UpperBound::Below(key)) = bound;
        let found = match key.strip_prefix(self.shared.as_slice()) {
            Some(rest) => self.last_with_rest(rest, matches!(bound, UpperBound::Through(_))),
            None if key < self.shared.as_slice() => None,
            None => {
                let root = self.fst.root();
                let last = root.len().checked_sub(1);
                (last.is_some() || root.is_final())
                    .then(|| self.number(Found { output: 0, address: root.addr(), transition: last }))
            }
        };
        found.and_then(|number| u32::try_from(number).ok()).unwrap_or(self.first)
    }

    /// The number of the last separator whose rest is within a bound.
    fn last_with_rest(&self, rest: &[u8], inclusive: bool) -> Option<u64> {
        let mut node = self.fst.root();
        let mut output = 0_u64;
        let mut best = None;
        for byte in rest {
            if node.is_final() {
                best = Some(Found { output, address: node.addr(), transition: None });
            }
            // The separators of the transition before are below the key.
            let found = node.find_input(*byte);
            let before = found.unwrap_or_else(|| count_below(&node, *byte)).checked_sub(1);
            if before.is_some() {
                best = Some(Found { output, address: node.addr(), transition: before });
            }
            let Some(next) = found.map(|at| node.transition(at)) else {
                return best.map(|found| self.number(found));
            };
            output = output.saturating_add(next.out.value());
            node = self.fst.node(next.addr);
        }
        if node.is_final() && inclusive {
            best = Some(Found { output, address: node.addr(), transition: None });
        }
        best.map(|found| self.number(found))
    }

    fn number(&self, found: Found) -> u64 {
        let mut output = found.output;
        let mut node = self.fst.node(found.address);
        let mut transition = found.transition;
        while let Some(at) = transition {
            let next = node.transition(at);
            output = output.saturating_add(next.out.value());
            node = self.fst.node(next.addr);
            transition = node.len().checked_sub(1);
        }
        output.saturating_add(node.final_output().value())
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
            start in prop::collection::vec(0_u8..5, 0..4),
            keys in prop::collection::vec(prop::collection::vec(0_u8..6, 0..7), 1..30),
        ) {
            let mut separators = separators;
            separators.extend(wide.into_iter().map(|byte| vec![2, byte]));
            // The first part has all keys below the second separator.
            let separators: Vec<Vec<u8>> =
                separators.into_iter().map(|separator| [&start[..], &separator].concat()).collect();
            let map = SeparatorMap::decode(&SeparatorMap::encode(&separators, first).unwrap()).unwrap();
            let number = |count: usize| first.saturating_add(u32::try_from(count.saturating_sub(1)).unwrap());
            let with_start = keys.iter().map(|key| [&start[..], key].concat());
            for key in with_start.chain(keys.iter().cloned()).chain(separators.iter().cloned()) {
                let through = separators.partition_point(|separator| *separator <= key);
                prop_assert_eq!(map.last_within(UpperBound::Through(&key)), number(through));
                let below = separators.partition_point(|separator| *separator < key);
                prop_assert_eq!(map.last_within(UpperBound::Below(&key)), number(below));
            }
        }
    }

    #[test]
    fn separators_out_of_order_are_refused() {
        assert!(SeparatorMap::encode(&[b"".to_vec(), b"b".to_vec(), b"a".to_vec()], 0).is_err());
        assert!(SeparatorMap::encode(&[b"".to_vec(), b"b".to_vec(), b"b".to_vec()], 0).is_err());
    }
}
