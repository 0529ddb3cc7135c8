//! Event names of a tenant, and events fired on contacts.

use crate::access::session::Session;
use crate::db;
use crate::db::log::event::EventRow;
use crate::error::{EntityKind, Error, Result, RuleViolation, ValidationError};
use crate::feed::{Event, NewEvent, OutboxEvent, event_from_row, outbox};
use crate::model::{ContactId, Field, Permission, limits};
use crate::operations::idempotency::{KeyedCall, KeyedOperation};
use crate::query::EventList;

/// Event names of the tenant and the events fired on contacts. See [`Session::events`].
#[derive(Debug, Clone, Copy)]
pub struct Events<'s> {
    session: &'s Session,
}

impl<'s> Events<'s> {
    pub(crate) const fn new(session: &'s Session) -> Self {
        Self { session }
    }

    /// Declares an event name of the tenant, at most [`limits::EVENT_NAME`] characters, case-sensitive; false if it was
    /// declared. For administrators and the system.
    ///
    /// # Errors
    /// [`Error::Forbidden`]; [`Error::Invalid`] for an empty or too long name, and for more than
    /// [`limits::EVENT_NAMES`] names.
    pub fn declare(&self, name: &str) -> Result<bool> {
        self.session.write(|db| {
            let rights = self.session.rights(db)?;
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
            Ok(db::event::declare(db, home, name, self.session.engine.now())?)
        })
    }

    /// Removes a declaration; false if there was none. Fired events stay.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for advisors.
    pub fn undeclare(&self, name: &str) -> Result<bool> {
        self.session.write(|db| {
            let rights = self.session.rights(db)?;
            rights.require_administrator()?;
            Ok(db::event::undeclare(db, rights.home_tenant(db)?, name)?)
        })
    }

    /// The declared event names of the tenant, in byte order.
    ///
    /// # Errors
    /// Those of the store.
    pub fn names(&self) -> Result<Vec<String>> {
        self.session.read(|snapshot| {
            let home = self.session.rights(&snapshot.db)?.home_tenant(&snapshot.db)?;
            let most = i64::try_from(limits::EVENT_NAMES).unwrap_or(i64::MAX);
            Ok(db::event::names(&snapshot.db, home, most)?)
        })
    }

    /// Fires an event on a contact. It is recorded, subscribers receive it, and the host receives it from the
    /// [outbox](Session::outbox) as [`OutboxEvent::ContactEvent`]. An advisor needs [`Permission::EditContact`].
    ///
    /// ```
    /// use cardex::{Actor, Network, NewContact, Options};
    /// use cardex::events::NewEvent;
    /// let store = Options::new().open_in_memory()?;
    /// let session = store.session(Actor::System);
    /// let ada = session.add(NewContact::new(Network::SMS_DIRECT, "Ada", ""))?;
    /// session.events().declare("Paid")?;
    /// let event = session.events().fire(ada.id, NewEvent::new("Paid").payload(serde_json::json!({ "sum": 5 })))?;
    /// assert_eq!(session.events().of(ada.id).page()?.items, [event]);
    /// assert_eq!(session.events().fire(ada.id, NewEvent::new("paid")).unwrap_err().code(), "not-declared");
    /// # Ok::<(), cardex::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoContact`], also for a contact in the trash; [`Error::Forbidden`];
    /// [`RuleViolation::EventNotDeclared`](crate::RuleViolation::EventNotDeclared) in the contact's tenant, or for a
    /// shared contact in the actor's; [`Error::Invalid`] for a payload or key that is too long;
    /// [`RuleViolation::IdempotencyKeyReused`](crate::RuleViolation::IdempotencyKeyReused).
    pub fn fire(&self, contact: ContactId, event: NewEvent) -> Result<Event> {
        let origin = self.session.origin_name()?;
        self.session.write(|db| {
            let rights = self.session.rights(db)?;
            let stored = rights.visible_contact(db, contact)?;
            if stored.contact.trashed_at.is_some() {
                return Err(Error::NoContact(contact));
            }
            rights.require(db, Permission::EditContact, stored.network)?;
            let tenant = stored.tenant.map_or_else(|| rights.home_tenant(db), Ok)?;
            if !db::event::is_declared(db, tenant, &event.name)? {
                return Err(RuleViolation::EventNotDeclared.into());
            }
            let payload = event.payload.as_ref().map(ToString::to_string);
            if payload.as_ref().is_some_and(|text| text.len() > limits::EVENT_PAYLOAD) {
                return Err(Error::invalid(
                    Field::Payload,
                    ValidationError::TooLong { limit: limits::EVENT_PAYLOAD },
                ));
            }
            let now = self.session.engine.now();
            let input = [
                &contact.0.to_le_bytes()[..],
                event.name.as_bytes(),
                payload.as_deref().unwrap_or_default().as_bytes(),
            ];
            let keyed = event.idempotency_key.as_deref();
            let keyed = keyed
                .map(|key| KeyedCall::new(&rights, KeyedOperation::FireEvent, key, &input, now))
                .transpose()?;
            if let Some(seq) = keyed.as_ref().map_or(Ok(None), |call| call.earlier_result(db))?
                && let Some(row) = db::event::one(db, seq)?
            {
                return event_from_row(row);
            }
            let origin = origin.to_owned();
            let mut row =
                EventRow { seq: 0, tenant, contact, name: event.name.clone(), payload, origin, at: now };
            row.seq = db::event::insert(db, &row)?;
            keyed.map_or(Ok(()), |call| call.store_result(db, row.seq))?;
            let effect = OutboxEvent::ContactEvent { event_seq: row.seq, contact, name: event.name };
            outbox::enqueue(db, tenant, &effect, now)?;
            event_from_row(row)
        })
    }

    /// The event with this number.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is no such event, or if the actor does not see its contact.
    pub fn get(&self, seq: i64) -> Result<Event> {
        self.session.read(|snapshot| {
            let db = &snapshot.db;
            let rights = self.session.rights(db)?;
            let row = db::event::one(db, seq)?.ok_or(Error::NotFound(EntityKind::Event, seq))?;
            let own = rights.tenant().is_none_or(|tenant| tenant == row.tenant);
            if !own {
                return Err(Error::NotFound(EntityKind::Event, seq));
            }
            if rights.advisor().is_some() {
                match rights.visible_contact(db, row.contact) {
                    Err(Error::NoContact(_) | Error::Merged { .. }) => {
                        return Err(Error::NotFound(EntityKind::Event, seq));
                    }
                    visible => visible.map(drop)?,
                }
            }
            event_from_row(row)
        })
    }

    /// Lists the events of a contact, newest first, in pages.
    pub fn of(&self, contact: ContactId) -> EventList<'s> {
        EventList::new(self.session, contact)
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
