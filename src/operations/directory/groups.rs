//! In which federation group an advisor works.

use crate::access::rights::Rights;

use crate::db::{self, Write};
use crate::error::{Error, Result};
use crate::model::{AdvisorId, AdvisorKey, GroupId, GroupMove, Network};
use crate::operations::directory::entitle::require_open_group;
use crate::operations::directory::handles::Entitlements;
use crate::operations::directory::permissions::{per_item, require_entitled};

impl Entitlements<'_> {
    /// Moves an advisor into another federation group on a network, or into the default one (`None`). Contacts stay in
    /// theirs. For administrators and the system.
    ///
    /// # Errors
    /// [`RuleViolation::GroupClosed`](crate::RuleViolation::GroupClosed), [`RuleViolation::NoEntitlement`](crate::RuleViolation::NoEntitlement);
    /// [`Error::NotFound`] for the group; [`Error::NoAdvisor`], [`Error::NoAdvisorWithEmail`], [`Error::NoNetwork`],
    /// [`Error::Forbidden`].
    pub fn move_to_group(
        &self,
        who: impl Into<AdvisorKey>,
        network: &Network,
        group: Option<GroupId>,
    ) -> Result<()> {
        let who = who.into();
        self.session.write(|db| {
            let rights = self.session.rights(db)?;
            rights.require_administrator()?;
            move_advisor(db, rights, rights.resolve_advisor(db, &who)?, network, group)
        })
    }

    /// Moves many advisors, and tells of each, in order, what [`Entitlements::move_to_group`] would have; who cannot be moved does
    /// not keep the others from it. For administrators and the system.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub fn move_many_to_groups(
        &self,
        moves: impl IntoIterator<Item = GroupMove>,
    ) -> Result<Vec<(GroupMove, Result<(), Error>)>> {
        // The caller's code runs before the transaction, not inside.
        let moves: Vec<GroupMove> = moves.into_iter().collect();
        self.session.write(|db| {
            let rights = self.session.rights(db)?;
            rights.require_administrator()?;
            let one = |item: GroupMove| {
                let done = move_advisor(db, rights, item.advisor, &item.network, item.group);
                Ok((item, per_item(done)?))
            };
            moves.into_iter().map(one).collect()
        })
    }
}

fn move_advisor(
    db: &Write<'_>,
    rights: Rights,
    advisor: AdvisorId,
    network: &Network,
    group: Option<GroupId>,
) -> Result<()> {
    let network = db::directory::network_local_id(db, network)?;
    let (advisor, _) = require_entitled(db, rights, advisor, network)?;
    let tenant = db::directory::advisor_tenant(db, advisor)?;
    let group = group.map(|group| require_open_group(db, tenant, network, group)).transpose()?;
    Ok(db::entitlement::set_group(db, advisor, network, group)?)
}
