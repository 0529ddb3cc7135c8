//! Entitlements of advisors on networks, and pre-entitlements of people who are not advisors yet.

use crate::access::rights::Rights;

use crate::db::directory::AdvisorRef;
use crate::db::directory::entitlement::Grant;
use crate::db::{self, Read, Write};
use crate::error::{Error, Result, RuleViolation};
use crate::model::{
    AdvisorKey, ContactId, Entitlement, EntitlementStatus, GroupId, Network, NetworkPolicy, NewEntitlement,
    Permissions, fold_email,
};
use crate::operations::directory::advisor_numbers::{assign_number, parse_advisor_number};
use crate::operations::directory::handles::Entitlements;
use crate::query::EntitlementList;

impl<'s> Entitlements<'s> {
    /// Entitles an advisor on a network. The advisor gets the permissions of the network's policy and the given ones.
    /// If no advisor of the tenant has the e-mail address, this becomes a pre-entitlement: it applies when such an
    /// advisor is added. For administrators and the system.
    ///
    /// On networks where advisors have numbers of their own, the advisor gets the given number, or the first free
    /// number of the tenant's pool. A tenant with a pool permits pooled numbers only.
    ///
    /// ```
    /// use cardex::{Actor, Network, NewAdvisor, Options};
    /// use cardex::entitlements::{NewEntitlement, Permission};
    /// let store = Options::new().open_in_memory()?;
    /// let session = store.session(Actor::System);
    /// let ada = session.directory().add_advisor(NewAdvisor::new("Ada", "Byron"))?;
    /// let given = NewEntitlement::new(Network::WHATSAPP).advisor(ada.id).permissions([Permission::ListCustomers]);
    /// let given = session.entitlements().add(given)?;
    /// assert!(given.permissions.contains(Permission::CreateContact));
    /// # Ok::<(), cardex::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Rule`] with [`RuleViolation::AdvisorRequired`], [`RuleViolation::NetworkClosed`],
    /// [`RuleViolation::EntitlementExists`], [`RuleViolation::PermissionsNotYetAllowed`] for permissions of a
    /// pre-entitlement, [`RuleViolation::GroupClosed`], and for numbers [`RuleViolation::NumberNotSupported`],
    /// [`RuleViolation::NumberRequired`], [`RuleViolation::NumberTaken`], [`RuleViolation::NumberNotAvailable`],
    /// [`RuleViolation::NumberPoolEmpty`], [`RuleViolation::NumberMismatch`]; [`Error::NoNetwork`],
    /// [`Error::NoAdvisor`], [`Error::NotFound`] for a group; [`Error::Invalid`] for an invalid address or number;
    /// [`Error::Forbidden`]. After an error nothing is written.
    pub fn add(&self, new: NewEntitlement) -> Result<Entitlement> {
        self.session.write(|db| {
            let rights = self.session.rights(db)?;
            rights.require_administrator()?;
            let (network, policy) = db::directory::network(db, &new.network)?;
            let holder = EntitlementHolder::find(
                db,
                rights,
                &new.advisor_key()?.ok_or(RuleViolation::AdvisorRequired)?,
            )?;
            if !db::tenants::is_network_open(db, holder.tenant(), 0, network)? {
                return Err(RuleViolation::NetworkClosed.into());
            }
            if holder.is_pre_entitled() && new.permissions != Permissions::NONE {
                return Err(RuleViolation::PermissionsNotYetAllowed.into());
            }
            let phone =
                new.phone.map(|text| parse_advisor_number(&self.session.engine.phones, text)).transpose()?;
            if let Some(known) = holder.entitlement(db, network, &policy)? {
                let promised = known.phone.map(|phone| phone.normalized);
                let other = phone.is_some_and(|phone| Some(phone.normalized) != promised);
                let again = if holder.is_pre_entitled() && other {
                    RuleViolation::NumberMismatch
                } else {
                    RuleViolation::EntitlementExists
                };
                return Err(again.into());
            }
            let group =
                new.group.map(|group| require_open_group(db, holder.tenant(), network, group)).transpose()?;
            let phone = assign_number(db, &policy, holder.tenant(), network, phone)?;
            let grant = Grant { network, group, phone, created_at: self.session.engine.now() };
            match &holder {
                EntitlementHolder::Advisor(advisor) => {
                    let all = new.permissions.iter().fold(policy.default_permissions, Permissions::with);
                    db::entitlement::insert(db, advisor.id, advisor.tenant, &grant, all)?;
                }
                EntitlementHolder::PreEntitled { tenant, email } => {
                    db::pre_entitlement::insert(db, *tenant, &fold_email(email), email, &grant)?;
                }
            }
            holder.require_entitlement(db, network, &policy)
        })
    }

    /// The entitlement of an advisor on a network, or the pre-entitlement of an e-mail address. Advisors may read their
    /// own.
    ///
    /// # Errors
    /// [`RuleViolation::NoEntitlement`], [`Error::NoAdvisor`], [`Error::NoNetwork`], [`Error::Forbidden`].
    pub fn get(&self, who: impl Into<AdvisorKey>, network: &Network) -> Result<Entitlement> {
        self.session.read(|snapshot| {
            let db = &snapshot.db;
            let rights = self.session.rights(db)?;
            let holder = EntitlementHolder::find(db, rights, &who.into())?;
            rights.require_own_advisor(holder.advisor())?;
            let (network, policy) = db::directory::network(db, network)?;
            holder.require_entitlement(db, network, &policy)
        })
    }

