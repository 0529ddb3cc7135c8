//! Undoing a merge.

use crate::access::rights::Rights;
use crate::access::session::Session;
use crate::db::contact::StoredContact;
use crate::db::contact::merge_record::{CopiedFields, MergeParties};
use crate::db::{self, Read, Write};
use crate::error::{EntityKind, Error, Result, RuleViolation};
use crate::feed::{ChangeKind, field_mask};
use crate::model::{Field, MergeId, NewContact, Permission, UnmergeResult, fold_email};
use crate::operations::contact::draft::to_new_contact;
use crate::operations::contact::edit::update_contact_unlogged;
use crate::operations::contact::links::set_link;
use crate::operations::contact::merge::reload;
use crate::operations::contact::trash::{MoveTarget, move_contact};
use crate::operations::context::WriteContext;
use crate::operations::list::list_counts::ListCounts;
use crate::operations::list::list_orders::ListOrders;

impl Session {
    /// Undoes a merge, whenever it was. The absorbed contact is back as it was, with its id, fields, card, links, tags, values and
    /// subscriptions, and with those of its notes, gates and places in conversations that the survivor still has. From the survivor
    /// is taken what the merge gave it and what still is what it was then; what was edited since stays. Of several merges
    /// into a contact the last one is undone first. For administrators and the system, and advisors who see both.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is no such merge, or one of its contacts was purged; [`Error::Rule`] with
    /// [`RuleViolation::MergeAlreadyUndone`], or [`RuleViolation::LaterMergeExists`] if the survivor was merged again; [`Error::Duplicate`] if something that must
    /// be unique belongs to another contact by now, or to the survivor because it was given it anew;
    /// [`Error::Invalid`] if the survivor would lack what its network asks for; [`Error::Forbidden`] without
    /// [`Permission::EditContact`] and [`Permission::DeleteContact`]. Nothing is written then.
    pub fn unmerge(&self, merger: MergeId) -> Result<UnmergeResult> {
        let origin = self.origin_name()?;
        self.write(|db| {
            let rights = self.rights(db)?;
            let found = db::merge_record::find(db, merger)?;
            let party = |id| find_party(db, &rights, id, merger);
            let (survivor, absorbed) = (party(found.survivor)?, party(found.absorbed)?);
            if found.record.undone_at.is_some() {
                return Err(RuleViolation::MergeAlreadyUndone.into());
            }
            let of = MergeParties { merge: merger, survivor: survivor.id, absorbed: absorbed.id };
            if let Some(later) = db::merge_record::later_merge(db, of)? {
                return Err(RuleViolation::LaterMergeExists(later).into());
            }
            let context = WriteContext { now: self.engine.now(), origin };
            let orders = ListOrders::for_writing(&self.engine, db)?;
            let (stored, fields) =
                self.revert_survivor(db, context, &orders, survivor, of, &found.copied_fields()?)?;
            let back = move_contact(db, context, &orders, absorbed, MoveTarget::Lists)?;
            context.log_merge(db, &stored, (ChangeKind::Unmerge, fields), back.contact.id)?;
            context.log_merge(db, &back, (ChangeKind::Separated, 0), stored.contact.id)?;
            db::merge_record::set_undone(db, merger, context.now)?;
            Ok(UnmergeResult { survivor: reload(db, &stored)?.contact, separated: back.contact })
        })
    }

    /// Takes from the survivor what the merge gave it; tells which fields that changed.
    fn revert_survivor(
        &self,
        db: &Write<'_>,
        context: WriteContext<'_>,
        orders: &ListOrders,
        survivor: StoredContact,
        of: MergeParties,
        filled: &CopiedFields,
    ) -> Result<(StoredContact, i64)> {
        let (_, policy) = db::directory::network(db, &survivor.contact.network)?;
        let wanted = remove_filled(&survivor, filled);
        let draft =
            self.engine.normalizer(&orders.collator).normalize(wanted, &policy, &survivor.contact.phones)?;
        let mut tally = ListCounts::default();
        let (stored, mut fields) =
            update_contact_unlogged(db, context, orders, survivor, draft, &policy, &mut tally)?;
        if fields == 0 {
            db::contact::touch(db, stored.id, context.now)?;
        }
        for advisor in db::merge_record::links(db, of.merge)? {
            set_link(db, context, orders, &stored, advisor, false, &mut tally)?;
        }
        tally.flush(db, orders)?;
        let counted = stored.contact.trashed_at.is_none();
        for tag in db::merge_record::tags(db, of.merge)? {
            if db::tag::set(db, of.survivor, tag, false, counted)? {
                fields |= field_mask([Field::Tags]);
            }
        }
        if db::merge_record::revert_values(db, of)? > 0 {
            fields |= field_mask([Field::Attributes]);
        }
        db::merge_record::revert_rest(db, of)?;
        Ok((stored, fields))
    }
}

/// A contact of a merge, if the actor may undo it.
fn find_party(db: &Read<'_>, rights: &Rights, id: i64, merger: MergeId) -> Result<StoredContact> {
    let none = || Error::NotFound(EntityKind::MergeRecord, merger.0);
    let stored = db::contact::one(db, id)?.ok_or_else(none)?;
    if !rights.can_see(db, &stored)? {
        return Err(none());
    }
    if stored.tenant.is_none() {
        rights.require_system().map_err(|_| RuleViolation::SharedContact)?;
    }
    rights.require(db, Permission::EditContact, stored.network)?;
    rights.require(db, Permission::DeleteContact, stored.network)?;
    Ok(stored)
}

/// The survivor without what a merge filled, where that is still there.
fn remove_filled(survivor: &StoredContact, filled: &CopiedFields) -> NewContact {
    let mut new = to_new_contact(survivor, survivor.contact.network.clone());
    for (field, text) in &filled.texts {
        if new.text(*field) == text {
            new.text_mut(*field).clear();
        }
    }
    if new.consent == filled.consent {
        new.consent = None;
    }
    if new.own_advisor == filled.own_advisor {
        new.own_advisor = None;
    }
    let mut normals = survivor.contact.phones.iter().map(|phone| &phone.normalized);
    new.phones.retain(|_| normals.next().is_none_or(|normal| !filled.phones.contains(normal)));
    new.emails.retain(|email| !filled.emails.contains(&fold_email(&email.text)));
    new.identifiers.retain(|identifier| !filled.identifiers.contains(identifier));
    new
}
