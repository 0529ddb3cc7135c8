//! Sets of contacts with one bit per contact, and the format of their stored containers.

/// Contacts of a stored container.
pub(crate) const CONTAINER_BITS: i64 = 16_384;

/// Bytes of a container with one bit per contact.
const CONTAINER_BYTES: usize = 2_048;

/// Words of a container.
const CONTAINER_WORDS: usize = CONTAINER_BYTES / 8;

/// A set of contacts by local id, with one bit each: 125 kB for a million contacts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Bitmap {
    words: Vec<u64>,
    len: usize,
}

impl Bitmap {
    /// An empty set for ids up to `last`. Greater ids are ignored, because a damaged index may contain any id.
    pub(crate) fn with_max_id(last: i64) -> Self {
        let words = usize::try_from(last).unwrap_or_default() / 64;
        Self { words: vec![0; words.saturating_add(1)], len: 0 }
    }

    /// The set of `ids` up to `last`.
    pub(crate) fn from_ids(ids: &[i64], last: i64) -> Self {
        let mut set = Self::with_max_id(last);
        for id in ids {
            set.insert(*id);
        }
        set
    }

    #[inline]
    pub(crate) fn insert(&mut self, id: i64) {
        let Ok(id) = usize::try_from(id) else { return };
        let bit = 1_u64 << (id % 64);
        if let Some(word) = self.words.get_mut(id / 64) {
            self.len = self.len.saturating_add(usize::from(*word & bit == 0));
            *word |= bit;
        }
    }

    pub(crate) fn contains(&self, id: i64) -> bool {
        let Ok(id) = usize::try_from(id) else { return false };
        self.words.get(id / 64).is_some_and(|word| word >> (id % 64) & 1 == 1)
    }

    /// The contacts that are in both sets.
    pub(crate) fn intersection(&self, other: &Self) -> Self {
        Self::from_words(self.words.iter().zip(&other.words).map(|(a, b)| a & b).collect())
    }

    /// The contacts that are in this set and not in the other.
    pub(crate) fn difference(&self, other: &Self) -> Self {
        let other_words = other.words.iter().chain(std::iter::repeat(&0));
        Self::from_words(self.words.iter().zip(other_words).map(|(a, b)| a & !b).collect())
    }

    /// Adds all contacts of another set, up to the greatest id of this one.
    pub(crate) fn union_with(&mut self, other: &Self) {
        for (word, more) in self.words.iter_mut().zip(&other.words) {
            *word |= more;
        }
        self.len = count_ones(&self.words);
    }

    /// Adds the contacts of a stored container, up to the greatest id of this set.
    pub(crate) fn union_container(&mut self, number: i64, container: &BitmapContainer) {
        let Some(first) = usize::try_from(number).ok().map(|number| number.saturating_mul(CONTAINER_WORDS))
        else {
            return;
        };
        for (word, more) in self.words.iter_mut().skip(first).zip(&container.0) {
            self.len = self.len.saturating_add(to_usize((more & !*word).count_ones()));
            *word |= more;
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// The number of ids that the set has space for.
    pub(crate) fn capacity(&self) -> usize {
        self.words.len().saturating_mul(64)
    }

    /// The contacts, in ascending order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = i64> {
        set_bits(&self.words).filter_map(|id| i64::try_from(id).ok())
    }

    /// At most `most` contacts after `after` and up to `last`: the first ones ascending, or, if `back` is true, the last ones descending.
    pub(crate) fn ids_between(&self, after: i64, last: i64, back: bool, most: usize) -> Vec<i64> {
        let word_of = |id: i64| usize::try_from(id).unwrap_or_default() / 64;
        let end = word_of(last).saturating_add(1).min(self.words.len());
        let words = self.words.get(word_of(after)..end).unwrap_or_default();
        let base = word_of(after).saturating_mul(64);
        let is_inside = |id: &i64| (after.saturating_add(1)..=last).contains(id);
        let to_id = |bit: usize| i64::try_from(base.saturating_add(bit)).ok();
        if !back {
            return set_bits(words).filter_map(to_id).filter(is_inside).take(most).collect();
        }
        let mut ids = Vec::new();
        for (at, word) in words.iter().enumerate().rev() {
            let first = at.saturating_mul(64);
            let mut of_word: Vec<i64> = set_bits(&[*word])
                .filter_map(|bit| to_id(first.saturating_add(bit)))
                .filter(is_inside)
                .collect();
            of_word.reverse();
            ids.extend(of_word);
            if ids.len() >= most {
                break;
            }
        }
        ids.truncate(most);
        ids
    }

    fn from_words(words: Vec<u64>) -> Self {
        let len = count_ones(&words);
        Self { words, len }
    }
}

/// The positions of the bits that are set, in ascending order.
fn set_bits(words: &[u64]) -> impl Iterator<Item = usize> {
    words.iter().enumerate().flat_map(|(at, word)| {
        // Removes the lowest bit until no bit remains.
        let rest = std::iter::successors(Some(*word), |rest| Some(rest & rest.wrapping_sub(1)));
        let bits = rest.take_while(|rest| *rest != 0).map(|rest| to_usize(rest.trailing_zeros()));
        bits.map(move |bit| at.saturating_mul(64).saturating_add(bit))
    })
}

fn count_ones(words: &[u64]) -> usize {
    words.iter().map(|word| to_usize(word.count_ones())).sum()
}

fn to_usize(count: u32) -> usize {
    usize::try_from(count).unwrap_or_default()
}

/// A container of a set: [`CONTAINER_BITS`] consecutive contacts. It is stored as one bit per contact, or as a list of two bytes per contact of the
/// set if that is shorter. The length determines the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BitmapContainer(Vec<u64>);

impl BitmapContainer {
    pub(crate) fn new() -> Self {
        Self(vec![0; CONTAINER_WORDS])
    }

