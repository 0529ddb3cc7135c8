//! Merges two contacts into one.

use std::mem;

use crate::access::rights::Rights;
use crate::access::session::Session;
use crate::db::contact::StoredContact;
use crate::db::contact::merge_record::{CopiedFields, MergeParties};
use crate::db::{self, Read, Write};
use crate::engine::Engine;
use crate::error::{Error, Result, RuleViolation, ValidationError};
use crate::feed::{ChangeKind, field_mask};
use crate::model::{
    Contact, ContactId, Field, JobId, MergeOptions, MergeRecord, MergeResult, MergeRule, NewContact,
    Permission, PlainField, fold_email, limits,
};
use crate::operations::contact::draft::to_new_contact;
use crate::operations::contact::edit::update_contact_unlogged;
use crate::operations::contact::links::set_link;
use crate::operations::contact::trash::{MoveTarget, move_contact};
use crate::operations::context::WriteContext;
use crate::operations::list::list_counts::ListCounts;
use crate::operations::list::list_orders::ListOrders;

impl Session {
    /// Merges a contact into the survivor, until [`Session::unmerge`]. The survivor keeps its values and gets what it
    /// lacks: the name if it has none, nickname, company, language, city, country, UID, consent and own advisor; also
    /// phones, e-mail addresses, identifiers, links, tags, values and subscriptions, and all notes, channel identities
    /// and conversations. Status, card and events stay with the absorbed contact. It leaves lists, search and trash,
    /// and its id gives [`Error::Merged`] with the survivor. For administrators, the system, and advisors who see both.
    ///
    /// ```
    /// use cardex::{Actor, Network, NewContact, Options};
    /// use cardex::contacts::MergeOptions;
    /// let store = Options::new().open_in_memory()?;
    /// let session = store.session(Actor::System);
    /// let john = session.add(NewContact::new(Network::SMS_DIRECT, "John", "Doe"))?;
    /// let twin = session.add(NewContact::new(Network::SMS_DIRECT, "Jack", "").company("Acme"))?;
    /// let merged = session.merge(john.id, twin.id, MergeOptions::new())?;
    /// assert_eq!((merged.contact.first_name.as_str(), merged.contact.company.as_str()), ("John", "Acme"));
    /// assert_eq!(session.survivor(twin.id)?, john.id);
    /// assert_eq!(session.unmerge(merged.merge)?.separated.first_name, "Jack");
    /// # Ok::<(), cardex::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Rule`] with [`RuleViolation::SameContact`], [`RuleViolation::DifferentTenants`],
    /// [`RuleViolation::InTrash`]; unless the options permit it [`RuleViolation::DifferentNetworks`], and
    /// [`RuleViolation::DifferentIdentifiers`] if both have identifiers of a namespace and none in common.
    /// [`Error::NoContact`], [`Error::Merged`]; [`Error::Forbidden`] without [`Permission::EditContact`] and
    /// [`Permission::DeleteContact`]; [`Error::Invalid`] if the survivor would exceed a limit; [`Error::Duplicate`] if
    /// another contact has a unique value that the survivor would get. After an error nothing is written.
    pub fn merge(
        &self,
        survivor: ContactId,
        absorbed: ContactId,
        options: MergeOptions,
    ) -> Result<MergeResult> {
        let origin = self.origin_name()?;
        self.write(|db| {
            let rights = self.rights(db)?;
            let context = WriteContext { now: self.engine.now(), origin };
            let list_orders = ListOrders::for_writing(&self.engine, db)?;
            let merge = Merge { engine: &self.engine, rights, list_orders: &list_orders, options, job: None };
            merge.run(db, context, survivor, absorbed)
        })
    }

    /// The contact itself, or its final survivor.
    ///
    /// # Errors
    /// [`Error::NoContact`].
    pub fn survivor(&self, id: ContactId) -> Result<ContactId> {
        self.read(|snapshot| {
            let db = &snapshot.db;
            Ok(self.rights(db)?.survivor(db, id)?.contact.id)
        })
    }

