//! What an actor may do, as of a transaction: every check of a permission is here.

use std::collections::BTreeSet;

use crate::db::contact::StoredContact;
use crate::db::record::blocked_number::Blocker;
use crate::db::{self, Owner, Read, Scope};
use crate::error::{Error, Result, RuleViolation, ValidationError};
use crate::model::{AdvisorId, AdvisorKey, ContactId, Field, Network, Permission, Permissions, limits};

/// What an actor may do, with local ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rights {
    kind: ActorKind,
    /// The tenant the actor belongs to or chose.
    tenant: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ActorKind {
    System,
    Administrator,
    Advisor(i64),
    /// An advisor who sees and edits the whole tenant.
    Agent(i64),
}

/// What an agent may not do.
const AGENT_FORBIDDEN: [Permission; 2] = [Permission::DeleteContact, Permission::OnBehalfOffboard];

impl Rights {
    pub(crate) const fn new(kind: ActorKind, tenant: Option<i64>) -> Self {
        Self { kind, tenant }
    }

    /// Whether the actor may do something on a network.
    pub(crate) fn has_permission(&self, db: &Read<'_>, permission: Permission, network: i64) -> Result<bool> {
        match self.kind {
            ActorKind::System | ActorKind::Administrator => Ok(true),
            ActorKind::Agent(_) => Ok(!AGENT_FORBIDDEN.contains(&permission)),
            ActorKind::Advisor(advisor) => advisor_has_permission(db, advisor, permission, network),
        }
    }

    /// Requires a permission on a network.
    pub(crate) fn require(&self, db: &Read<'_>, permission: Permission, network: i64) -> Result<()> {
        if !self.is_network_open(db, network)? {
            return Err(RuleViolation::NetworkClosed.into());
        }
        if self.has_permission(db, permission, network)? {
            Ok(())
        } else {
            Err(Error::Forbidden(permission.missing_message()))
        }
    }

    /// Requires the permission to unlink a contact from an advisor: one permission for the own contacts, a second one
    /// for other advisors.
    pub(crate) fn require_offboard(&self, db: &Read<'_>, advisor: i64, network: i64) -> Result<()> {
        let needed: &[Permission] = match self.advisor() {
            Some(own) if own != advisor => &[Permission::OnBehalfOffboard, Permission::ListCustomers],
            _ => &[Permission::DeleteContact],
        };
        needed.iter().try_for_each(|permission| self.require(db, *permission, network))
    }

    /// Whether the actor's tenant may use the network. The system may use all networks.
    fn is_network_open(&self, db: &Read<'_>, network: i64) -> Result<bool> {
        match (self.kind, self.tenant) {
            (ActorKind::Administrator | ActorKind::Advisor(_) | ActorKind::Agent(_), Some(tenant)) => {
                Ok(db::tenants::is_network_open(db, tenant, 0, network)?)
            }
            _ => Ok(true),
        }
    }

    /// The kind of actor.
    pub(crate) fn kind(&self) -> ActorKind {
        self.kind
    }

    /// The local id of the acting advisor, if the actor is an advisor with own contacts.
    pub(crate) fn advisor(&self) -> Option<i64> {
        match self.kind {
            ActorKind::Advisor(advisor) => Some(advisor),
            ActorKind::System | ActorKind::Administrator | ActorKind::Agent(_) => None,
        }
    }

    /// The tenant of new records.
    pub(crate) fn home_tenant(&self, db: &Read<'_>) -> Result<i64> {
        if let Some(tenant) = self.tenant {
            return Ok(tenant);
        }
        let first = db::tenants::tenant_ids(db)?.into_iter().next();
        first.ok_or(Error::Damaged { what: "the list of tenants", source: None })
    }

    /// Whether the actor may see a record of `tenant` (`None`: shared).
    fn can_see_tenant(&self, tenant: Option<i64>) -> bool {
        match self.kind {
            ActorKind::System => self.tenant.is_none() || tenant.is_none() || self.tenant == tenant,
            ActorKind::Administrator | ActorKind::Advisor(_) | ActorKind::Agent(_) => {
                tenant.is_none() || self.tenant == tenant
            }
        }
    }

    /// Whether the actor may see a contact.
    pub(crate) fn can_see(&self, db: &Read<'_>, stored: &StoredContact) -> Result<bool> {
        if !self.can_see_tenant(stored.tenant) {
            return Ok(false);
        }
        match self.kind {
            ActorKind::Advisor(advisor) if !db::entries::is_linked(db, stored.id, advisor)? => {
                self.has_permission(db, Permission::ListCustomers, stored.network)
            }
            _ => Ok(true),
        }
    }