    /// Decodes a stored container; `None` if the bytes are not valid.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut container = Self::new();
        if bytes.len() == CONTAINER_BYTES {
            for (word, bytes) in container.0.iter_mut().zip(bytes.chunks_exact(8)) {
                *word = u64::from_le_bytes(bytes.try_into().ok()?);
            }
            return Some(container);
        }
        let pairs = bytes.chunks_exact(2);
        if bytes.len() > CONTAINER_BYTES || !pairs.remainder().is_empty() {
            return None;
        }
        for pair in pairs {
            let bit = u16::from_le_bytes(pair.try_into().ok()?);
            if i64::from(bit) >= CONTAINER_BITS {
                return None;
            }
            container.set(bit, true);
        }
        Some(container)
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let count = count_ones(&self.0);
        let mut bytes = Vec::with_capacity(count.saturating_mul(2).min(CONTAINER_BYTES));
        if count >= CONTAINER_BYTES / 2 {
            for word in &self.0 {
                bytes.extend_from_slice(&word.to_le_bytes());
            }
            return bytes;
        }
        for bit in set_bits(&self.0) {
            bytes.extend_from_slice(&u16::try_from(bit).unwrap_or_default().to_le_bytes());
        }
        bytes
    }

    pub(crate) fn set(&mut self, bit: u16, on: bool) {
        if let Some(word) = self.0.get_mut(usize::from(bit / 64)) {
            let mask = 1_u64 << (bit % 64);
            if on { *word |= mask } else { *word &= !mask }
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }
}

#[cfg(test)]
mod tests {
    use super::{Bitmap, BitmapContainer, CONTAINER_BITS};

    #[test]
    fn container_uses_shorter_encoding_and_round_trips() {
        for (step, bytes) in [(1, 2_048), (15, 2_048), (16, 2_048), (17, 1_928), (5_000, 8), (20_000, 2)] {
            let mut container = BitmapContainer::new();
            for bit in (0..u16::try_from(CONTAINER_BITS).unwrap()).step_by(step) {
                container.set(bit, true);
            }
            assert_eq!(container.encode().len(), bytes, "every {step}");
            assert_eq!(BitmapContainer::decode(&container.encode()).unwrap(), container);
        }
        assert!(BitmapContainer::new().encode().is_empty());
    }

    #[test]
    fn decode_rejects_invalid_containers() {
        for bytes in [&[0_u8][..], &[0; 2_047], &[0; 2_050], &[0, 0x40]] {
            assert!(BitmapContainer::decode(bytes).is_none(), "{} bytes", bytes.len());
        }
    }

    #[test]
    fn bitmaps_with_different_capacity() {
        let (short, long) = (Bitmap::from_ids(&[1, 63], 63), Bitmap::from_ids(&[1, 64, 200], 200));
        assert_eq!(long.difference(&short).iter().collect::<Vec<_>>(), [64, 200]);
        assert_eq!(short.difference(&long).iter().collect::<Vec<_>>(), [63]);
        let mut both = long.clone();
        both.union_with(&short);
        assert_eq!((both.iter().collect::<Vec<_>>(), both.len()), (vec![1, 63, 64, 200], 4));
        assert_eq!(both.intersection(&short), short);
        let mut container = BitmapContainer::new();
        container.set(1, true);
        container.set(5, true);
        both.union_container(0, &container);
        assert_eq!(both.len(), 5);
        both.union_container(1, &container); // beyond its greatest id
        assert_eq!(both.len(), 5);
    }
}
