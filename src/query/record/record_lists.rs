//! Notes, funnels, channels and gates in pages.

use crate::access::session::Session;
use crate::db;
use crate::error::{Error, Result};
use crate::model::{Channel, ChannelIdentity, ContactId, Funnel, Note};
use crate::query::{
    Cursor, Page, Start, keyset_page, newest_first_page, number_keyset_page, page_setters, query_fingerprint,
};

macro_rules! record_list {
    ($(#[$doc:meta])* $name:ident, $item:ty, $of:ty, |$db:ident, $rights:ident, $list:ident, $sum:ident| $page:expr) => {
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
                    let $sum = query_fingerprint(&self.session.engine, stringify!($name), &[]);
                    $page
                })
            }
        }
    };
}

record_list! {
    /// A list of notes being put together; see [`Session::notes_of`].
    NoteList, Note, ContactId, |db, rights, list, sum| {
        let contact = list.of;
        let stored = rights.visible_contact(db, contact)?;
        let sum = sum.add_number(stored.id).finish();
        newest_first_page(&list.start, list.limit, sum, |from, older, most| {
            Ok(db::note::page(db, (stored.id, contact), from, older, most)?)
        })
    }
}

record_list! {
    /// A list of funnels being put together; see [`Session::funnels`], [`Session::funnels_of`].
    FunnelList, Funnel, Option<ContactId>, |db, rights, list, sum| {
        let Some(contact) = list.of else {
            let home = rights.home_tenant(db)?;
            let sum = sum.add_number(0).add_number(home).finish();
            return keyset_page(&list.start, list.limit, sum, |from, back, most| {
                // No funnel has an empty key.
                let from = std::str::from_utf8(from.unwrap_or_default()).map_err(|_| Error::BadCursor)?;
                let funnels = db::funnel::page(db, home, from, back, most)?;
                Ok(funnels.into_iter().map(|funnel| (funnel.service_key.clone().into_bytes(), funnel)).collect())
            });
        };
        let stored = rights.visible_contact(db, contact)?;
        let tenant = rights.tenant();
        let sum = sum.add_number(stored.id).add_number(tenant.unwrap_or(0)).finish();
        number_keyset_page(&list.start, list.limit, sum, |from, back, most| {
            Ok(db::funnel::of_contact(db, (stored.id, tenant), from, back, most)?)
        })
    }
}

record_list! {
    /// A list of channels being put together; see [`Session::channels`].
    ChannelList, Channel, (), |db, rights, list, sum| {
        let () = list.of;
        let home = rights.home_tenant(db)?;
        number_keyset_page(&list.start, list.limit, sum.add_number(home).finish(), |from, back, most| {
            Ok(db::channel::page(db, home, from, back, most)?)
        })
    }
}

record_list! {
    /// A list of gates being put together; see [`Session::gates_of`].
    ChannelIdentityList, ChannelIdentity, ContactId, |db, rights, list, sum| {
        let stored = rights.visible_contact(db, list.of)?;
        let tenant = rights.tenant();
        let sum = sum.add_number(stored.id).add_number(tenant.unwrap_or(0)).finish();
        number_keyset_page(&list.start, list.limit, sum, |from, back, most| {
            Ok(db::channel::identities(db, (stored.id, tenant), from, back, most)?)
        })
    }
}
