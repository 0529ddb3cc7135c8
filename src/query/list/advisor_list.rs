//! Lists of advisors.

use crate::access::session::Session;
use crate::db;
use crate::error::Result;
use crate::feed::page_limit;
use crate::model::{Advisor, ContactId};
use crate::query::page::{Page, Start, number_keyset_page, page_setters, query_fingerprint};

/// A list of advisors that is being built; see `directory().advisors` and `directory().advisors_of`.
#[derive(Debug, Clone)]
#[must_use]
pub struct AdvisorList<'s> {
    session: &'s Session,
    contact: Option<ContactId>,
    limit: usize,
    start: Start,
}

impl<'s> AdvisorList<'s> {
    /// The advisors of the tenant, or of a contact.
    pub(crate) const fn new(session: &'s Session, contact: Option<ContactId>) -> Self {
        Self { session, contact, limit: 50, start: Start::First }
    }

    page_setters!(Advisor, 50);

    /// One page.
    ///
    /// # Errors
    /// [`Error::Invalid`](crate::Error::Invalid) for a limit out of bounds; [`Error::NoContact`](crate::Error::NoContact);
    /// [`Error::BadCursor`](crate::Error::BadCursor), [`Error::CursorMismatch`](crate::Error::CursorMismatch).
    pub fn page(&self) -> Result<Page<Advisor>> {
        page_limit(self.limit)?;
        self.session.read(|snapshot| {
            let db = &snapshot.db;
            let rights = self.session.rights(db)?;
            let home = rights.home_tenant(db)?;
            let contact =
                self.contact.map(|id| rights.visible_contact(db, id)).transpose()?.map(|stored| stored.id);
            let query = query_fingerprint(&self.session.engine, "advisors", &[])
                .add_number(home)
                .add_number(contact.unwrap_or(0))
                .add_number(rights.tenant().unwrap_or(0))
                .finish();
            number_keyset_page(&self.start, self.limit, query, |from, back, fetch| {
                if let Some(contact) = contact {
                    return Ok(db::entries::advisor_page(db, contact, rights.tenant(), from, back, fetch)?);
                }
                let advisors = db::directory::advisors(db, home, from, back, fetch)?;
                Ok(advisors.into_iter().map(|advisor| (advisor.id.0, advisor)).collect())
            })
        })
    }
}
