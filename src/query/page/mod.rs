//! Pages: what a builder answers, the setters that all builders share, and how a page is cut from what was read.

pub(crate) mod cursor;

use crate::db::contact::StoredContact;
use crate::db::{self, Owner, Scope, ensure_ordered};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::feed::page_limit;
use crate::query::page::cursor::{Cursor, QueryFingerprint};

/// One page. Items come in the order of the list whichever way it was reached.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Page<T> {
    /// At most the limit asked for.
    pub items: Vec<T>,
    /// What `before` takes to get the page in front of this one; `None` on the first page.
    pub before: Option<Cursor>,
    /// What `after` takes to get the next page; `None` on the last one.
    pub after: Option<Cursor>,
    /// The call has looked at as many contacts as one may, and stopped before the page was full: a narrower query finds more,
    /// and the cursor goes on from there.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub incomplete: bool,
}

/// Where a page starts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::query) enum Start {
    #[default]
    First,
    After(Cursor),
    Before(Cursor),
}

/// Items in the direction they were read, as many as fit.
pub(in crate::query) struct PageRead<T> {
    pub(in crate::query) items: Vec<T>,
    /// Whether there is more in that direction.
    pub(in crate::query) has_more: bool,
    pub(in crate::query) back: bool,
    /// Whether there is something on the other side of the start.
    pub(in crate::query) has_items_behind: bool,
    /// Where the reading stopped before the page was full, if it did.
    pub(in crate::query) stopped_at: Option<Cursor>,
}

impl<T> PageRead<T> {
    /// Makes the page: puts items in order, and cursors where there is more.
    pub(in crate::query) fn into_page<U>(
        mut self,
        at: impl Fn(&T, bool) -> Cursor,
        item: impl FnMut(T) -> U,
    ) -> Page<U> {
        if self.back {
            self.items.reverse();
        }
        let (before, after) = if self.back {
            (self.has_more, self.has_items_behind)
        } else {
            (self.has_items_behind, self.has_more)
        };
        let mut before = self.items.first().filter(|_| before).map(|first| at(first, true));
        let mut after = self.items.last().filter(|_| after).map(|last| at(last, false));
        let refine = self.stopped_at.is_some();
        let end = if self.back { &mut before } else { &mut after };
        *end = self.stopped_at.or(end.take());
        Page { before, after, items: self.items.into_iter().map(item).collect(), incomplete: refine }
    }
}

/// Leaves as many items as a page has; tells whether there were more.
pub(in crate::query) fn truncate_page<T>(items: &mut Vec<T>, limit: usize) -> bool {
    let more = items.len() > limit;
    items.truncate(limit);
    more
}

/// The setters of everything that comes in pages, for a builder with `limit` and `start`; and all its items.
macro_rules! page_setters {
    ($item:ty, $limit:literal) => {
        #[doc = concat!("At most so many items, 1 to [`limits::PAGE`](crate::limits::PAGE); ", $limit, " if not said.")]
        pub fn limit(mut self, limit: usize) -> Self {
            self.limit = limit;
            self
        }

        /// The page after a cursor; the first one for `None`.
        pub fn after(mut self, cursor: impl Into<Option<Cursor>>) -> Self {
            self.start = cursor.into().map_or(Start::First, Start::After);
            self
        }

        /// The page before a cursor; the first one for `None`.
        pub fn before(mut self, cursor: impl Into<Option<Cursor>>) -> Self {
            self.start = cursor.into().map_or(Start::First, Start::Before);
            self
        }

        /// All items from the start on, read page by page of the limit; each page is a snapshot of its own.
        pub fn iter(self) -> impl Iterator<Item = Result<$item>> + 's {
            let mut first = Some(self.start.clone());
            $crate::query::page::all_items(move |after| {
                let start = first.take().unwrap_or_else(|| after.map_or(Start::First, Start::After));
                Self { start, ..self.clone() }.page()
            })
        }
    };
}
pub(in crate::query) use page_setters;

/// The setters of everything that is asked of some lists, for a builder with `network` and `advisor`.
macro_rules! scope_setters {
    () => {
        /// On this network only.
        pub fn network(mut self, network: $crate::model::Network) -> Self {
            self.network = Some(network);
            self
        }

        /// Among this advisor's contacts only.
        pub fn advisor(mut self, advisor: $crate::model::AdvisorId) -> Self {
            self.advisor = Some(advisor);
            self
        }
    };
}
pub(in crate::query) use scope_setters;

/// Yes, no, or not asked, as a number of a fingerprint.
pub(in crate::query) fn encode_optional_bool(flag: Option<bool>) -> i64 {
    flag.map_or(0, |flag| if flag { 1 } else { 2 })
}

impl Start {
    pub(in crate::query) fn is_back(&self) -> bool {
        matches!(self, Self::Before(_))
    }

