//! Who acts, what they may do, and the calls they make.

use std::sync::Arc;
use std::time::Duration;

use crate::db::contact::Stored;
use crate::db::{self, Owner, Read, Scope};
use crate::error::{Error, Problem, Result};
use crate::interrupt::{Interrupt, Watch};
use crate::model::{AdvisorId, ContactId, Field, Network, TenantId, limits};
use crate::store::Inner;

/// Who acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Actor {
    /// The host itself: everything is allowed, in every tenant.
    System,
    /// An administrator of a tenant: sees and changes what the tenant has, and sees what is shared between tenants.
    Administrator(TenantId),
    /// An advisor: sees and changes the contacts linked to them.
    Advisor(AdvisorId),
}

/// The calls of one actor. Cheap to make and to clone; usable from any thread.
#[derive(Debug, Clone)]
pub struct Session {
    pub(crate) inner: Arc<Inner>,
    actor: Actor,
    tenant: Option<TenantId>,
    origin: String,
    interrupt: Option<Interrupt>,
    deadline: Option<Duration>,
}

impl Session {
    pub(crate) fn new(inner: Arc<Inner>, actor: Actor) -> Self {
        Self { inner, actor, tenant: None, origin: String::new(), interrupt: None, deadline: None }
    }

    /// For the system: works in this tenant. Without it, new records go to the book's first tenant and reads see all.
    #[must_use]
    pub const fn in_tenant(mut self, tenant: TenantId) -> Self {
        self.tenant = Some(tenant);
        self
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
        self.interrupt = Some(interrupt.clone());
        self
    }

    /// How long each call may take before [`Error::DeadlineExceeded`].
    #[must_use]
    pub const fn deadline(mut self, limit: Duration) -> Self {
        self.deadline = Some(limit);
        self
    }

    pub(crate) fn watch(&self) -> Watch {
        Watch::new(self.interrupt.clone(), self.deadline)
    }

    pub(crate) fn origin_name(&self) -> Result<&str> {
        if self.origin.chars().nth(limits::ORIGIN).is_some() {
            return Err(Error::invalid(Field::Origin, Problem::TooLong { limit: limits::ORIGIN }));
        }
        Ok(&self.origin)
    }

    /// What the actor may do, as of a transaction. Every verb starts here.
    pub(crate) fn rights(&self, db: &Read<'_>) -> Result<Rights> {
        let wanted = self.tenant.map(|tenant| db::directory::tenant(db, tenant)).transpose()?;
        let (kind, tenant) = match self.actor {
            Actor::System => (Kind::System, wanted),
            Actor::Administrator(tenant) => (Kind::Administrator, Some(db::directory::tenant(db, tenant)?)),
            Actor::Advisor(advisor) => {
                let advisor = db::directory::advisor(db, advisor)?;
                (Kind::Advisor(advisor.id), Some(advisor.tenant))
            }
        };
        if self.actor != Actor::System && wanted.is_some() && wanted != tenant {
            return Err(Error::Forbidden("only the system works in other tenants"));
        }
        Ok(Rights { kind, tenant })
    }
}

/// What an actor may do, with local ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rights {
    kind: Kind,
    /// The tenant the actor belongs to or chose.
    tenant: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    System,
    Administrator,
    Advisor(i64),
}

impl Rights {
    /// The advisor who acts, if it is one.
    pub(crate) fn advisor(&self) -> Option<i64> {
        match self.kind {
            Kind::Advisor(advisor) => Some(advisor),
            Kind::System | Kind::Administrator => None,
        }
    }

    /// The tenant new records go to.
    pub(crate) fn home(&self, db: &Read<'_>) -> Result<i64> {
        if let Some(tenant) = self.tenant {
            return Ok(tenant);
        }
        let first = db::directory::tenant_ids(db)?.into_iter().next();
        first.ok_or(Error::Damaged { what: "the list of tenants", source: None })
    }

    pub(crate) fn require_system(&self) -> Result<()> {
        match self.kind {
            Kind::System => Ok(()),
            Kind::Administrator | Kind::Advisor(_) => Err(Error::Forbidden("only the system may do this")),
        }
    }

    pub(crate) fn require_administrator(&self) -> Result<()> {
        match self.kind {
            Kind::System | Kind::Administrator => Ok(()),
            Kind::Advisor(_) => Err(Error::Forbidden("only an administrator may do this")),
        }
    }

