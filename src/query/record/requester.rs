//! Who requested a job or an import, and who may see it.

use crate::access::rights::{ActorKind, Rights};
use crate::access::session::Actor;
use crate::db::record::job::{JobOwner, Requester};
use crate::db::{self, Read};
use crate::error::{Error, Result};
use crate::model::TenantId;

/// Whether the actor may see what somebody requested: a job or an import.
pub(super) fn is_visible_request(rights: &Rights, tenant: Option<i64>, requested_by: Requester) -> bool {
    match rights.kind() {
        ActorKind::System => rights.tenant().is_none() || rights.tenant() == tenant,
        ActorKind::Administrator => rights.tenant() == tenant && requested_by != Requester::System,
        ActorKind::Advisor(advisor) | ActorKind::Agent(advisor) => {
            requested_by == Requester::Advisor(advisor)
        }
    }
}

/// The list of what the actor sees, and numbers for its cursors.
pub(super) fn job_owner(rights: &Rights) -> (JobOwner, (i64, i64)) {
    match (rights.kind(), rights.tenant()) {
        (ActorKind::Advisor(advisor) | ActorKind::Agent(advisor), _) => {
            (JobOwner::Advisor(advisor), (2, advisor))
        }
        (kind, Some(tenant)) => (JobOwner::Tenant(tenant, kind == ActorKind::System), (1, tenant)),
        (_, None) => (JobOwner::All, (0, 0)),
    }
}

/// The public form of a requester.
///
/// # Errors
/// [`Error::Damaged`].
pub(super) fn requester(db: &Read<'_>, tenant: Option<i64>, requested_by: Requester) -> Result<Actor> {
    let damaged = Error::Damaged { what: "the requester of a job or an import", source: None };
    Ok(match requested_by {
        Requester::System => Actor::System,
        Requester::Administrator => Actor::Administrator(TenantId(tenant.ok_or(damaged)?)),
        Requester::Advisor(advisor) => Actor::Advisor(db::directory::advisor_public_id(db, advisor)?),
    })
}
