//! Segments in one go: for imports, and for making the index anew.

use crate::db::index::index_store;
use crate::db::metadata::Gap;
use crate::db::{Owner, Read, Scope, Write, contact, metadata};
use crate::error::{Error, Result};
use crate::index::analyzer::Texts;
use crate::index::key::{Key, Shelf, WORDS};
use crate::index::read::merge_iterator::{Direction, Merged, Source, Span};
use crate::index::segment::block::{Built, PartBuilder};
use crate::index::segment::block_cache::PartCache;
use crate::index::segment::memtable::View;
use crate::index::segment::memtable_log::{Keys, record};
use crate::index::segment::postings::Posting;
use crate::index::segment::word_dictionary::{self, Shown, WORD};
use crate::index::write::compaction::SegmentWriter;
use crate::model::Contact;
use crate::text::fold::FOLD_VERSION;

/// Collects the keys of many new contacts, then writes them as one segment.
///
/// Texts are kept once however many scopes a contact is in: they are sorted once, and each scope's keys fall out in
/// order.
#[derive(Debug, Default)]
pub(crate) struct Bulk {
    texts: String,
    entries: Vec<Entry>,
    scopes: Vec<Scope>,
    /// The contacts, as long as they are few enough to go to the delta.
    few: Vec<(i64, Keys)>,
}

/// One text of one contact.
#[derive(Debug, Clone, Copy)]
struct Entry {
    shelf: Shelf,
    hidden: u8,
    /// The first eight bytes of the text: most texts differ there already.
    start_of_text: [u8; 8],
    start: usize,
    end: usize,
    contact: i64,
    first_scope: usize,
    end_scope: usize,
}

impl Bulk {
    /// Adds the keys of a contact that no older segment knows.
    pub(crate) fn add(&mut self, contact: i64, texts: Texts, scopes: &[Scope]) {
        if self.entries.is_empty() {
            self.few.push((contact, Keys { texts, scopes: scopes.to_vec() }));
            if self.few.len() >= MANY {
                for (contact, keys) in std::mem::take(&mut self.few) {
                    self.collect(contact, &keys.texts, &keys.scopes);
                }
            }
        } else {
            self.collect(contact, &texts, scopes);
        }
    }

    fn collect(&mut self, contact: i64, texts: &Texts, scopes: &[Scope]) {
        let first_scope = self.scopes.len();
        self.scopes.extend_from_slice(scopes);
        let end_scope = self.scopes.len();
        for text in &texts.0 {
            let start = self.texts.len();
            self.texts.push_str(&text.text);
            let end = self.texts.len();
            let (shelf, hidden) = (text.shelf, text.hidden);
            let mut start_of_text = [0; 8];
            for (slot, byte) in start_of_text.iter_mut().zip(text.text.bytes()) {
                *slot = byte;
            }
            let entry = Entry { shelf, hidden, start_of_text, start, end, contact, first_scope, end_scope };
            self.entries.push(entry);
        }
    }

    /// Writes the keys where they belong: few into the delta, many into a segment.
    ///
    /// # Errors
    /// Those of the store.
    pub(crate) fn store(&mut self, db: &Write<'_>) -> Result<()> {
        for (contact, keys) in std::mem::take(&mut self.few) {
            record(db, contact, &Keys::default(), &keys)?;
        }
        if self.entries.is_empty() { Ok(()) } else { self.write(db) }
    }