    /// The merges of a contact, as survivor or absorbed, newest first, including undone ones; the last [`limits::PAGE`]
    /// of them. The contact can be a merged one.
    ///
    /// # Errors
    /// [`Error::NoContact`].
    pub fn merge_history(&self, contact: ContactId) -> Result<Vec<MergeRecord>> {
        self.read(|snapshot| {
            let db = &snapshot.db;
            self.rights(db)?.survivor(db, contact)?;
            Ok(db::merge_record::of_contact(db, contact.0, i64::try_from(limits::PAGE).unwrap_or(i64::MAX))?)
        })
    }
}

/// How two contacts are merged.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Merge<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) rights: Rights,
    pub(crate) list_orders: &'a ListOrders,
    pub(crate) options: MergeOptions,
    /// The bulk job that merges.
    pub(crate) job: Option<JobId>,
}

impl Merge<'_> {
    /// Merges a contact into the survivor.
    pub(crate) fn run(
        self,
        db: &Write<'_>,
        context: WriteContext<'_>,
        survivor: ContactId,
        absorbed: ContactId,
    ) -> Result<MergeResult> {
        let [survivor, absorbed] = [survivor, absorbed].map(|id| find_mergeable(db, &self.rights, id));
        let (survivor, absorbed) = (survivor?, absorbed?);
        check_mergeable(&survivor, &absorbed, self.options)?;
        let of =
            db::merge_record::insert(db, survivor.id, absorbed.id, context.origin, context.now, self.job)?;
        let target = MoveTarget::Survivor(survivor.id);
        let gone = move_contact(db, context, self.list_orders, absorbed.clone(), target)?;
        context.log_merge(db, &gone, (ChangeKind::Absorbed, 0), survivor.contact.id)?;
        let stored = self.fill_survivor(db, context, (survivor, &absorbed), of)?;
        Ok(MergeResult { merge: of.merge, contact: stored.contact })
    }

    /// Fills the survivor's empty fields.
    fn fill_survivor(
        self,
        db: &Write<'_>,
        context: WriteContext<'_>,
        (survivor, absorbed): (StoredContact, &StoredContact),
        of: MergeParties,
    ) -> Result<StoredContact> {
        let list_orders = self.list_orders;
        let (_, policy) = db::directory::network(db, &survivor.contact.network)?;
        let known = [survivor.contact.phones.as_slice(), absorbed.contact.phones.as_slice()].concat();
        let (wanted, filled) = fill_fields(&survivor, absorbed);
        let draft = self.engine.normalizer(&list_orders.collator).normalize(wanted, &policy, &known)?;
        db::merge_record::set_copied_fields(db, of.merge, &filled)?;
        let mut counts = ListCounts::default();
        let (stored, mut fields) =
            update_contact_unlogged(db, context, list_orders, survivor, draft, &policy, &mut counts)?;
        if fields == 0 {
            db::contact::touch(db, stored.id, context.now)?;
        }
        for advisor in db::entries::advisors_of(db, of.absorbed)? {
            if set_link(db, context, list_orders, &stored, advisor, true, &mut counts)? {
                db::merge_record::record_link(db, of.merge, advisor)?;
            }
        }
        counts.flush(db, list_orders)?;
        if copy_tags(db, of)? {
            fields |= field_mask([Field::Tags]);
        }
        if db::merge_record::copy_values(db, of)? > 0 {
            fields |= field_mask([Field::Attributes]);
        }
        if db::attribute::count(db, of.survivor)? > limits::ATTRIBUTES {
            return Err(Error::invalid(
                Field::Attributes,
                ValidationError::TooMany { limit: limits::ATTRIBUTES },
            ));
        }
        db::merge_record::transfer_rest(db, of)?;
        context.log_merge(db, &stored, (ChangeKind::Merge, fields), absorbed.contact.id)?;
        reload(db, &stored)
    }
}

