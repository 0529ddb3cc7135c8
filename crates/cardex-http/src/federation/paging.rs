//! Pages as this contract shows them.

use serde::Serialize;

use crate::federation::errors::Fault;
use crate::federation::{Call, Flaw};
use cardex::{Cursor, Page};

/// Items in a page: the contract leaves callers no choice.
pub(super) const PAGE: usize = 50;

/// Where a page starts.
pub(super) enum Start {
    After(Option<Cursor>),
    Before(Cursor),
}

/// Reads `before` and `after`.
pub(super) fn start(call: &Call) -> Result<Start, Fault> {
    let before = call.query.one("before")?.map(str::parse).transpose()?;
    let after = call.query.one("after")?.map(str::parse).transpose()?;
    match (before, after) {
        (Some(_), Some(_)) => Err(Flaw::new("before", "not together with after").into()),
        (Some(before), None) => Ok(Start::Before(before)),
        (None, after) => Ok(Start::After(after)),
    }
}

/// Asks a list for the page a call wants: the builders have the same setters, but no trait of them.
macro_rules! page {
    ($call:expr, $list:expr) => {{
        let list = $list.limit($crate::federation::paging::PAGE);
        match $crate::federation::paging::start($call)? {
            $crate::federation::paging::Start::After(cursor) => list.after(cursor).page()?,
            $crate::federation::paging::Start::Before(cursor) => list.before(cursor).page()?,
        }
    }};
}
pub(super) use page;

/// Where a page's neighbours are. On the first page nothing is before, on the last nothing after.
#[derive(Debug, Default, Serialize)]
pub(super) struct Pagination {
    #[serde(skip_serializing_if = "Option::is_none")]
    previous: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
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
        // The text of a cursor is safe in a query as it stands.
        let link = |name, cursor: &Option<Cursor>| cursor.as_ref().map(|cursor| format!("?{name}={cursor}"));
        Self {
            previous: link("before", &page.before),
            next: link("after", &page.after),
            cursors: Cursors { before: page.before.clone(), after: page.after.clone() },
        }
    }
}
