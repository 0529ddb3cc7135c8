//! Events: names that a tenant declares, fired on contacts for the host to act upon.

use std::fmt;

use crate::access::session::Session;
use crate::db::log::event::EventRow;
use crate::db::{self, Read};
use crate::error::{EntityKind, Error, Result, ValidationError};
use crate::feed::outbox::{self, OutboxEvent};
use crate::model::{ContactId, Field, Permission, TenantId, Timestamp, limits};

/// An event that was fired.
#[derive(Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Event {
    /// The place among all events: later ones have greater numbers.
    pub seq: i64,
    /// Whose event it is.
    pub tenant: TenantId,
    /// On whom it was fired.
    pub contact: ContactId,
    /// Its name, as declared.
    pub name: String,
    /// What was sent with it, as JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payload: Option<serde_json::Value>,
    /// The origin the session named; empty if none.
    pub origin: String,
    /// When.
    pub at: Timestamp,
}

impl fmt::Debug for Event {
    /// Not what was sent with it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("seq", &self.seq)
            .field("contact", &self.contact)
            .finish_non_exhaustive()
    }
}

/// An event to be fired.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct NewEvent {
    name: String,
    payload: Option<serde_json::Value>,
}

impl fmt::Debug for NewEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewEvent").finish_non_exhaustive()
    }
}

impl NewEvent {
    /// An event of this name, in the case it was declared in.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), payload: None }
    }

    /// What to send with it, at most [`limits::PAYLOAD`] bytes of JSON.
    pub fn payload(mut self, payload: serde_json::Value) -> Self {
        self.payload = Some(payload);
        self
    }
}

impl Session {
    /// Declares a name that may be fired in the tenant, at most [`limits::EVENT`] characters, upper and lower case told apart;
    /// false if it was declared. For administrators and the system.
    ///
    /// # Errors
    /// [`Error::Forbidden`]; [`Error::Invalid`] for an empty or too long name, and for more than [`limits::EVENTS`] of them.
    pub fn declare_event(&self, name: &str) -> Result<bool> {
        self.engine.write(&self.cancel_token(), |db| {
            let rights = self.rights(db)?;
            rights.require_administrator()?;
            check_event_name(name)?;
            let home = rights.home_tenant(db)?;
            let most = i64::try_from(limits::EVENT_NAMES).unwrap_or(i64::MAX);
            if db::event::names(db, home, most)?.len() >= limits::EVENT_NAMES
                && !db::event::is_declared(db, home, name)?
            {
                return Err(Error::invalid(
                    Field::Event,
                    ValidationError::TooMany { limit: limits::EVENT_NAMES },
                ));
            }
            Ok(db::event::declare(db, home, name, self.engine.now())?)
        })
    }

    /// Takes a declaration back; false if there was none. What was fired stays.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for advisors.
    pub fn undeclare_event(&self, name: &str) -> Result<bool> {
        self.engine.write(&self.cancel_token(), |db| {
            let rights = self.rights(db)?;
            rights.require_administrator()?;
            Ok(db::event::undeclare(db, rights.home_tenant(db)?, name)?)
        })
    }

    /// The names that may be fired in the tenant, in the order of their bytes.
    ///
    /// # Errors
    /// Those of the store.
    pub fn event_names(&self) -> Result<Vec<String>> {
        self.engine.read(&self.cancel_token(), |snapshot| {
            let home = self.rights(&snapshot.db)?.home_tenant(&snapshot.db)?;
            let most = i64::try_from(limits::EVENT_NAMES).unwrap_or(i64::MAX);
            Ok(db::event::names(&snapshot.db, home, most)?)
        })
    }

