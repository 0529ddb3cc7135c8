//! Actors and their sessions.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use crate::access::rights::{ActorKind, Rights};
use crate::db::contact::StoredContact;
use crate::db::{self, Read, Write};
use crate::engine::{Engine, Snapshot};
use crate::error::{Error, Result, RuleViolation, ValidationError};
use crate::host::interrupt::{CancelToken, Cancellation, Interrupt, Interrupts};
use crate::model::serial::serialized_as_text;
use crate::model::{AdvisorId, ContactId, Field, Permission, TenantId, Timestamp, limits};

/// The actor of a call.
///
/// As text, also in JSON: `system`, `admin:TENANT`, `advisor:ID` or `agent:ID`.
///
/// ```
/// use cardex::{Actor, AdvisorId};
/// assert_eq!("advisor:7".parse(), Ok(Actor::Advisor(AdvisorId(7))));
/// assert_eq!(Actor::Agent(AdvisorId(7)).to_string(), "agent:7");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Actor {
    /// The host itself: everything is allowed, in every tenant.
    System,
    /// An administrator of a tenant. Sees and changes data of the tenant, and sees shared data.
    Administrator(TenantId),
    /// An advisor: sees the contacts linked to them, or the whole tenant's where they have
    /// [`Permission::ListCustomers`](crate::entitlements::Permission::ListCustomers), and changes what their permissions allow.
    Advisor(AdvisorId),
    /// An advisor as the agent of a help desk: sees and edits every contact of the tenant, and merges and blocks contacts. Does not
    /// remove, import or offboard contacts, and runs no bulk jobs. Is the author of notes. See [`Session::as_agent`].
    Agent(AdvisorId),
}

/// The text is not an actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an actor is system, admin:TENANT, advisor:ID or agent:ID")]
pub struct ParseActorError;

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::System => f.write_str("system"),
            Self::Administrator(tenant) => write!(f, "admin:{tenant}"),
            Self::Advisor(advisor) => write!(f, "advisor:{advisor}"),
            Self::Agent(advisor) => write!(f, "agent:{advisor}"),
        }
    }
}

impl FromStr for Actor {
    type Err = ParseActorError;

    fn from_str(text: &str) -> std::result::Result<Self, ParseActorError> {
        let id = |id: &str| id.parse().map_err(|_| ParseActorError);
        match text.split_once(':') {
            None if text == "system" => Ok(Self::System),
            Some(("admin", tenant)) => tenant.parse().map(Self::Administrator).map_err(|_| ParseActorError),
            Some(("advisor", advisor)) => id(advisor).map(Self::Advisor),
            Some(("agent", advisor)) => id(advisor).map(Self::Agent),
            _ => Err(ParseActorError),
        }
    }
}

serialized_as_text!(Actor);

/// The calls of one actor. Cheap to create and to clone; usable from any thread.
#[derive(Debug, Clone)]
pub struct Session {
    pub(crate) engine: Arc<Engine>,
    actor: Actor,
    tenant: Option<TenantId>,
    origin: String,
    interrupts: Interrupts,
    deadline: Option<Duration>,
    distinct_methods: bool,
}

impl Session {
    pub(crate) fn new(engine: Arc<Engine>, actor: Actor) -> Self {
        Self {
            engine,
            actor,
            tenant: None,
            origin: String::new(),
            interrupts: [None, None],
            deadline: None,
            distinct_methods: false,
        }
    }

    /// For the system: works in this tenant. Without it, new records go to the book's first tenant and reads see all.
    #[must_use]
    pub const fn in_tenant(mut self, tenant: TenantId) -> Self {
        self.tenant = Some(tenant);
        self
    }

    /// For an advisor: the calls of the same person as [`Actor::Agent`]. Other actors stay what they are. This widens what the caller
    /// sees, so only a host or an API decides it, never a request.
    #[must_use]
    pub const fn as_agent(mut self) -> Self {
        if let Actor::Advisor(advisor) = self.actor {
            self.actor = Actor::Agent(advisor);
        }
        self
    }

    /// The actor of this session.
    #[must_use]
    pub const fn actor(&self) -> Actor {
        self.actor
    }

    /// Whether the store reads a text as a telephone number, with the region of its options.
    #[must_use]
    pub fn is_phone(&self, text: &str) -> bool {
        self.engine.phones.parse(text).is_some()
    }

