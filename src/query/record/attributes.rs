//! Attributes in the order of their keys.

use crate::access::session::Session;
use crate::db;
use crate::error::{Error, Result};
use crate::model::{AttributeDef, AttributeNamespace};
use crate::query::page::{Page, Start, keyset_page, page_setters, query_fingerprint};

/// A list of attributes that is being built; see [`Session::attributes`].
#[derive(Debug, Clone)]
#[must_use]
pub struct AttributeList<'s> {
    session: &'s Session,
    namespace: AttributeNamespace,
    limit: usize,
    start: Start,
}

impl<'s> AttributeList<'s> {
    pub(crate) const fn new(session: &'s Session, namespace: AttributeNamespace) -> Self {
        Self { session, namespace, limit: 50, start: Start::First }
    }

    page_setters!(AttributeDef, 50);

    /// One page.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a limit out of bounds; [`Error::BadCursor`], [`Error::CursorMismatch`].
    pub fn page(&self) -> Result<Page<AttributeDef>> {
        self.session.read(|snapshot| {
            let db = &snapshot.db;
            let home = self.session.rights(db)?.home_tenant(db)?;
            let additional = i64::from(self.namespace == AttributeNamespace::Additional);
            let query = query_fingerprint(&self.session.engine, "attributes", &[])
                .add_number(home)
                .add_number(additional)
                .finish();
            keyset_page(&self.start, self.limit, query, |from, back, fetch| {
                // No key is empty.
                let from = std::str::from_utf8(from.unwrap_or_default()).map_err(|_| Error::BadCursor)?;
                let attributes = db::attribute::page(db, (home, self.namespace), from, back, fetch)?;
                let keyed = |attribute: AttributeDef| (attribute.key.clone().into_bytes(), attribute);
                Ok(attributes.into_iter().map(keyed).collect())
            })
        })
    }
}