    /// Writes the segment and forgets the keys.
    ///
    /// # Errors
    /// Those of the store.
    fn write(&mut self, db: &Write<'_>) -> Result<()> {
        let texts = std::mem::take(&mut self.texts);
        let text = |entry: &Entry| texts.get(entry.start..entry.end).unwrap_or_default();
        let mut entries = std::mem::take(&mut self.entries);
        entries.sort_unstable_by(|a, b| {
            let start = (a.shelf, a.start_of_text).cmp(&(b.shelf, b.start_of_text));
            start.then_with(|| (text(a), a.contact).cmp(&(text(b), b.contact)))
        });
        let mut scopes = std::mem::take(&mut self.scopes);
        let words = words(&texts, &entries, &mut scopes);
        entries.extend(words);
        // Sorted by scope and stable, so that within a scope the order of the texts stays.
        let mut keys: Vec<ScopedText> = Vec::with_capacity(entries.len().saturating_mul(2));
        for (at, entry) in (0_u32..).zip(&entries) {
            let scopes = scopes.get(entry.first_scope..entry.end_scope).unwrap_or_default();
            let kept = scopes.iter().filter(|scope| entry.shelf.is_kept(**scope));
            keys.extend(kept.map(|scope| (*scope, at)));
        }
        keys.sort_by_key(|(scope, _)| *scope);
        let run = Sorted { texts: &texts, entries: &entries };
        let (left, right) = run.halves(&keys);
        // Parts know nothing of each other: two threads make them.
        let (left, right) = std::thread::scope(|scope| {
            let right = scope.spawn(|| run.parts(right));
            let left = run.parts(left);
            let joined = right.join().map_err(|_| Error::Storage("a thread of the import has died".into()));
            (left, joined.and_then(|right| right))
        });
        let mut writer = SegmentWriter::new(db)?;
        for parts in [left?, right?] {
            writer.add_parts(parts)?;
        }
        writer.finish()?;
        index_store::next_epoch(db)?;
        Ok(())
    }
}

/// The words among sorted entries, each once for every owner. They stand behind all others.
fn words(texts: &str, entries: &[Entry], scopes: &mut Vec<Scope>) -> Vec<Entry> {
    let text = |entry: &Entry| texts.get(entry.start..entry.end).unwrap_or_default();
    let mut words = Vec::new();
    for same in entries.chunk_by(|a, b| a.shelf == b.shelf && text(a) == text(b)) {
        let Some(first) = same.first().filter(|first| WORDS.contains(&first.shelf)) else { continue };
        let mut owners: Vec<Owner> = Vec::new();
        for scope in same.iter().filter_map(|entry| scopes.get(entry.first_scope..entry.end_scope)).flatten()
        {
            if first.shelf.is_kept(*scope) && !owners.contains(&scope.owner) {
                owners.push(scope.owner);
            }
        }
        words.extend(owners.into_iter().map(|owner| (owner, *first)));
    }
    words.sort_unstable_by(|(a, one), (b, other)| (text(one), a).cmp(&(text(other), b)));
    words.dedup_by(|(a, one), (b, other)| a == b && text(one) == text(other));
    let entry = |(owner, word): (Owner, Entry)| {
        let first_scope = scopes.len();
        scopes.push(word_dictionary::list(owner));
        Entry {
            shelf: Shelf::Dictionary,
            hidden: WORD.hidden,
            contact: WORD.contact,
            first_scope,
            end_scope: scopes.len(),
            ..word
        }
    };
    words.into_iter().map(entry).collect()
}

/// A key: a scope, and the number of its text among the sorted entries.
type ScopedText = (Scope, u32);

/// Texts in order, as the keys of a bulk refer to them.
#[derive(Clone, Copy)]
struct Sorted<'a> {
    texts: &'a str,
    entries: &'a [Entry],
}

impl Sorted<'_> {
    fn entry(&self, at: u32) -> Option<(&Entry, &str)> {
        let entry = usize::try_from(at).ok().and_then(|at| self.entries.get(at))?;
        Some((entry, self.texts.get(entry.start..entry.end)?))
    }

    /// Cuts keys in two where a text ends: a part holds all contacts of a text.
    fn halves<'k>(&self, keys: &'k [ScopedText]) -> (&'k [ScopedText], &'k [ScopedText]) {
        let text =
            |(scope, at): &(Scope, u32)| self.entry(*at).map(|(entry, text)| (*scope, entry.shelf, text));
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

    fn parts(&self, keys: &[ScopedText]) -> Result<Vec<Built>> {
        let mut builder = PartBuilder::new();
        let mut parts = Vec::new();
        let mut key = Vec::new();
        for (scope, at) in keys {
            let Some((entry, text)) = self.entry(*at) else { continue };
            key.clear();
            key.extend_from_slice(&Key::head(*scope, entry.shelf));
            key.extend_from_slice(text.as_bytes());
            let posting = Posting { contact: entry.contact, live: true, hidden: entry.hidden };
            parts.extend(builder.add(&key, posting)?);
        }
        parts.extend(builder.finish()?);
        Ok(parts)
    }
}

