//! Trash, restore, purge.

use crate::access::rights::Rights;
use crate::access::session::Session;
use crate::db::contact::StoredContact;
use crate::db::{self, Write};
use crate::error::{Error, Result};
use crate::feed::ChangeKind;
use crate::index::{self, ContactKeys};
use crate::model::{Contact, ContactId, Field, Permission};
use crate::operations::contact::draft::{uid_key, unique_keys};
use crate::operations::context::{WriteContext, list_scopes_of};
use crate::operations::list::list_counts::{ListCounts, current_position, insert_entries, remove_entries};
use crate::operations::list::list_orders::ListOrders;
use crate::operations::maintenance::substring_index::SubstringWriter;

impl Session {
    /// Moves a contact to the trash. It leaves every list, and its phone and identifiers become free. A contact in the
    /// trash does not change. An advisor may remove a contact without other advisors.
    ///
    /// # Errors
    /// [`Error::NoContact`], [`Error::Forbidden`].
    pub fn remove(&self, id: ContactId) -> Result<()> {
        let origin = self.origin_name()?;
        self.write(|db| {
            let rights = self.rights(db)?;
            let stored = rights.visible_contact(db, id)?;
            let context = WriteContext { now: self.engine.now(), origin };
            move_to_trash(db, context, rights, &ListOrders::for_writing(&self.engine, db)?, stored)
                .map(|_| ())
        })
    }

    /// Restores a contact from the trash with its links. A contact outside the trash does not change.
    ///
    /// # Errors
    /// [`Error::NoContact`], [`Error::Forbidden`]; [`Error::Duplicate`] if another contact has its phone or an
    /// identifier in the meantime.
    pub fn restore(&self, id: ContactId) -> Result<Contact> {
        self.with_removable_contact(id, |db, context, list_orders, stored| match stored.contact.trashed_at {
            None => Ok(stored.contact),
            Some(_) => move_and_log(db, context, list_orders, stored, MoveTarget::Lists),
        })
    }

    /// Deletes a contact permanently, from the trash or not, with all contacts that were merged into it. Only the
    /// change log keeps its id. For administrators and the system.
    ///
    /// # Errors
    /// [`Error::NoContact`], [`Error::Forbidden`].
    pub fn purge(&self, id: ContactId) -> Result<()> {
        self.with_removable_contact(id, |db, context, list_orders, stored| {
            self.rights(db)?.require_administrator()?;
            for stored in with_absorbed(db, stored)?.iter().rev() {
                purge_contact(db, context, list_orders, stored)?;
            }
            Ok(())
        })
    }

    fn with_removable_contact<T>(
        &self,
        id: ContactId,
        work: impl FnOnce(&Write<'_>, WriteContext<'_>, &ListOrders, StoredContact) -> Result<T>,
    ) -> Result<T> {
        let origin = self.origin_name()?;
        self.write(|db| {
            let rights = self.rights(db)?;
            let stored = rights.editable_contact(db, id, Permission::DeleteContact)?;
            require_no_other_advisor(db, rights, &stored)?;
            let list_orders = ListOrders::for_writing(&self.engine, db)?;
            work(db, WriteContext { now: self.engine.now(), origin }, &list_orders, stored)
        })
    }
}

/// Moves a visible contact to the trash, if the actor may; false if it was there.
pub(crate) fn move_to_trash(
    db: &Write<'_>,
    context: WriteContext<'_>,
    rights: Rights,
    list_orders: &ListOrders,
    stored: StoredContact,
) -> Result<bool> {
    rights.require_edit(db, &stored, Permission::DeleteContact)?;
    require_no_other_advisor(db, rights, &stored)?;
    match stored.contact.trashed_at {
        Some(_) => Ok(false),
        None => move_and_log(db, context, list_orders, stored, MoveTarget::Trash).map(|_| true),
    }
}

/// An advisor cannot remove a contact of other advisors.
fn require_no_other_advisor(db: &Write<'_>, rights: Rights, stored: &StoredContact) -> Result<()> {
    let Some(own) = rights.advisor() else { return Ok(()) };
    if db::entries::advisors_of(db, stored.id)?.into_iter().all(|advisor| advisor == own) {
        return Ok(());
    }
    Err(Error::Forbidden("other advisors have this contact too; unlink it instead"))
}

/// A contact and all contacts that were merged into it, directly or indirectly.
fn with_absorbed(db: &Write<'_>, stored: StoredContact) -> Result<Vec<StoredContact>> {
    let (mut found, mut at) = (vec![stored], 0);
    while let Some(survivor) = found.get(at) {
        let absorbed = db::contact::many(db, &db::contact::merged_into(db, survivor.id)?)?;
        // A damaged index can contain other contacts.
        let absorbed = absorbed.into_iter().filter(|other| other.merged_into == Some(survivor.id));
        found.extend(absorbed.collect::<Vec<_>>());
        at = at.saturating_add(1);
    }
    Ok(found)
}

