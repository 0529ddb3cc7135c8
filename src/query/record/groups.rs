//! Federation groups in the order of their names.

use crate::access::session::Session;
use crate::db;
use crate::error::{Error, Result};
use crate::model::Group;
use crate::query::page::{Page, Start, keyset_page, page_setters, query_fingerprint};

/// A list of federation groups that is being built; see `directory().group_list`.
#[derive(Debug, Clone)]
#[must_use]
pub struct GroupList<'s> {
    session: &'s Session,
    limit: usize,
    start: Start,
}

impl<'s> GroupList<'s> {
    pub(crate) const fn new(session: &'s Session) -> Self {
        Self { session, limit: 50, start: Start::First }
    }

    page_setters!(Group, 50);

    /// One page.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a limit out of bounds; [`Error::BadCursor`], [`Error::CursorMismatch`].
    pub fn page(&self) -> Result<Page<Group>> {
        self.session.read(|snapshot| {
            let db = &snapshot.db;
            let home = self.session.rights(db)?.home_tenant(db)?;
            let query = query_fingerprint(&self.session.engine, "groups", &[]).add_number(home).finish();
            keyset_page(&self.start, self.limit, query, |from, back, fetch| {
                // No group has an empty name.
                let from = std::str::from_utf8(from.unwrap_or_default()).map_err(|_| Error::BadCursor)?;
                let groups = db::tenants::group_page(db, home, from, back, fetch)?;
                Ok(groups.into_iter().map(|group| (group.name.clone().into_bytes(), group)).collect())
            })
        })
    }
}
