//! Funnels of a tenant, and the contacts that are subscribed to them.

use crate::access::session::Session;
use crate::db;
use crate::error::{EntityKind, Error, Result, ValidationError};
use crate::model::{ContactId, Field, Funnel, limits};
use crate::operations::directory::tenants::check_name;
use crate::operations::record::tags::tenant_or_home;
use crate::query::FunnelList;

/// Funnels of the tenant and the contacts that are subscribed to them. See [`Session::funnels`].
#[derive(Debug, Clone, Copy)]
pub struct Funnels<'s> {
    session: &'s Session,
}

impl<'s> Funnels<'s> {
    pub(crate) const fn new(session: &'s Session) -> Self {
        Self { session }
    }

    /// Adds a funnel to the tenant, with a key of at most [`limits::NAME`] characters. For administrators and the
    /// system.
    ///
    /// # Errors
    /// [`Error::Exists`] if the key exists, [`Error::Invalid`], [`Error::Forbidden`].
    pub fn add(&self, service_key: &str, name: &str) -> Result<Funnel> {
        let (service_key, name) = (check_name(service_key)?, name.trim().to_owned());
        if name.chars().nth(limits::NAME).is_some() {
            return Err(Error::invalid(Field::Name, ValidationError::TooLong { limit: limits::NAME }));
        }
        self.session.write(|db| {
            let rights = self.session.rights(db)?;
            rights.require_administrator()?;
            let id = db::funnel::insert(db, rights.home_tenant(db)?, &service_key, &name)?;
            Ok(Funnel { id, service_key, name })
        })
    }

    /// Deletes a funnel and its subscriptions. For administrators and the system.
    ///
    /// # Errors
    /// [`Error::NotFound`] (with id 0) if no funnel has the key; [`Error::Forbidden`].
    pub fn delete(&self, service_key: &str) -> Result<()> {
        self.session.write(|db| {
            let rights = self.session.rights(db)?;
            rights.require_administrator()?;
            let funnel = find_funnel(db, rights.home_tenant(db)?, service_key)?;
            Ok(db::funnel::delete(db, funnel)?)
        })
    }

    /// Subscribes a contact to a funnel; false if it was subscribed. This is not an edit of the contact.
    ///
    /// # Errors
    /// [`Error::NoContact`]; [`Error::NotFound`] (with id 0) if no funnel has the key; [`Error::Forbidden`] without
    /// [`Permission::EditContact`](crate::entitlements::Permission::EditContact).
    pub fn join(&self, contact: ContactId, service_key: &str) -> Result<bool> {
        self.set_subscription(contact, service_key, true)
    }

    /// Unsubscribes a contact from a funnel; false if it was not subscribed.
    ///
    /// # Errors
    /// The errors of [`Funnels::join`].
    pub fn leave(&self, contact: ContactId, service_key: &str) -> Result<bool> {
        self.set_subscription(contact, service_key, false)
    }

    fn set_subscription(self, contact: ContactId, service_key: &str, on: bool) -> Result<bool> {
        self.session.with_editable_contact(contact, |db, rights, stored| {
            let funnel = find_funnel(db, tenant_or_home(db, &rights, stored)?, service_key)?;
            Ok(db::funnel::set_subscribed(db, stored.id, funnel, on, self.session.engine.now())?)
        })
    }

    /// Lists the funnels of the tenant by key, in pages.
    pub fn list(&self) -> FunnelList<'s> {
        FunnelList::new(self.session, None)
    }

    /// Lists the funnels of a contact, in the order in which they were added, in pages.
    pub fn of(&self, contact: ContactId) -> FunnelList<'s> {
        FunnelList::new(self.session, Some(contact))
    }
}

fn find_funnel(db: &db::Read<'_>, tenant: i64, key: &str) -> Result<i64> {
    db::funnel::with_key(db, tenant, key.trim())?.ok_or(Error::NotFound(EntityKind::Funnel, 0))
}
