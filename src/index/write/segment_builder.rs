//! Segments in one go: for imports, and for making the index anew.

use crate::db::index::index_store;
use crate::db::metadata::IdRange;
use crate::db::{Owner, Read, Scope, Write, contact, metadata};
use crate::error::{Error, Result};
use crate::index::analyzer::ContactTerms;
use crate::index::index_key::{IndexKey, TermField, WORD_FIELDS};
use crate::index::read::merge_iterator::{BlockSource, Direction, KeyRange, MergeIterator};
use crate::index::segment::block::{BlockBuilder, BuiltBlock};
use crate::index::segment::block_cache::BlockCache;
use crate::index::segment::index_state::IndexState;
use crate::index::segment::memtable_log::{ContactKeys, log_key_changes};
use crate::index::segment::postings::Posting;
use crate::index::segment::word_dictionary::{self, DICTIONARY_POSTING, SeenWords};
use crate::index::write::compaction::SegmentWriter;
use crate::model::Contact;
use crate::text::fold::FOLD_VERSION;

/// Collects the keys of many new contacts, then writes them as one segment.
///
/// Texts are kept once however many scopes a contact is in: they are sorted once, and each scope's keys fall out in
/// order.
#[derive(Debug, Default)]
pub(crate) struct BulkIndexer {
    text_buffer: String,
    entries: Vec<TermEntry>,
    scopes: Vec<Scope>,
    /// The contacts, as long as they are few enough to go to the delta.
    pending: Vec<(i64, ContactKeys)>,
}

/// One text of one contact.
#[derive(Debug, Clone, Copy)]
struct TermEntry {
    field: TermField,
    dedup_prefix_len: u8,
    /// The first eight bytes of the text: most texts differ there already.
    text_prefix: [u8; 8],
    start: usize,
    end: usize,
    contact: i64,
    first_scope: usize,
    end_scope: usize,
}

impl BulkIndexer {
    /// Adds the keys of a contact that no older segment knows.
    pub(crate) fn add(&mut self, contact: i64, texts: ContactTerms, scopes: &[Scope]) {
        if self.entries.is_empty() {
            self.pending.push((contact, ContactKeys { terms: texts, scopes: scopes.to_vec() }));
            if self.pending.len() >= BULK_SEGMENT_THRESHOLD {
                for (contact, keys) in std::mem::take(&mut self.pending) {
                    self.collect_terms(contact, &keys.terms, &keys.scopes);
                }
            }
        } else {
            self.collect_terms(contact, &texts, scopes);
        }
    }

    fn collect_terms(&mut self, contact: i64, texts: &ContactTerms, scopes: &[Scope]) {
        let first_scope = self.scopes.len();
        self.scopes.extend_from_slice(scopes);
        let end_scope = self.scopes.len();
        for text in &texts.0 {
            let start = self.text_buffer.len();
            self.text_buffer.push_str(&text.text);
            let end = self.text_buffer.len();
            let (shelf, hidden) = (text.field, text.dedup_prefix_len);
            let mut start_of_text = [0; 8];
            for (slot, byte) in start_of_text.iter_mut().zip(text.text.bytes()) {
                *slot = byte;
            }
            let entry = TermEntry {
                field: shelf,
                dedup_prefix_len: hidden,
                text_prefix: start_of_text,
                start,
                end,
                contact,
                first_scope,
                end_scope,
            };
            self.entries.push(entry);
        }
    }

    /// Writes the keys where they belong: few into the delta, many into a segment.
    ///
    /// # Errors
    /// Those of the store.
    pub(crate) fn store(&mut self, db: &Write<'_>) -> Result<()> {
        for (contact, keys) in std::mem::take(&mut self.pending) {
            log_key_changes(db, contact, &ContactKeys::default(), &keys)?;
        }
        if self.entries.is_empty() { Ok(()) } else { self.write_segment(db) }
    }

