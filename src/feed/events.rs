//! Events: names that a tenant declares, fired on contacts for the host to act upon.

use std::fmt;

use crate::access::session::Session;
use crate::db::log::event::EventRow;
use crate::db::{self, Read};
use crate::error::{Error, Problem, Result, Thing};
use crate::feed::outbox::{self, Effect};
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
        self.inner.write(&self.watch(), |db| {
            let rights = self.rights(db)?;
            rights.require_administrator()?;
            check_name(name)?;
            let home = rights.home(db)?;
            let most = i64::try_from(limits::EVENTS).unwrap_or(i64::MAX);
            if db::event::names(db, home, most)?.len() >= limits::EVENTS
                && !db::event::is_declared(db, home, name)?
            {
                return Err(Error::invalid(Field::Event, Problem::TooMany { limit: limits::EVENTS }));
            }
            Ok(db::event::declare(db, home, name, self.inner.now())?)
        })
    }

    /// Takes a declaration back; false if there was none. What was fired stays.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for advisors.
    pub fn withdraw_event(&self, name: &str) -> Result<bool> {
        self.inner.write(&self.watch(), |db| {
            let rights = self.rights(db)?;
            rights.require_administrator()?;
            Ok(db::event::withdraw(db, rights.home(db)?, name)?)
        })
    }

    /// The names that may be fired in the tenant, in the order of their bytes.
    ///
    /// # Errors
    /// Those of the store.
    pub fn event_names(&self) -> Result<Vec<String>> {
        self.inner.read(&self.watch(), |snapshot| {
            let home = self.rights(&snapshot.db)?.home(&snapshot.db)?;
            let most = i64::try_from(limits::EVENTS).unwrap_or(i64::MAX);
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
    /// [`Refusal::NotDeclared`](crate::Refusal::NotDeclared) in the contact's tenant, or the actor's for a shared contact;
    /// [`Error::Invalid`] for a payload that is too long.
    pub fn fire(&self, contact: ContactId, event: NewEvent) -> Result<Event> {
        let origin = self.origin_name()?;
        self.inner.write(&self.watch(), |db| {
            let rights = self.rights(db)?;
            let stored = rights.visible(db, contact)?;
            if stored.contact.trashed_at.is_some() {
                return Err(Error::NoContact(contact));
            }
            rights.require(db, Permission::EditContact, stored.network)?;
            let tenant = stored.tenant.map_or_else(|| rights.home(db), Ok)?;
            if !db::event::is_declared(db, tenant, &event.name)? {
                return Err(crate::Refusal::NotDeclared.into());
            }
            let payload = event.payload.as_ref().map(ToString::to_string);
            if payload.as_ref().is_some_and(|text| text.len() > limits::PAYLOAD) {
                return Err(Error::invalid(Field::Payload, Problem::TooLong { limit: limits::PAYLOAD }));
            }
            let now = self.inner.now();
            let origin = origin.to_owned();
            let mut row =
                EventRow { seq: 0, tenant, contact, name: event.name.clone(), payload, origin, at: now };
            row.seq = db::event::insert(db, &row)?;
            let effect = Effect::Event { event: row.seq, contact, name: event.name };
            outbox::put(db, tenant, &effect, now)?;
            told(db, row)
        })
    }

    /// The event with this number.
    ///
    /// # Errors
    /// [`Error::NoSuch`] if there is none; [`Error::NoContact`] if its contact is not one that the actor sees.
    pub fn event(&self, seq: i64) -> Result<Event> {
        self.inner.read(&self.watch(), |snapshot| {
            let db = &snapshot.db;
            let rights = self.rights(db)?;
            let row = db::event::one(db, seq)?.ok_or(Error::NoSuch(Thing::Event, seq))?;
            let own = rights.tenant().is_none_or(|tenant| tenant == row.tenant);
            if !own {
                return Err(Error::NoSuch(Thing::Event, seq));
            }
            if rights.advisor().is_some() {
                rights.visible(db, row.contact)?;
            }
            told(db, row)
        })
    }
}

fn check_name(name: &str) -> Result<()> {
    if name.is_empty() {
        return Err(Error::invalid(Field::Event, Problem::Required { on: None }));
    }
    if name.chars().nth(limits::EVENT).is_some() {
        return Err(Error::invalid(Field::Event, Problem::TooLong { limit: limits::EVENT }));
    }
    if name.chars().any(char::is_control) {
        return Err(Error::invalid(Field::Event, Problem::Characters { allowed: "no control characters" }));
    }
    Ok(())
}

/// An event as it is told.
pub(crate) fn told(db: &Read<'_>, row: EventRow) -> Result<Event> {
    let damaged = |source| Error::Damaged { what: "an event", source: Some(Box::new(source)) };
    Ok(Event {
        seq: row.seq,
        tenant: db::tenants::tenant_id(db, row.tenant)?,
        contact: row.contact,
        name: row.name,
        payload: row.payload.map(|text| serde_json::from_str(&text)).transpose().map_err(damaged)?,
        origin: row.origin,
        at: row.at,
    })
}
