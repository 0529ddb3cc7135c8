//! The verbs: one file a use case. The rules of the book live here and nowhere else.

pub(crate) mod bulk;
pub(crate) mod contact;
pub(crate) mod directory;
pub(crate) mod list;
pub(crate) mod maintenance;
pub(crate) mod onboarding;
pub(crate) mod record;

use crate::db::contact::Stored;
use crate::db::{self, Owner, Scope, Write};
use crate::error::Result;
use crate::feed::{self, ChangeKind};
use crate::model::{ContactId, Field, Timestamp};

pub use crate::operations::bulk::add_many::{BulkOptions, Outcome};
pub use crate::operations::bulk::identity::Reconcile;
pub use crate::operations::bulk::jobs::{BulkOutcome, JobProgress};
pub use crate::operations::contact::copy::Copied;
pub use crate::operations::contact::find_or_create::Ensured;
use crate::operations::list::list_counts::{Tally, enter, leave, stand};
pub use crate::operations::maintenance::admin::Stats;
pub use crate::operations::maintenance::check::Health;
pub use crate::operations::maintenance::salvage::{Salvaged, SalvagedTable};
pub use crate::operations::maintenance::substring_index::SubstringIndex;
pub use crate::operations::onboarding::offboard::{Removal, Removed};
pub use crate::operations::onboarding::onboard::Onboarded;
pub use crate::operations::record::blocks::{BlockOutcome, UnblockOutcome};

/// The lists a contact is in, given its advisors: those that are searched, or the trash; none after a merge into another.
fn scopes_of(stored: &Stored, advisors: &[i64]) -> Vec<Scope> {
    if stored.merged_into.is_some() {
        return Vec::new();
    }
    if stored.contact.trashed_at.is_some() {
        return vec![Owner::Trash(stored.tenant).on(stored.network)];
    }
    let advisors = advisors.iter().map(|advisor| Owner::Advisor(*advisor));
    std::iter::once(Owner::of(stored.tenant)).chain(advisors).map(|owner| owner.on(stored.network)).collect()
}

/// What a verb needs besides its arguments.
#[derive(Debug, Clone, Copy)]
struct Context<'a> {
    now: Timestamp,
    origin: &'a str,
}

/// Writes down that something beside a contact's own fields was changed: that is an edit too.
fn edited(db: &Write<'_>, context: Context<'_>, stored: &Stored, fields: &[Field]) -> Result<()> {
    db::contact::touch(db, stored.id, context.now)?;
    context.log(db, stored, ChangeKind::Edit, feed::field_bits(fields.iter().copied()))
}

impl Context<'_> {
    fn log(&self, db: &Write<'_>, stored: &Stored, kind: ChangeKind, fields: i64) -> Result<()> {
        self.log_for(db, stored.tenant, stored, kind, fields)
    }

    /// What a merge, or its undoing, did to a contact.
    fn log_merger(
        &self,
        db: &Write<'_>,
        stored: &Stored,
        (kind, fields): (ChangeKind, i64),
        other: ContactId,
    ) -> Result<()> {
        let (tenant, contact) = (stored.tenant, stored.contact.id);
        let entry = feed::Entry { tenant, contact, kind, fields, other: Some(other) };
        feed::log(db, entry, self.origin, self.now)
    }

    /// The same, told to a tenant that need not be the contact's.
    fn log_for(
        &self,
        db: &Write<'_>,
        tenant: Option<i64>,
        stored: &Stored,
        kind: ChangeKind,
        fields: i64,
    ) -> Result<()> {
        let entry = feed::Entry { tenant, contact: stored.contact.id, kind, fields, other: None };
        feed::log(db, entry, self.origin, self.now)
    }
}
