//! What advisors may do, one permission at a time.

use crate::access::rights::{Rights, granted_permissions};

use crate::db::{self, Read, Write};
use crate::error::{Error, Result, RuleViolation};
use crate::model::{AdvisorId, AdvisorKey, Network, Permission, Permissions};
use crate::operations::directory::handles::Entitlements;

impl Entitlements<'_> {
    /// What an advisor may do on a network; where they were never entitled, what [`TenantPolicy`](crate::directory::TenantPolicy) lets
    /// everybody do. On a network closed to the tenant none of it counts. Advisors may ask about themselves.
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

    /// Gives an advisor who is entitled on a network one more permission there. For administrators and the system.
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

    /// Takes a permission on a network from an advisor. For administrators and the system.
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

    /// Gives many advisors one more permission on a network, and tells of each, in order, what [`Entitlements::grant`] would have;
    /// who cannot get it does not keep the others from it. For administrators and the system.
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

/// An advisor who is entitled on a network, by local id, and what they may do there.
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

/// What is wrong with one of several items is told of that item, if nothing was written for it; a failure of the store ends
/// the call.
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