    /// The contact, if the actor may see it. For other actors it does not exist. A merged contact is an error that
    /// names its survivor.
    pub(crate) fn visible_contact(&self, db: &Read<'_>, id: ContactId) -> Result<StoredContact> {
        let stored = self.survivor(db, id)?;
        if stored.contact.id == id { Ok(stored) } else { Err(Error::Merged { into: stored.contact.id }) }
    }

    /// The contact, or the one it was merged into in the end, if the actor may see both.
    pub(crate) fn survivor(&self, db: &Read<'_>, id: ContactId) -> Result<StoredContact> {
        let mut stored = db::contact::one(db, id.0)?.ok_or(Error::NoContact(id))?;
        let first = self.can_see(db, &stored)?;
        let merged = stored.merged_into.is_some();
        // A contact is only merged into a contact that is not merged. So the chain ends, unless the file is damaged.
        let mut passed = BTreeSet::new();
        while let Some(next) = stored.merged_into {
            if !passed.insert(next) {
                return Err(Error::Damaged { what: "what a contact was merged into", source: None });
            }
            stored = db::contact::one(db, next)?.ok_or(Error::NoContact(id))?;
        }
        if first && (!merged || self.can_see(db, &stored)?) { Ok(stored) } else { Err(Error::NoContact(id)) }
    }

    /// Those of some contacts that the actor may see, at most [`limits::PAGE`], each once.
    pub(crate) fn visible_contacts(&self, db: &Read<'_>, ids: &[ContactId]) -> Result<Vec<StoredContact>> {
        if ids.len() > limits::PAGE {
            return Err(Error::invalid(Field::Limit, ValidationError::TooMany { limit: limits::PAGE }));
        }
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        ids.dedup();
        let mut seen = Vec::with_capacity(ids.len());
        for stored in db::contact::many(db, &ids.iter().map(|id| id.0).collect::<Vec<_>>())? {
            if stored.merged_into.is_none() && self.can_see(db, &stored)? {
                seen.push(stored);
            }
        }
        Ok(seen)
    }

    /// The contact, if the actor may change it in the way that a permission is for.
    pub(crate) fn editable_contact(
        &self,
        db: &Read<'_>,
        id: ContactId,
        permission: Permission,
    ) -> Result<StoredContact> {
        let stored = self.visible_contact(db, id)?;
        self.require_edit(db, &stored, permission)?;
        Ok(stored)
    }

    /// Requires a permission to change a contact that the actor may see.
    pub(crate) fn require_edit(
        &self,
        db: &Read<'_>,
        stored: &StoredContact,
        permission: Permission,
    ) -> Result<()> {
        if stored.tenant.is_none() && self.kind != ActorKind::System {
            return Err(RuleViolation::SharedContact.into());
        }
        self.require(db, permission, stored.network)
    }

    /// An advisor of the actor's tenant, by local id.
    pub(crate) fn visible_advisor(&self, db: &Read<'_>, advisor: AdvisorId) -> Result<i64> {
        let found = db::directory::advisor_ref(db, advisor)?;
        if self.can_see_tenant(Some(found.tenant)) { Ok(found.id) } else { Err(Error::NoAdvisor(advisor)) }
    }

    /// An advisor of the actor's tenant, as a caller names them.
    pub(crate) fn resolve_advisor(&self, db: &Read<'_>, key: &AdvisorKey) -> Result<AdvisorId> {
        match key {
            AdvisorKey::Id(id) => self.visible_advisor(db, *id).map(|_| *id),
            AdvisorKey::Email(email) => {
                Ok(db::directory::advisor_with_email(db, self.home_tenant(db)?, email)?)
            }
        }
    }

    /// An advisor in whose name the actor may block numbers.
    pub(crate) fn blocking_advisor(&self, db: &Read<'_>, advisor: AdvisorId) -> Result<Blocker> {
        let id = self.visible_advisor(db, advisor)?;
        if self.author().is_some_and(|own| own != id) {
            return Err(Error::Forbidden("an advisor blocks numbers for themselves only"));
        }
        let blocker = Blocker { tenant: db::directory::advisor_tenant(db, id)?, advisor: id };
        if has_direct_network(db, blocker)? {
            Ok(blocker)
        } else {
            Err(RuleViolation::NoDirectNetwork.into())
        }
    }

