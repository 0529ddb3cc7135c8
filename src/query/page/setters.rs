//! The setters that all builders share.
//!
//! They are macros because a builder's setters are inherent methods of the public type: callers need no trait in scope, and each
//! builder's documentation lists them. A shared trait or a nested options struct would change the public API.

use crate::error::Result;
use crate::query::page::cursor::Cursor;
use crate::query::page::page_read::Page;

/// The setters of a builder whose result comes in pages. The builder has the fields `limit` and `start`, a method `page`, and the lifetime `'s`.
macro_rules! page_setters {
    ($item:ty, $limit:literal) => {
        #[doc = concat!("The most items of a page, 1 to [`limits::PAGE`](crate::limits::PAGE). The default is ", $limit, ".")]
        pub fn limit(mut self, limit: usize) -> Self {
            self.limit = limit;
            self
        }

        /// The page after a cursor; the first page for `None`.
        pub fn after(mut self, cursor: impl Into<Option<$crate::query::page::Cursor>>) -> Self {
            self.start = cursor.into().map_or($crate::query::page::Start::First, $crate::query::page::Start::After);
            self
        }

        /// The page before a cursor; the first page for `None`.
        pub fn before(mut self, cursor: impl Into<Option<$crate::query::page::Cursor>>) -> Self {
            self.start = cursor.into().map_or($crate::query::page::Start::First, $crate::query::page::Start::Before);
            self
        }

        /// All items from the start on. They are read page by page, as many as the limit at a time; each page is a snapshot of its own.
        pub fn iter(self) -> impl Iterator<Item = $crate::error::Result<$item>> + 's {
            use $crate::query::page::Start;
            let mut first = Some(self.start.clone());
            $crate::query::page::all_items(move |after| {
                let start = first.take().unwrap_or_else(|| after.map_or(Start::First, Start::After));
                Self { start, ..self.clone() }.page()
            })
        }
    };
}
pub(in crate::query) use page_setters;

/// The setters of a builder that reads the lists of contacts. It has the fields `network` and `advisor`.
macro_rules! scope_setters {
    () => {
        /// Contacts of this network only.
        pub fn network(mut self, network: $crate::model::Network) -> Self {
            self.network = Some(network);
            self
        }

        /// Contacts of this advisor only.
        pub fn advisor(mut self, advisor: $crate::model::AdvisorId) -> Self {
            self.advisor = Some(advisor);
            self
        }
    };
}
pub(in crate::query) use scope_setters;

/// All items of all pages, read page by page; the first error ends it.
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
