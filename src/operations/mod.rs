//! The verbs: one file a use case. The rules of the book live here and nowhere else.

pub(crate) mod bulk;
pub(crate) mod contact;
pub(crate) mod directory;
pub(crate) mod list;
pub(crate) mod maintenance;
pub(crate) mod onboarding;
pub(crate) mod record;

use crate::db::contact::StoredContact;
use crate::db::{self, Owner, Scope, Write};
use crate::error::Result;
use crate::feed::{self, ChangeKind};
use crate::model::{ContactId, Field, Timestamp};

pub use crate::operations::bulk::add_many::{AddManyOptions, ImportOutcome};
pub use crate::operations::bulk::import_matching::MergeCard;
pub use crate::operations::bulk::jobs::{JobOutcome, JobProgress};
pub use crate::operations::contact::copy_contact::CopyResult;
pub use crate::operations::contact::find_or_create::FindOrCreateResult;
use crate::operations::list::list_counts::{ListCounts, current_position, insert_entries, remove_entries};
pub use crate::operations::maintenance::admin::Stats;
pub use crate::operations::maintenance::check::CheckReport;
pub use crate::operations::maintenance::recovery::{RecoveredTable, RecoveryReport};
pub use crate::operations::maintenance::substring_index::SubstringIndexStatus;
pub use crate::operations::onboarding::offboard::{OffboardResult, OffboardStatus};
pub use crate::operations::onboarding::onboard::OnboardResult;
pub use crate::operations::record::blocks::{BlockOutcome, UnblockOutcome};

/// The lists a contact is in, given its advisors: those that are searched, or the trash; none after a merge into another.
fn list_scopes_of(stored: &StoredContact, advisors: &[i64]) -> Vec<Scope> {
    if stored.merged_into.is_some() {
        return Vec::new();
    }
    if stored.contact.trashed_at.is_some() {
        return vec![Owner::Trash(stored.tenant).on_network(stored.network)];
    }
    let advisors = advisors.iter().map(|advisor| Owner::Advisor(*advisor));
    std::iter::once(Owner::for_tenant(stored.tenant))
        .chain(advisors)
        .map(|owner| owner.on_network(stored.network))
        .collect()
}

/// What a verb needs besides its arguments.
#[derive(Debug, Clone, Copy)]
struct WriteContext<'a> {
    now: Timestamp,
    origin: &'a str,
}

/// Writes down that something beside a contact's own fields was changed: that is an edit too.
fn log_extra_edit(
    db: &Write<'_>,
    context: WriteContext<'_>,
    stored: &StoredContact,
    fields: &[Field],
) -> Result<()> {
    db::contact::touch(db, stored.id, context.now)?;
    context.log(db, stored, ChangeKind::Edit, feed::field_mask(fields.iter().copied()))
}

impl WriteContext<'_> {
    fn log(&self, db: &Write<'_>, stored: &StoredContact, kind: ChangeKind, fields: i64) -> Result<()> {
        self.log_for_tenant(db, stored.tenant, stored, kind, fields)
    }

    /// What a merge, or its undoing, did to a contact.
    fn log_merge(
        &self,
        db: &Write<'_>,
        stored: &StoredContact,
        (kind, fields): (ChangeKind, i64),
        other: ContactId,
    ) -> Result<()> {
        let (tenant, contact) = (stored.tenant, stored.contact.id);
        let entry = feed::NewChange { tenant, contact, kind, fields, other: Some(other) };
        feed::append_change(db, entry, self.origin, self.now)
    }

    /// The same, told to a tenant that need not be the contact's.
    fn log_for_tenant(
        &self,
        db: &Write<'_>,
        tenant: Option<i64>,
        stored: &StoredContact,
        kind: ChangeKind,
        fields: i64,
    ) -> Result<()> {
        let entry = feed::NewChange { tenant, contact: stored.contact.id, kind, fields, other: None };
        feed::append_change(db, entry, self.origin, self.now)
    }
}
