//! Edits contacts.

use crate::access::session::Session;
use crate::db::contact::StoredContact;
use crate::db::contact::unique_values::UniqueKey;
use crate::db::{self, Write};
use crate::error::{Error, Result};
use crate::feed::{ChangeKind, field_mask};
use crate::index::{self, ContactKeys};
use crate::model::{
    Contact, ContactId, ContactPatch, Field, NetworkPolicy, NewContact, Permission, Photo, PlainField,
    Timestamp, card_with_photo,
};
use crate::operations::contact::draft::{Draft, to_new_contact, uid_form, unique_keys};
use crate::operations::context::{WriteContext, list_scopes_of};
use crate::operations::list::list_counts::{ListCounts, current_position, insert_entries, remove_entries};
use crate::operations::list::list_orders::ListOrders;
use crate::operations::maintenance::substring_index::SubstringWriter;
use crate::operations::record::blocks::update_contact_block;

impl Session {
    /// Changes fields of a contact and returns it. A patch without changes does not change the version.
    ///
    /// ```
    /// use cardex::{Actor, ContactPatch, Network, NewContact, Options};
    /// let store = Options::new().open_in_memory()?;
    /// let session = store.session(Actor::System);
    /// let john = session.add(NewContact::new(Network::SMS_DIRECT, "John", "Doe"))?;
    /// let john = session.edit(john.id, ContactPatch::new().last_name("Smith").expect_version(john.version))?;
    /// assert_eq!((john.display_name.as_str(), john.version), ("John Smith", 2));
    /// # Ok::<(), cardex::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoContact`]; [`Error::VersionConflict`] if the contact has another version than expected;
    /// [`Error::Forbidden`] without [`Permission::EditContact`], and for e-mail addresses
    /// [`Permission::EditContactEmail`]; [`Error::Rule`] for a shared contact; [`Error::Invalid`],
    /// [`Error::Duplicate`]. After an error nothing is written.
    pub fn edit(&self, id: ContactId, patch: ContactPatch) -> Result<Contact> {
        let origin = self.origin_name()?;
        self.write(|db| {
            let context = WriteContext { now: self.engine.now(), origin };
            let rights = self.rights(db)?;
            let stored = rights.editable_contact(db, id, Permission::EditContact)?;
            if patch.emails.is_some() {
                rights.require(db, Permission::EditContactEmail, stored.network)?;
            }
            let found = stored.contact.version;
            if let Some(expected) = patch.expected_version.filter(|expected| *expected != found) {
                return Err(Error::VersionConflict { expected, found });
            }
            let blocked = patch.blocked;
            let stored = self.edit_stored(db, context, stored, patch)?;
            update_contact_block(db, context, &rights, &stored, blocked)?;
            Ok(stored.contact)
        })
    }

    /// Sets the photo of a contact, or removes it. The photo is part of the card document, and replaces all photos there. Returns the
    /// contact; a photo that it has already does not change its version.
    ///
    /// ```
    /// use cardex::contacts::Photo;
    /// use cardex::{Actor, Network, NewContact, Options};
    /// let store = Options::new().open_in_memory()?;
    /// let session = store.session(Actor::System);
    /// let ada = session.add(NewContact::new(Network::BOOK, "Ada", ""))?.id;
    /// let photo = Photo::new("image/png", [0x89, b'P', b'N', b'G']);
    /// session.set_photo(ada, Some(&photo))?;
    /// assert_eq!(session.photo(ada)?, Some(photo));
    /// session.set_photo(ada, None)?;
    /// assert_eq!(session.photo(ada)?, None);
    /// # Ok::<(), cardex::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Invalid`] with [`Field::Photo`] for a media type that is not `image/…`, and for a photo that is empty or has more than
    /// [`limits::PHOTO`](crate::limits::PHOTO) bytes, and with [`Field::Card`] if the card gets too long; [`Error::NoContact`];
    /// [`Error::Forbidden`] without [`Permission::EditContact`]; [`Error::Rule`] for a shared contact.
    pub fn set_photo(&self, id: ContactId, photo: Option<&Photo>) -> Result<Contact> {
        let origin = self.origin_name()?;
        self.write(|db| {
            let context = WriteContext { now: self.engine.now(), origin };
            let stored = self.rights(db)?.editable_contact(db, id, Permission::EditContact)?;
            let card = db::contact::card(db, stored.id)?;
            match card_with_photo(card.as_deref(), photo)? {
                None => Ok(stored.contact),
                Some(card) => self
                    .edit_stored(db, context, stored, ContactPatch::new().card(card))
                    .map(|stored| stored.contact),
            }
        })
    }

