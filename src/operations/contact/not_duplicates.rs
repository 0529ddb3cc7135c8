//! Decisions that two contacts are not duplicates.

use crate::access::session::Session;
use crate::db::contact::StoredContact;
use crate::db::{self, Write};
use crate::error::{Result, RuleViolation};
use crate::feed::ChangeKind;
use crate::model::{ContactId, Permission, limits};
use crate::operations::context::WriteContext;

impl Session {
    /// Records that two contacts are not duplicates: [`Session::duplicates`] does not propose them again, and no job merges them. If one of
    /// them is merged into a third contact, the decision holds for that contact too, until the merge is undone. A merge of the two by
    /// [`Session::merge`] is still possible. Returns false if it was recorded already.
    ///
    /// # Errors
    /// [`RuleViolation::SameContact`], [`RuleViolation::DifferentTenants`]; [`Error::NoContact`](crate::Error::NoContact),
    /// [`Error::Merged`](crate::Error::Merged); [`Error::Forbidden`](crate::Error::Forbidden) without
    /// [`Permission::EditContact`](crate::entitlements::Permission::EditContact) on both.
    pub fn not_duplicates(&self, a: ContactId, b: ContactId) -> Result<bool> {
        self.decide(a, b, ChangeKind::Dismiss, |db, a, b| Ok(db::duplicates::insert_not_duplicate(db, a, b)?))
    }

    /// Takes the decision of [`Session::not_duplicates`] back. Returns false if there was none.
    ///
    /// # Errors
    /// Those of [`Session::not_duplicates`].
    pub fn forget_not_duplicates(&self, a: ContactId, b: ContactId) -> Result<bool> {
        self.decide(a, b, ChangeKind::Undismiss, |db, a, b| {
            Ok(db::duplicates::delete_not_duplicate(db, a, b)?)
        })
    }

    /// The contacts that are recorded as not duplicates of a contact, of those that the actor sees, by id: at most [`limits::PAGE`].
    ///
    /// # Errors
    /// [`Error::NoContact`](crate::Error::NoContact), [`Error::Merged`](crate::Error::Merged).
    pub fn not_duplicates_of(&self, contact: ContactId) -> Result<Vec<ContactId>> {
        self.read(|snapshot| {
            let db = &snapshot.db;
            let rights = self.rights(db)?;
            let stored = rights.visible_contact(db, contact)?;
            let mut found = Vec::new();
            for other in db::duplicates::not_duplicates_of(db, stored.id, i64::MAX)? {
                let Some(other) = db::contact::one(db, other)? else { continue };
                if other.merged_into.is_none() && rights.can_see(db, &other)? {
                    found.push(other.contact.id);
                }
                if found.len() >= limits::PAGE {
                    break;
                }
            }
            Ok(found)
        })
    }

    /// Records a decision about two contacts, and logs it if it is new.
    fn decide(
        &self,
        a: ContactId,
        b: ContactId,
        kind: ChangeKind,
        record: impl FnOnce(&Write<'_>, i64, i64) -> Result<bool>,
    ) -> Result<bool> {
        let origin = self.origin_name()?;
        self.write(|db| {
            let rights = self.rights(db)?;
            let find = |id| rights.editable_contact(db, id, Permission::EditContact);
            let (a, b): (StoredContact, StoredContact) = (find(a)?, find(b)?);
            if a.id == b.id {
                return Err(RuleViolation::SameContact.into());
            }
            if a.tenant != b.tenant {
                return Err(RuleViolation::DifferentTenants.into());
            }
            let is_new = record(db, a.id, b.id)?;
            if is_new {
                let context = WriteContext { now: self.engine.now(), origin };
                context.log_merge(db, &a, (kind, 0), b.contact.id)?;
            }
            Ok(is_new)
        })
    }
}
