//! Notes on contacts, and the funnels they are subscribed to.

use crate::access::rights::Rights;
use crate::access::session::Session;
use crate::db::contact::StoredContact;
use crate::db::{self, Write};
use crate::error::{EntityKind, Error, Result, ValidationError};
use crate::model::{ContactId, Field, Funnel, FunnelId, Note, NoteId, Permission, limits};
use crate::operations::directory::tenants::check_name;
use crate::operations::record::tags::tenant_or_home;

impl Session {
    /// Writes a note on a contact, 1 to [`limits::NOTE`] characters; the advisor who acts is its author. Notes are no edit of
    /// the contact.
    ///
    /// # Errors
    /// [`Error::NoContact`], [`Error::Invalid`]; [`Error::Forbidden`] without [`Permission::EditContact`].
    pub fn add_note(&self, contact: ContactId, content: &str) -> Result<Note> {
        let content = check_note(content)?;
        self.with_editable_contact(contact, |db, rights, stored| {
            let now = self.engine.now();
            let id = NoteId(self.engine.ids.next(now));
            let note = Note { id, contact, advisor: None, content, created_at: now, updated_at: now };
            db::note::insert(db, stored.id, rights.advisor(), &note)?;
            Ok(db::note::find(db, (stored.id, contact), id)?)
        })
    }

    /// Writes a note anew; whoever acts is its author from then on.
    ///
    /// # Errors
    /// [`Error::NoSuch`]; those of [`Session::add_note`].
    pub fn edit_note(&self, contact: ContactId, id: NoteId, content: &str) -> Result<Note> {
        let content = check_note(content)?;
        self.with_editable_contact(contact, |db, rights, stored| {
            db::note::find(db, (stored.id, contact), id)?;
            db::note::update(db, id, &content, rights.advisor(), self.engine.now())?;
            Ok(db::note::find(db, (stored.id, contact), id)?)
        })
    }

    /// Deletes a note for good.
    ///
    /// # Errors
    /// [`Error::NoSuch`], [`Error::NoContact`]; [`Error::Forbidden`] without [`Permission::EditContact`].
    pub fn delete_note(&self, contact: ContactId, id: NoteId) -> Result<()> {
        self.with_editable_contact(contact, |db, _, stored| Ok(db::note::delete(db, stored.id, id)?))
    }

    /// A note of a contact.
    ///
    /// # Errors
    /// [`Error::NoSuch`], [`Error::NoContact`].
    pub fn note(&self, contact: ContactId, id: NoteId) -> Result<Note> {
        self.engine.read(&self.cancel_token(), |snapshot| {
            let stored = self.rights(&snapshot.db)?.visible_contact(&snapshot.db, contact)?;
            Ok(db::note::find(&snapshot.db, (stored.id, contact), id)?)
        })
    }

    /// Adds a funnel to the tenant, under a key of at most [`limits::NAME`] characters. For administrators and the system.
    ///
    /// # Errors
    /// [`Error::Exists`] if the key is taken, [`Error::Invalid`], [`Error::Forbidden`].
    pub fn add_funnel(&self, service_key: &str, name: &str) -> Result<Funnel> {
        let (service_key, name) = (check_name(service_key)?, name.trim().to_owned());
        if name.chars().nth(limits::NAME).is_some() {
            return Err(Error::invalid(Field::Name, ValidationError::TooLong { limit: limits::NAME }));
        }
        self.engine.write(&self.cancel_token(), |db| {
            let rights = self.rights(db)?;
            rights.require_administrator()?;
            let funnel = Funnel { id: FunnelId(self.engine.ids.next(self.engine.now())), service_key, name };
            db::funnel::insert(db, rights.home_tenant(db)?, &funnel)?;
            Ok(funnel)
        })
    }

    /// Deletes a funnel and who is subscribed to it. For administrators and the system.
    ///
    /// # Errors
    /// [`Error::NoSuch`] (with 0 for an id) if there is none under the key; [`Error::Forbidden`].
    pub fn delete_funnel(&self, service_key: &str) -> Result<()> {
        self.engine.write(&self.cancel_token(), |db| {
            let rights = self.rights(db)?;
            rights.require_administrator()?;
            let funnel = find_funnel(db, rights.home_tenant(db)?, service_key)?;
            Ok(db::funnel::delete(db, funnel)?)
        })
    }

    /// Subscribes a contact to a funnel; false if it was. That is no edit of the contact.
    ///
    /// # Errors
    /// [`Error::NoContact`]; [`Error::NoSuch`] (with 0 for an id) if there is none under the key; [`Error::Forbidden`] without
    /// [`Permission::EditContact`].
    pub fn join_funnel(&self, contact: ContactId, service_key: &str) -> Result<bool> {
        self.set_subscription(contact, service_key, true)
    }

    /// Unsubscribes a contact from a funnel; false if it was not subscribed.
    ///
    /// # Errors
    /// Those of [`Session::join_funnel`].
    pub fn leave_funnel(&self, contact: ContactId, service_key: &str) -> Result<bool> {
        self.set_subscription(contact, service_key, false)
    }

    fn set_subscription(&self, contact: ContactId, service_key: &str, on: bool) -> Result<bool> {
        self.with_editable_contact(contact, |db, rights, stored| {
            let funnel = find_funnel(db, tenant_or_home(db, &rights, stored)?, service_key)?;
            Ok(db::funnel::set_subscribed(db, stored.id, funnel, on, self.engine.now())?)
        })
    }

    /// Does something beside a contact that whoever may edit it may do.
    pub(crate) fn with_editable_contact<T>(
        &self,
        contact: ContactId,
        work: impl FnOnce(&Write<'_>, Rights, &StoredContact) -> Result<T>,
    ) -> Result<T> {
        self.engine.write(&self.cancel_token(), |db| {
            let rights = self.rights(db)?;
            let stored = rights.editable_contact(db, contact, Permission::EditContact)?;
            work(db, rights, &stored)
        })
    }
}

fn find_funnel(db: &db::Read<'_>, tenant: i64, key: &str) -> Result<i64> {
    db::funnel::with_key(db, tenant, key.trim())?.ok_or(Error::NotFound(EntityKind::Funnel, 0))
}

fn check_note(content: &str) -> Result<String> {
    if content.trim().is_empty() {
        return Err(Error::invalid(Field::Note, ValidationError::Required { network: None }));
    }
    if content.chars().nth(limits::NOTE).is_some() {
        return Err(Error::invalid(Field::Note, ValidationError::TooLong { limit: limits::NOTE }));
    }
    Ok(content.to_owned())
}
