//! Entitling advisors on networks, and those who will be advisors.

use crate::access::rights::Rights;
use crate::access::session::Session;
use crate::db::directory::AdvisorRef;
use crate::db::directory::entitlement::Grant;
use crate::db::{self, Read, Write};
use crate::error::{Error, Refusal, Result};
use crate::model::{
    AdvisorKey, Entitlement, EntitlementStatus, GroupId, Network, NetworkPolicy, NewEntitlement, Permissions,
    fold_email,
};
use crate::operations::directory::advisor_numbers::{choose, own_number};

impl Session {
    /// Entitles an advisor on a network: there they may do what the network's policy says, and what is given besides. Who is
    /// named by an e-mail address that no advisor of the tenant has is waited for: the entitlement is theirs once they are
    /// added. For administrators and the system.
    ///
    /// Where the network has its advisors write from numbers of their own, the number is the one given, or the first free
    /// one of the tenant's pool; a tenant with a pool gives no others.
    ///
    /// ```
    /// use cardex::{Actor, Network, NewAdvisor, NewEntitlement, Options, Permission};
    /// let store = Options::new().open_in_memory()?;
    /// let desk = store.session(Actor::System);
    /// let ada = desk.add_advisor(NewAdvisor::new("Ada", "Byron"))?;
    /// let given = NewEntitlement::new(Network::WHATSAPP).advisor(ada.id).permissions([Permission::ListCustomers]);
    /// let given = desk.entitle(given)?;
    /// assert!(given.permissions.contains(Permission::CreateContact));
    /// # Ok::<(), crate::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Refused`] with [`Refusal::NobodyNamed`], [`Refusal::NetworkClosed`], [`Refusal::EntitlementExists`],
    /// [`Refusal::NoPermissionsYet`] for permissions to somebody who is waited for, [`Refusal::GroupClosed`], and for
    /// numbers [`Refusal::NumberNotSupported`], [`Refusal::NumberRequired`], [`Refusal::NumberTaken`],
    /// [`Refusal::NumberNotAvailable`], [`Refusal::NoNumberLeft`], [`Refusal::NumberMismatch`];
    /// [`Error::NoNetwork`], [`Error::NoAdvisor`], [`Error::NoSuch`] for a group; [`Error::Invalid`] for an address or a
    /// number that is none; [`Error::Forbidden`]. Nothing is written then.
    pub fn entitle(&self, new: NewEntitlement) -> Result<Entitlement> {
        self.inner.write(&self.watch(), |db| {
            let rights = self.rights(db)?;
            rights.require_administrator()?;
            let (network, policy) = db::directory::network(db, &new.network)?;
            let whom = Whom::find(db, rights, &new.who()?.ok_or(Refusal::NobodyNamed)?)?;
            if !db::tenants::is_open(db, whom.tenant(), 0, network)? {
                return Err(Refusal::NetworkClosed.into());
            }
            if whom.is_awaited() && new.permissions != Permissions::NONE {
                return Err(Refusal::NoPermissionsYet.into());
            }
            let phone = new.phone.map(|text| own_number(&self.inner.phones, text)).transpose()?;
            if let Some(known) = whom.entitlement(db, network, &policy)? {
                let promised = known.phone.map(|phone| phone.normal);
                let other = phone.is_some_and(|phone| Some(phone.normal) != promised);
                let again = if whom.is_awaited() && other {
                    Refusal::NumberMismatch
                } else {
                    Refusal::EntitlementExists
                };
                return Err(again.into());
            }
            let group = new.group.map(|group| open_group(db, whom.tenant(), network, group)).transpose()?;
            let phone = choose(db, &policy, whom.tenant(), network, phone)?;
            let grant = Grant { network, group, phone, created_at: self.inner.now() };
            match &whom {
                Whom::Advisor(advisor) => {
                    let all = new.permissions.iter().fold(policy.default_permissions, Permissions::with);
                    db::entitlement::insert(db, advisor.id, advisor.tenant, &grant, all)?;
                }
                Whom::Awaited { tenant, email } => {
                    db::pre_entitlement::insert(db, *tenant, &fold_email(email), email, &grant)?;
                }
            }
            whom.required(db, network, &policy)
        })
    }

    /// Whether and how somebody is entitled on a network: an advisor, or by e-mail address somebody who is waited for.
    /// Advisors may ask about themselves.
    ///
    /// # Errors
    /// [`Refusal::NoEntitlement`], [`Error::NoAdvisor`], [`Error::NoNetwork`], [`Error::Forbidden`].
    pub fn entitlement(&self, who: impl Into<AdvisorKey>, network: &Network) -> Result<Entitlement> {
        self.inner.read(&self.watch(), |snapshot| {
            let db = &snapshot.db;
            let rights = self.rights(db)?;
            let whom = Whom::find(db, rights, &who.into())?;
            rights.require_own(whom.advisor())?;
            let (network, policy) = db::directory::network(db, network)?;
            whom.required(db, network, &policy)
        })
    }

