//! A page, where it starts, and how it is made from the items that were read.

use crate::error::Result;
use crate::query::page::cursor::{BoundQuery, Cursor};

/// One page. Items are in the order of the list, in whichever direction the page was reached.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct Page<T> {
    /// At most as many as the limit.
    pub items: Vec<T>,
    /// The argument of `before` for the preceding page; `None` on the first page.
    pub before: Option<Cursor>,
    /// The argument of `after` for the next page; `None` on the last page.
    pub after: Option<Cursor>,
    /// The call reached its work limit before the page was full. A narrower query finds more, and the cursor continues from where
    /// the call stopped.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub incomplete: bool,
}

impl<T> Page<T> {
    /// A page without items and without neighbours.
    pub(in crate::query) fn empty() -> Self {
        Self { items: Vec::new(), before: None, after: None, incomplete: false }
    }

    /// The page with other items.
    pub(in crate::query) fn map<U>(self, item: impl FnMut(T) -> U) -> Page<U> {
        let Self { items, before, after, incomplete } = self;
        Page { items: items.into_iter().map(item).collect(), before, after, incomplete }
    }
}

/// Where a page starts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::query) enum Start {
    #[default]
    First,
    After(Cursor),
    Before(Cursor),
}

impl Start {
    /// Whether the page is read backwards.
    pub(in crate::query) fn is_back(&self) -> bool {
        matches!(self, Self::Before(_))
    }

    /// The key the page starts from; `None` for the first page.
    ///
    /// # Errors
    /// [`Error::BadCursor`](crate::Error::BadCursor), [`Error::CursorMismatch`](crate::Error::CursorMismatch) if the cursor does not
    /// belong to the query.
    pub(in crate::query) fn key(&self, query: BoundQuery<'_>) -> Result<Option<Vec<u8>>> {
        match self {
            Self::First => Ok(None),
            Self::After(cursor) => cursor.decode(query, false).map(Some),
            Self::Before(cursor) => cursor.decode(query, true).map(Some),
        }
    }
}

/// The items of a page in the direction in which they were read.
pub(in crate::query) struct PageRead<T> {
    pub(in crate::query) items: Vec<T>,
    /// Whether there are more items in that direction.
    pub(in crate::query) has_more: bool,
    pub(in crate::query) back: bool,
    /// Whether there are items on the other side of the start.
    pub(in crate::query) has_items_behind: bool,
    /// Where reading stopped because of the work limit, before the page was full.
    pub(in crate::query) stopped_at: Option<Cursor>,
}

impl<T> PageRead<T> {
    /// Makes the page: puts the items in order, and adds a cursor on each side that has more.
    pub(in crate::query) fn into_page<U>(
        mut self,
        cursor_at: impl Fn(&T, bool) -> Cursor,
        into_item: impl FnMut(T) -> U,
    ) -> Page<U> {
        if self.back {
            self.items.reverse();
        }
        let (has_before, has_after) = if self.back {
            (self.has_more, self.has_items_behind)
        } else {
            (self.has_items_behind, self.has_more)
        };
        let mut before = self.items.first().filter(|_| has_before).map(|first| cursor_at(first, true));
        let mut after = self.items.last().filter(|_| has_after).map(|last| cursor_at(last, false));
        let incomplete = self.stopped_at.is_some();
        let end = if self.back { &mut before } else { &mut after };
        *end = self.stopped_at.or(end.take());
        Page { before, after, items: self.items.into_iter().map(into_item).collect(), incomplete }
    }
}

/// Keeps as many items as a page has; whether there were more.
pub(in crate::query) fn truncate_page<T>(items: &mut Vec<T>, limit: usize) -> bool {
    let has_more = items.len() > limit;
    items.truncate(limit);
    has_more
}
