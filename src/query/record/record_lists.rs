//! Lists of notes, funnels, channels and channel identities.

use crate::access::session::Session;
use crate::db;
use crate::db::note::NotesOf;
use crate::error::{Error, Result};
use crate::model::{Channel, ChannelIdentity, ContactId, Funnel, Note};
use crate::query::page::{
    Page, Start, keyset_page, newest_first_page, number_keyset_page, page_setters, query_fingerprint,
};

/// Declares one list: its type, its kind in the query of cursors, its item, what it belongs to, and how a page is read. A macro, since
/// only the read differs, and each list is a public type of its own.
macro_rules! record_list {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $item:ty, $of:ty, |$db:ident, $rights:ident, $list:ident, $start:ident| $page:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone)]
        #[must_use]
        pub struct $name<'s> {
            session: &'s Session,
            of: $of,
            limit: usize,
            start: Start,
        }

        impl<'s> $name<'s> {
            pub(crate) const fn new(session: &'s Session, of: $of) -> Self {
                Self { session, of, limit: 50, start: Start::First }
            }

            page_setters!($item, 50);

            /// One page.
            ///
            /// # Errors
            /// [`Error::NoContact`]; [`Error::Invalid`] for a limit out of bounds; [`Error::BadCursor`], [`Error::CursorMismatch`].
            pub fn page(&self) -> Result<Page<$item>> {
                let $list = self;
                self.session.read(|snapshot| {
                    let $db = &snapshot.db;
                    let $rights = self.session.rights($db)?;
                    let $start = query_fingerprint(&self.session.engine, $kind, &[]);
                    $page
                })
            }
        }
    };
}

record_list! {
    /// A list of notes that is being built; see `notes().list`.
    NoteList, "NoteList", Note, ContactId, |db, rights, list, start| {
        let contact = list.of;
        let stored = rights.visible_contact(db, contact)?;
        // A shared contact has separate notes in each tenant.
        let of = NotesOf { local_id: stored.id, contact, tenant: rights.tenant() };
        let query = start.add_number(stored.id).add_number(of.tenant.unwrap_or(0)).finish();
        newest_first_page(&list.start, list.limit, query, |from, older, fetch| {
            Ok(db::note::page(db, of, from, older, fetch)?)
        })
    }
}

record_list! {
    /// A list of funnels that is being built; see [`Session::funnels`], `funnels().of`.
    FunnelList, "FunnelList", Funnel, Option<ContactId>, |db, rights, list, start| {
        let Some(contact) = list.of else {
            let home = rights.home_tenant(db)?;
            let query = start.add_number(0).add_number(home).finish();
            return keyset_page(&list.start, list.limit, query, |from, back, fetch| {
                // No funnel has an empty key.
                let from = std::str::from_utf8(from.unwrap_or_default()).map_err(|_| Error::BadCursor)?;
                let funnels = db::funnel::page(db, home, from, back, fetch)?;
                Ok(funnels.into_iter().map(|funnel| (funnel.service_key.clone().into_bytes(), funnel)).collect())
            });
        };
        let stored = rights.visible_contact(db, contact)?;
        let tenant = rights.tenant();
        let query = start.add_number(stored.id).add_number(tenant.unwrap_or(0)).finish();
        number_keyset_page(&list.start, list.limit, query, |from, back, fetch| {
            Ok(db::funnel::of_contact(db, (stored.id, tenant), from, back, fetch)?)
        })
    }
}

record_list! {
    /// A list of channels that is being built; see [`Session::channels`].
    ChannelList, "ChannelList", Channel, (), |db, rights, list, start| {
        let () = list.of;
        let home = rights.home_tenant(db)?;
        let query = start.add_number(home).finish();
        number_keyset_page(&list.start, list.limit, query, |from, back, fetch| {
            Ok(db::channel::page(db, home, from, back, fetch)?)
        })
    }
}

record_list! {
    /// A list of channel identities that is being built; see `channels().identities_of`.
    // Stored cursors contain the kind, so it does not follow the name of the type.
    ChannelIdentityList, "GateList", ChannelIdentity, ContactId, |db, rights, list, start| {
        let stored = rights.visible_contact(db, list.of)?;
        let tenant = rights.tenant();
        let query = start.add_number(stored.id).add_number(tenant.unwrap_or(0)).finish();
        number_keyset_page(&list.start, list.limit, query, |from, back, fetch| {
            Ok(db::channel::identities(db, (stored.id, tenant), from, back, fetch)?)
        })
    }
}