    /// Takes the entitlement on a network from an advisor, or by e-mail address from somebody who is waited for. Their
    /// contacts stay theirs; a number of the tenant's pool is free again. For administrators and the system.
    ///
    /// # Errors
    /// [`Refusal::NoEntitlement`], [`Error::NoAdvisor`], [`Error::NoNetwork`], [`Error::Forbidden`].
    pub fn withdraw(&self, who: impl Into<AdvisorKey>, network: &Network) -> Result<()> {
        let who = who.into();
        self.inner.write(&self.watch(), |db| {
            let rights = self.rights(db)?;
            rights.require_administrator()?;
            let (network, policy) = db::directory::network(db, network)?;
            let whom = Whom::find(db, rights, &who)?;
            whom.required(db, network, &policy)?;
            match &whom {
                Whom::Advisor(advisor) => db::entitlement::delete(db, advisor.id, network)?,
                Whom::Awaited { tenant, email } => {
                    db::pre_entitlement::delete(db, *tenant, &fold_email(email), network)?;
                }
            }
            Ok(())
        })
    }
}

/// Who is or will be entitled.
enum Whom {
    Advisor(AdvisorRef),
    /// No advisor of the tenant has the e-mail address.
    Awaited {
        tenant: i64,
        email: String,
    },
}

impl Whom {
    fn find(db: &Read<'_>, rights: Rights, key: &AdvisorKey) -> Result<Self> {
        match (rights.named(db, key), key) {
            (Ok(id), _) => Ok(Self::Advisor(db::directory::advisor(db, id)?)),
            (Err(Error::NoAdvisorWithEmail), AdvisorKey::Email(email)) => {
                Ok(Self::Awaited { tenant: rights.home(db)?, email: email.clone() })
            }
            (Err(error), _) => Err(error),
        }
    }

    fn advisor(&self) -> Option<i64> {
        match self {
            Self::Advisor(advisor) => Some(advisor.id),
            Self::Awaited { .. } => None,
        }
    }

    fn is_awaited(&self) -> bool {
        matches!(self, Self::Awaited { .. })
    }

    fn tenant(&self) -> i64 {
        match self {
            Self::Advisor(AdvisorRef { tenant, .. }) | Self::Awaited { tenant, .. } => *tenant,
        }
    }

    /// What they have on a network.
    fn entitlement(
        &self,
        db: &Read<'_>,
        network: i64,
        policy: &NetworkPolicy,
    ) -> Result<Option<Entitlement>> {
        let (tenant, email) = match self {
            Self::Advisor(advisor) => return Ok(db::entitlement::one(db, advisor.id, network)?),
            Self::Awaited { tenant, email } => (*tenant, email),
        };
        let Some((email, grant)) = db::pre_entitlement::one(db, tenant, &fold_email(email), network)? else {
            return Ok(None);
        };
        Ok(Some(Entitlement {
            advisor: None,
            email,
            network: policy.network.clone(),
            group: grant.group.map(|group| db::tenants::group_id(db, group)).transpose()?,
            status: EntitlementStatus::PreEntitled,
            permissions: policy.default_permissions,
            phone: grant.phone,
            own_contact: None,
            created_at: Some(grant.created_at),
        }))
    }

    fn required(&self, db: &Read<'_>, network: i64, policy: &NetworkPolicy) -> Result<Entitlement> {
        Ok(self.entitlement(db, network, policy)?.ok_or(Refusal::NoEntitlement)?)
    }
}

/// Gives an advisor who was just added what has waited for their e-mail address.
pub(crate) fn arrive(db: &Write<'_>, advisor: AdvisorRef, email: &str) -> Result<()> {
    let key = fold_email(email);
    for grant in db::pre_entitlement::all(db, advisor.tenant, &key)? {
        let network = db::directory::network_code(db, grant.network)?;
        let (_, policy) = db::directory::network(db, &network)?;
        db::pre_entitlement::delete(db, advisor.tenant, &key, grant.network)?;
        db::entitlement::insert(db, advisor.id, advisor.tenant, &grant, policy.default_permissions)?;
    }
    Ok(())
}

/// A group of a tenant that is active on a network, by local id.
pub(crate) fn open_group(db: &Read<'_>, tenant: i64, network: i64, group: GroupId) -> Result<i64> {
    let group = db::tenants::group(db, group, tenant)?;
    if db::tenants::is_open(db, tenant, group, network)? {
        Ok(group)
    } else {
        Err(Refusal::GroupClosed.into())
    }
}