    /// The time by the clock of the store.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.engine.now()
    }

    /// The name under which changes are recorded, at most [`limits::ORIGIN`] characters.
    #[must_use]
    pub fn origin(mut self, origin: impl Into<String>) -> Self {
        self.origin = origin.into();
        self
    }

    /// Lets `interrupt` stop the calls of this session.
    #[must_use]
    pub fn interrupted_by(mut self, interrupt: &Interrupt) -> Self {
        let [own, _] = &mut self.interrupts;
        *own = Some(interrupt.clone());
        self
    }

    /// Lets a second interrupt stop the calls of this session too.
    pub(crate) fn also_interrupted_by(mut self, interrupt: &Interrupt) -> Self {
        let [_, second] = &mut self.interrupts;
        *second = Some(interrupt.clone());
        self
    }

    /// The interrupt and the deadline of this session, for work of the host between calls. The deadline is counted from
    /// this call.
    #[must_use]
    pub fn cancellation(&self) -> Cancellation {
        Cancellation(self.cancel_token())
    }

    /// Sets the time limit of each call; after it, [`Error::DeadlineExceeded`].
    #[must_use]
    pub const fn deadline(mut self, limit: Duration) -> Self {
        self.deadline = Some(limit);
        self
    }

    /// Lets [`Session::add`], [`Session::add_many`], [`Session::edit`] and [`Session::update`] reject a first phone, or a first e-mail address, that is the first one of
    /// another contact which the tenant sees: on any network, and also a phone that no numbering plan knows. Without it, the rules of the
    /// contact's network apply alone. The check is part of the write. Contacts that `add_many` updates, and edits that
    /// keep the phone or the address, are not checked.
    ///
    /// ```
    /// use cardex::{Actor, Error, Field, Network, NewContact, Options};
    /// let session = Options::new().open_in_memory()?.session(Actor::System).distinct_methods(true);
    /// session.add(NewContact::new(Network::SMS_DIRECT, "John", "").phone("+33612345678"))?;
    /// let again = session.add(NewContact::new(Network::WHATSAPP_DIRECT, "Jack", "").phone("+33 6 12 34 56 78"));
    /// assert!(matches!(again, Err(Error::Duplicate { field: Field::Phone, .. })));
    /// # Ok::<(), cardex::Error>(())
    /// ```
    #[must_use]
    pub const fn distinct_methods(mut self, yes: bool) -> Self {
        self.distinct_methods = yes;
        self
    }

    /// Whether first phones and e-mail addresses must differ.
    pub(crate) const fn has_distinct_methods(&self) -> bool {
        self.distinct_methods
    }

    pub(crate) fn cancel_token(&self) -> CancelToken {
        CancelToken::new(self.interrupts.clone(), self.deadline)
    }

    /// Runs `work` on one snapshot.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&mut Snapshot<'_>) -> Result<T>) -> Result<T> {
        self.engine.read(&self.cancel_token(), work)
    }

    /// Runs `work` in a write transaction, and commits it unless `work` fails.
    pub(crate) fn write<T>(&self, work: impl FnOnce(&Write<'_>) -> Result<T>) -> Result<T> {
        self.engine.write(&self.cancel_token(), |db| work(db).map_err(|error| self.visible_error(db, error)))
    }

    /// An error without the id of a contact that the actor does not see.
    pub(crate) fn visible_error(&self, db: &Read<'_>, error: Error) -> Error {
        let (field, id) = match error {
            Error::Duplicate { field, holder: Some(id) } => (field, id),
            Error::Rule(RuleViolation::PhoneOfAnotherContact(id)) => (Field::Phone, id),
            error => return error,
        };
        let sees = || -> Result<bool> {
            let Some(stored) = db::contact::one(db, id.0)? else { return Ok(false) };
            self.rights(db)?.can_see(db, &stored)
        };
        if sees().unwrap_or(false) { error } else { Error::Duplicate { field, holder: None } }
    }

    pub(crate) fn origin_name(&self) -> Result<&str> {
        if self.origin.chars().nth(limits::ORIGIN).is_some() {
            return Err(Error::invalid(Field::Origin, ValidationError::TooLong { limit: limits::ORIGIN }));
        }
        Ok(&self.origin)
    }

    /// The rights of the actor in a transaction. Every operation starts with them.
    pub(crate) fn rights(&self, db: &Read<'_>) -> Result<Rights> {
        let chosen = self.tenant.map(|tenant| db::tenants::tenant_local_id(db, tenant)).transpose()?;
        let (kind, tenant) = match self.actor {
            Actor::System => (ActorKind::System, chosen),
            Actor::Administrator(tenant) => {
                (ActorKind::Administrator, Some(db::tenants::tenant_local_id(db, tenant)?))
            }
            Actor::Advisor(advisor) => {
                let advisor = db::directory::advisor_ref(db, advisor)?;
                (ActorKind::Advisor(advisor.id), Some(advisor.tenant))
            }
            Actor::Agent(advisor) => {
                let advisor = db::directory::advisor_ref(db, advisor)?;
                (ActorKind::Agent(advisor.id), Some(advisor.tenant))
            }
        };
        if self.actor != Actor::System && chosen.is_some() && chosen != tenant {
            return Err(Error::Forbidden("only the system works in other tenants"));
        }
        Ok(Rights::new(kind, tenant))
    }

    /// Runs `work` in a write transaction on a contact that the actor may edit.
    pub(crate) fn with_editable_contact<T>(
        &self,
        contact: ContactId,
        work: impl FnOnce(&Write<'_>, Rights, &StoredContact) -> Result<T>,
    ) -> Result<T> {
        self.write(|db| {
            let rights = self.rights(db)?;
            let stored = rights.editable_contact(db, contact, Permission::EditContact)?;
            work(db, rights, &stored)
        })
    }
}