    /// Applies a patch to the fields of a contact that the actor may edit.
    fn edit_stored(
        &self,
        db: &Write<'_>,
        context: WriteContext<'_>,
        stored: StoredContact,
        patch: ContactPatch,
    ) -> Result<StoredContact> {
        let (_, policy) = db::directory::network(db, &stored.contact.network)?;
        let new = apply_patch(to_new_contact(&stored, stored.contact.network.clone()), patch);
        let list_orders = ListOrders::for_writing(&self.engine, db)?;
        self.replace_fields(db, context, &list_orders, stored, new, &policy).map(|(stored, _)| stored)
    }

    /// Writes the new fields of a contact and logs the edit. True if anything changed.
    pub(super) fn replace_fields(
        &self,
        db: &Write<'_>,
        context: WriteContext<'_>,
        list_orders: &ListOrders,
        old: StoredContact,
        new: NewContact,
        policy: &NetworkPolicy,
    ) -> Result<(StoredContact, bool)> {
        let normalizer = self.engine.normalizer(&list_orders.collator);
        let draft = normalizer.normalize(new, policy, &old.contact.phones)?;
        self.check_distinct_methods(db, old.tenant, &draft.stored.contact, Some(&old))?;
        let mut counts = ListCounts::default();
        let done = update_contact(db, context, list_orders, old, draft, policy, &mut counts)?;
        counts.flush(db, list_orders)?;
        Ok(done)
    }
}

impl Session {
    /// Records activity of a contact on its network, unless a later activity is stored. This is not an edit: version
    /// and change log do not change.
    ///
    /// # Errors
    /// [`Error::NoContact`].
    pub fn mark_active(&self, id: ContactId, at: Timestamp) -> Result<()> {
        self.write(|db| {
            let stored = self.rights(db)?.visible_contact(db, id)?;
            Ok(db::contact::set_active(db, stored.id, at)?)
        })
    }
}

/// Applies a patch to the input of a contact.
pub(crate) fn apply_patch(mut new: NewContact, patch: ContactPatch) -> NewContact {
    fn set<T>(field: &mut T, value: Option<T>) {
        if let Some(value) = value {
            *field = value;
        }
    }
    for (field, text) in patch.texts {
        *new.text_mut(field) = text;
    }
    set(&mut new.status, patch.status);
    set(&mut new.consent, patch.consent.map(Some));
    set(&mut new.phones, patch.phones);
    set(&mut new.emails, patch.emails);
    set(&mut new.identifiers, patch.identifiers);
    set(&mut new.card, patch.card.map(Some));
    new
}

/// Updates a stored contact to a draft. Returns whether anything changed.
pub(crate) fn update_contact(
    db: &Write<'_>,
    context: WriteContext<'_>,
    list_orders: &ListOrders,
    old: StoredContact,
    draft: Draft,
    policy: &NetworkPolicy,
    counts: &mut ListCounts,
) -> Result<(StoredContact, bool)> {
    let (stored, fields) = update_contact_unlogged(db, context, list_orders, old, draft, policy, counts)?;
    if fields != 0 {
        context.log(db, &stored, ChangeKind::Edit, fields)?;
    }
    Ok((stored, fields != 0))
}

