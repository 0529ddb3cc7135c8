//! Rooms and one-to-one chats, as the host tells of them.

use std::collections::HashSet;

use crate::access::rights::Rights;
use crate::access::session::Session;
use crate::db::contact::Stored;
use crate::db::record::conversation::{self, StoredRoom};
use crate::db::{self, Read, Write};
use crate::error::{Error, Problem, Refusal, Result};
use crate::model::{ContactId, Field, GroupId, NewRoom, Permission, Room, RoomKind};
use crate::text::fold::fold;

impl Session {
    /// Makes a conversation known to the book. Its contacts are all on its network; contacts of several companies need
    /// [`Permission::AddMultiCompanyContact`], and every conversation [`Permission::CreateRoom`]. A one-to-one chat has one
    /// contact. An advisor does this for themselves.
    ///
    /// # Errors
    /// [`Error::Exists`] if the stream is known; [`Error::Invalid`]; [`Error::NoContact`], [`Error::NoAdvisor`],
    /// [`Error::NoSuch`] for the group, [`Error::NoNetwork`], [`Error::Forbidden`];
    /// [`Refusal::MixedNetworks`](crate::Refusal::MixedNetworks),
    /// [`Refusal::NetworkClosed`](crate::Refusal::NetworkClosed), [`Refusal::GroupClosed`](crate::Refusal::GroupClosed).
    pub fn add_room(&self, new: &NewRoom) -> Result<Room> {
        new.check()?;
        self.inner.write(&self.watch(), |db| {
            let rights = self.rights(db)?;
            let (network, policy) = db::directory::network(db, &new.network)?;
            if !policy.messaging {
                return Err(Error::invalid(Field::Network, Problem::NotOn { network: policy.network }));
            }
            rights.require(db, Permission::CreateRoom, network)?;
            let home = rights.home(db)?;
            let advisor = match (rights.advisor(), new.advisor) {
                (own, None) => own,
                (own, Some(named)) => {
                    let named = rights.linkable(db, Some(home), named)?;
                    if own.is_some_and(|own| own != named) {
                        return Err(Error::Forbidden("an advisor has rooms of their own only"));
                    }
                    Some(named)
                }
            };
            let group = new.group.map(|group| open_group(db, home, group, network)).transpose()?;
            let now = self.inner.now();
            let mut stored =
                StoredRoom { id: 0, tenant: home, network, group, advisor, room: blank(new, now) };
            stored.id = conversation::insert(db, &stored)?;
            for contact in &new.members {
                let contact = rights.visible(db, *contact)?;
                admit(db, &rights, &stored, &contact)?;
                conversation::join(db, stored.id, contact.id, now)?;
            }
            known(db, &new.stream)
        })
    }

    /// The conversation with this id on the messaging side; `None` if there is none that the actor may see. An advisor sees
    /// their own, and with [`Permission::ListCustomers`] all of the tenant on the network.
    ///
    /// # Errors
    /// Those of the store.
    pub fn room(&self, stream: &str) -> Result<Option<Room>> {
        self.inner.read(&self.watch(), |snapshot| {
            match visible(&snapshot.db, &self.rights(&snapshot.db)?, stream) {
                Ok(stored) => Ok(Some(stored.room)),
                Err(Error::NoRoom) => Ok(None),
                Err(error) => Err(error),
            }
        })
    }

    /// The contacts in a conversation, in the order they were added to the book.
    ///
    /// # Errors
    /// [`Error::NoRoom`].
    pub fn members_of(&self, stream: &str) -> Result<Vec<ContactId>> {
        self.inner.read(&self.watch(), |snapshot| {
            let db = &snapshot.db;
            let stored = visible(db, &self.rights(db)?, stream)?;
            Ok(conversation::member_ids(db, stored.id)?)
        })
    }

    /// The conversations that a contact is in and that the actor may see, in the order the book was told of them.
    ///
    /// # Errors
    /// [`Error::NoContact`].
    pub fn rooms_of(&self, contact: ContactId) -> Result<Vec<Room>> {
        self.inner.read(&self.watch(), |snapshot| {
            let db = &snapshot.db;
            let rights = self.rights(db)?;
            let contact = rights.visible(db, contact)?;
            let mut rooms = Vec::new();
            for stored in conversation::of_contact(db, contact.id, rights.tenant())? {
                if sees(db, &rights, &stored)? {
                    rooms.push(stored.room);
                }
            }
            Ok(rooms)
        })
    }

    /// Says that a contact has come into a conversation; false if it was there. See [`Session::add_room`] for who may come.
    ///
    /// # Errors
    /// [`Error::NoRoom`], and those of [`Session::add_room`].
    pub fn add_member(&self, stream: &str, contact: ContactId) -> Result<bool> {
        self.change_room(stream, |db, rights, stored| {
            let contact = rights.visible(db, contact)?;
            admit(db, rights, stored, &contact)?;
            Ok(conversation::join(db, stored.id, contact.id, self.inner.now())?)
        })
    }

