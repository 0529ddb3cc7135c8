//! Permissions of advisors, one at a time.

use crate::access::rights::{Rights, granted_permissions};

use crate::db::{self, Read, Write};
use crate::error::{Error, Result, RuleViolation};
use crate::model::{AdvisorId, AdvisorKey, Network, Permission, Permissions};
use crate::operations::directory::handles::Entitlements;

impl Entitlements<'_> {
    /// The permissions of an advisor on a network. An advisor who was never entitled there has the default permissions
    /// of [`TenantPolicy`](crate::directory::TenantPolicy). On a network that is closed to the tenant no permission
    /// applies. Advisors may read their own.
    ///
    /// # Errors
    /// [`Error::NoAdvisor`], [`Error::NoAdvisorWithEmail`], [`Error::NoNetwork`], [`Error::Forbidden`].
    pub fn permissions(&self, who: impl Into<AdvisorKey>, network: &Network) -> Result<Permissions> {
        self.session.read(|snapshot| {
            let db = &snapshot.db;
            let rights = self.session.rights(db)?;
            let advisor = db::directory::advisor_ref(db, rights.resolve_advisor(db, &who.into())?)?;
            rights.require_own_advisor(Some(advisor.id))?;
            let network = db::directory::network_local_id(db, network)?;
            Ok(granted_permissions(db, advisor.id, advisor.tenant, network)?.unwrap_or_default())
        })
    }

    /// Grants a permission on a network to an entitled advisor. For administrators and the system.
    ///
    /// # Errors
    /// [`RuleViolation::NoEntitlement`], [`RuleViolation::PermissionHeld`]; [`Error::NoAdvisor`], [`Error::NoAdvisorWithEmail`],
    /// [`Error::NoNetwork`], [`Error::Forbidden`].
    pub fn grant(&self, who: impl Into<AdvisorKey>, network: &Network, permission: Permission) -> Result<()> {
        let who = who.into();
        self.with_network_rights(network, |db, rights, network| {
            let advisor = rights.resolve_advisor(db, &who)?;
            grant_permission(db, rights, advisor, network, permission)
        })
    }

    /// Revokes a permission on a network from an advisor. For administrators and the system.
    ///
    /// # Errors
    /// [`RuleViolation::NoEntitlement`], [`RuleViolation::PermissionNotHeld`]; [`Error::NoAdvisor`], [`Error::NoAdvisorWithEmail`],
    /// [`Error::NoNetwork`], [`Error::Forbidden`].
    pub fn revoke(
        &self,
        who: impl Into<AdvisorKey>,
        network: &Network,
        permission: Permission,
    ) -> Result<()> {
        let who = who.into();
        self.with_network_rights(network, |db, rights, network| {
            let (advisor, held) = require_entitled(db, rights, rights.resolve_advisor(db, &who)?, network)?;
            if !held.contains(permission) {
                return Err(RuleViolation::PermissionNotHeld.into());
            }
            Ok(db::entitlement::set_permissions(db, advisor, network, held.without(permission))?)
        })
    }

    /// Grants a permission on a network to many advisors. Returns for each, in order, the result of
    /// [`Entitlements::grant`]. An advisor who cannot get it does not stop the others. For administrators and the
    /// system.
    ///
    /// # Errors
    /// [`Error::NoNetwork`], [`Error::Forbidden`].
    pub fn grant_to_many(
        &self,
        advisors: &[AdvisorId],
        network: &Network,
        permission: Permission,
    ) -> Result<Vec<(AdvisorId, Result<(), Error>)>> {
        self.with_network_rights(network, |db, rights, network| {
            let one = |advisor: &AdvisorId| {
                let done = grant_permission(db, rights, *advisor, network, permission);
                Ok((*advisor, per_item(done)?))
            };
            advisors.iter().map(one).collect()
        })
    }

    fn with_network_rights<T>(
        self,
        network: &Network,
        work: impl FnOnce(&Write<'_>, Rights, i64) -> Result<T>,
    ) -> Result<T> {
        self.session.write(|db| {
            let rights = self.session.rights(db)?;
            rights.require_administrator()?;
            work(db, rights, db::directory::network_local_id(db, network)?)
        })
    }
}

fn grant_permission(
    db: &Write<'_>,
    rights: Rights,
    advisor: AdvisorId,
    network: i64,
    permission: Permission,
) -> Result<()> {
    let (advisor, held) = require_entitled(db, rights, advisor, network)?;
    if held.contains(permission) {
        return Err(RuleViolation::PermissionHeld.into());
    }
    Ok(db::entitlement::set_permissions(db, advisor, network, held.with(permission))?)
}

/// The local id of an entitled advisor, with the permissions on the network.
pub(crate) fn require_entitled(
    db: &Read<'_>,
    rights: Rights,
    advisor: AdvisorId,
    network: i64,
) -> Result<(i64, Permissions)> {
    let advisor = rights.visible_advisor(db, advisor)?;
    let held = db::entitlement::permissions(db, advisor, network)?.ok_or(RuleViolation::NoEntitlement)?;
    Ok((advisor, held))
}

/// Separates an error of one item, for which nothing was written, from a failure of the store, which ends the call.
pub(crate) fn per_item<T>(done: Result<T>) -> Result<Result<T>> {
    match done {
        Err(error) if !error.is_client_error() => Err(error),
        outcome => Ok(outcome),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_of_the_store_is_not_one_items() {
        assert!(matches!(per_item::<()>(Err(Error::Busy)), Err(Error::Busy)));
        let refused: Result<()> = Err(RuleViolation::OnboarderMismatch.into());
        assert!(matches!(per_item(refused), Ok(Err(_))));
        assert!(matches!(per_item(Ok(1)), Ok(Ok(1))));
    }
}
