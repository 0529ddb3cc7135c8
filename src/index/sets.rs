//! Sets of contacts, to hold candidates against before their rows are read.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::cursor::PartCursor;
use super::dictionary;
use super::key::{HEAD, Key, Shelf, WORDS, disjoint};
use super::merged::{Direction, Span};
use super::plan::NEVER;
use super::postings;
use super::stream::{Index, Reach};
use super::typo;
use crate::db::{IdSet, Owner, Scope, contact};
use crate::error::Result;

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
    for scope in scopes {
        for (shelf, prefixes) in reach {
            for prefix in prefixes {
                let mut span = Span::of(Key::of(*scope, *shelf, prefix));
                if fit == Fit::Whole {
                    span.high = Some([&span.low[..], &[0]].concat());
                }
                gather(index, &span, plain.as_bytes(), &mut set, most)?;
                if set.len() > most {
                    return Ok((set, false));
                }
            }
        }
    }
    Ok((set, true))
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
            while let Some((key, value)) = cursor.entry().filter(|(key, _)| span.has(key)) {
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
            typo::near_recent(index.view, &Key::head(*scope, shelf), word, most, &mut found);
        }
    }
    let owners: BTreeSet<Owner> = scopes.iter().map(|scope| scope.owner).collect();
    for owner in owners {
        let head = Key::head(dictionary::list(owner), Shelf::Dictionary);
        let span = Span::of(head.to_vec());
        for segment in &index.view.segments {
            let mut parts = segment.parts_from(index.db, &head)?;
            while let Some(row) = parts.next(index.db, &span)? {
                if !typo::is_hopeless((&row.first_key, &row.last_key), &head, word, most) {
                    let part = index.source().part(row)?;
                    typo::near(&part, &head, word, most, &mut found);
                }
            }
        }
    }
    Ok(disjoint(found.into_iter().collect()))
}
