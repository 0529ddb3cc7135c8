//! In which federation group an advisor works.

use crate::access::rights::Rights;
use crate::access::session::Session;
use crate::db::{self, Write};
use crate::error::{Error, Result};
use crate::model::{AdvisorId, AdvisorKey, GroupId, GroupMove, Network};
use crate::operations::directory::entitle::open_group;
use crate::operations::directory::permissions::{entitled, per_item};

impl Session {
    /// Moves an advisor into another federation group on a network, or into the default one (`None`). Contacts stay in
    /// theirs. For administrators and the system.
    ///
    /// # Errors
    /// [`Refusal::GroupClosed`](crate::Refusal::GroupClosed), [`Refusal::NoEntitlement`](crate::Refusal::NoEntitlement);
    /// [`Error::NoSuch`] for the group; [`Error::NoAdvisor`], [`Error::NoAdvisorWithEmail`], [`Error::NoNetwork`],
    /// [`Error::Forbidden`].
    pub fn move_to_group(
        &self,
        who: impl Into<AdvisorKey>,
        network: &Network,
        group: Option<GroupId>,
    ) -> Result<()> {
        let who = who.into();
        self.inner.write(&self.watch(), |db| {
            let rights = self.rights(db)?;
            rights.require_administrator()?;
            move_one(db, rights, rights.named(db, &who)?, network, group)
        })
    }

    /// Moves many advisors, and tells of each, in order, what [`Session::move_to_group`] would have; who cannot be moved does
    /// not keep the others from it. For administrators and the system.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub fn move_many(
        &self,
        moves: impl IntoIterator<Item = GroupMove>,
    ) -> Result<Vec<(GroupMove, Result<(), Error>)>> {
        // The caller's code runs before the transaction, not inside.
        let moves: Vec<GroupMove> = moves.into_iter().collect();
        self.inner.write(&self.watch(), |db| {
            let rights = self.rights(db)?;
            rights.require_administrator()?;
            let one = |item: GroupMove| {
                let done = move_one(db, rights, item.advisor, &item.network, item.group);
                Ok((item, per_item(done)?))
            };
            moves.into_iter().map(one).collect()
        })
    }
}

fn move_one(
    db: &Write<'_>,
    rights: Rights,
    advisor: AdvisorId,
    network: &Network,
    group: Option<GroupId>,
) -> Result<()> {
    let network = db::directory::network_id(db, network)?;
    let (advisor, _) = entitled(db, rights, advisor, network)?;
    let tenant = db::directory::advisor_tenant(db, advisor)?;
    let group = group.map(|group| open_group(db, tenant, network, group)).transpose()?;
    Ok(db::entitlement::set_group(db, advisor, network, group)?)
}
