//! Federation groups of advisors.

use crate::access::rights::Rights;

use crate::db::{self, Write};
use crate::error::{Error, Result};
use crate::model::{AdvisorId, AdvisorKey, GroupId, GroupMove, Network};
use crate::operations::directory::entitle::require_open_group;
use crate::operations::directory::handles::Entitlements;
use crate::operations::directory::permissions::{per_item, require_entitled};

impl Entitlements<'_> {
    /// Moves an advisor to another federation group on a network, or to the default group (`None`). Contacts do not
    /// move. For administrators and the system.
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

    /// Moves many advisors. Returns for each, in order, the result of [`Entitlements::move_to_group`]. An advisor that
    /// cannot be moved does not stop the others. For administrators and the system.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub fn move_many_to_groups(
        &self,
        moves: impl IntoIterator<Item = GroupMove>,
    ) -> Result<Vec<(GroupMove, Result<(), Error>)>> {
        // The caller's iterator runs before the transaction.
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