/// Deletes a contact and its records.
fn purge_contact(
    db: &Write<'_>,
    context: WriteContext<'_>,
    list_orders: &ListOrders,
    stored: &StoredContact,
) -> Result<()> {
    context.log(db, stored, ChangeKind::Purge, 0)?;
    let advisors = db::entries::advisors_of(db, stored.id)?;
    remove_from_lists_and_indexes(db, list_orders, stored, &advisors)?;
    for advisor in advisors {
        db::entries::unlink(db, stored.id, advisor)?;
    }
    if stored.contact.trashed_at.is_none() {
        db::tag::adjust_counts(db, stored.id, -1)?;
    }
    db::merge_record::delete_of_contact(db, stored.id)?;
    db::duplicates::delete_of_contact(db, stored.id)?;
    db::contact_methods::delete(db, stored.id, &stored.contact)?;
    db::event::delete_of_contact(db, stored.contact.id)?;
    Ok(db::contact::delete(db, stored.id)?)
}

/// The target of a move.
#[derive(Debug, Clone, Copy)]
pub(crate) enum MoveTarget {
    Lists,
    Trash,
    /// Merged into another contact, by local id.
    Survivor(i64),
}

/// Moves a contact to the trash or restores it, and logs this.
fn move_and_log(
    db: &Write<'_>,
    context: WriteContext<'_>,
    list_orders: &ListOrders,
    stored: StoredContact,
    to: MoveTarget,
) -> Result<Contact> {
    let stored = move_contact(db, context, list_orders, stored, to)?;
    let kind = if stored.contact.trashed_at.is_some() { ChangeKind::Trash } else { ChangeKind::Restore };
    context.log(db, &stored, kind, 0)?;
    Ok(stored.contact)
}

/// Moves a contact between lists, trash and the merged state, without a log entry.
pub(crate) fn move_contact(
    db: &Write<'_>,
    context: WriteContext<'_>,
    list_orders: &ListOrders,
    mut stored: StoredContact,
    to: MoveTarget,
) -> Result<StoredContact> {
    let into = !matches!(to, MoveTarget::Lists);
    let advisors = db::entries::advisors_of(db, stored.id)?;
    let place = remove_from_lists_and_indexes(db, list_orders, &stored, &advisors)?;
    db::tag::adjust_counts(db, stored.id, if into { -1 } else { 1 })?;
    stored.contact.trashed_at = into.then_some(context.now);
    stored.merged_into = if let MoveTarget::Survivor(survivor) = to { Some(survivor) } else { None };
    stored.contact.updated_at = context.now;
    stored.contact.version = stored.contact.version.saturating_add(1);
    db::contact::update(db, &stored, &place)?;
    let mut counts = ListCounts::default();
    let scopes = list_scopes_of(&stored, &advisors);
    insert_entries(db, &mut counts, &scopes, &place, stored.id)?;
    counts.flush(db, list_orders)?;
    if !into {
        let (network, policy) = db::directory::network(db, &stored.contact.network)?;
        let keys = unique_keys(&stored, &policy, network, stored.group);
        db::unique_values::ensure_available(db, stored.tenant, &keys)?;
        // A card with the generated UID can have been imported while the contact was in the trash.
        let generated = uid_key(&stored.contact.uid, network);
        let holder = db::unique_values::holder(db, stored.tenant.unwrap_or(0), &generated)?;
        if let Some(holder) = holder.filter(|holder| *holder != stored.id) {
            return Err(Error::Duplicate { field: Field::Uid, holder: Some(ContactId(holder)) });
        }
        db::unique_values::claim(db, stored.tenant, stored.id, &keys)?;
        SubstringWriter::load(db)?.insert(db, &stored, &advisors, None)?;
    }
    index::log_key_changes(
        db,
        stored.id,
        &ContactKeys::default(),
        &ContactKeys::of(&stored.contact, &scopes),
    )?;
    Ok(stored)
}

/// Deletes list entries, unique values and search keys of a contact. Returns its former position.
fn remove_from_lists_and_indexes(
    db: &Write<'_>,
    list_orders: &ListOrders,
    stored: &StoredContact,
    advisors: &[i64],
) -> Result<db::contact::SortKeys> {
    let scopes = list_scopes_of(stored, advisors);
    let mut counts = ListCounts::default();
    let place = current_position(db, list_orders, &mut counts, || Ok(&scopes), stored.id)?;
    remove_entries(db, &mut counts, &scopes, &place, stored.id)?;
    counts.flush(db, list_orders)?;
    if stored.contact.trashed_at.is_none() {
        let (network, policy) = db::directory::network(db, &stored.contact.network)?;
        db::unique_values::release(db, stored.tenant, &unique_keys(stored, &policy, network, stored.group))?;
        SubstringWriter::load(db)?.remove(db, stored.id)?;
    }
    index::log_key_changes(
        db,
        stored.id,
        &ContactKeys::of(&stored.contact, &scopes),
        &ContactKeys::default(),
    )?;
    Ok(place)
}
