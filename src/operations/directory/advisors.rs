//! Advisors of a tenant.

use crate::db::directory::AdvisorRef;
use crate::db::{self, Write};
use crate::error::{Error, Result, ValidationError};
use crate::model::{Advisor, AdvisorKey, ContactId, Field, NewAdvisor, TenantId, fold_email, limits};
use crate::operations::directory::entitle::grant_pre_entitlements;
use crate::operations::directory::handles::Directory;
use crate::query::AdvisorList;

impl<'s> Directory<'s> {
    /// An advisor of the tenant, by id or e-mail address.
    ///
    /// # Errors
    /// [`Error::NoAdvisor`], [`Error::NoAdvisorWithEmail`].
    pub fn advisor(&self, key: impl Into<AdvisorKey>) -> Result<Advisor> {
        self.session.read(|snapshot| {
            let id = self.session.rights(&snapshot.db)?.resolve_advisor(&snapshot.db, &key.into())?;
            Ok(db::directory::get_advisor(&snapshot.db, id)?)
        })
    }

    /// Lists the advisors of the tenant, by id.
    pub fn advisors(&self) -> AdvisorList<'s> {
        AdvisorList::new(self.session, None)
    }

    /// Lists the advisors that a contact is linked to, in the order in which they were added. Only the system sees
    /// advisors of other tenants.
    pub fn advisors_of(&self, contact: ContactId) -> AdvisorList<'s> {
        AdvisorList::new(self.session, Some(contact))
    }

    /// Adds an advisor to the tenant, and applies the pre-entitlements of the e-mail address. For administrators and
    /// the system.
    ///
    /// # Errors
    /// [`Error::Exists`] if the id or, in the tenant, the e-mail address exists; [`Error::Invalid`],
    /// [`Error::Forbidden`].
    pub fn add_advisor(&self, new: NewAdvisor) -> Result<Advisor> {
        self.add_advisors([new]).map(|mut added| added.pop())?.ok_or(Error::Forbidden("no advisor given"))
    }

    /// Adds advisors in one transaction: all or none.
    ///
    /// # Errors
    /// See [`Directory::add_advisor`].
    pub fn add_advisors(&self, new: impl IntoIterator<Item = NewAdvisor>) -> Result<Vec<Advisor>> {
        // The caller's iterator can read the store, so it runs before the transaction.
        let new: Vec<NewAdvisor> = new.into_iter().collect();
        self.session.write(|db| {
            let rights = self.session.rights(db)?;
            rights.require_administrator()?;
            let home = rights.home_tenant(db)?;
            new.into_iter().map(|new| self.insert_advisor(db, home, &new)).collect()
        })
    }

    fn insert_advisor(self, db: &Write<'_>, home: i64, new: &NewAdvisor) -> Result<Advisor> {
        new.check()?;
        let tenant = match new.tenant {
            Some(tenant) => db::tenants::tenant_local_id(db, tenant)?,
            None => home,
        };
        if tenant != home {
            self.session.rights(db)?.require_system()?;
        }
        if new.id.is_some_and(|id| !(1..=limits::ID).contains(&id.0)) {
            return Err(Error::invalid(
                Field::Advisors,
                ValidationError::OutOfRange { min: 1, max: limits::ID },
            ));
        }
        let advisor = Advisor {
            id: match new.id {
                Some(id) => id,
                None => db::directory::next_advisor_id(db)?,
            },
            tenant: TenantId(tenant),
            first_name: new.first_name.trim().to_owned(),
            last_name: new.last_name.trim().to_owned(),
            email: new.email.trim().to_owned(),
        };
        let id = db::directory::insert_advisor(db, &advisor, tenant, &fold_email(&advisor.email))?;
        grant_pre_entitlements(db, AdvisorRef { id, tenant }, &advisor.email)?;
        Ok(advisor)
    }
}