    /// The local id of an advisor who can be linked to a contact of `tenant` (`None`: shared).
    pub(crate) fn linkable_advisor(
        &self,
        db: &Read<'_>,
        tenant: Option<i64>,
        advisor: AdvisorId,
    ) -> Result<i64> {
        let found = db::directory::advisor_ref(db, advisor)?;
        let fits =
            self.can_see_tenant(Some(found.tenant)) && tenant.is_none_or(|tenant| tenant == found.tenant);
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
        let networks = network_ids(db, network)?;
        let advisor = advisor.map(|advisor| self.visible_advisor(db, advisor)).transpose()?;
        let owners = match (self.advisor(), advisor) {
            (Some(own), advisor) if advisor == Some(own) || !self.can_see_all_on(db, &networks)? => {
                if advisor.is_some_and(|advisor| advisor != own) {
                    return Err(Error::Forbidden(Permission::ListCustomers.missing_message()));
                }
                vec![Owner::Advisor(own)]
            }
            (_, Some(advisor)) => vec![Owner::Advisor(advisor)],
            (_, None) => {
                let tenants = self.visible_tenants(db)?.into_iter().map(Owner::Tenant);
                std::iter::once(Owner::Shared).chain(tenants).collect()
            }
        };
        Ok(scopes_on(&owners, &networks))
    }

    /// Whether the actor sees every contact of the tenant on these networks. An actor who sees some networks only must
    /// name them.
    fn can_see_all_on(&self, db: &Read<'_>, networks: &[i64]) -> Result<bool> {
        for network in networks {
            if !self.has_permission(db, Permission::ListCustomers, *network)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The lists of the trash.
    pub(crate) fn trash_scopes(&self, db: &Read<'_>, network: Option<&Network>) -> Result<Vec<Scope>> {
        self.require_administrator()?;
        let tenants = self.visible_tenants(db)?.into_iter().map(|tenant| Owner::Trash(Some(tenant)));
        let owners: Vec<_> = std::iter::once(Owner::Trash(None)).chain(tenants).collect();
        Ok(scopes_on(&owners, &network_ids(db, network)?))
    }

    /// The tenants whose contacts the actor sees as a whole.
    pub(crate) fn visible_tenants(&self, db: &Read<'_>) -> Result<Vec<i64>> {
        match self.tenant {
            Some(tenant) => Ok(vec![tenant]),
            None => Ok(db::tenants::tenant_ids(db)?),
        }
    }
}

/// Whether an advisor may do something on a network.
pub(crate) fn advisor_has_permission(
    db: &Read<'_>,
    advisor: i64,
    permission: Permission,
    network: i64,
) -> Result<bool> {
    Ok(effective_permissions(db, advisor, network)?.is_some_and(|held| held.contains(permission)))
}

/// What an advisor may do on a network; `None` if they must be entitled there and are not.
pub(crate) fn effective_permissions(
    db: &Read<'_>,
    advisor: i64,
    network: i64,
) -> Result<Option<Permissions>> {
    let tenant = db::directory::advisor_tenant(db, advisor)?;
    if !db::tenants::is_network_open(db, tenant, 0, network)? {
        return Ok(None);
    }
    granted_permissions(db, advisor, tenant, network)
}

/// The same, whether the network is open or not.
pub(crate) fn granted_permissions(
    db: &Read<'_>,
    advisor: i64,
    tenant: i64,
    network: i64,
) -> Result<Option<Permissions>> {
    if let Some(permissions) = db::entitlement::permissions(db, advisor, network)? {
        return Ok(Some(permissions));
    }
    if db::entitlement::is_withdrawn(db, advisor, network)? {
        return Ok(Some(Permissions::NONE));
    }
    if let Some(permissions) = db::entitlement::common_permissions(db, advisor, network)? {
        return Ok(Some(permissions));
    }
    if db::entitlement::are_all_withdrawn(db, advisor, network)? {
        return Ok(Some(Permissions::NONE));
    }
    Ok(db::tenants::policy(db, tenant)?.default_permissions())
}

/// Whether an advisor is entitled on a direct network that the tenant may use. If the tenant requires no entitlement,
/// an advisor without any entitlement counts as entitled.
fn has_direct_network(db: &Read<'_>, by: Blocker) -> Result<bool> {
    let (mut direct, mut entitled) = (false, false);
    for (network, policy) in db::directory::networks(db)? {
        let is_direct = policy.direct && db::tenants::is_network_open(db, by.tenant, 0, network)?;
        let is_entitled = db::entitlement::permissions(db, by.advisor, network)?.is_some();
        if is_direct && is_entitled {
            return Ok(true);
        }
        direct |= is_direct;
        entitled |= is_entitled;
    }
    let entitled = entitled || db::entitlement::is_withdrawn_anywhere(db, by.advisor)?;
    Ok(direct && !entitled && !db::tenants::policy(db, by.tenant)?.requires_entitlement)
}

fn network_ids(db: &Read<'_>, network: Option<&Network>) -> Result<Vec<i64>> {
    Ok(match network {
        Some(network) => vec![db::directory::network_local_id(db, network)?],
        None => db::directory::network_ids(db)?,
    })
}

fn scopes_on(owners: &[Owner], networks: &[i64]) -> Vec<Scope> {
    owners.iter().flat_map(|owner| networks.iter().map(move |network| owner.on_network(*network))).collect()
}
