//! What advisors may do, one permission at a time.

use crate::access::rights::{Rights, held};
use crate::access::session::Session;
use crate::db::{self, Read, Write};
use crate::error::{Error, Refusal, Result};
use crate::model::{AdvisorId, AdvisorKey, Network, Permission, Permissions};

impl Session {
    /// What an advisor may do on a network; where they were never entitled, what [`TenantPolicy`](crate::TenantPolicy) lets
    /// everybody do. On a network closed to the tenant none of it counts. Advisors may ask about themselves.
    ///
    /// # Errors
    /// [`Error::NoAdvisor`], [`Error::NoAdvisorWithEmail`], [`Error::NoNetwork`], [`Error::Forbidden`].
    pub fn permissions_of(&self, who: impl Into<AdvisorKey>, network: &Network) -> Result<Permissions> {
        self.inner.read(&self.watch(), |snapshot| {
            let db = &snapshot.db;
            let rights = self.rights(db)?;
            let advisor = db::directory::advisor(db, rights.named(db, &who.into())?)?;
            rights.require_own(Some(advisor.id))?;
            let network = db::directory::network_id(db, network)?;
            Ok(held(db, advisor.id, advisor.tenant, network)?.unwrap_or_default())
        })
    }

    /// Gives an advisor who is entitled on a network one more permission there. For administrators and the system.
    ///
    /// # Errors
    /// [`Refusal::NoEntitlement`], [`Refusal::PermissionHeld`]; [`Error::NoAdvisor`], [`Error::NoAdvisorWithEmail`],
    /// [`Error::NoNetwork`], [`Error::Forbidden`].
    pub fn grant(&self, who: impl Into<AdvisorKey>, network: &Network, permission: Permission) -> Result<()> {
        let who = who.into();
        self.permit(network, |db, rights, network| {
            let advisor = rights.named(db, &who)?;
            grant(db, rights, advisor, network, permission)
        })
    }

    /// Takes a permission on a network from an advisor. For administrators and the system.
    ///
    /// # Errors
    /// [`Refusal::NoEntitlement`], [`Refusal::NoPermission`]; [`Error::NoAdvisor`], [`Error::NoAdvisorWithEmail`],
    /// [`Error::NoNetwork`], [`Error::Forbidden`].
    pub fn revoke(
        &self,
        who: impl Into<AdvisorKey>,
        network: &Network,
        permission: Permission,
    ) -> Result<()> {
        let who = who.into();
        self.permit(network, |db, rights, network| {
            let (advisor, held) = entitled(db, rights, rights.named(db, &who)?, network)?;
            if !held.contains(permission) {
                return Err(Refusal::NoPermission.into());
            }
            Ok(db::entitlement::set_permissions(db, advisor, network, held.without(permission))?)
        })
    }

    /// Gives many advisors one more permission on a network, and tells of each, in order, what [`Session::grant`] would have;
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
        self.permit(network, |db, rights, network| {
            let one = |advisor: &AdvisorId| {
                let done = grant(db, rights, *advisor, network, permission);
                Ok((*advisor, per_item(done)?))
            };
            advisors.iter().map(one).collect()
        })
    }

    fn permit<T>(
        &self,
        network: &Network,
        work: impl FnOnce(&Write<'_>, Rights, i64) -> Result<T>,
    ) -> Result<T> {
        self.inner.write(&self.watch(), |db| {
            let rights = self.rights(db)?;
            rights.require_administrator()?;
            work(db, rights, db::directory::network_id(db, network)?)
        })
    }
}

fn grant(
    db: &Write<'_>,
    rights: Rights,
    advisor: AdvisorId,
    network: i64,
    permission: Permission,
) -> Result<()> {
    let (advisor, held) = entitled(db, rights, advisor, network)?;
    if held.contains(permission) {
        return Err(Refusal::PermissionHeld.into());
    }
    Ok(db::entitlement::set_permissions(db, advisor, network, held.with(permission))?)
}

/// An advisor who is entitled on a network, by local id, and what they may do there.
pub(crate) fn entitled(
    db: &Read<'_>,
    rights: Rights,
    advisor: AdvisorId,
    network: i64,
) -> Result<(i64, Permissions)> {
    let advisor = rights.colleague(db, advisor)?;
    let held = db::entitlement::permissions(db, advisor, network)?.ok_or(Refusal::NoEntitlement)?;
    Ok((advisor, held))
}

/// What is wrong with one of several items is told of that item, if nothing was written for it; a failure of the store ends
/// the call.
pub(crate) fn per_item<T>(done: Result<T>) -> Result<Result<T>> {
    match done {
        Err(error) if !error.is_refusal() => Err(error),
        told => Ok(told),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_of_the_store_is_not_one_items() {
        assert!(matches!(per_item::<()>(Err(Error::Busy)), Err(Error::Busy)));
        let refused: Result<()> = Err(Refusal::NotTheOnboarder.into());
        assert!(matches!(per_item(refused), Ok(Err(_))));
        assert!(matches!(per_item(Ok(1)), Ok(Ok(1))));
    }
}
