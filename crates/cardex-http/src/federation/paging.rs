//! Pages as this API shows them.

use serde::Serialize;

use crate::call::Call;
use crate::federation::errors::ApiError;
use crate::input::ParamError;
use cardex::{Cursor, Page};

/// Items in a page: the API leaves callers no choice.
pub(super) const PAGE_SIZE: usize = 50;

/// Where a page starts.
pub(super) enum PageStart {
    After(Option<Cursor>),
    Before(Cursor),
}

/// Reads `before` and `after`.
pub(super) fn page_start(call: &Call) -> Result<PageStart, ApiError> {
    let before = call.query.single("before")?.map(str::parse).transpose()?;
    let after = call.query.single("after")?.map(str::parse).transpose()?;
    match (before, after) {
        (Some(_), Some(_)) => Err(ParamError::new("before", "not together with after").into()),
        (Some(before), None) => Ok(PageStart::Before(before)),
        (None, after) => Ok(PageStart::After(after)),
    }
}

/// Fetches the requested page of a list. The list builders have the same setters, but no common trait.
macro_rules! fetch_page {
    ($call:expr, $list:expr) => {{
        let list = $list.limit($crate::federation::paging::PAGE_SIZE);
        match $crate::federation::paging::page_start($call)? {
            $crate::federation::paging::PageStart::After(cursor) => list.after(cursor).page()?,
            $crate::federation::paging::PageStart::Before(cursor) => list.before(cursor).page()?,
        }
    }};
}
pub(super) use fetch_page;

/// Where a page's neighbours are. On the first page `previous` is null, on the last page `next`.
#[derive(Debug, Default, Serialize)]
pub(super) struct Pagination {
    previous: Option<String>,
    next: Option<String>,
    cursors: Cursors,
}

#[derive(Debug, Default, Serialize)]
struct Cursors {
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<Cursor>,
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<Cursor>,
}

impl<T> From<&Page<T>> for Pagination {
    fn from(page: &Page<T>) -> Self {
        // The text of a cursor needs no encoding in a query.
        let link = |name, cursor: &Option<Cursor>| cursor.as_ref().map(|cursor| format!("?{name}={cursor}"));
        Self {
            previous: link("before", &page.before),
            next: link("after", &page.after),
            cursors: Cursors { before: page.before.clone(), after: page.after.clone() },
        }
    }
}
