//! Merging two contacts that are one.

use crate::access::rights::Rights;
use crate::access::session::Session;
use crate::db::contact::Stored;
use crate::db::contact::merge_record::{Filled, Parties};
use crate::db::{self, Read, Write};
use crate::error::{Error, Problem, Refusal, Result};
use crate::feed::{ChangeKind, field_bits};
use crate::model::{
    Contact, ContactId, Field, MergeOptions, Merged, Merger, MergerId, NewContact, Permission, fold_email,
    limits,
};
use crate::operations::contact::draft::reopen;
use crate::operations::contact::edit::amend;
use crate::operations::contact::links::relink;
use crate::operations::contact::remove::{To, shift};
use crate::operations::list::order::Orders;
use crate::operations::{Context, Tally};

impl Session {
    /// Merges a contact into another one, the survivor, for good or until [`Session::unmerge`]. Where both have something, the
    /// survivor's stays; what it lacks it is given: the name if it has none at all, nickname, company, language, city, country, UID,
    /// consent and advisor of its own; phones, e-mail addresses, identifiers, links, tags, values and subscriptions that it has not;
    /// all notes, gates and places in conversations. Status, card and events stay with the absorbed one, which is gone
    /// from lists, search and trash: its id is an [`Error::Merged`] that names the survivor. For administrators and the system, and
    /// advisors who see both.
    ///
    /// ```
    /// use cardex::{Actor, MergeOptions, Network, NewContact, Options};
    /// let store = Options::new().open_in_memory()?;
    /// let desk = store.session(Actor::System);
    /// let john = desk.add(NewContact::new(Network::SMS_DIRECT, "John", "Doe"))?;
    /// let twin = desk.add(NewContact::new(Network::SMS_DIRECT, "Jack", "").company("Acme"))?;
    /// let merged = desk.merge(john.id, twin.id, MergeOptions::new())?;
    /// assert_eq!((merged.contact.first_name.as_str(), merged.contact.company.as_str()), ("John", "Acme"));
    /// assert_eq!(desk.survivor(twin.id)?, john.id);
    /// assert_eq!(desk.unmerge(merged.merger)?.separated.first_name, "Jack");
    /// # Ok::<(), crate::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Refused`] with [`Refusal::SameContact`], [`Refusal::DifferentTenants`], [`Refusal::InTrash`]; unless the options
    /// say otherwise [`Refusal::DifferentNetworks`], and [`Refusal::DifferentIdentifiers`] if both have identifiers of a space
    /// and none in common. [`Error::NoContact`], [`Error::Merged`]; [`Error::Forbidden`] without [`Permission::EditContact`] and
    /// [`Permission::DeleteContact`]; [`Error::Invalid`] if the survivor would have too much of something; [`Error::Taken`] if it
    /// would get what must be unique on its network or in its group and is another contact's. Nothing is written then.
    pub fn merge(&self, survivor: ContactId, absorbed: ContactId, options: MergeOptions) -> Result<Merged> {
        let origin = self.origin_name()?;
        self.inner.write(&self.watch(), |db| {
            let rights = self.rights(db)?;
            let [survivor, absorbed] = [survivor, absorbed].map(|id| mergeable(db, &rights, id));
            let (survivor, absorbed) = (survivor?, absorbed?);
            check(&survivor, &absorbed, options)?;
            let context = Context { now: self.inner.now(), origin };
            let merger = MergerId(self.inner.ids.next(context.now));
            let of = Parties { merger, survivor: survivor.id, absorbed: absorbed.id };
            db::merge_record::insert(db, of, origin, context.now)?;
            let orders = Orders::read(&self.inner, db)?;
            let gone = shift(db, context, &orders, absorbed.clone(), To::Survivor(survivor.id))?;
            context.log_merger(db, &gone, (ChangeKind::Absorb, 0), survivor.contact.id)?;
            let stored = self.give(db, context, &orders, (survivor, &absorbed), of)?;
            Ok(Merged { merger, contact: stored.contact })
        })
    }

