//! Channels of a tenant, and the channel identities of contacts.

use crate::access::rights::Rights;
use crate::access::session::Session;
use crate::db::contact::StoredContact;
use crate::db::{self, Read, Write};
use crate::engine::Engine;
use crate::error::{EntityKind, Error, Result, ValidationError};
use crate::model::{
    Channel, ChannelId, ChannelIdentity, ChannelIdentityId, ChannelIdentityPatch, ChannelPatch, Contact,
    ContactId, Field, Permission, ReachableChannel, check_channel_identifier, limits, parse_channel_kind,
};
use crate::operations::record::tags::tenant_or_home;
use crate::query::{ChannelIdentityList, ChannelList};

/// Channels of the tenant and the identities of contacts on them. See [`Session::channels`].
#[derive(Debug, Clone, Copy)]
pub struct Channels<'s> {
    session: &'s Session,
}

impl<'s> Channels<'s> {
    pub(crate) const fn new(session: &'s Session) -> Self {
        Self { session }
    }

    /// Adds a channel of a kind (`whatsapp`, `sms`, `email`, …) to the tenant. For administrators and the system.
    ///
    /// ```
    /// use cardex::{Actor, Network, NewContact, Options};
    /// let store = Options::new().open_in_memory()?;
    /// let session = store.session(Actor::System);
    /// let inbox = session.channels().add("whatsapp", "Sales")?;
    /// let john = session.add(NewContact::new(Network::SMS_DIRECT, "John", "Doe").phone("+33612345678"))?;
    /// assert_eq!(session.channels().reachable(john.id)?[0].identifier.as_deref(), Some("33612345678"));
    /// session.channels().find_or_create_identity(inbox.id, "33612345678", john.id)?;
    /// assert_eq!(session.channels().identity(inbox.id, "33612345678")?.unwrap().contact, john.id);
    /// # Ok::<(), cardex::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::Forbidden`].
    pub fn add(&self, kind: &str, name: &str) -> Result<Channel> {
        let (kind, name) = (parse_channel_kind(kind)?, check_channel_name(name)?);
        self.session.write(|db| {
            let rights = self.session.rights(db)?;
            rights.require_administrator()?;
            let now = self.session.engine.now();
            let id = ChannelId(0);
            let mut channel = Channel { id, kind, name, active: true, created_at: now, updated_at: now };
            channel.id = db::channel::insert(db, rights.home_tenant(db)?, &channel)?;
            Ok(channel)
        })
    }

    /// Renames, activates or deactivates a channel. For administrators and the system.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Invalid`], [`Error::Forbidden`].
    pub fn edit(&self, id: ChannelId, patch: ChannelPatch) -> Result<Channel> {
        let name = patch.name.map(|name| check_channel_name(&name)).transpose()?;
        self.session.write(|db| {
            let rights = self.session.rights(db)?;
            rights.require_administrator()?;
            let (_, mut channel) = db::channel::find(db, rights.home_tenant(db)?, id)?;
            channel.name = name.unwrap_or(channel.name);
            channel.active = patch.active.unwrap_or(channel.active);
            channel.updated_at = self.session.engine.now();
            db::channel::update(db, &channel)?;
            Ok(channel)
        })
    }