/// Like [`update_contact`], without a log entry. Returns the changed fields as bits.
pub(crate) fn update_contact_unlogged(
    db: &Write<'_>,
    context: WriteContext<'_>,
    list_orders: &ListOrders,
    old: StoredContact,
    draft: Draft,
    policy: &NetworkPolicy,
    counts: &mut ListCounts,
) -> Result<(StoredContact, i64)> {
    let place = draft.target_sort_keys(list_orders, old.id);
    let Draft { stored: mut changed, card, .. } = draft;
    // A card that was exported here returns with the generated UID.
    if old.given_uid.is_empty() && uid_form(&changed.given_uid) == uid_form(&old.contact.uid) {
        changed.given_uid.clear();
    }
    let card = match card {
        Some(card) if db::contact::card(db, old.id)?.unwrap_or_default() != card => Some(card),
        _ => None,
    };
    let fields = changed_fields(&old, &changed).into_iter().chain(card.is_some().then_some(Field::Card));
    let fields = field_mask(fields);
    if fields == 0 {
        return Ok((old, 0));
    }
    (changed.id, changed.tenant, changed.network, changed.group) =
        (old.id, old.tenant, old.network, old.group);
    let contact = &mut changed.contact;
    (contact.id, contact.tenant, contact.group) = (old.contact.id, old.contact.tenant, old.contact.group);
    (contact.created_at, contact.trashed_at) = (old.contact.created_at, old.contact.trashed_at);
    contact.active_at = old.contact.active_at;
    contact.invitation.clone_from(&old.contact.invitation);
    contact.status_at =
        if contact.status == old.contact.status { old.contact.status_at } else { Some(context.now) };
    contact.updated_at = context.now;
    contact.version = old.contact.version.saturating_add(1);
    changed.refresh_uid(db)?;

    if changed.contact.trashed_at.is_none() {
        update_unique_keys(db, &old, &changed, policy)?;
    }
    let advisors = db::entries::advisors_of(db, old.id)?;
    let scopes = list_scopes_of(&changed, &advisors);
    let before = current_position(db, list_orders, counts, || Ok(&scopes), old.id)?;
    if before != place {
        remove_entries(db, counts, &scopes, &before, old.id)?;
        insert_entries(db, counts, &scopes, &place, old.id)?;
    }
    db::contact::update(db, &changed, &place)?;
    db::contact_methods::replace(db, old.id, &old.contact, &changed.contact)?;
    if let Some(card) = card {
        db::contact::replace_card(db, old.id, &card)?;
    }
    let keys = |stored: &StoredContact| ContactKeys::of(&stored.contact, &scopes);
    index::log_key_changes(db, old.id, &keys(&old), &keys(&changed))?;
    if changed.contact.trashed_at.is_none() {
        SubstringWriter::load(db)?.update(db, &old.contact, &changed, &advisors)?;
    }
    Ok((changed, fields))
}

/// Deletes unique values that the contact no longer has, and inserts new ones.
fn update_unique_keys(
    db: &Write<'_>,
    old: &StoredContact,
    new: &StoredContact,
    policy: &NetworkPolicy,
) -> Result<()> {
    let (lost, won) = changed_unique_keys(old, new, policy);
    db::unique_values::ensure_available(db, old.tenant, &won)?;
    db::unique_values::release(db, old.tenant, &lost)?;
    Ok(db::unique_values::claim(db, old.tenant, old.id, &won)?)
}

/// The unique values to delete and to insert.
pub(crate) fn changed_unique_keys(
    old: &StoredContact,
    new: &StoredContact,
    policy: &NetworkPolicy,
) -> (Vec<UniqueKey>, Vec<UniqueKey>) {
    let keys = |stored: &StoredContact| unique_keys(stored, policy, old.network, old.group);
    let (before, after) = (keys(old), keys(new));
    let lost = before.iter().filter(|key| !after.contains(key)).cloned().collect();
    let is_own_uid = |key: &UniqueKey| key.field == Field::Uid && key.value == uid_form(&old.contact.uid);
    let won = after.iter().filter(|key| !before.contains(key) && !is_own_uid(key)).cloned().collect();
    (lost, won)
}

/// The fields that differ between two states of a contact.
fn changed_fields(old: &StoredContact, new: &StoredContact) -> Vec<Field> {
    let (a, b) = (&old.contact, &new.contact);
    let plain = PlainField::ALL.into_iter().map(|field| (field.field(), old.text(field) != new.text(field)));
    let others = [
        (Field::Status, a.status != b.status),
        (Field::Consent, a.consent != b.consent),
        (Field::OwnAdvisor, a.own_advisor != b.own_advisor),
        (Field::Phone, a.phones != b.phones),
        (Field::Email, a.emails != b.emails),
        (Field::Identifier, a.identifiers != b.identifiers),
    ];
    plain.chain(others).filter(|(_, differ)| *differ).map(|(field, _)| field).collect()
}