    /// The contact that answers for this id: itself, or the one it was merged into in the end.
    ///
    /// # Errors
    /// [`Error::NoContact`].
    pub fn survivor(&self, id: ContactId) -> Result<ContactId> {
        self.inner.read(&self.watch(), |snapshot| {
            let db = &snapshot.db;
            Ok(self.rights(db)?.survivor(db, id)?.contact.id)
        })
    }

    /// The merges that a contact was in, as survivor or absorbed, newest first, the undone ones too; the last
    /// [`limits::PAGE`] of them. What was merged away can be asked about too.
    ///
    /// # Errors
    /// [`Error::NoContact`].
    pub fn mergers_of(&self, contact: ContactId) -> Result<Vec<Merger>> {
        self.inner.read(&self.watch(), |snapshot| {
            let db = &snapshot.db;
            self.rights(db)?.survivor(db, contact)?;
            let local = db::contact::local_id(db, contact)?.ok_or(Error::NoContact(contact))?;
            Ok(db::merge_record::of_contact(db, local, i64::try_from(limits::PAGE).unwrap_or(i64::MAX))?)
        })
    }

    /// Gives the survivor what it lacks.
    fn give(
        &self,
        db: &Write<'_>,
        context: Context<'_>,
        orders: &Orders,
        (survivor, absorbed): (Stored, &Stored),
        of: Parties,
    ) -> Result<Stored> {
        let (_, policy) = db::directory::network(db, &survivor.contact.network)?;
        let known = [survivor.contact.phones.as_slice(), absorbed.contact.phones.as_slice()].concat();
        let (wanted, filled) = fill(&survivor, absorbed);
        let draft = self.inner.press(&orders.collator).press(wanted, &policy, &known)?;
        db::merge_record::set_filled(db, of.merger, &filled)?;
        let mut tally = Tally::default();
        let (stored, mut fields) = amend(db, context, orders, survivor, draft, &policy, &mut tally)?;
        if fields == 0 {
            db::contact::touch(db, stored.id, context.now)?;
        }
        for advisor in db::entries::advisors_of(db, of.absorbed)? {
            if relink(db, context, orders, &stored, advisor, true, &mut tally)? {
                db::merge_record::gave_link(db, of.merger, advisor)?;
            }
        }
        tally.write(db, orders)?;
        if give_tags(db, of)? {
            fields |= field_bits([Field::Tags]);
        }
        if db::merge_record::give_values(db, of)? > 0 {
            fields |= field_bits([Field::Attributes]);
        }
        if db::attribute::count(db, of.survivor)? > limits::ATTRIBUTES {
            return Err(Error::invalid(Field::Attributes, Problem::TooMany { limit: limits::ATTRIBUTES }));
        }
        db::merge_record::give_rest(db, of)?;
        context.log_merger(db, &stored, (ChangeKind::Merge, fields), absorbed.contact.id)?;
        reread(db, &stored)
    }
}

/// The contact as it is by now.
pub(crate) fn reread(db: &Read<'_>, stored: &Stored) -> Result<Stored> {
    db::contact::one(db, stored.id)?.ok_or(Error::NoContact(stored.contact.id))
}

/// Who may merge a contact may edit it and delete it.
fn mergeable(db: &Read<'_>, rights: &Rights, id: ContactId) -> Result<Stored> {
    let stored = rights.changeable(db, id, Permission::EditContact)?;
    rights.require(db, Permission::DeleteContact, stored.network)?;
    Ok(stored)
}

