//! Tenants, federation groups, networks and advisors.

use crate::db;

use crate::error::{Error, Result, ValidationError};
use crate::model::{
    Field, Group, GroupId, Network, NetworkPolicy, Tenant, TenantId, TenantPolicy, limits, to_single_line,
};

use crate::operations::directory::handles::Directory;
use crate::query::GroupList;

/// The largest number of networks in a store. Search keys contain two bytes for the network, and a search on all
/// networks reads each one.
const MAX_NETWORKS: usize = 1_000;

impl<'s> Directory<'s> {
    /// The tenants, in the order in which they were added. A new store has one, named `default`. For the system.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub fn tenants(&self) -> Result<Vec<Tenant>> {
        self.session.read(|snapshot| {
            self.session.rights(&snapshot.db)?.require_system()?;
            Ok(db::tenants::tenants(&snapshot.db)?.into_iter().map(|(_, tenant)| tenant).collect())
        })
    }

    /// The tenant of the session. For the system without [`Session::in_tenant`](crate::Session::in_tenant) it is the
    /// first tenant.
    ///
    /// # Errors
    /// Those of the store.
    pub fn tenant(&self) -> Result<Tenant> {
        self.session.read(|snapshot| {
            let home = self.session.rights(&snapshot.db)?.home_tenant(&snapshot.db)?;
            let tenants = db::tenants::tenants(&snapshot.db)?;
            let found = tenants.into_iter().find(|(id, _)| *id == home).map(|(_, tenant)| tenant);
            found.ok_or(Error::Damaged { what: "the list of tenants", source: None })
        })
    }

    /// Adds a tenant. For the system.
    ///
    /// # Errors
    /// [`Error::Exists`] if the name exists, [`Error::Invalid`], [`Error::Forbidden`].
    pub fn add_tenant(&self, name: &str) -> Result<Tenant> {
        let name = check_name(name)?;
        self.session.write(|db| {
            self.session.rights(db)?.require_system()?;
            let id = TenantId(db::tenants::insert_tenant(db, &name)?);
            Ok(Tenant { id, name, policy: TenantPolicy::new() })
        })
    }

    /// Sets the policy of the tenant for its advisors. For administrators and the system.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an invalid calling code; [`Error::Forbidden`].
    pub fn set_tenant_policy(&self, policy: &TenantPolicy) -> Result<()> {
        policy.check()?;
        self.session.write(|db| {
            let rights = self.session.rights(db)?;
            rights.require_administrator()?;
            Ok(db::tenants::set_policy(db, rights.home_tenant(db)?, policy)?)
        })
    }

    /// The networks that the tenant may use. Without a closed network these are all networks.
    ///
    /// # Errors
    /// Those of the store.
    pub fn tenant_networks(&self) -> Result<Vec<Network>> {
        self.session.read(|snapshot| {
            let home = self.session.rights(&snapshot.db)?.home_tenant(&snapshot.db)?;
            Ok(db::tenants::open_networks(&snapshot.db, home, 0)?)
        })
    }

    /// Opens or closes a network for the tenant (for the system only), or for one of its groups (also for
    /// administrators). Existing contacts stay, but advisors and administrators can neither add nor change contacts
    /// there.
    ///
    /// # Errors
    /// [`Error::NoNetwork`], [`Error::NotFound`], [`Error::Forbidden`].
    pub fn set_network_open(&self, network: &Network, group: Option<GroupId>, open: bool) -> Result<()> {
        self.session.write(|db| {
            let rights = self.session.rights(db)?;
            match group {
                Some(_) => rights.require_administrator(),
                None => rights.require_system(),
            }?;
            let home = rights.home_tenant(db)?;
            let group = group.map(|group| db::tenants::group_local_id(db, group, home)).transpose()?;
            let network = db::directory::network_local_id(db, network)?;
            Ok(db::tenants::set_network_open(db, home, group.unwrap_or(0), network, open)?)
        })
    }

    /// The federation groups of the tenant, by name.
    ///
    /// # Errors
    /// Those of the store.
    pub fn groups(&self) -> Result<Vec<Group>> {
        self.session.read(|snapshot| {
            let home = self.session.rights(&snapshot.db)?.home_tenant(&snapshot.db)?;
            Ok(db::tenants::groups(&snapshot.db, home)?)
        })
    }

    /// Adds a federation group to the tenant. For administrators and the system.
    ///
    /// # Errors
    /// [`Error::Exists`] if the tenant has a group with the name, [`Error::Invalid`], [`Error::Forbidden`].
    pub fn add_group(&self, name: &str) -> Result<Group> {
        let name = check_name(name)?;
        self.session.write(|db| {
            let rights = self.session.rights(db)?;
            rights.require_administrator()?;
            let home = rights.home_tenant(db)?;
            let id = db::tenants::insert_group(db, home, &name)?;
            let networks = db::tenants::open_networks(db, home, 0)?;
            Ok(Group { id, tenant: TenantId(home), name, networks })
        })
    }

    /// The networks with their policies. The seven built-in networks come first.
    ///
    /// # Errors
    /// Those of the store.
    pub fn networks(&self) -> Result<Vec<NetworkPolicy>> {
        self.session.read(|snapshot| {
            self.session.rights(&snapshot.db)?;
            Ok(db::directory::networks(&snapshot.db)?.into_iter().map(|(_, policy)| policy).collect())
        })
    }

    /// Adds a network. For the system.
    ///
    /// # Errors
    /// [`Error::Exists`], [`Error::Forbidden`]; [`Error::Invalid`] past a thousand networks.
    pub fn add_network(&self, policy: &NetworkPolicy) -> Result<()> {
        self.session.write(|db| {
            self.session.rights(db)?.require_system()?;
            if db::directory::networks(db)?.len() >= MAX_NETWORKS {
                return Err(Error::invalid(Field::Network, ValidationError::TooMany { limit: MAX_NETWORKS }));
            }
            Ok(db::directory::insert_network(db, policy)?)
        })
    }

    /// Lists the federation groups of the tenant by name, in pages.
    pub fn group_list(&self) -> GroupList<'s> {
        GroupList::new(self.session)
    }
}

/// A valid name without surrounding blanks.
pub(crate) fn check_name(name: &str) -> Result<String> {
    let name = to_single_line(name.to_owned());
    if name.is_empty() {
        return Err(Error::invalid(Field::Name, ValidationError::Required { network: None }));
    }
    if name.chars().nth(limits::NAME).is_some() {
        return Err(Error::invalid(Field::Name, ValidationError::TooLong { limit: limits::NAME }));
    }
    Ok(name)
}
