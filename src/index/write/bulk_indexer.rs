//! Builds segments from the keys of many contacts: for imports and reindexing.

use crate::db::{Owner, Scope, Write, index_store};
use crate::error::{Error, Result};
use crate::host::tuning::IndexTuning;
use crate::index::analyzer::ContactTerms;
use crate::index::index_key::{IndexKey, TermField, WORD_FIELDS};
use crate::index::segment::block_builder::{BlockBuilder, BuiltBlock};
use crate::index::segment::posting::Posting;
use crate::index::segment::word_dictionary::owner_prefix;
use crate::index::segment::word_set::{BuiltWordSet, WordSetBuilder};
use crate::index::write::key_changes::{ContactKeys, log_key_changes};
use crate::index::write::segment_writer::SegmentWriter;

/// Collects the keys of many new contacts, then writes them as one segment.
///
/// Each term is stored and sorted once, however many scopes a contact has. The keys of a scope are then in order.
#[derive(Debug)]
pub(crate) struct BulkIndexer {
    tuning: IndexTuning,
    term_buffer: String,
    entries: Vec<TermEntry>,
    scopes: Vec<Scope>,
    /// The contacts, while they are few enough for the memtable.
    pending: Vec<(i64, ContactKeys)>,
}

/// The keys of many contacts, ready to be written.
#[derive(Debug)]
pub(crate) enum BuiltKeys {
    /// Few enough for the memtable.
    Few(Vec<(i64, ContactKeys)>),
    /// The parts of a segment, in their order.
    Segment { words: Vec<BuiltWordSet>, blocks: [Vec<BuiltBlock>; 2] },
}

/// A term of a contact.
#[derive(Debug, Clone, Copy)]
struct TermEntry {
    field: TermField,
    dedup_prefix_len: u8,
    /// The first eight bytes of the term: enough to compare most terms.
    term_prefix: [u8; 8],
    /// The bytes of the term in `term_buffer`.
    start: usize,
    end: usize,
    contact: i64,
    /// The scopes of the contact in `scopes`.
    first_scope: usize,
    end_scope: usize,
}

impl BulkIndexer {
    pub(crate) const fn new(tuning: IndexTuning) -> Self {
        Self {
            tuning,
            term_buffer: String::new(),
            entries: Vec::new(),
            scopes: Vec::new(),
            pending: Vec::new(),
        }
    }

    /// Adds the keys of a contact that the index has no keys of.
    pub(crate) fn add(&mut self, contact: i64, terms: ContactTerms, scopes: &[Scope]) {
        if self.entries.is_empty() {
            self.pending.push((contact, ContactKeys { terms, scopes: scopes.to_vec() }));
            if self.pending.len() >= self.tuning.bulk_segment_threshold {
                for (contact, keys) in std::mem::take(&mut self.pending) {
                    self.collect_terms(contact, &keys.terms, &keys.scopes);
                }
            }
        } else {
            self.collect_terms(contact, &terms, scopes);
        }
    }

    fn collect_terms(&mut self, contact: i64, terms: &ContactTerms, scopes: &[Scope]) {
        let first_scope = self.scopes.len();
        self.scopes.extend_from_slice(scopes);
        let end_scope = self.scopes.len();
        for term in &terms.0 {
            let start = self.term_buffer.len();
            self.term_buffer.push_str(&term.text);
            let end = self.term_buffer.len();
            let mut term_prefix = [0; 8];
            for (slot, byte) in term_prefix.iter_mut().zip(term.text.bytes()) {
                *slot = byte;
            }
            let (field, dedup_prefix_len) = (term.field, term.dedup_prefix_len);
            self.entries.push(TermEntry {
                field,
                dedup_prefix_len,
                term_prefix,
                start,
                end,
                contact,
                first_scope,
                end_scope,
            });
        }
    }

    /// Sorts the keys and makes the parts of a segment of them, if they are many. It needs no connection, so another thread can do it.
    ///
    /// # Errors
    /// [`Error::Storage`] if a thread of it has panicked.
    pub(crate) fn build(self) -> Result<BuiltKeys> {
        if self.entries.is_empty() { Ok(BuiltKeys::Few(self.pending)) } else { self.build_segment() }
    }

    fn build_segment(self) -> Result<BuiltKeys> {
        let Self { tuning, term_buffer: terms, mut entries, scopes, .. } = self;
        let term = |entry: &TermEntry| terms.get(entry.start..entry.end).unwrap_or_default();
        entries.sort_unstable_by(|a, b| {
            let by_prefix = (a.field, a.term_prefix).cmp(&(b.field, b.term_prefix));
            by_prefix.then_with(|| (term(a), a.contact).cmp(&(term(b), b.contact)))
        });
        // The sort by scope is stable: within a scope the terms stay in order.
        let mut keys: Vec<ScopedTerm> = Vec::with_capacity(entries.len().saturating_mul(2));
        for (at, entry) in (0_u32..).zip(&entries) {
            let scopes = scopes.get(entry.first_scope..entry.end_scope).unwrap_or_default();
            let indexed = scopes.iter().filter(|scope| entry.field.is_indexed_in(**scope));
            keys.extend(indexed.map(|scope| (*scope, at)));
        }
        keys.sort_by_key(|(scope, _)| *scope);
        let sorted = SortedTerms { terms: &terms, entries: &entries };
        let (left, right) = sorted.split_between_terms(&keys);
        // Parts are independent of each other, so two threads build them.
        let (words, left, right) = std::thread::scope(|scope| {
            let right = scope.spawn(|| sorted.build_blocks(right, tuning));
            let words = sorted.build_word_sets(&scopes, tuning);
            let left = sorted.build_blocks(left, tuning);
            let joined =
                right.join().map_err(|_| Error::Storage("a thread of the import has panicked".into()));
            (words, left, joined.and_then(|right| right))
        });
        Ok(BuiltKeys::Segment { words: words?, blocks: [left?, right?] })
    }
}

