//! Trash, restore, purge.

use crate::access::rights::Rights;
use crate::access::session::Session;
use crate::db::contact::Stored;
use crate::db::{self, Write};
use crate::error::{Error, Result};
use crate::feed::ChangeKind;
use crate::index::{self, Keys};
use crate::model::{Contact, ContactId, Permission};
use crate::operations::contact::draft::claims;
use crate::operations::list::order::Orders;
use crate::operations::maintenance::substring_index::Keeper;
use crate::operations::{Context, Tally, enter, leave, scopes_of, stand};

impl Session {
    /// Puts a contact into the trash: it leaves every list, and its phone and identifiers are free for others. Removing
    /// what is in the trash changes nothing. An advisor may remove a contact that no other advisor has.
    ///
    /// # Errors
    /// [`Error::NoContact`], [`Error::Forbidden`].
    pub fn remove(&self, id: ContactId) -> Result<()> {
        let origin = self.origin_name()?;
        self.inner.write(&self.watch(), |db| {
            let rights = self.rights(db)?;
            let stored = rights.visible(db, id)?;
            let context = Context { now: self.inner.now(), origin };
            trash(db, context, rights, &Orders::read(&self.inner, db)?, stored).map(|_| ())
        })
    }

    /// Takes a contact out of the trash again, links included. Restoring what is not there changes nothing.
    ///
    /// # Errors
    /// [`Error::NoContact`], [`Error::Forbidden`]; [`Error::Taken`] if another contact has its phone or an identifier by
    /// now.
    pub fn restore(&self, id: ContactId) -> Result<Contact> {
        self.with_removable(id, |db, context, orders, stored| match stored.contact.trashed_at {
            None => Ok(stored.contact),
            Some(_) => put(db, context, orders, stored, To::Lists),
        })
    }

    /// Deletes a contact for good, from the trash or not, and with it what was merged into it; only the log remembers its id.
    /// For administrators and the system.
    ///
    /// # Errors
    /// [`Error::NoContact`], [`Error::Forbidden`].
    pub fn purge(&self, id: ContactId) -> Result<()> {
        self.with_removable(id, |db, context, orders, stored| {
            self.rights(db)?.require_administrator()?;
            for stored in with_absorbed(db, stored)?.iter().rev() {
                erase(db, context, orders, stored)?;
            }
            Ok(())
        })
    }

    fn with_removable<T>(
        &self,
        id: ContactId,
        work: impl FnOnce(&Write<'_>, Context<'_>, &Orders, Stored) -> Result<T>,
    ) -> Result<T> {
        let origin = self.origin_name()?;
        self.inner.write(&self.watch(), |db| {
            let rights = self.rights(db)?;
            let stored = rights.changeable(db, id, Permission::DeleteContact)?;
            refuse_others(db, rights, &stored)?;
            let orders = Orders::read(&self.inner, db)?;
            work(db, Context { now: self.inner.now(), origin }, &orders, stored)
        })
    }
}

/// Puts a contact that the actor sees into the trash, if the actor may; false if it was there.
pub(crate) fn trash(
    db: &Write<'_>,
    context: Context<'_>,
    rights: Rights,
    orders: &Orders,
    stored: Stored,
) -> Result<bool> {
    rights.require_change(db, &stored, Permission::DeleteContact)?;
    refuse_others(db, rights, &stored)?;
    match stored.contact.trashed_at {
        Some(_) => Ok(false),
        None => put(db, context, orders, stored, To::Trash).map(|_| true),
    }
}

/// An advisor cannot take a contact from other advisors.
fn refuse_others(db: &Write<'_>, rights: Rights, stored: &Stored) -> Result<()> {
    let Some(own) = rights.advisor() else { return Ok(()) };
    if db::entries::advisors_of(db, stored.id)?.into_iter().all(|advisor| advisor == own) {
        return Ok(());
    }
    Err(Error::Forbidden("other advisors have this contact too; unlink it instead"))
}

/// A contact, what was merged into it, what was merged into that, and so on.
fn with_absorbed(db: &Write<'_>, stored: Stored) -> Result<Vec<Stored>> {
    let (mut found, mut at) = (vec![stored], 0);
    while let Some(survivor) = found.get(at) {
        let absorbed = db::contact::many(db, &db::contact::absorbed(db, survivor.id)?)?;
        // A damaged index may name others.
        let absorbed = absorbed.into_iter().filter(|other| other.merged_into == Some(survivor.id));
        found.extend(absorbed.collect::<Vec<_>>());
        at = at.saturating_add(1);
    }
    Ok(found)
}