    /// A channel of the tenant.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn get(&self, id: ChannelId) -> Result<Channel> {
        self.session.read(|snapshot| {
            let db = &snapshot.db;
            Ok(db::channel::find(db, self.session.rights(db)?.home_tenant(db)?, id)?.1)
        })
    }

    /// Creates a channel identity for a contact. It is subscribed and has no unread messages. If the identifier exists
    /// on the channel, the existing identity is returned unchanged; it can belong to another contact. This is not an
    /// edit of the contact.
    ///
    /// # Errors
    /// [`Error::NoContact`]; [`Error::NotFound`] for the channel; [`Error::Invalid`] for an identifier that the
    /// channel's kind does not permit (`whatsapp`: 1 to 15 digits; `sms`: a plus and the digits; else at most
    /// [`limits::IDENTIFIER`] characters); [`Error::Exists`] if it belongs to a contact that the actor does not see;
    /// [`Error::Forbidden`] without [`Permission::EditContact`].
    pub fn find_or_create_identity(
        &self,
        channel: ChannelId,
        identifier: &str,
        contact: ContactId,
    ) -> Result<ChannelIdentity> {
        self.session.with_editable_contact(contact, |db, rights, stored| {
            let (local, channel) = db::channel::find(db, tenant_or_home(db, &rights, stored)?, channel)?;
            check_channel_identifier(&channel.kind, identifier)?;
            if let Some(known) = db::channel::identity_with_identifier(db, local, identifier)? {
                return match rights.visible_contact(db, known.contact) {
                    Ok(_) => Ok(known),
                    Err(Error::NoContact(_)) => Err(Error::Exists(EntityKind::ChannelIdentity)),
                    Err(error) => Err(error),
                };
            }
            self.session.engine.insert_identity(db, (local, &channel), identifier, stored)
        })
    }

    /// The channel identity of an identifier; `None` if there is none, or if the actor does not see its contact.
    ///
    /// # Errors
    /// [`Error::NotFound`] for the channel.
    pub fn identity(&self, channel: ChannelId, identifier: &str) -> Result<Option<ChannelIdentity>> {
        self.session.read(|snapshot| {
            let db = &snapshot.db;
            let rights = self.session.rights(db)?;
            let (local, _) = db::channel::find(db, rights.home_tenant(db)?, channel)?;
            let Some(identity) = db::channel::identity_with_identifier(db, local, identifier)? else {
                return Ok(None);
            };
            match rights.visible_contact(db, identity.contact) {
                Ok(_) => Ok(Some(identity)),
                Err(Error::NoContact(_)) => Ok(None),
                Err(error) => Err(error),
            }
        })
    }

    /// Sets whether the contact of a channel identity may be written to, or the number of unread messages.
    ///
    /// # Errors
    /// [`Error::NotFound`], also if the actor does not see the contact; [`Error::Forbidden`] without
    /// [`Permission::EditContact`].
    pub fn edit_identity(
        &self,
        id: ChannelIdentityId,
        patch: ChannelIdentityPatch,
    ) -> Result<ChannelIdentity> {
        self.session.write(|db| {
            let mut identity = find_changeable_identity(db, &self.session.rights(db)?, id)?;
            identity.subscribed = patch.subscribed.unwrap_or(identity.subscribed);
            identity.unread = patch.unread.unwrap_or(identity.unread);
            db::channel::update_identity(db, &identity)?;
            Ok(identity)
        })
    }

    /// Deletes a channel identity. Its identifier becomes free on the channel.
    ///
    /// # Errors
    /// The errors of [`Channels::edit_identity`].
    pub fn delete_identity(&self, id: ChannelIdentityId) -> Result<()> {
        self.session.write(|db| {
            let identity = find_changeable_identity(db, &self.session.rights(db)?, id)?;
            Ok(db::channel::delete_identity(db, identity.id)?)
        })
    }

    /// The active channels by which a contact can be reached, in the order in which they were added, at most
    /// [`limits::PAGE`]. The identifier is the first phone in E.164 form for `sms`, the same without its plus for
    /// `whatsapp`, and the first e-mail address for `email`. For `api` it is the channel identity, or one that the
    /// caller generates. For other kinds it is the channel identity.
    ///
    /// # Errors
    /// [`Error::NoContact`].
    pub fn reachable(&self, contact: ContactId) -> Result<Vec<ReachableChannel>> {
        self.session.read(|snapshot| {
            let db = &snapshot.db;
            let rights = self.session.rights(db)?;
            let stored = rights.visible_contact(db, contact)?;
            let tenant = tenant_or_home(db, &rights, &stored)?;
            let most = i64::try_from(limits::PAGE).unwrap_or(i64::MAX);
            let identities = db::channel::identities(db, (stored.id, Some(tenant)), 0, false, most)?;
            let mut ways = Vec::new();
            for (_, channel) in db::channel::page(db, tenant, 0, false, most)? {
                let identity = identities.iter().find(|(_, identity)| identity.channel == channel.id);
                let identity = identity.map(|(_, identity)| identity.identifier.clone());
                let identifier = match reachable_identifier(&channel.kind, &stored.contact, identity) {
                    Some(identifier) if channel.active => identifier,
                    _ => continue,
                };
                ways.push(ReachableChannel { channel, identifier });
            }
            Ok(ways)
        })
    }

    /// Lists the channels of the tenant in the order in which they were added, in pages.
    pub fn list(&self) -> ChannelList<'s> {
        ChannelList::new(self.session, ())
    }

    /// Lists the channel identities of a contact in the order in which they were added, in pages. Only the system sees
    /// those on channels of other tenants.
    pub fn identities_of(&self, contact: ContactId) -> ChannelIdentityList<'s> {
        ChannelIdentityList::new(self.session, contact)
    }
}

impl Engine {
    /// Inserts a channel identity for an unused identifier.
    pub(crate) fn insert_identity(
        &self,
        db: &Write<'_>,
        (local, channel): (i64, &Channel),
        identifier: &str,
        stored: &StoredContact,
    ) -> Result<ChannelIdentity> {
        check_channel_identifier(&channel.kind, identifier)?;
        if db::channel::identity_with_identifier(db, local, identifier)?.is_some() {
            return Err(Error::Exists(EntityKind::ChannelIdentity));
        }
        let now = self.now();
        let mut identity = ChannelIdentity {
            id: ChannelIdentityId(0),
            channel: channel.id,
            identifier: identifier.to_owned(),
            contact: stored.contact.id,
            subscribed: true,
            unread: 0,
            created_at: now,
        };
        identity.id = db::channel::insert_identity(db, local, stored.id, &identity)?;
        Ok(identity)
    }
}

/// The identifier by which a contact is reached on channels of a kind.
#[allow(clippy::option_option)] // not reachable, reachable by a generated identifier, reachable by this one
fn reachable_identifier(kind: &str, contact: &Contact, identity: Option<String>) -> Option<Option<String>> {
    let phone = contact.phones.iter().find_map(|phone| phone.e164());
    match kind {
        "sms" => phone.map(|phone| Some(phone.to_owned())),
        "whatsapp" => phone.map(|phone| Some(phone.trim_start_matches('+').to_owned())),
        "email" => contact.emails.first().map(|email| Some(email.text.clone())),
        "api" => Some(identity),
        _ => identity.map(Some),
    }
}

/// A channel identity that the actor may change.
fn find_changeable_identity(
    db: &Read<'_>,
    rights: &Rights,
    id: ChannelIdentityId,
) -> Result<ChannelIdentity> {
    let none = || Error::NotFound(EntityKind::ChannelIdentity, id.0);
    let (identity, tenant) = db::channel::identity(db, id)?.ok_or_else(none)?;
    if rights.tenant().is_some_and(|own| own != tenant) {
        return Err(none());
    }
    match rights.editable_contact(db, identity.contact, Permission::EditContact) {
        Ok(_) => Ok(identity),
        Err(Error::NoContact(_)) => Err(none()),
        Err(error) => Err(error),
    }
}

fn check_channel_name(name: &str) -> Result<String> {
    let name = name.trim();
    if name.chars().nth(limits::NAME).is_some() {
        return Err(Error::invalid(Field::Name, ValidationError::TooLong { limit: limits::NAME }));
    }
    Ok(name.to_owned())
}