impl BuiltKeys {
    /// Writes the keys: few into the memtable, many into a segment.
    ///
    /// # Errors
    /// Those of the store.
    pub(crate) fn store(self, db: &Write<'_>) -> Result<()> {
        match self {
            Self::Few(contacts) => contacts
                .into_iter()
                .try_for_each(|(contact, keys)| log_key_changes(db, contact, &ContactKeys::default(), &keys)),
            Self::Segment { words, blocks } => {
                let mut writer = SegmentWriter::new(db)?;
                writer.add_word_sets(words)?;
                blocks.into_iter().try_for_each(|part| writer.add_blocks(part))?;
                writer.finish()?;
                Ok(index_store::increment_epoch(db)?)
            }
        }
    }
}

/// A key: its scope, and the position of its term among the sorted entries.
type ScopedTerm = (Scope, u32);

/// Sorted entries, to which keys refer.
#[derive(Clone, Copy)]
struct SortedTerms<'a> {
    terms: &'a str,
    entries: &'a [TermEntry],
}

impl SortedTerms<'_> {
    fn entry(&self, at: u32) -> Option<(&TermEntry, &str)> {
        let entry = usize::try_from(at).ok().and_then(|at| self.entries.get(at))?;
        Some((entry, self.terms.get(entry.start..entry.end)?))
    }

    /// Splits keys near the middle, between two terms: a block holds all contacts of a term.
    fn split_between_terms<'k>(&self, keys: &'k [ScopedTerm]) -> (&'k [ScopedTerm], &'k [ScopedTerm]) {
        let term =
            |(scope, at): &(Scope, u32)| self.entry(*at).map(|(entry, term)| (*scope, entry.field, term));
        let mut middle = keys.len() / 2;
        while let (Some(before), Some(after)) =
            (middle.checked_sub(1).and_then(|at| keys.get(at)), keys.get(middle))
        {
            if term(before) != term(after) {
                break;
            }
            middle = middle.saturating_add(1);
        }
        keys.split_at_checked(middle).unwrap_or((keys, &[]))
    }

    /// The word dictionary: each word once per owner.
    fn build_word_sets(&self, scopes: &[Scope], tuning: IndexTuning) -> Result<Vec<BuiltWordSet>> {
        let term = |entry: &TermEntry| self.terms.get(entry.start..entry.end).unwrap_or_default();
        let mut words: Vec<(Owner, &str)> = Vec::new();
        for same in self.entries.chunk_by(|a, b| a.field == b.field && term(a) == term(b)) {
            let Some(first) = same.first().filter(|first| WORD_FIELDS.contains(&first.field)) else {
                continue;
            };
            let known = words.len();
            for scope in
                same.iter().filter_map(|entry| scopes.get(entry.first_scope..entry.end_scope)).flatten()
            {
                let mut owners = words.get(known..).unwrap_or_default().iter().map(|(owner, _)| *owner);
                if first.field.is_indexed_in(*scope) && !owners.any(|owner| owner == scope.owner) {
                    words.push((scope.owner, term(first)));
                }
            }
        }
        words.sort_unstable();
        words.dedup();
        let mut builder = WordSetBuilder::new(tuning.word_set_size);
        let mut sets = Vec::new();
        for (owner, word) in words {
            sets.extend(builder.add(&[&owner_prefix(owner)[..], word.as_bytes()].concat())?);
        }
        sets.extend(builder.take()?);
        Ok(sets)
    }

    fn build_blocks(&self, keys: &[ScopedTerm], tuning: IndexTuning) -> Result<Vec<BuiltBlock>> {
        let mut builder = BlockBuilder::new(tuning);
        let mut blocks = Vec::new();
        let mut key = Vec::new();
        for (scope, at) in keys {
            let Some((entry, term)) = self.entry(*at) else { continue };
            key.clear();
            key.extend_from_slice(&IndexKey::key_prefix(*scope, entry.field));
            key.extend_from_slice(term.as_bytes());
            let posting =
                Posting { contact: entry.contact, live: true, dedup_prefix_len: entry.dedup_prefix_len };
            blocks.extend(builder.add(&key, posting)?);
        }
        blocks.extend(builder.finish()?);
        Ok(blocks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A block holds all contacts of a term: keys are split after the term in the middle.
    #[test]
    fn keys_are_split_between_terms() {
        let entry = |start: usize| TermEntry {
            field: TermField::Word,
            dedup_prefix_len: 0,
            term_prefix: [0; 8],
            start,
            end: start.saturating_add(1),
            contact: 1,
            first_scope: 0,
            end_scope: 0,
        };
        let scope = Owner::Tenant(1).on_network(1);
        for (starts, cut) in
            [("aaab", 3), ("aabb", 2), ("abbb", 4), ("aaaa", 4), ("abcd", 2), ("a", 0), ("", 0)]
        {
            let entries: Vec<TermEntry> = (0..starts.len()).map(entry).collect();
            let keys: Vec<ScopedTerm> = (0..).take(entries.len()).map(|at| (scope, at)).collect();
            let (left, right) = SortedTerms { terms: starts, entries: &entries }.split_between_terms(&keys);
            assert_eq!((left.len(), right.len()), (cut, starts.len() - cut), "{starts:?}");
        }
    }
}