/// Reads the contact again.
pub(crate) fn reload(db: &Read<'_>, stored: &StoredContact) -> Result<StoredContact> {
    db::contact::one(db, stored.id)?.ok_or(Error::NoContact(stored.contact.id))
}

/// Merging needs the permissions to edit and to delete the contact.
fn find_mergeable(db: &Read<'_>, rights: &Rights, id: ContactId) -> Result<StoredContact> {
    let stored = rights.editable_contact(db, id, Permission::EditContact)?;
    rights.require_merge(db, stored.network)?;
    Ok(stored)
}

/// Checks whether two contacts can be merged.
fn check_mergeable(survivor: &StoredContact, absorbed: &StoredContact, options: MergeOptions) -> Result<()> {
    if survivor.id == absorbed.id {
        return Err(RuleViolation::SameContact.into());
    }
    if survivor.tenant != absorbed.tenant {
        return Err(RuleViolation::DifferentTenants.into());
    }
    for stored in [survivor, absorbed] {
        if stored.contact.trashed_at.is_some() {
            return Err(RuleViolation::InTrash(stored.contact.id).into());
        }
    }
    if survivor.network != absorbed.network && !options.allow_different_networks {
        return Err(RuleViolation::DifferentNetworks.into());
    }
    if !options.allow_different_identifiers && have_distinct_identifiers(&survivor.contact, &absorbed.contact)
    {
        return Err(RuleViolation::DifferentIdentifiers.into());
    }
    Ok(())
}

/// Whether both have identifiers of a namespace and none of it in common.
fn have_distinct_identifiers(a: &Contact, b: &Contact) -> bool {
    a.identifiers.iter().any(|one| {
        let there = || b.identifiers.iter().filter(|other| other.namespace == one.namespace);
        let common = |other| a.identifiers.contains(other);
        there().next().is_some() && !there().any(common)
    })
}

/// The survivor with its empty fields filled, and the filled values.
fn fill_fields(survivor: &StoredContact, absorbed: &StoredContact) -> (NewContact, CopiedFields) {
    let mut new = to_new_contact(survivor, survivor.contact.network.clone());
    let mut from = to_new_contact(absorbed, absorbed.contact.network.clone());
    let mut filled = CopiedFields::default();
    let has_name = PlainField::ALL
        .into_iter()
        .any(|field| field.merge_rule() == MergeRule::WholeName && !new.text(field).is_empty());
    for field in PlainField::ALL {
        let is_filled = match field.merge_rule() {
            MergeRule::WholeName => !has_name,
            MergeRule::Gap => new.text(field).is_empty(),
        };
        let text = mem::take(from.text_mut(field));
        if is_filled && !text.is_empty() {
            new.text_mut(field).clone_from(&text);
            filled.texts.insert(field, text);
        }
    }
    if new.consent.is_none() {
        (new.consent, filled.consent) = (from.consent, from.consent);
    }
    if new.own_advisor.is_none() {
        (new.own_advisor, filled.own_advisor) = (from.own_advisor, from.own_advisor);
    }
    let (own, other) = (&survivor.contact, &absorbed.contact);
    for (phone, given) in other.phones.iter().zip(from.phones.drain(..)) {
        let known = own.phones.iter().map(|own| &own.normalized).chain(&filled.phones);
        if !known.into_iter().any(|known| *known == phone.normalized) {
            new.phones.push(given);
            filled.phones.push(phone.normalized.clone());
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

/// Adds the tags of the absorbed contact that the survivor lacks. True if it added one.
fn copy_tags(db: &Write<'_>, of: MergeParties) -> Result<bool> {
    let mut given = false;
    for tag in db::tag::of_contact(db, of.absorbed)? {
        if db::tag::set(db, of.survivor, tag.id, true, true)? {
            db::merge_record::record_tag(db, of.merge, tag.id)?;
            given = true;
        }
    }
    if given && db::tag::of_contact(db, of.survivor)?.len() > limits::TAGS {
        return Err(Error::invalid(Field::Tags, ValidationError::TooMany { limit: limits::TAGS }));
    }
    Ok(given)
}
