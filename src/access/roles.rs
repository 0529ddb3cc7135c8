//! What the kind of actor decides alone, without a permission on a network.

use crate::access::rights::{ActorKind, Rights};
use crate::db::Read;
use crate::error::{Error, Result};
use crate::model::Permission;

impl Rights {
    /// The local id of the advisor who acts, in either role.
    pub(crate) fn author(&self) -> Option<i64> {
        match self.kind() {
            ActorKind::Advisor(advisor) | ActorKind::Agent(advisor) => Some(advisor),
            ActorKind::System | ActorKind::Administrator => None,
        }
    }

    /// Requires the permission to merge contacts of a network, or to undo a merge: that to delete contacts. An agent may merge.
    pub(crate) fn require_merge(&self, db: &Read<'_>, network: i64) -> Result<()> {
        let needed = match self.kind() {
            ActorKind::Agent(_) => Permission::EditContact,
            _ => Permission::DeleteContact,
        };
        self.require(db, needed, network)
    }

    /// Rejects advisors that may not block a contact for the tenant. An agent may.
    pub(crate) fn require_contact_block(&self) -> Result<()> {
        match self.kind() {
            ActorKind::Agent(_) => Ok(()),
            _ => self.require_administrator(),
        }
    }

    /// Rejects an agent, who neither imports contacts nor runs bulk jobs.
    pub(crate) fn require_bulk(&self) -> Result<()> {
        match self.kind() {
            ActorKind::Agent(_) => {
                Err(Error::Forbidden("only an administrator imports or changes many contacts"))
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn require_system(&self) -> Result<()> {
        match self.kind() {
            ActorKind::System => Ok(()),
            ActorKind::Administrator | ActorKind::Advisor(_) | ActorKind::Agent(_) => {
                Err(Error::Forbidden("only the system may do this"))
            }
        }
    }

    pub(crate) fn require_administrator(&self) -> Result<()> {
        match self.kind() {
            ActorKind::System | ActorKind::Administrator => Ok(()),
            ActorKind::Advisor(_) | ActorKind::Agent(_) => {
                Err(Error::Forbidden("only an administrator may do this"))
            }
        }
    }

    /// Rejects an advisor's call about another advisor, given by local id.
    pub(crate) fn require_own_advisor(&self, advisor: Option<i64>) -> Result<()> {
        match self.kind() {
            ActorKind::Advisor(own) | ActorKind::Agent(own) if advisor != Some(own) => {
                Err(Error::Forbidden("an advisor may ask only about their own"))
            }
            _ => Ok(()),
        }
    }
}