    /// Withdraws an entitlement on a network from an advisor, or a pre-entitlement from an e-mail address. The advisor
    /// then has no permissions on the network, also if the tenant gives permissions to advisors without an entitlement.
    /// Links to contacts stay. A pooled number becomes free. For administrators and the system.
    ///
    /// # Errors
    /// [`RuleViolation::NoEntitlement`], [`Error::NoAdvisor`], [`Error::NoNetwork`], [`Error::Forbidden`].
    pub fn withdraw(&self, who: impl Into<AdvisorKey>, network: &Network) -> Result<()> {
        let who = who.into();
        self.session.write(|db| {
            let rights = self.session.rights(db)?;
            rights.require_administrator()?;
            let (network, policy) = db::directory::network(db, network)?;
            let holder = EntitlementHolder::find(db, rights, &who)?;
            holder.require_entitlement(db, network, &policy)?;
            match &holder {
                EntitlementHolder::Advisor(advisor) => db::entitlement::withdraw(db, advisor.id, network)?,
                EntitlementHolder::PreEntitled { tenant, email } => {
                    db::pre_entitlement::delete(db, *tenant, &fold_email(email), network)?;
                }
            }
            Ok(())
        })
    }

    /// Lists the advisors of the tenant that are entitled on a network, in the order in which they were added.
    /// Pre-entitlements are left out. For administrators and the system.
    pub fn list(&self, network: &Network) -> EntitlementList<'s> {
        EntitlementList::on_network(self.session, network.clone())
    }

    /// Lists the advisors that a contact is linked to, with their entitlements on its network, in the order in which
    /// they were added. Only the system sees advisors of other tenants. An advisor who was never entitled there is
    /// included, with the default permissions of [`TenantPolicy`](crate::directory::TenantPolicy) and without
    /// [`Entitlement::created_at`].
    pub fn of(&self, contact: ContactId) -> EntitlementList<'s> {
        EntitlementList::of_contact(self.session, contact)
    }
}

/// The holder of an entitlement or a pre-entitlement.
enum EntitlementHolder {
    Advisor(AdvisorRef),
    /// No advisor of the tenant has the e-mail address.
    PreEntitled {
        tenant: i64,
        email: String,
    },
}

impl EntitlementHolder {
    fn find(db: &Read<'_>, rights: Rights, key: &AdvisorKey) -> Result<Self> {
        match (rights.resolve_advisor(db, key), key) {
            (Ok(id), _) => Ok(Self::Advisor(db::directory::advisor_ref(db, id)?)),
            (Err(Error::NoAdvisorWithEmail), AdvisorKey::Email(email)) => {
                Ok(Self::PreEntitled { tenant: rights.home_tenant(db)?, email: email.clone() })
            }
            (Err(error), _) => Err(error),
        }
    }

    fn advisor(&self) -> Option<i64> {
        match self {
            Self::Advisor(advisor) => Some(advisor.id),
            Self::PreEntitled { .. } => None,
        }
    }

    fn is_pre_entitled(&self) -> bool {
        matches!(self, Self::PreEntitled { .. })
    }

    fn tenant(&self) -> i64 {
        match self {
            Self::Advisor(AdvisorRef { tenant, .. }) | Self::PreEntitled { tenant, .. } => *tenant,
        }
    }

    /// The entitlement of the holder on a network.
    fn entitlement(
        &self,
        db: &Read<'_>,
        network: i64,
        policy: &NetworkPolicy,
    ) -> Result<Option<Entitlement>> {
        let (tenant, email) = match self {
            Self::Advisor(advisor) => return Ok(db::entitlement::one(db, advisor.id, network)?),
            Self::PreEntitled { tenant, email } => (*tenant, email),
        };
        let Some((email, grant)) = db::pre_entitlement::one(db, tenant, &fold_email(email), network)? else {
            return Ok(None);
        };
        Ok(Some(Entitlement {
            advisor: None,
            email,
            network: policy.network.clone(),
            group: grant.group.map(GroupId),
            status: EntitlementStatus::PreEntitled,
            permissions: policy.default_permissions,
            phone: grant.phone,
            own_contact: None,
            created_at: Some(grant.created_at),
        }))
    }

    fn require_entitlement(
        &self,
        db: &Read<'_>,
        network: i64,
        policy: &NetworkPolicy,
    ) -> Result<Entitlement> {
        Ok(self.entitlement(db, network, policy)?.ok_or(RuleViolation::NoEntitlement)?)
    }
}

/// Applies the pre-entitlements of an e-mail address to an advisor who was just added.
pub(crate) fn grant_pre_entitlements(db: &Write<'_>, advisor: AdvisorRef, email: &str) -> Result<()> {
    let key = fold_email(email);
    for grant in db::pre_entitlement::all(db, advisor.tenant, &key)? {
        let network = db::directory::network_code(db, grant.network)?;
        let (_, policy) = db::directory::network(db, &network)?;
        db::pre_entitlement::delete(db, advisor.tenant, &key, grant.network)?;
        db::entitlement::insert(db, advisor.id, advisor.tenant, &grant, policy.default_permissions)?;
    }
    Ok(())
}

/// The local id of a tenant's group, if it is active on a network.
pub(crate) fn require_open_group(db: &Read<'_>, tenant: i64, network: i64, group: GroupId) -> Result<i64> {
    let group = db::tenants::group_local_id(db, group, tenant)?;
    if db::tenants::is_network_open(db, tenant, group, network)? {
        Ok(group)
    } else {
        Err(RuleViolation::GroupClosed.into())
    }
}
