//! Tenants, federation groups, networks and advisors.

use crate::db;
use crate::error::{Error, Problem, Result};
use crate::model::{
    Advisor, AdvisorId, Field, Group, GroupId, NetworkPolicy, NewAdvisor, Tenant, TenantId, fold_email,
    limits,
};
use crate::session::Session;

/// Networks in one book: search keys hold two bytes for them, and a search without a network looks at each.
const MOST_NETWORKS: usize = 1_000;

impl Session {
    /// The tenants, in the order they were added. A new book has one, called `default`. For the system.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub fn tenants(&self) -> Result<Vec<Tenant>> {
        self.inner.read(&self.watch(), |snapshot| {
            self.rights(&snapshot.db)?.require_system()?;
            Ok(db::directory::tenants(&snapshot.db)?.into_iter().map(|(_, tenant)| tenant).collect())
        })
    }

    /// Adds a tenant. For the system.
    ///
    /// # Errors
    /// [`Error::Exists`] if the name is taken, [`Error::Invalid`], [`Error::Forbidden`].
    pub fn add_tenant(&self, name: &str) -> Result<Tenant> {
        let name = checked_name(name)?;
        self.inner.write(&self.watch(), |db| {
            self.rights(db)?.require_system()?;
            let id = TenantId(self.inner.ids.next(self.inner.now()));
            db::directory::insert_tenant(db, id.0, &name)?;
            Ok(Tenant { id, name })
        })
    }

    /// The federation groups of the tenant, by name.
    ///
    /// # Errors
    /// Those of the store.
    pub fn groups(&self) -> Result<Vec<Group>> {
        self.inner.read(&self.watch(), |snapshot| {
            let home = self.rights(&snapshot.db)?.home(&snapshot.db)?;
            Ok(db::directory::groups(&snapshot.db, home)?)
        })
    }

    /// Adds a federation group to the tenant. For administrators and the system.
    ///
    /// # Errors
    /// [`Error::Exists`] if the name is taken in the tenant, [`Error::Invalid`], [`Error::Forbidden`].
    pub fn add_group(&self, name: &str) -> Result<Group> {
        let name = checked_name(name)?;
        self.inner.write(&self.watch(), |db| {
            let rights = self.rights(db)?;
            rights.require_administrator()?;
            let home = rights.home(db)?;
            let id = GroupId(self.inner.ids.next(self.inner.now()));
            db::directory::insert_group(db, id.0, home, &name)?;
            Ok(Group { id, tenant: db::directory::tenant_id(db, home)?, name })
        })
    }

    /// The networks the book knows and what they ask for, the six built in first.
    ///
    /// # Errors
    /// Those of the store.
    pub fn networks(&self) -> Result<Vec<NetworkPolicy>> {
        self.inner.read(&self.watch(), |snapshot| {
            self.rights(&snapshot.db)?;
            Ok(db::directory::networks(&snapshot.db)?.into_iter().map(|(_, policy)| policy).collect())
        })
    }

    /// Adds a network. For the system.
    ///
    /// # Errors
    /// [`Error::Exists`], [`Error::Forbidden`]; [`Error::Invalid`] past a thousand networks.
    pub fn add_network(&self, policy: &NetworkPolicy) -> Result<()> {
        self.inner.write(&self.watch(), |db| {
            self.rights(db)?.require_system()?;
            if db::directory::networks(db)?.len() >= MOST_NETWORKS {
                return Err(Error::invalid(Field::Network, Problem::TooMany { limit: MOST_NETWORKS }));
            }
            Ok(db::directory::insert_network(db, policy)?)
        })
    }

    /// Adds an advisor to the tenant. For administrators and the system.
    ///
    /// # Errors
    /// [`Error::Exists`] if the id or, in the tenant, the e-mail address is taken; [`Error::Invalid`],
    /// [`Error::Forbidden`].
    pub fn add_advisor(&self, new: NewAdvisor) -> Result<Advisor> {
        self.add_advisors([new]).map(|mut added| added.pop())?.ok_or(Error::Forbidden("no advisor given"))
    }

    /// Adds advisors in one transaction: all or none.
    ///
    /// # Errors
    /// See [`Session::add_advisor`].
    pub fn add_advisors(&self, new: impl IntoIterator<Item = NewAdvisor>) -> Result<Vec<Advisor>> {
        // The caller's code runs before the transaction, not inside: it may well read the book.
        let new: Vec<NewAdvisor> = new.into_iter().collect();
        self.inner.write(&self.watch(), |db| {
            let rights = self.rights(db)?;
            rights.require_administrator()?;
            let home = rights.home(db)?;
            new.into_iter().map(|new| self.insert_advisor(db, home, &new)).collect()
        })
    }

    fn insert_advisor(&self, db: &db::Write<'_>, home: i64, new: &NewAdvisor) -> Result<Advisor> {
        new.check()?;
        let tenant = match new.tenant {
            Some(tenant) => db::directory::tenant(db, tenant)?,
            None => home,
        };
        if tenant != home {
            self.rights(db)?.require_system()?;
        }
        if new.id.is_some_and(|id| id.0 <= 0) {
            return Err(Error::invalid(Field::Advisors, Problem::OutOfRange { least: 1, most: i64::MAX }));
        }
        let advisor = Advisor {
            id: new.id.unwrap_or_else(|| AdvisorId(self.inner.ids.next(self.inner.now()))),
            tenant: db::directory::tenant_id(db, tenant)?,
            first_name: new.first_name.trim().to_owned(),
            last_name: new.last_name.trim().to_owned(),
            email: new.email.trim().to_owned(),
        };
        db::directory::insert_advisor(db, &advisor, tenant, &fold_email(&advisor.email))?;
        Ok(advisor)
    }
}

fn checked_name(name: &str) -> Result<String> {
    let name = name.trim();
    if name.is_empty() {
        return Err(Error::invalid(Field::Name, Problem::Required { on: None }));
    }
    if name.chars().nth(limits::NAME).is_some() {
        return Err(Error::invalid(Field::Name, Problem::TooLong { limit: limits::NAME }));
    }
    Ok(name.to_owned())
}