/// Contacts that are worth a segment of their own.
const MANY: usize = if cfg!(test) { 8 } else { 512 };

/// Takes all keys of all contacts out of the index, at once and whatever state it is in. The contacts are those that
/// [`unkeyed`] tells of, until they have been given new keys.
///
/// # Errors
/// Those of the store.
pub(crate) fn retire(db: &Write<'_>) -> Result<()> {
    index_store::retire_all(db)?;
    index_store::next_epoch(db)?;
    Ok(metadata::set_unkeyed(db, Gap { after: 0, last: contact::last_id(db)? })?)
}

/// The contacts of which the index has no keys: all, if another fold made them.
///
/// # Errors
/// Those of the store.
pub(crate) fn unkeyed(db: &Read<'_>) -> Result<Gap> {
    let (fold, gap) = metadata::unkeyed(db)?;
    Ok(if fold == FOLD_VERSION { gap } else { Gap::ALL })
}

/// A number for each key of a contact in some scopes, to compare rows and index by.
pub(crate) fn fingerprints(id: i64, contact: &Contact, scopes: &[Scope]) -> Vec<u64> {
    let texts = Texts::of(contact);
    let each = |scope: &Scope| {
        let key = |text: &crate::index::analyzer::KeyText| {
            let posting = Posting { contact: id, live: true, hidden: text.hidden };
            fingerprint(&Key::of(*scope, text.shelf, &text.text), posting)
        };
        texts.0.iter().filter(|text| text.shelf.is_kept(*scope)).map(key).collect::<Vec<_>>()
    };
    scopes.iter().flat_map(each).collect()
}

/// Calls `each` with the contact and the number of every live key of the index.
///
/// # Errors
/// [`Error::Damaged`](crate::Error::Damaged) at a part that cannot be read.
pub(crate) fn all_fingerprints(
    db: &Read<'_>,
    cache: &PartCache,
    view: &View,
    mut each: impl FnMut(i64, u64),
) -> Result<()> {
    let source = Source { db, cache: Some(cache) };
    let span = Span { low: Vec::new(), high: None };
    let mut merged = Merged::new(source, view, &view.segments, span, None, Direction::Forward)?;
    let mut shown = Shown::default();
    while let Some(posting) = merged.advance()? {
        let key = merged.text();
        if !posting.live || shown.takes(key) {
            continue;
        }
        // A word that cannot be found mistyped is as good as none.
        if shown.has(key) || view.delta.contains_key(&(key.to_vec(), posting.contact)) {
            each(posting.contact, fingerprint(key, posting));
        }
    }
    Ok(())
}

fn fingerprint(text: &[u8], posting: Posting) -> u64 {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let mut hasher = DefaultHasher::new();
    (text, posting.contact, posting.hidden).hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A part holds all contacts of a text: keys are cut in two behind the text in the middle.
    #[test]
    fn keys_are_cut_where_a_text_ends() {
        let entry = |start: usize| Entry {
            shelf: Shelf::Word,
            hidden: 0,
            start_of_text: [0; 8],
            start,
            end: start.saturating_add(1),
            contact: 1,
            first_scope: 0,
            end_scope: 0,
        };
        let scope = Owner::Tenant(1).on(1);
        for (starts, cut) in
            [("aaab", 3), ("aabb", 2), ("abbb", 4), ("aaaa", 4), ("abcd", 2), ("a", 0), ("", 0)]
        {
            let entries: Vec<Entry> = (0..starts.len()).map(entry).collect();
            let keys: Vec<ScopedText> = (0..).take(entries.len()).map(|at| (scope, at)).collect();
            let (left, right) = Sorted { texts: starts, entries: &entries }.halves(&keys);
            assert_eq!((left.len(), right.len()), (cut, starts.len() - cut), "{starts:?}");
        }
    }
}