    /// Fires an event on a contact: it is recorded, subscribers get it, and the host finds it in the
    /// [outbox](Session::outbox) as [`Effect::Event`]. An advisor needs [`Permission::EditContact`].
    ///
    /// ```
    /// use cardex::{Actor, Network, NewContact, NewEvent, Options};
    /// let store = Options::new().open_in_memory()?;
    /// let desk = store.session(Actor::System);
    /// let ada = desk.add(NewContact::new(Network::SMS_DIRECT, "Ada", ""))?;
    /// desk.declare_event("Paid")?;
    /// let event = desk.fire(ada.id, NewEvent::new("Paid").payload(serde_json::json!({ "sum": 5 })))?;
    /// assert_eq!(desk.events_of(ada.id).page()?.items, [event]);
    /// assert_eq!(desk.fire(ada.id, NewEvent::new("paid")).unwrap_err().code(), "not-declared");
    /// # Ok::<(), crate::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoContact`], also for one in the trash; [`Error::Forbidden`];
    /// [`RuleViolation::NotDeclared`](crate::RuleViolation::NotDeclared) in the contact's tenant, or the actor's for a shared contact;
    /// [`Error::Invalid`] for a payload that is too long.
    pub fn fire_event(&self, contact: ContactId, event: NewEvent) -> Result<Event> {
        let origin = self.origin_name()?;
        self.engine.write(&self.cancel_token(), |db| {
            let rights = self.rights(db)?;
            let stored = rights.visible_contact(db, contact)?;
            if stored.contact.trashed_at.is_some() {
                return Err(Error::NoContact(contact));
            }
            rights.require(db, Permission::EditContact, stored.network)?;
            let tenant = stored.tenant.map_or_else(|| rights.home_tenant(db), Ok)?;
            if !db::event::is_declared(db, tenant, &event.name)? {
                return Err(crate::RuleViolation::EventNotDeclared.into());
            }
            let payload = event.payload.as_ref().map(ToString::to_string);
            if payload.as_ref().is_some_and(|text| text.len() > limits::EVENT_PAYLOAD) {
                return Err(Error::invalid(
                    Field::Payload,
                    ValidationError::TooLong { limit: limits::EVENT_PAYLOAD },
                ));
            }
            let now = self.engine.now();
            let origin = origin.to_owned();
            let mut row = EventRow {
                seq: 0,
                tenant,
                contact_public_id: contact,
                name: event.name.clone(),
                payload,
                origin,
                at: now,
            };
            row.seq = db::event::insert(db, &row)?;
            let effect = OutboxEvent::ContactEvent { event_seq: row.seq, contact, name: event.name };
            outbox::enqueue(db, tenant, &effect, now)?;
            event_from_row(db, row)
        })
    }

    /// The event with this number.
    ///
    /// # Errors
    /// [`Error::NoSuch`] if there is none; [`Error::NoContact`] if its contact is not one that the actor sees.
    pub fn event(&self, seq: i64) -> Result<Event> {
        self.engine.read(&self.cancel_token(), |snapshot| {
            let db = &snapshot.db;
            let rights = self.rights(db)?;
            let row = db::event::one(db, seq)?.ok_or(Error::NotFound(EntityKind::Event, seq))?;
            let own = rights.tenant().is_none_or(|tenant| tenant == row.tenant);
            if !own {
                return Err(Error::NotFound(EntityKind::Event, seq));
            }
            if rights.advisor().is_some() {
                rights.visible_contact(db, row.contact_public_id)?;
            }
            event_from_row(db, row)
        })
    }
}

fn check_event_name(name: &str) -> Result<()> {
    if name.is_empty() {
        return Err(Error::invalid(Field::Event, ValidationError::Required { network: None }));
    }
    if name.chars().nth(limits::EVENT_NAME).is_some() {
        return Err(Error::invalid(Field::Event, ValidationError::TooLong { limit: limits::EVENT_NAME }));
    }
    if name.chars().any(char::is_control) {
        return Err(Error::invalid(
            Field::Event,
            ValidationError::InvalidCharacters { allowed: "no control characters" },
        ));
    }
    Ok(())
}

/// An event as it is told.
pub(crate) fn event_from_row(db: &Read<'_>, row: EventRow) -> Result<Event> {
    let damaged = |source| Error::Damaged { what: "an event", source: Some(Box::new(source)) };
    Ok(Event {
        seq: row.seq,
        tenant: db::tenants::tenant_public_id(db, row.tenant)?,
        contact: row.contact_public_id,
        name: row.name,
        payload: row.payload.map(|text| serde_json::from_str(&text)).transpose().map_err(damaged)?,
        origin: row.origin,
        at: row.at,
    })
}