/// Deletes a contact and what belongs to it.
fn erase(db: &Write<'_>, context: Context<'_>, orders: &Orders, stored: &Stored) -> Result<()> {
    context.log(db, stored, ChangeKind::Purge, 0)?;
    let advisors = db::entries::advisors_of(db, stored.id)?;
    withdraw(db, orders, stored, &advisors)?;
    for advisor in advisors {
        db::entries::unlink(db, stored.id, advisor)?;
    }
    if stored.contact.trashed_at.is_none() {
        db::tag::recount(db, stored.id, -1)?;
    }
    db::merge_record::forget(db, stored.id)?;
    db::contact_methods::delete(db, stored.id, &stored.contact)?;
    db::event::forget(db, stored.contact.id)?;
    Ok(db::contact::delete(db, stored.id)?)
}

/// Where a contact goes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum To {
    Lists,
    Trash,
    /// Behind another contact, by local id.
    Survivor(i64),
}

/// Moves a contact into the trash or out of it.
fn put(db: &Write<'_>, context: Context<'_>, orders: &Orders, stored: Stored, to: To) -> Result<Contact> {
    let stored = shift(db, context, orders, stored, to)?;
    let kind = if stored.contact.trashed_at.is_some() { ChangeKind::Trash } else { ChangeKind::Restore };
    context.log(db, &stored, kind, 0)?;
    Ok(stored.contact)
}

/// Moves a contact between the lists, the trash, and the place of what was merged, without a word in the log.
pub(crate) fn shift(
    db: &Write<'_>,
    context: Context<'_>,
    orders: &Orders,
    mut stored: Stored,
    to: To,
) -> Result<Stored> {
    let into = !matches!(to, To::Lists);
    let advisors = db::entries::advisors_of(db, stored.id)?;
    let place = withdraw(db, orders, &stored, &advisors)?;
    db::tag::recount(db, stored.id, if into { -1 } else { 1 })?;
    stored.contact.trashed_at = into.then_some(context.now);
    stored.merged_into = if let To::Survivor(survivor) = to { Some(survivor) } else { None };
    stored.contact.updated_at = context.now;
    stored.contact.version = stored.contact.version.saturating_add(1);
    db::contact::update(db, &stored, &place)?;
    let mut tally = Tally::default();
    let scopes = scopes_of(&stored, &advisors);
    enter(db, &mut tally, &scopes, &place, stored.id)?;
    tally.write(db, orders)?;
    if !into {
        let (network, policy) = db::directory::network(db, &stored.contact.network)?;
        let keys = claims(&stored.contact, &policy, network, stored.group);
        db::unique_values::refuse_taken(db, stored.tenant, &keys)?;
        db::unique_values::claim(db, stored.tenant, stored.id, &keys)?;
        Keeper::of(db)?.enter(db, &stored, &advisors, None)?;
    }
    index::record(db, stored.id, &Keys::default(), &Keys::of(&stored.contact, &scopes))?;
    Ok(stored)
}

/// Takes a contact out of its lists, gives up its claims and its search keys; tells where it stood.
fn withdraw(
    db: &Write<'_>,
    orders: &Orders,
    stored: &Stored,
    advisors: &[i64],
) -> Result<db::contact::Place> {
    let scopes = scopes_of(stored, advisors);
    let mut tally = Tally::default();
    let place = stand(db, orders, &mut tally, || Ok(&scopes), stored.id)?;
    leave(db, &mut tally, &scopes, &place, stored.id)?;
    tally.write(db, orders)?;
    if stored.contact.trashed_at.is_none() {
        let (network, policy) = db::directory::network(db, &stored.contact.network)?;
        db::unique_values::release(
            db,
            stored.tenant,
            &claims(&stored.contact, &policy, network, stored.group),
        )?;
        Keeper::of(db)?.leave(db, stored.id)?;
    }
    index::record(db, stored.id, &Keys::of(&stored.contact, &scopes), &Keys::default())?;
    Ok(place)
}