    /// The key the page starts from, if the cursor belongs to the query.
    pub(in crate::query) fn key(&self, fingerprint: u64) -> Result<Option<Vec<u8>>> {
        match self {
            Self::First => Ok(None),
            Self::After(cursor) => cursor.decode(fingerprint, false).map(Some),
            Self::Before(cursor) => cursor.decode(fingerprint, true).map(Some),
        }
    }
}

/// A number and what follows it, as the key of a cursor.
pub(in crate::query) fn encode_number_key(number: i64, rest: &[u8]) -> Vec<u8> {
    [&number.to_be_bytes()[..], rest].concat()
}

/// Takes such a key apart.
pub(in crate::query) fn decode_number_key(key: &[u8]) -> Result<(i64, &[u8])> {
    let (number, rest) = key.split_first_chunk::<8>().ok_or(Error::BadCursor)?;
    Ok((i64::from_be_bytes(*number), rest))
}

/// A page of what `read` gives: up to so many items with their keys, from a key on (not included), forwards or backwards.
pub(in crate::query) fn keyset_page<T>(
    start: &Start,
    limit: usize,
    fingerprint: u64,
    read: impl Fn(Option<&[u8]>, bool, i64) -> Result<Vec<(Vec<u8>, T)>>,
) -> Result<Page<T>> {
    let most = page_limit(limit)?.saturating_add(1);
    let (from, back) = (start.key(fingerprint)?, start.is_back());
    let mut items = read(from.as_deref(), back, most)?;
    ensure_ordered(back, from.as_deref(), items.iter().map(|(key, _)| key.as_slice()))?;
    let more = truncate_page(&mut items, limit);
    let behind = match (&from, items.first()) {
        (Some(_), Some((first, _))) => !read(Some(first), !back, 1)?.is_empty(),
        _ => false,
    };
    let found = PageRead { items, has_more: more, back, has_items_behind: behind, stopped_at: None };
    Ok(found.into_page(|(key, _), before| Cursor::encode(fingerprint, before, key), |(_, item)| item))
}

/// The same for items in the order of a number above 0.
pub(in crate::query) fn number_keyset_page<T>(
    start: &Start,
    limit: usize,
    fingerprint: u64,
    read: impl Fn(i64, bool, i64) -> Result<Vec<(i64, T)>>,
) -> Result<Page<T>> {
    keyset_page(start, limit, fingerprint, |from, back, most| {
        let from = from.map(decode_number_key).transpose()?.map_or(0, |(number, _)| number);
        let items = read(from, back, most)?;
        Ok(items.into_iter().map(|(number, item)| (encode_number_key(number, &[]), item)).collect())
    })
}

/// The same, the greatest number first; `read` is told whether lesser or greater ones than a number are asked for.
pub(in crate::query) fn newest_first_page<T>(
    start: &Start,
    limit: usize,
    fingerprint: u64,
    read: impl Fn(i64, bool, i64) -> Result<Vec<(i64, T)>>,
) -> Result<Page<T>> {
    let turned = |number: i64| i64::MAX.saturating_sub(number);
    number_keyset_page(start, limit, fingerprint, |from, back, most| {
        let items = read(turned(from), !back, most)?;
        Ok(items.into_iter().map(|(number, item)| (turned(number), item)).collect())
    })
}

/// All items of all pages, read page by page.
pub(in crate::query) fn all_items<T>(
    mut page: impl FnMut(Option<Cursor>) -> Result<Page<T>>,
) -> impl Iterator<Item = Result<T>> {
    let mut items = Vec::new().into_iter();
    let mut next = Some(None);
    std::iter::from_fn(move || {
        loop {
            if let Some(item) = items.next() {
                return Some(Ok(item));
            }
            match page(next.take()?) {
                Ok(page) => {
                    next = page.after.map(Some);
                    items = page.items.into_iter();
                }
                Err(error) => return Some(Err(error)),
            }
        }
    })
}

/// Whether a contact is in one of some lists.
pub(in crate::query) fn is_in_scopes(
    db: &db::Read<'_>,
    stored: &StoredContact,
    scopes: &[Scope],
) -> Result<bool> {
    if stored.merged_into.is_some() {
        return Ok(false);
    }
    let trashed = stored.contact.trashed_at.is_some();
    for scope in scopes.iter().filter(|scope| scope.network == stored.network) {
        let has = match scope.owner {
            Owner::Shared | Owner::Tenant(_) => !trashed && scope.owner == Owner::for_tenant(stored.tenant),
            Owner::Advisor(advisor) => !trashed && db::entries::is_linked(db, stored.id, advisor)?,
            Owner::Trash(tenant) => trashed && stored.tenant == tenant,
        };
        if has {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The query in front of its own details: the book, and what its keys were made with.
pub(in crate::query) fn query_fingerprint(inner: &Engine, kind: &str, scopes: &[Scope]) -> QueryFingerprint {
    let start = QueryFingerprint::new(kind).add_number(inner.book_id);
    scopes.iter().fold(start, |sum, scope| {
        let (owner_kind, owner) = scope.owner.columns();
        sum.add_number(owner_kind).add_number(owner).add_number(scope.network)
    })
}
