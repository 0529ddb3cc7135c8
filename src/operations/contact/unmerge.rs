//! Undoing a merge.

use crate::access::rights::Rights;
use crate::access::session::Session;
use crate::db::contact::Stored;
use crate::db::contact::merge_record::{Filled, Parties};
use crate::db::{self, Read, Write};
use crate::error::{Error, Refusal, Result, Thing};
use crate::feed::{ChangeKind, field_bits};
use crate::model::{Field, MergerId, NewContact, Permission, Unmerged, fold_email};
use crate::operations::contact::draft::reopen;
use crate::operations::contact::edit::amend;
use crate::operations::contact::links::relink;
use crate::operations::contact::merge::reread;
use crate::operations::contact::remove::{To, shift};
use crate::operations::list::order::Orders;
use crate::operations::{Context, Tally};

impl Session {
    /// Undoes a merge, whenever it was. The absorbed contact is back as it was, with its id, fields, card, links, tags, values and
    /// subscriptions, and with those of its notes, gates and places in conversations that the survivor still has. From the survivor
    /// is taken what the merge gave it and what still is what it was then; what was edited since stays. Of several merges
    /// into a contact the last one is undone first. For administrators and the system, and advisors who see both.
    ///
    /// # Errors
    /// [`Error::NoSuch`] if there is no such merge, or one of its contacts was purged; [`Error::Refused`] with
    /// [`Refusal::AlreadyUndone`], or [`Refusal::MergedSince`] if the survivor was merged again; [`Error::Taken`] if something that must
    /// be unique belongs to another contact by now, or to the survivor because it was given it anew;
    /// [`Error::Invalid`] if the survivor would lack what its network asks for; [`Error::Forbidden`] without
    /// [`Permission::EditContact`] and [`Permission::DeleteContact`]. Nothing is written then.
    pub fn unmerge(&self, merger: MergerId) -> Result<Unmerged> {
        let origin = self.origin_name()?;
        self.inner.write(&self.watch(), |db| {
            let rights = self.rights(db)?;
            let found = db::merge_record::find(db, merger)?;
            let party = |id| party(db, &rights, id, merger);
            let (survivor, absorbed) = (party(found.survivor)?, party(found.absorbed)?);
            if found.merger.undone_at.is_some() {
                return Err(Refusal::AlreadyUndone.into());
            }
            let of = Parties { merger, survivor: survivor.id, absorbed: absorbed.id };
            if let Some(later) = db::merge_record::later(db, of)? {
                return Err(Refusal::MergedSince(later).into());
            }
            let context = Context { now: self.inner.now(), origin };
            let orders = Orders::read(&self.inner, db)?;
            let (stored, fields) = self.take(db, context, &orders, survivor, of, &found.filled()?)?;
            let back = shift(db, context, &orders, absorbed, To::Lists)?;
            context.log_merger(db, &stored, (ChangeKind::Unmerge, fields), back.contact.id)?;
            context.log_merger(db, &back, (ChangeKind::Separate, 0), stored.contact.id)?;
            db::merge_record::set_undone(db, merger, context.now)?;
            Ok(Unmerged { survivor: reread(db, &stored)?.contact, separated: back.contact })
        })
    }

    /// Takes from the survivor what the merge gave it; tells which fields that changed.
    fn take(
        &self,
        db: &Write<'_>,
        context: Context<'_>,
        orders: &Orders,
        survivor: Stored,
        of: Parties,
        filled: &Filled,
    ) -> Result<(Stored, i64)> {
        let (_, policy) = db::directory::network(db, &survivor.contact.network)?;
        let wanted = empty(&survivor, filled);
        let draft = self.inner.press(&orders.collator).press(wanted, &policy, &survivor.contact.phones)?;
        let mut tally = Tally::default();
        let (stored, mut fields) = amend(db, context, orders, survivor, draft, &policy, &mut tally)?;
        if fields == 0 {
            db::contact::touch(db, stored.id, context.now)?;
        }
        for advisor in db::merge_record::links(db, of.merger)? {
            relink(db, context, orders, &stored, advisor, false, &mut tally)?;
        }
        tally.write(db, orders)?;
        let counted = stored.contact.trashed_at.is_none();
        for tag in db::merge_record::tags(db, of.merger)? {
            if db::tag::set(db, of.survivor, tag, false, counted)? {
                fields |= field_bits([Field::Tags]);
            }
        }
        if db::merge_record::take_values(db, of)? > 0 {
            fields |= field_bits([Field::Attributes]);
        }
        db::merge_record::take_rest(db, of)?;
        Ok((stored, fields))
    }
}

/// A contact of a merge, if the actor may undo it.
fn party(db: &Read<'_>, rights: &Rights, id: i64, merger: MergerId) -> Result<Stored> {
    let none = || Error::NoSuch(Thing::Merger, merger.0);
    let stored = db::contact::one(db, id)?.ok_or_else(none)?;
    if !rights.sees(db, &stored)? {
        return Err(none());
    }
    if stored.tenant.is_none() {
        rights.require_system().map_err(|_| Refusal::SharedContact)?;
    }
    rights.require(db, Permission::EditContact, stored.network)?;
    rights.require(db, Permission::DeleteContact, stored.network)?;
    Ok(stored)
}

/// The survivor without what a merge filled, where that is still there.
fn empty(survivor: &Stored, filled: &Filled) -> NewContact {
    fn gap(field: &mut String, filled: &str) {
        if field == filled {
            field.clear();
        }
    }
    let mut new = reopen(survivor, survivor.contact.network.clone());
    gap(&mut new.first_name, &filled.first_name);
    gap(&mut new.last_name, &filled.last_name);
    gap(&mut new.display_name, &filled.display_name);
    gap(&mut new.nickname, &filled.nickname);
    gap(&mut new.company, &filled.company);
    gap(&mut new.language, &filled.language);
    gap(&mut new.city, &filled.city);
    gap(&mut new.country, &filled.country);
    gap(&mut new.uid, &filled.uid);
    if new.consent == filled.consent {
        new.consent = None;
    }
    if new.own_advisor == filled.own_advisor {
        new.own_advisor = None;
    }
    let mut normals = survivor.contact.phones.iter().map(|phone| &phone.normal);
    new.phones.retain(|_| normals.next().is_none_or(|normal| !filled.phones.contains(normal)));
    new.emails.retain(|email| !filled.emails.contains(&fold_email(&email.text)));
    new.identifiers.retain(|identifier| !filled.identifiers.contains(identifier));
    new
}
