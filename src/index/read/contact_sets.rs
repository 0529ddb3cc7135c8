//! Sets of contacts, to hold candidates against before their rows are read.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::db::{Bitmap, Owner, Scope, contact};
use crate::error::Result;
use crate::index::index_key::{IndexKey, KEY_PREFIX_LEN, TermField, WORD_FIELDS, minimal_prefixes};
use crate::index::plan::NO_DEDUP;
use crate::index::read::block_cursor::BlockCursor;
use crate::index::read::candidate_stream::{IndexReader, PrefixRanges};
use crate::index::read::fuzzy;
use crate::index::read::merge_iterator::{Direction, KeyRange};
use crate::index::read::seek_cursor::SeekCursor;
use crate::index::segment::postings;
use crate::index::segment::word_dictionary;

/// How a text has to fit a beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TermMatch {
    /// It starts with it.
    Prefix,
    /// It is it.
    Exact,
}

/// The contacts that the index has for a reach, and perhaps some that it no longer has; the second is false if there are more,
/// and it has stopped. Keys that are hidden from `plain` are left out.
///
/// # Errors
/// [`Error::Damaged`](crate::Error::Damaged) at a part that cannot be read.
pub(crate) fn collect_contacts(
    index: IndexReader<'_>,
    scopes: &[Scope],
    reach: &PrefixRanges,
    fit: TermMatch,
    plain: &str,
    most: usize,
) -> Result<(Bitmap, bool)> {
    let mut set = Bitmap::with_max_id(contact::last_id(index.db)?);
    for (scope, shelf, prefix) in scoped_prefixes(scopes, reach) {
        let mut span = KeyRange::with_prefix(IndexKey::encode(scope, shelf, prefix));
        if fit == TermMatch::Exact {
            span.high = Some([&span.low[..], &[0]].concat());
        }
        if index.may_have_prefix(IndexKey::key_prefix(scope, shelf), prefix)? {
            collect_range(index, &span, plain.as_bytes(), &mut set, most)?;
        }
        if set.len() > most {
            return Ok((set, false));
        }
    }
    Ok((set, true))
}

/// What a reach looks at, and how many parts of the index that is.
#[derive(Debug, Default)]
pub(crate) struct PostingScan {
    ranges: Vec<KeyRange>,
    block_count: usize,
}

impl PostingScan {
    /// # Errors
    /// [`Error::Damaged`](crate::Error::Damaged) at a list of parts that cannot be read; those of the store.
    pub(crate) fn plan(index: IndexReader<'_>, scopes: &[Scope], reach: &PrefixRanges) -> Result<Self> {
        let mut extent = Self::default();
        for (scope, shelf, prefix) in scoped_prefixes(scopes, reach) {
            if !index.may_have_prefix(IndexKey::key_prefix(scope, shelf), prefix)? {
                continue;
            }
            let span = KeyRange::with_prefix(IndexKey::encode(scope, shelf, prefix));
            for segment in &index.state.segments {
                let mut rest = segment.blocks_from(index.db, &span.low)?;
                while rest.next(index.db, &span)?.is_some() {
                    extent.block_count = extent.block_count.saturating_add(1);
                }
            }
            extent.ranges.push(span);
        }
        Ok(extent)
    }

    /// Rows that are read and held against a query in the time in which its contacts are looked up, as an estimate goes.
    pub(crate) fn cost_in_rows(&self) -> usize {
        self.block_count.saturating_mul(ROWS_PER_BLOCK)
    }

    /// How many contacts it has, as an estimate goes.
    pub(crate) fn estimated_contacts(&self) -> usize {
        self.block_count.saturating_mul(CONTACTS_PER_BLOCK)
    }

    /// Its contacts, as by [`collect`].
    ///
    /// # Errors
    /// [`Error::Damaged`](crate::Error::Damaged) at a part that cannot be read.
    pub(crate) fn collect(&self, index: IndexReader<'_>, plain: &str, most: usize) -> Result<(Bitmap, bool)> {
        let mut set = Bitmap::with_max_id(contact::last_id(index.db)?);
        for span in &self.ranges {
            collect_range(index, span, plain.as_bytes(), &mut set, most)?;
            if set.len() > most {
                return Ok((set, false));
            }
        }
        Ok((set, true))
    }
}

/// Rows and contacts of a part, for estimates.
const ROWS_PER_BLOCK: usize = if cfg!(test) { 1 } else { 2 };
const CONTACTS_PER_BLOCK: usize = if cfg!(test) { 32 } else { 600 };