    /// Writes the segment and forgets the keys.
    ///
    /// # Errors
    /// Those of the store.
    fn write_segment(&mut self, db: &Write<'_>) -> Result<()> {
        let texts = std::mem::take(&mut self.text_buffer);
        let text = |entry: &TermEntry| texts.get(entry.start..entry.end).unwrap_or_default();
        let mut entries = std::mem::take(&mut self.entries);
        entries.sort_unstable_by(|a, b| {
            let start = (a.field, a.text_prefix).cmp(&(b.field, b.text_prefix));
            start.then_with(|| (text(a), a.contact).cmp(&(text(b), b.contact)))
        });
        let mut scopes = std::mem::take(&mut self.scopes);
        let words = dictionary_entries(&texts, &entries, &mut scopes);
        entries.extend(words);
        // Sorted by scope and stable, so that within a scope the order of the texts stays.
        let mut keys: Vec<ScopedTerm> = Vec::with_capacity(entries.len().saturating_mul(2));
        for (at, entry) in (0_u32..).zip(&entries) {
            let scopes = scopes.get(entry.first_scope..entry.end_scope).unwrap_or_default();
            let kept = scopes.iter().filter(|scope| entry.field.is_indexed_in(**scope));
            keys.extend(kept.map(|scope| (*scope, at)));
        }
        keys.sort_by_key(|(scope, _)| *scope);
        let run = SortedTerms { texts: &texts, entries: &entries };
        let (left, right) = run.split_between_terms(&keys);
        // Parts know nothing of each other: two threads make them.
        let (left, right) = std::thread::scope(|scope| {
            let right = scope.spawn(|| run.build_blocks(right));
            let left = run.build_blocks(left);
            let joined = right.join().map_err(|_| Error::Storage("a thread of the import has died".into()));
            (left, joined.and_then(|right| right))
        });
        let mut writer = SegmentWriter::new(db)?;
        for parts in [left?, right?] {
            writer.add_blocks(parts)?;
        }
        writer.finish()?;
        index_store::increment_epoch(db)?;
        Ok(())
    }
}

/// The words among sorted entries, each once for every owner. They stand behind all others.
fn dictionary_entries(texts: &str, entries: &[TermEntry], scopes: &mut Vec<Scope>) -> Vec<TermEntry> {
    let text = |entry: &TermEntry| texts.get(entry.start..entry.end).unwrap_or_default();
    let mut words = Vec::new();
    for same in entries.chunk_by(|a, b| a.field == b.field && text(a) == text(b)) {
        let Some(first) = same.first().filter(|first| WORD_FIELDS.contains(&first.field)) else { continue };
        let mut owners: Vec<Owner> = Vec::new();
        for scope in same.iter().filter_map(|entry| scopes.get(entry.first_scope..entry.end_scope)).flatten()
        {
            if first.field.is_indexed_in(*scope) && !owners.contains(&scope.owner) {
                owners.push(scope.owner);
            }
        }
        words.extend(owners.into_iter().map(|owner| (owner, *first)));
    }
    words.sort_unstable_by(|(a, one), (b, other)| (text(one), a).cmp(&(text(other), b)));
    words.dedup_by(|(a, one), (b, other)| a == b && text(one) == text(other));
    let entry = |(owner, word): (Owner, TermEntry)| {
        let first_scope = scopes.len();
        scopes.push(word_dictionary::dictionary_scope(owner));
        TermEntry {
            field: TermField::Dictionary,
            dedup_prefix_len: DICTIONARY_POSTING.dedup_prefix_len,
            contact: DICTIONARY_POSTING.contact,
            first_scope,
            end_scope: scopes.len(),
            ..word
        }
    };
    words.into_iter().map(entry).collect()
}

/// A key: a scope, and the number of its text among the sorted entries.
type ScopedTerm = (Scope, u32);

/// Texts in order, as the keys of a bulk refer to them.
#[derive(Clone, Copy)]
struct SortedTerms<'a> {
    texts: &'a str,
    entries: &'a [TermEntry],
}

