//! Federation groups by name.

use crate::access::session::Session;
use crate::db;
use crate::error::{Error, Result};
use crate::model::Group;
use crate::query::{Cursor, Page, Start, fingerprint, keyed_page, paged};

/// A list of federation groups being put together; see [`Session::group_list`].
#[derive(Debug, Clone)]
#[must_use]
pub struct GroupList<'s> {
    session: &'s Session,
    limit: usize,
    start: Start,
}

impl Session {
    /// Lists the federation groups of the tenant by name, in pages.
    pub fn group_list(&self) -> GroupList<'_> {
        GroupList { session: self, limit: 50, start: Start::First }
    }
}

impl<'s> GroupList<'s> {
    paged!(Group, 50);

    /// One page.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a limit out of bounds; [`Error::BadCursor`], [`Error::CursorMismatch`].
    pub fn page(&self) -> Result<Page<Group>> {
        self.session.inner.read(&self.session.watch(), |snapshot| {
            let db = &snapshot.db;
            let home = self.session.rights(db)?.home(db)?;
            let sum = fingerprint(&self.session.inner, "groups", &[]).number(home).finish();
            keyed_page(&self.start, self.limit, sum, |from, back, most| {
                // No group has an empty name.
                let from = std::str::from_utf8(from.unwrap_or_default()).map_err(|_| Error::BadCursor)?;
                let groups = db::tenants::group_page(db, home, from, back, most)?;
                Ok(groups.into_iter().map(|group| (group.name.clone().into_bytes(), group)).collect())
            })
        })
    }
}
