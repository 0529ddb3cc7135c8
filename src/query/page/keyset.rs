//! Keyset pagination: pages of items that have a unique, ordered key.

use crate::db::{Scope, ensure_ordered};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::feed::page_limit;
use crate::query::page::cursor::{BoundQuery, Cursor, QueryFingerprint};
use crate::query::page::page_read::{Page, PageRead, Start, truncate_page};

/// The fingerprint of a query before its own details are added: its kind, the book and the lists that it reads.
pub(in crate::query) fn query_fingerprint<'a>(
    engine: &'a Engine,
    kind: &str,
    scopes: &[Scope],
) -> QueryFingerprint<'a> {
    let start = QueryFingerprint::new(&engine.cursor_key, kind).add_number(engine.book_id);
    scopes.iter().fold(start, |sum, scope| {
        let (owner_kind, owner) = scope.owner.columns();
        sum.add_number(owner_kind).add_number(owner).add_number(scope.network)
    })
}

/// An optional flag as a number of a fingerprint: 0 for none, 1 for true, 2 for false.
pub(in crate::query) fn encode_optional_bool(flag: Option<bool>) -> i64 {
    flag.map_or(0, |flag| if flag { 1 } else { 2 })
}

/// The key of a cursor: a number, big-endian, and what follows it.
pub(in crate::query) fn encode_number_key(number: i64, rest: &[u8]) -> Vec<u8> {
    [&number.to_be_bytes()[..], rest].concat()
}

/// Splits a key of [`encode_number_key`].
///
/// # Errors
/// [`Error::BadCursor`] if it is too short.
pub(in crate::query) fn decode_number_key(key: &[u8]) -> Result<(i64, &[u8])> {
    let (number, rest) = key.split_first_chunk::<8>().ok_or(Error::BadCursor)?;
    Ok((i64::from_be_bytes(*number), rest))
}

/// A page of the items that `read` returns. Its arguments are the key to start from (exclusive), whether to read backwards, and the
/// most items; it returns items with their keys, in that direction.
///
/// # Errors
/// [`Error::Invalid`] for a limit out of bounds; [`Error::BadCursor`], [`Error::CursorMismatch`]; [`Error::Damaged`] if the items are
/// not in order; those of `read`.
pub(in crate::query) fn keyset_page<T>(
    start: &Start,
    limit: usize,
    query: BoundQuery<'_>,
    read: impl Fn(Option<&[u8]>, bool, i64) -> Result<Vec<(Vec<u8>, T)>>,
) -> Result<Page<T>> {
    let fetch = page_limit(limit)?.saturating_add(1);
    let (from, back) = (start.key(query)?, start.is_back());
    let mut items = read(from.as_deref(), back, fetch)?;
    ensure_ordered(back, from.as_deref(), items.iter().map(|(key, _)| key.as_slice()))?;
    let has_more = truncate_page(&mut items, limit);
    let has_items_behind = match (&from, items.first()) {
        (Some(_), Some((first, _))) => !read(Some(first), !back, 1)?.is_empty(),
        _ => false,
    };
    let read = PageRead { items, has_more, back, has_items_behind, stopped_at: None };
    Ok(read.into_page(|(key, _), before| Cursor::encode(query, before, key), |(_, item)| item))
}

/// [`keyset_page`] for items in the ascending order of a number above 0. The first page starts from 0.
///
/// # Errors
/// Those of [`keyset_page`].
pub(in crate::query) fn number_keyset_page<T>(
    start: &Start,
    limit: usize,
    query: BoundQuery<'_>,
    read: impl Fn(i64, bool, i64) -> Result<Vec<(i64, T)>>,
) -> Result<Page<T>> {
    keyset_page(start, limit, query, |from, back, fetch| {
        let from = from.map(decode_number_key).transpose()?.map_or(0, |(number, _)| number);
        let items = read(from, back, fetch)?;
        Ok(items.into_iter().map(|(number, item)| (encode_number_key(number, &[]), item)).collect())
    })
}

/// [`keyset_page`] for items in the descending order of a number above 0. The second argument of `read` is true for smaller numbers,
/// false for greater ones.
///
/// # Errors
/// Those of [`keyset_page`].
pub(in crate::query) fn newest_first_page<T>(
    start: &Start,
    limit: usize,
    query: BoundQuery<'_>,
    read: impl Fn(i64, bool, i64) -> Result<Vec<(i64, T)>>,
) -> Result<Page<T>> {
    let reversed = |number: i64| i64::MAX.saturating_sub(number);
    number_keyset_page(start, limit, query, |from, back, fetch| {
        let items = read(reversed(from), !back, fetch)?;
        Ok(items.into_iter().map(|(number, item)| (reversed(number), item)).collect())
    })
}
