//! Undoes merges.

use crate::access::rights::Rights;
use crate::access::session::Session;
use crate::db::contact::StoredContact;
use crate::db::contact::merge_record::{CopiedFields, MergeParties};
use crate::db::{self, Read, Write};
use crate::engine::Engine;
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
    /// Undoes a merge of any age. The absorbed contact exists again with its id, fields, card, links, tags, values and
    /// subscriptions, and with those of its notes, channel identities and conversations that the survivor still has.
    /// The survivor loses what the merge filled, if it is unchanged; later edits stay. Several merges into a contact
    /// are undone in reverse order. For administrators, the system, and advisors who see both.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is no such merge, or one of its contacts was purged; [`Error::Rule`] with
    /// [`RuleViolation::MergeAlreadyUndone`], or [`RuleViolation::LaterMergeExists`] if the survivor was merged again;
    /// [`Error::Duplicate`] if a unique value now belongs to another contact, or to the survivor because of a later
    /// edit; [`Error::Invalid`] if the survivor would lack a field that its network requires; [`Error::Forbidden`]
    /// without [`Permission::EditContact`] and [`Permission::DeleteContact`]. After an error nothing is written.
    pub fn unmerge(&self, merger: MergeId) -> Result<UnmergeResult> {
        let origin = self.origin_name()?;
        self.write(|db| {
            let rights = self.rights(db)?;
            let context = WriteContext { now: self.engine.now(), origin };
            let list_orders = ListOrders::for_writing(&self.engine, db)?;
            Unmerge { engine: &self.engine, rights, list_orders: &list_orders }.run(db, context, merger)
        })
    }
}

/// How a merge is undone.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unmerge<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) rights: Rights,
    pub(crate) list_orders: &'a ListOrders,
}

impl Unmerge<'_> {
    /// Undoes a merge.
    pub(crate) fn run(
        self,
        db: &Write<'_>,
        context: WriteContext<'_>,
        merger: MergeId,
    ) -> Result<UnmergeResult> {
        let found = db::merge_record::find(db, merger)?;
        let party = |id| find_party(db, &self.rights, id, merger);
        let (survivor, absorbed) = (party(found.survivor)?, party(found.absorbed)?);
        if found.record.undone_at.is_some() {
            return Err(RuleViolation::MergeAlreadyUndone.into());
        }
        let of = MergeParties { merge: merger, survivor: survivor.id, absorbed: absorbed.id };
        if let Some(later) = db::merge_record::later_merge(db, of)? {
            return Err(RuleViolation::LaterMergeExists(later).into());
        }
        let (stored, fields) = self.revert_survivor(db, context, survivor, of, &found.copied_fields()?)?;
        let back = move_contact(db, context, self.list_orders, absorbed, MoveTarget::Lists)?;
        context.log_merge(db, &stored, (ChangeKind::Unmerge, fields), back.contact.id)?;
        context.log_merge(db, &back, (ChangeKind::Separated, 0), stored.contact.id)?;
        db::merge_record::set_undone(db, merger, context.now)?;
        Ok(UnmergeResult { survivor: reload(db, &stored)?.contact, separated: back.contact })
    }

    /// Removes from the survivor what the merge filled. Returns the changed fields.
    fn revert_survivor(
        self,
        db: &Write<'_>,
        context: WriteContext<'_>,
        survivor: StoredContact,
        of: MergeParties,
        filled: &CopiedFields,
    ) -> Result<(StoredContact, i64)> {
        let list_orders = self.list_orders;
        let (_, policy) = db::directory::network(db, &survivor.contact.network)?;
        let wanted = remove_filled(&survivor, filled);
        let draft = self.engine.normalizer(&list_orders.collator).normalize(
            wanted,
            &policy,
            &survivor.contact.phones,
        )?;
        let mut counts = ListCounts::default();
        let (stored, mut fields) =
            update_contact_unlogged(db, context, list_orders, survivor, draft, &policy, &mut counts)?;
        if fields == 0 {
            db::contact::touch(db, stored.id, context.now)?;
        }
        for advisor in db::merge_record::links(db, of.merge)? {
            set_link(db, context, list_orders, &stored, advisor, false, &mut counts)?;
        }
        counts.flush(db, list_orders)?;
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
    rights.require_merge(db, stored.network)?;
    Ok(stored)
}

/// The survivor without the values that a merge filled, if they are unchanged.
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