    /// Whether a record of `tenant` (`None`: shared) is the actor's to see.
    fn sees_tenant(&self, tenant: Option<i64>) -> bool {
        match self.kind {
            Kind::System => self.tenant.is_none() || tenant.is_none() || self.tenant == tenant,
            Kind::Administrator | Kind::Advisor(_) => tenant.is_none() || self.tenant == tenant,
        }
    }

    /// Whether the actor may see a contact.
    pub(crate) fn sees(&self, db: &Read<'_>, stored: &Stored) -> Result<bool> {
        let linked = match self.kind {
            Kind::Advisor(advisor) => db::lists::is_linked(db, stored.id, advisor)?,
            Kind::System | Kind::Administrator => true,
        };
        Ok(linked && self.sees_tenant(stored.tenant))
    }

    /// The contact, if the actor may see it; to others it does not exist.
    pub(crate) fn visible(&self, db: &Read<'_>, id: ContactId) -> Result<Stored> {
        match db::contact::by_public_id(db, id)? {
            Some(stored) if self.sees(db, &stored)? => Ok(stored),
            _ => Err(Error::NoContact(id)),
        }
    }

    /// The contact, if the actor may change it.
    pub(crate) fn changeable(&self, db: &Read<'_>, id: ContactId) -> Result<Stored> {
        let stored = self.visible(db, id)?;
        if stored.tenant.is_none() && self.kind != Kind::System {
            return Err(Error::Forbidden("the contact is shared between tenants"));
        }
        Ok(stored)
    }

    /// An advisor of the actor's tenant, by local id.
    pub(crate) fn colleague(&self, db: &Read<'_>, advisor: AdvisorId) -> Result<i64> {
        let found = db::directory::advisor(db, advisor)?;
        if self.sees_tenant(Some(found.tenant)) { Ok(found.id) } else { Err(Error::NoAdvisor(advisor)) }
    }

    /// An advisor who can be linked to a contact of `tenant` (`None`: shared), by local id.
    pub(crate) fn linkable(&self, db: &Read<'_>, tenant: Option<i64>, advisor: AdvisorId) -> Result<i64> {
        let found = db::directory::advisor(db, advisor)?;
        let fits = self.sees_tenant(Some(found.tenant)) && tenant.is_none_or(|tenant| tenant == found.tenant);
        if fits { Ok(found.id) } else { Err(Error::NoAdvisor(advisor)) }
    }

    /// The tenant the actor belongs to or chose, if it is one.
    pub(crate) fn tenant(&self) -> Option<i64> {
        self.tenant
    }

    /// The lists that answer "everything this actor sees", or one advisor's, on one network or all.
    pub(crate) fn scopes(
        &self,
        db: &Read<'_>,
        network: Option<&Network>,
        advisor: Option<AdvisorId>,
    ) -> Result<Vec<Scope>> {
        let owners = match (self.kind, advisor) {
            (Kind::Advisor(own), Some(advisor)) => {
                if self.colleague(db, advisor)? != own {
                    return Err(Error::Forbidden("an advisor sees their own contacts only"));
                }
                vec![Owner::Advisor(own)]
            }
            (Kind::Advisor(own), None) => vec![Owner::Advisor(own)],
            (_, Some(advisor)) => vec![Owner::Advisor(self.colleague(db, advisor)?)],
            (_, None) => {
                let tenants = self.tenants(db)?.into_iter().map(Owner::Tenant);
                std::iter::once(Owner::Shared).chain(tenants).collect()
            }
        };
        on_networks(db, owners, network)
    }

    /// The lists of the trash.
    pub(crate) fn trash(&self, db: &Read<'_>, network: Option<&Network>) -> Result<Vec<Scope>> {
        self.require_administrator()?;
        let tenants = self.tenants(db)?.into_iter().map(|tenant| Owner::Trash(Some(tenant)));
        on_networks(db, std::iter::once(Owner::Trash(None)).chain(tenants).collect(), network)
    }

    /// The tenants whose contacts the actor sees as a whole.
    pub(crate) fn tenants(&self, db: &Read<'_>) -> Result<Vec<i64>> {
        match self.tenant {
            Some(tenant) => Ok(vec![tenant]),
            None => Ok(db::directory::tenant_ids(db)?),
        }
    }
}

fn on_networks(db: &Read<'_>, owners: Vec<Owner>, network: Option<&Network>) -> Result<Vec<Scope>> {
    let networks = match network {
        Some(network) => vec![db::directory::network_id(db, network)?],
        None => db::directory::networks(db)?.into_iter().map(|(id, _)| id).collect(),
    };
    Ok(owners.into_iter().flat_map(|owner| networks.iter().map(move |network| owner.on(*network))).collect())
}