/// Where a reach looks.
fn scoped_prefixes<'r>(
    scopes: &'r [Scope],
    reach: &'r PrefixRanges,
) -> impl Iterator<Item = (Scope, TermField, &'r String)> {
    let all = scopes
        .iter()
        .flat_map(move |scope| reach.iter().map(move |(shelf, prefixes)| (*scope, *shelf, prefixes)));
    all.flat_map(|(scope, shelf, prefixes)| prefixes.iter().map(move |prefix| (scope, shelf, prefix)))
}

/// Who is in some advisors' lists, and perhaps some who no longer are. Kept until something is written, since whoever searches
/// an advisor's contacts will do so again.
///
/// # Errors
/// [`Error::Damaged`](crate::Error::Damaged) at a part that cannot be read.
pub(crate) fn list_members(index: IndexReader<'_>, scopes: &[Scope]) -> Result<Arc<Bitmap>> {
    if let Some((known, ids)) = &*index.state.member_cache.borrow()
        && known == scopes
    {
        return Ok(Arc::clone(ids));
    }
    let everybody = vec![(TermField::Member, vec![String::new()])];
    let (ids, _) = collect_contacts(index, scopes, &everybody, TermMatch::Exact, NO_DEDUP, usize::MAX)?;
    let ids = Arc::new(ids);
    *index.state.member_cache.borrow_mut() = Some((scopes.to_vec(), Arc::clone(&ids)));
    Ok(ids)
}

fn collect_range(
    index: IndexReader<'_>,
    span: &KeyRange,
    plain: &[u8],
    set: &mut Bitmap,
    most: usize,
) -> Result<()> {
    let starts = |key: &[u8]| key.get(KEY_PREFIX_LEN..).is_some_and(|text| text.starts_with(plain));
    let from = (span.low.clone(), i64::MIN);
    for ((key, contact), mark) in index.state.memtable.range(from..) {
        if !span.contains(key) {
            break;
        }
        if mark.live && !(usize::from(mark.dedup_prefix_len) > plain.len() && starts(key)) {
            set.insert(*contact);
        }
    }
    for segment in &index.state.segments {
        let mut parts = segment.blocks_from(index.db, &span.low)?;
        while let Some(row) = parts.next(index.db, span)? {
            let part = index.block_source().block(row)?;
            let mut cursor = BlockCursor::at_or_after(part.clone(), &span.low);
            // Of most parts all keys from there on are in the span.
            let all = span.contains(&row.last_key);
            while let Some((key, value)) = cursor.entry().filter(|(key, _)| all || span.contains(key)) {
                let starts = starts(key);
                postings::for_each(&part, value, |posting| {
                    if posting.live && !(starts && usize::from(posting.dedup_prefix_len) > plain.len()) {
                        set.insert(posting.contact);
                    }
                });
                if set.len() > most {
                    return Ok(());
                }
                cursor.step(Direction::Forward);
            }
        }
    }
    Ok(())
}

/// The shortest beginnings of words in some lists, and perhaps in others of their owners, that are within `most` letters of a word of a
/// query.
///
/// # Errors
/// [`Error::Damaged`](crate::Error::Damaged) at a part that cannot be read.
pub(crate) fn expand_fuzzy(
    index: IndexReader<'_>,
    scopes: &[Scope],
    word: &str,
    most: u8,
) -> Result<Vec<String>> {
    let mut found = BTreeSet::new();
    for scope in scopes {
        for shelf in WORD_FIELDS {
            fuzzy::collect_fuzzy_prefixes(
                &IndexKey::key_prefix(*scope, shelf),
                (word, most),
                &mut found,
                |from| {
                    let mut rest = index.state.memtable.range((from.to_vec(), i64::MIN)..);
                    Ok(rest.next().map(|((key, _), _)| key.clone()))
                },
            )?;
        }
    }
    let owners: BTreeSet<Owner> = scopes.iter().map(|scope| scope.owner).collect();
    for owner in owners {
        let head = IndexKey::key_prefix(word_dictionary::dictionary_scope(owner), TermField::Dictionary);
        for segment in &index.state.segments {
            let mut seeker = SeekCursor::new(index, segment, KeyRange::with_prefix(head.to_vec()));
            fuzzy::collect_fuzzy_prefixes(&head, (word, most), &mut found, |from| seeker.seek(from))?;
        }
    }
    Ok(minimal_prefixes(found.into_iter().collect()))
}