/// Whether the two are to be one.
fn check(survivor: &Stored, absorbed: &Stored, options: MergeOptions) -> Result<()> {
    if survivor.id == absorbed.id {
        return Err(Refusal::SameContact.into());
    }
    if survivor.tenant != absorbed.tenant {
        return Err(Refusal::DifferentTenants.into());
    }
    for stored in [survivor, absorbed] {
        if stored.contact.trashed_at.is_some() {
            return Err(Refusal::InTrash(stored.contact.id).into());
        }
    }
    if survivor.network != absorbed.network && !options.networks {
        return Err(Refusal::DifferentNetworks.into());
    }
    if !options.identifiers && told_apart(&survivor.contact, &absorbed.contact) {
        return Err(Refusal::DifferentIdentifiers.into());
    }
    Ok(())
}

/// Whether both have identifiers of a space, and none of it in common.
fn told_apart(a: &Contact, b: &Contact) -> bool {
    a.identifiers.iter().any(|one| {
        let there = || b.identifiers.iter().filter(|other| other.space == one.space);
        let common = |other| a.identifiers.contains(other);
        there().next().is_some() && !there().any(common)
    })
}

/// The survivor with its gaps filled, and with what they were.
fn fill(survivor: &Stored, absorbed: &Stored) -> (NewContact, Filled) {
    fn gap(field: &mut String, other: &str, filled: &mut String) {
        if field.is_empty() {
            other.clone_into(field);
            other.clone_into(filled);
        }
    }
    let mut new = reopen(survivor, survivor.contact.network.clone());
    let mut from = reopen(absorbed, absorbed.contact.network.clone());
    let mut filled = Filled::default();
    if [&new.first_name, &new.last_name, &new.display_name].iter().all(|name| name.is_empty()) {
        gap(&mut new.first_name, &from.first_name, &mut filled.first_name);
        gap(&mut new.last_name, &from.last_name, &mut filled.last_name);
        gap(&mut new.display_name, &from.display_name, &mut filled.display_name);
    }
    gap(&mut new.nickname, &from.nickname, &mut filled.nickname);
    gap(&mut new.company, &from.company, &mut filled.company);
    gap(&mut new.language, &from.language, &mut filled.language);
    gap(&mut new.city, &from.city, &mut filled.city);
    gap(&mut new.country, &from.country, &mut filled.country);
    gap(&mut new.uid, &from.uid, &mut filled.uid);
    if new.consent.is_none() {
        (new.consent, filled.consent) = (from.consent, from.consent);
    }
    if new.own_advisor.is_none() {
        (new.own_advisor, filled.own_advisor) = (from.own_advisor, from.own_advisor);
    }
    let (own, other) = (&survivor.contact, &absorbed.contact);
    for (phone, given) in other.phones.iter().zip(from.phones.drain(..)) {
        let known = own.phones.iter().map(|own| &own.normal).chain(&filled.phones);
        if !known.into_iter().any(|known| *known == phone.normal) {
            new.phones.push(given);
            filled.phones.push(phone.normal.clone());
        }
    }
    for given in from.emails.drain(..) {
        let key = fold_email(&given.text);
        let has = own.emails.iter().any(|own| fold_email(&own.text) == key);
        if !has && !filled.emails.contains(&key) {
            new.emails.push(given);
            filled.emails.push(key);
        }
    }
    for identifier in &other.identifiers {
        if !new.identifiers.contains(identifier) {
            new.identifiers.push(identifier.clone());
            filled.identifiers.push(identifier.clone());
        }
    }
    (new, filled)
}

/// Gives the survivor the tags that it lacks; false if it lacks none.
fn give_tags(db: &Write<'_>, of: Parties) -> Result<bool> {
    let mut given = false;
    for tag in db::tag::of_contact(db, of.absorbed)? {
        if db::tag::set(db, of.survivor, tag.id, true, true)? {
            db::merge_record::gave_tag(db, of.merger, tag.id)?;
            given = true;
        }
    }
    if given && db::tag::of_contact(db, of.survivor)?.len() > limits::TAGS {
        return Err(Error::invalid(Field::Tags, Problem::TooMany { limit: limits::TAGS }));
    }
    Ok(given)
}