    /// Says that a contact has left a conversation; false if it was not there.
    ///
    /// # Errors
    /// [`Error::NoRoom`], [`Error::NoContact`], [`Error::Forbidden`].
    pub fn remove_member(&self, stream: &str, contact: ContactId) -> Result<bool> {
        self.change_room(stream, |db, rights, stored| {
            let contact = rights.visible(db, contact)?;
            Ok(conversation::leave(db, stored.id, contact.id, self.inner.now())?)
        })
    }

    /// Says that a conversation is no more.
    ///
    /// # Errors
    /// [`Error::NoRoom`], [`Error::Forbidden`].
    pub fn remove_room(&self, stream: &str) -> Result<()> {
        self.change_room(stream, |db, _, stored| Ok(conversation::delete(db, stored.id)?))
    }

    /// Moves a conversation to a federation group that is active on its network, or to the default one. For administrators and
    /// the system.
    ///
    /// # Errors
    /// [`Error::NoRoom`], [`Error::NoSuch`], [`Error::Forbidden`];
    /// [`Refusal::GroupClosed`](crate::Refusal::GroupClosed).
    pub fn move_room_to_group(&self, stream: &str, group: Option<GroupId>) -> Result<Room> {
        self.inner.write(&self.watch(), |db| {
            let rights = self.rights(db)?;
            rights.require_administrator()?;
            let stored = visible(db, &rights, stream)?;
            let group =
                group.map(|group| open_group(db, stored.tenant, group, stored.network)).transpose()?;
            conversation::set_group(db, stored.id, group, self.inner.now())?;
            known(db, stream)
        })
    }

    fn change_room<T>(
        &self,
        stream: &str,
        work: impl FnOnce(&Write<'_>, &Rights, &StoredRoom) -> Result<T>,
    ) -> Result<T> {
        self.inner.write(&self.watch(), |db| {
            let rights = self.rights(db)?;
            let stored = visible(db, &rights, stream)?;
            rights.require(db, Permission::CreateRoom, stored.network)?;
            work(db, &rights, &stored)
        })
    }
}

fn blank(new: &NewRoom, now: crate::model::Timestamp) -> Room {
    Room {
        stream: new.stream.clone(),
        kind: new.kind,
        network: new.network.clone(),
        group: new.group,
        advisor: new.advisor,
        name: new.name.trim().to_owned(),
        created_at: now,
        updated_at: now,
        members: 0,
    }
}

fn known(db: &Read<'_>, stream: &str) -> Result<Room> {
    conversation::find(db, stream)?.map(|stored| stored.room).ok_or(Error::NoRoom)
}

/// The conversation, if the actor may see it; to others it does not exist.
fn visible(db: &Read<'_>, rights: &Rights, stream: &str) -> Result<StoredRoom> {
    match conversation::find(db, stream)? {
        Some(stored) if sees(db, rights, &stored)? => Ok(stored),
        _ => Err(Error::NoRoom),
    }
}

fn sees(db: &Read<'_>, rights: &Rights, stored: &StoredRoom) -> Result<bool> {
    if rights.tenant().is_some_and(|tenant| tenant != stored.tenant) {
        return Ok(false);
    }
    match rights.advisor() {
        Some(own) if stored.advisor != Some(own) => {
            rights.allows(db, Permission::ListCustomers, stored.network)
        }
        _ => Ok(true),
    }
}

/// A group of a tenant by local id, if it is active on a network.
fn open_group(db: &Read<'_>, tenant: i64, group: GroupId, network: i64) -> Result<i64> {
    let group = db::tenants::group(db, group, tenant)?;
    if db::tenants::is_open(db, tenant, group, network)? {
        Ok(group)
    } else {
        Err(Refusal::GroupClosed.into())
    }
}

/// Refuses a contact that cannot come into a conversation as it is now.
fn admit(db: &Read<'_>, rights: &Rights, room: &StoredRoom, contact: &Stored) -> Result<()> {
    let of_its_tenant = contact.tenant.is_none_or(|tenant| tenant == room.tenant);
    if !of_its_tenant || contact.contact.trashed_at.is_some() {
        return Err(Error::NoContact(contact.contact.id));
    }
    if contact.network != room.network {
        return Err(Refusal::MixedNetworks.into());
    }
    let members = conversation::members(db, room.id)?;
    if members.contains(&contact.id) {
        return Ok(());
    }
    if room.room.kind == RoomKind::Im && !members.is_empty() {
        return Err(Error::invalid(Field::Members, Problem::TooMany { limit: 1 }));
    }
    let others = db::contact::many(db, &members)?;
    let companies: HashSet<String> = others
        .iter()
        .chain([contact])
        .map(|stored| fold(&stored.contact.company))
        .filter(|company| !company.is_empty()) // nobody knows theirs
        .collect();
    if companies.len() > 1 {
        rights.require(db, Permission::AddMultiCompanyContact, room.network)?;
    }
    Ok(())
}
