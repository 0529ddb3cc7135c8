//! Tags in the order of their names.

use crate::access::session::Session;
use crate::db;
use crate::error::{Error, Result};
use crate::model::Tag;
use crate::query::page::{Page, Start, keyset_page, page_setters, query_fingerprint};

/// A list of tags that is being built; see [`Session::tags`].
#[derive(Debug, Clone)]
#[must_use]
pub struct TagList<'s> {
    session: &'s Session,
    limit: usize,
    start: Start,
}

impl<'s> TagList<'s> {
    pub(crate) const fn new(session: &'s Session) -> Self {
        Self { session, limit: 50, start: Start::First }
    }

    page_setters!(Tag, 50);

    /// One page.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a limit out of bounds; [`Error::BadCursor`], [`Error::CursorMismatch`].
    pub fn page(&self) -> Result<Page<Tag>> {
        self.session.read(|snapshot| {
            let db = &snapshot.db;
            let rights = self.session.rights(db)?;
            let home = rights.home_tenant(db)?;
            let query = query_fingerprint(&self.session.engine, "tags", &[]).add_number(home).finish();
            keyset_page(&self.start, self.limit, query, |from, back, fetch| {
                // No tag has an empty name.
                let from = std::str::from_utf8(from.unwrap_or_default()).map_err(|_| Error::BadCursor)?;
                let mut tags = db::tag::page(db, home, from, back, fetch)?;
                rights.set_visible_counts(db, tags.iter_mut().map(|(_, tag)| tag))?;
                Ok(tags.into_iter().map(|(key, tag)| (key.into_bytes(), tag)).collect())
            })
        })
    }
}