impl SortedTerms<'_> {
    fn entry(&self, at: u32) -> Option<(&TermEntry, &str)> {
        let entry = usize::try_from(at).ok().and_then(|at| self.entries.get(at))?;
        Some((entry, self.texts.get(entry.start..entry.end)?))
    }

    /// Cuts keys in two where a text ends: a part holds all contacts of a text.
    fn split_between_terms<'k>(&self, keys: &'k [ScopedTerm]) -> (&'k [ScopedTerm], &'k [ScopedTerm]) {
        let text =
            |(scope, at): &(Scope, u32)| self.entry(*at).map(|(entry, text)| (*scope, entry.field, text));
        let mut middle = keys.len() / 2;
        while let (Some(before), Some(here)) =
            (middle.checked_sub(1).and_then(|at| keys.get(at)), keys.get(middle))
        {
            if text(before) != text(here) {
                break;
            }
            middle = middle.saturating_add(1);
        }
        keys.split_at_checked(middle).unwrap_or((keys, &[]))
    }

    fn build_blocks(&self, keys: &[ScopedTerm]) -> Result<Vec<BuiltBlock>> {
        let mut builder = BlockBuilder::new();
        let mut parts = Vec::new();
        let mut key = Vec::new();
        for (scope, at) in keys {
            let Some((entry, text)) = self.entry(*at) else { continue };
            key.clear();
            key.extend_from_slice(&IndexKey::key_prefix(*scope, entry.field));
            key.extend_from_slice(text.as_bytes());
            let posting =
                Posting { contact: entry.contact, live: true, dedup_prefix_len: entry.dedup_prefix_len };
            parts.extend(builder.add(&key, posting)?);
        }
        parts.extend(builder.finish()?);
        Ok(parts)
    }
}

/// Contacts that are worth a segment of their own.
const BULK_SEGMENT_THRESHOLD: usize = if cfg!(test) { 8 } else { 512 };

/// Takes all keys of all contacts out of the index, at once and whatever state it is in. The contacts are those that
/// [`unkeyed`] tells of, until they have been given new keys.
///
/// # Errors
/// Those of the store.
pub(crate) fn reset_index(db: &Write<'_>) -> Result<()> {
    index_store::retire_all(db)?;
    index_store::increment_epoch(db)?;
    Ok(metadata::set_unindexed(db, IdRange { after: 0, last: contact::last_id(db)? })?)
}

/// The contacts of which the index has no keys: all, if another fold made them.
///
/// # Errors
/// Those of the store.
pub(crate) fn unindexed(db: &Read<'_>) -> Result<IdRange> {
    let (fold, gap) = metadata::unindexed(db)?;
    Ok(if fold == FOLD_VERSION { gap } else { IdRange::ALL })
}

/// A number for each key of a contact in some scopes, to compare rows and index by.
pub(crate) fn fingerprints(id: i64, contact: &Contact, scopes: &[Scope]) -> Vec<u64> {
    let texts = ContactTerms::analyze(contact);
    let each = |scope: &Scope| {
        let key = |text: &crate::index::analyzer::Term| {
            let posting = Posting { contact: id, live: true, dedup_prefix_len: text.dedup_prefix_len };
            fingerprint(&IndexKey::encode(*scope, text.field, &text.text), posting)
        };
        texts.0.iter().filter(|text| text.field.is_indexed_in(*scope)).map(key).collect::<Vec<_>>()
    };
    scopes.iter().flat_map(each).collect()
}

/// Calls `each` with the contact and the number of every live key of the index.
///
/// # Errors
/// [`Error::Damaged`](crate::Error::Damaged) at a part that cannot be read.
pub(crate) fn for_each_fingerprint(
    db: &Read<'_>,
    cache: &BlockCache,
    view: &IndexState,
    mut each: impl FnMut(i64, u64),
) -> Result<()> {
    let source = BlockSource { db, cache: Some(cache) };
    let span = KeyRange { low: Vec::new(), high: None };
    let mut merged = MergeIterator::new(source, view, &view.segments, span, None, Direction::Forward)?;
    let mut shown = SeenWords::default();
    while let Some(posting) = merged.advance()? {
        let key = merged.key();
        if !posting.live || shown.observe(key) {
            continue;
        }
        // A word that cannot be found mistyped is as good as none.
        if shown.covers(key) || view.memtable.contains_key(&(key.to_vec(), posting.contact)) {
            each(posting.contact, fingerprint(key, posting));
        }
    }
    Ok(())
}

fn fingerprint(text: &[u8], posting: Posting) -> u64 {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let mut hasher = DefaultHasher::new();
    (text, posting.contact, posting.dedup_prefix_len).hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A part holds all contacts of a text: keys are cut in two behind the text in the middle.
    #[test]
    fn keys_are_split_between_terms() {
        let entry = |start: usize| TermEntry {
            field: TermField::Word,
            dedup_prefix_len: 0,
            text_prefix: [0; 8],
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
            let (left, right) = SortedTerms { texts: starts, entries: &entries }.split_between_terms(&keys);
            assert_eq!((left.len(), right.len()), (cut, starts.len() - cut), "{starts:?}");
        }
    }
}
