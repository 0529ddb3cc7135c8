//! Sets of contacts, to hold candidates against before their rows are read.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::db::{IdSet, Owner, Scope, contact};
use crate::error::Result;
use crate::index::key::{HEAD, Key, Shelf, WORDS, disjoint};
use crate::index::plan::NEVER;
use crate::index::read::block_cursor::PartCursor;
use crate::index::read::candidate_stream::{Index, Reach};
use crate::index::read::fuzzy;
use crate::index::read::merge_iterator::{Direction, Span};
use crate::index::read::seek_cursor::Seeker;
use crate::index::segment::postings;
use crate::index::segment::word_dictionary;

/// How a text has to fit a beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fit {
    /// It starts with it.
    Start,
    /// It is it.
    Whole,
}

/// The contacts that the index has for a reach, and perhaps some that it no longer has; the second is false if there are more,
/// and it has stopped. Keys that are hidden from `plain` are left out.
///
/// # Errors
/// [`Error::Damaged`](crate::Error::Damaged) at a part that cannot be read.
pub(crate) fn collect(
    index: Index<'_>,
    scopes: &[Scope],
    reach: &Reach,
    fit: Fit,
    plain: &str,
    most: usize,
) -> Result<(IdSet, bool)> {
    let mut set = IdSet::up_to(contact::last_id(index.db)?);
    for (scope, shelf, prefix) in within(scopes, reach) {
        let mut span = Span::of(Key::of(scope, shelf, prefix));
        if fit == Fit::Whole {
            span.high = Some([&span.low[..], &[0]].concat());
        }
        if index.has_any(Key::head(scope, shelf), prefix)? {
            gather(index, &span, plain.as_bytes(), &mut set, most)?;
        }
        if set.len() > most {
            return Ok((set, false));
        }
    }
    Ok((set, true))
}

/// What a reach looks at, and how many parts of the index that is.
#[derive(Debug, Default)]
pub(crate) struct Extent {
    spans: Vec<Span>,
    parts: usize,
}

impl Extent {
    /// # Errors
    /// [`Error::Damaged`](crate::Error::Damaged) at a list of parts that cannot be read; those of the store.
    pub(crate) fn of(index: Index<'_>, scopes: &[Scope], reach: &Reach) -> Result<Self> {
        let mut extent = Self::default();
        for (scope, shelf, prefix) in within(scopes, reach) {
            if !index.has_any(Key::head(scope, shelf), prefix)? {
                continue;
            }
            let span = Span::of(Key::of(scope, shelf, prefix));
            for segment in &index.view.segments {
                let mut rest = segment.parts_from(index.db, &span.low)?;
                while rest.next(index.db, &span)?.is_some() {
                    extent.parts = extent.parts.saturating_add(1);
                }
            }
            extent.spans.push(span);
        }
        Ok(extent)
    }

    /// Rows that are read and held against a query in the time in which its contacts are looked up, as an estimate goes.
    pub(crate) fn rows(&self) -> usize {
        self.parts.saturating_mul(ROWS)
    }

    /// How many contacts it has, as an estimate goes.
    pub(crate) fn contacts(&self) -> usize {
        self.parts.saturating_mul(CONTACTS)
    }

    /// Its contacts, as by [`collect`].
    ///
    /// # Errors
    /// [`Error::Damaged`](crate::Error::Damaged) at a part that cannot be read.
    pub(crate) fn look_up(&self, index: Index<'_>, plain: &str, most: usize) -> Result<(IdSet, bool)> {
        let mut set = IdSet::up_to(contact::last_id(index.db)?);
        for span in &self.spans {
            gather(index, span, plain.as_bytes(), &mut set, most)?;
            if set.len() > most {
                return Ok((set, false));
            }
        }
        Ok((set, true))
    }
}

/// Rows and contacts of a part, for estimates.
const ROWS: usize = if cfg!(test) { 1 } else { 2 };
const CONTACTS: usize = if cfg!(test) { 32 } else { 600 };

/// Where a reach looks.
fn within<'r>(scopes: &'r [Scope], reach: &'r Reach) -> impl Iterator<Item = (Scope, Shelf, &'r String)> {
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
pub(crate) fn members(index: Index<'_>, scopes: &[Scope]) -> Result<Arc<IdSet>> {
    if let Some((known, ids)) = &*index.view.members.borrow()
        && known == scopes
    {
        return Ok(Arc::clone(ids));
    }
    let everybody = vec![(Shelf::Member, vec![String::new()])];
    let (ids, _) = collect(index, scopes, &everybody, Fit::Whole, NEVER, usize::MAX)?;
    let ids = Arc::new(ids);
    *index.view.members.borrow_mut() = Some((scopes.to_vec(), Arc::clone(&ids)));
    Ok(ids)
}

fn gather(index: Index<'_>, span: &Span, plain: &[u8], set: &mut IdSet, most: usize) -> Result<()> {
    let starts = |key: &[u8]| key.get(HEAD..).is_some_and(|text| text.starts_with(plain));
    let from = (span.low.clone(), i64::MIN);
    for ((key, contact), mark) in index.view.delta.range(from..) {
        if !span.has(key) {
            break;
        }
        if mark.live && !(usize::from(mark.hidden) > plain.len() && starts(key)) {
            set.insert(*contact);
        }
    }
    for segment in &index.view.segments {
        let mut parts = segment.parts_from(index.db, &span.low)?;
        while let Some(row) = parts.next(index.db, span)? {
            let part = index.source().part(row)?;
            let mut cursor = PartCursor::at_or_after(part.clone(), &span.low);
            // Of most parts all keys from there on are in the span.
            let all = span.has(&row.last_key);
            while let Some((key, value)) = cursor.entry().filter(|(key, _)| all || span.has(key)) {
                let starts = starts(key);
                postings::each(&part, value, |posting| {
                    if posting.live && !(starts && usize::from(posting.hidden) > plain.len()) {
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
pub(crate) fn near(index: Index<'_>, scopes: &[Scope], word: &str, most: u8) -> Result<Vec<String>> {
    let mut found = BTreeSet::new();
    for scope in scopes {
        for shelf in WORDS {
            fuzzy::near(&Key::head(*scope, shelf), (word, most), &mut found, |from| {
                let mut rest = index.view.delta.range((from.to_vec(), i64::MIN)..);
                Ok(rest.next().map(|((key, _), _)| key.clone()))
            })?;
        }
    }
    let owners: BTreeSet<Owner> = scopes.iter().map(|scope| scope.owner).collect();
    for owner in owners {
        let head = Key::head(word_dictionary::list(owner), Shelf::Dictionary);
        for segment in &index.view.segments {
            let mut seeker = Seeker::new(index, segment, Span::of(head.to_vec()));
            fuzzy::near(&head, (word, most), &mut found, |from| seeker.seek(from))?;
        }
    }
    Ok(disjoint(found.into_iter().collect()))
}
