//! What operations share: the lists of a contact, and the log of changes.

use crate::db::contact::StoredContact;
use crate::db::{self, Owner, Scope, Write};
use crate::error::Result;
use crate::feed::{self, ChangeKind};
use crate::model::{ContactId, Field, Timestamp};

/// The lists that contain a contact with these advisors: the lists of its tenant and advisors, or the trash. An absorbed
/// contact is in no list.
pub(crate) fn list_scopes_of(stored: &StoredContact, advisors: &[i64]) -> Vec<Scope> {
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

/// When and under which origin an operation writes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WriteContext<'a> {
    pub(crate) now: Timestamp,
    /// The name under which the session records its changes.
    pub(crate) origin: &'a str,
}

/// Records an edit of data beside the contact's own fields, for example its tags.
pub(crate) fn log_extra_edit(
    db: &Write<'_>,
    context: WriteContext<'_>,
    stored: &StoredContact,
    fields: &[Field],
) -> Result<()> {
    db::contact::touch(db, stored.id, context.now)?;
    context.log(db, stored, ChangeKind::Edit, feed::field_mask(fields.iter().copied()))
}

impl WriteContext<'_> {
    /// Logs a change of a contact for its tenant.
    pub(crate) fn log(
        &self,
        db: &Write<'_>,
        stored: &StoredContact,
        kind: ChangeKind,
        fields: i64,
    ) -> Result<()> {
        self.log_for_tenant(db, stored.tenant, stored, kind, fields)
    }

    /// Logs a merge or its undoing; `other` is the other contact.
    pub(crate) fn log_merge(
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

    /// Logs a change for a tenant, which may differ from the tenant of the contact.
    pub(crate) fn log_for_tenant(
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
