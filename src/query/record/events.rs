//! Events of a contact, newest first.

use crate::access::session::Session;
use crate::db;
use crate::error::Result;
use crate::feed::{Event, event_from_row};
use crate::model::ContactId;
use crate::query::page::{Page, Start, newest_first_page, page_setters, query_fingerprint};

/// A list of the events of a contact that is being built; see `events().of`.
#[derive(Debug, Clone)]
#[must_use]
pub struct EventList<'s> {
    session: &'s Session,
    contact: ContactId,
    limit: usize,
    start: Start,
}

impl<'s> EventList<'s> {
    pub(crate) const fn new(session: &'s Session, contact: ContactId) -> Self {
        Self { session, contact, limit: 50, start: Start::First }
    }

    page_setters!(Event, 50);

    /// One page.
    ///
    /// # Errors
    /// [`Error::NoContact`](crate::Error::NoContact); [`Error::Invalid`](crate::Error::Invalid) for a limit out of bounds;
    /// [`Error::BadCursor`](crate::Error::BadCursor), [`Error::CursorMismatch`](crate::Error::CursorMismatch).
    pub fn page(&self) -> Result<Page<Event>> {
        self.session.read(|snapshot| {
            let db = &snapshot.db;
            let rights = self.session.rights(db)?;
            let stored = rights.visible_contact(db, self.contact)?;
            // A shared contact has separate events in each tenant.
            let tenant = rights.tenant().filter(|_| stored.tenant.is_none());
            let query =
                query_fingerprint(&self.session.engine, "events", &[]).add_number(self.contact.0).finish();
            newest_first_page(&self.start, self.limit, query, |from, older, fetch| {
                let rows = db::event::of_contact(db, self.contact, tenant, from, older, fetch)?;
                rows.into_iter().map(|row| Ok((row.seq, event_from_row(row)?))).collect()
            })
        })
    }
}
