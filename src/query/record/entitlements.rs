//! Entitlements: of a network, and of the advisors of a contact.

use crate::access::session::Session;
use crate::db;
use crate::error::Result;
use crate::feed::page_limit;
use crate::model::{ContactId, Entitlement, Network};
use crate::query::page::{Page, Start, number_keyset_page, page_setters, query_fingerprint};

/// A list of entitlements that is being built; see [`Session::entitlements`] and `entitlements().of`.
#[derive(Debug, Clone)]
#[must_use]
pub struct EntitlementList<'s> {
    session: &'s Session,
    scope: EntitlementListScope,
    limit: usize,
    start: Start,
}

/// Whose entitlements are listed.
#[derive(Debug, Clone)]
enum EntitlementListScope {
    Network(Network),
    Contact(ContactId),
}

impl<'s> EntitlementList<'s> {
    pub(crate) const fn on_network(session: &'s Session, network: Network) -> Self {
        Self { session, scope: EntitlementListScope::Network(network), limit: 50, start: Start::First }
    }

    pub(crate) const fn of_contact(session: &'s Session, contact: ContactId) -> Self {
        Self { session, scope: EntitlementListScope::Contact(contact), limit: 50, start: Start::First }
    }

    page_setters!(Entitlement, 50);

    /// One page.
    ///
    /// # Errors
    /// [`Error::Invalid`](crate::Error::Invalid) for a limit out of bounds; [`Error::NoNetwork`](crate::Error::NoNetwork),
    /// [`Error::NoContact`](crate::Error::NoContact); [`Error::Forbidden`](crate::Error::Forbidden);
    /// [`Error::BadCursor`](crate::Error::BadCursor), [`Error::CursorMismatch`](crate::Error::CursorMismatch).
    pub fn page(&self) -> Result<Page<Entitlement>> {
        page_limit(self.limit)?;
        self.session.read(|snapshot| {
            let db = &snapshot.db;
            let rights = self.session.rights(db)?;
            let start = query_fingerprint(&self.session.engine, "entitlements", &[]);
            match &self.scope {
                EntitlementListScope::Network(network) => {
                    rights.require_administrator()?;
                    let (home, network) =
                        (rights.home_tenant(db)?, db::directory::network_local_id(db, network)?);
                    let query = start.add_number(0).add_number(home).add_number(network).finish();
                    number_keyset_page(&self.start, self.limit, query, |from, back, fetch| {
                        Ok(db::entitlement::page(db, home, network, from, back, fetch)?)
                    })
                }
                EntitlementListScope::Contact(contact) => {
                    let stored = rights.visible_contact(db, *contact)?;
                    let tenant = rights.tenant();
                    let query =
                        start.add_number(1).add_number(tenant.unwrap_or(0)).add_number(stored.id).finish();
                    let contact = (stored.id, stored.network);
                    number_keyset_page(&self.start, self.limit, query, |from, back, fetch| {
                        Ok(db::entitlement::of_contact(db, contact, tenant, from, back, fetch)?)
                    })
                }
            }
        })
    }
}
