//! Attributes by key.

use crate::access::session::Session;
use crate::db;
use crate::error::{Error, Result};
use crate::model::{AttributeDef, AttributeSpace};
use crate::query::{Cursor, Page, Start, fingerprint, keyed_page, paged};

/// A list of attributes being put together; see [`Session::attributes`].
#[derive(Debug, Clone)]
#[must_use]
pub struct AttributeList<'s> {
    session: &'s Session,
    space: AttributeSpace,
    limit: usize,
    start: Start,
}

impl Session {
    /// Lists the attributes of the tenant by key, declared or not, in pages.
    pub fn attributes(&self, space: AttributeSpace) -> AttributeList<'_> {
        AttributeList { session: self, space, limit: 50, start: Start::First }
    }
}

impl<'s> AttributeList<'s> {
    paged!(AttributeDef, 50);

    /// One page.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a limit out of bounds; [`Error::BadCursor`], [`Error::CursorMismatch`].
    pub fn page(&self) -> Result<Page<AttributeDef>> {
        self.session.inner.read(&self.session.watch(), |snapshot| {
            let db = &snapshot.db;
            let home = self.session.rights(db)?.home(db)?;
            let additional = i64::from(self.space == AttributeSpace::Additional);
            let sum = fingerprint(&self.session.inner, "attributes", &[]).number(home).number(additional);
            keyed_page(&self.start, self.limit, sum.finish(), |from, back, most| {
                // No key is empty.
                let from = std::str::from_utf8(from.unwrap_or_default()).map_err(|_| Error::BadCursor)?;
                let defs = db::attribute::page(db, (home, self.space), from, back, most)?;
                Ok(defs.into_iter().map(|def| (def.key.clone().into_bytes(), def)).collect())
            })
        })
    }
}
