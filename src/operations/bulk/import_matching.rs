//! Matches records of an import with existing contacts, and decides what they may change.

use crate::access::rights::Rights;
use crate::db::Read;
use crate::db::contact::StoredContact;
use crate::error::Result;
use crate::model::{Contact, Permission, Phone, PlainField, fold_email};
use crate::operations::contact::draft::{Draft, uid_form};
use crate::text::caseless_key::caseless_key;

/// Merges the card of an existing contact. Its arguments are the phone parser, the contact, its card and the new card.
/// `None` keeps the old card.
pub type MergeCard = fn(&dyn Fn(&str) -> bool, &Contact, Option<&str>, String) -> Option<String>;

/// A set of local ids as a bit set, since these ids are dense.
#[derive(Debug, Default)]
pub(crate) struct SeenIds(Vec<u64>);

impl SeenIds {
    /// Adds an id; returns whether it was in the set.
    pub(crate) fn insert(&mut self, id: i64) -> bool {
        let id = usize::try_from(id).unwrap_or_default();
        let (at, bit) = (id / 64, 1_u64 << (id % 64));
        if at >= self.0.len() {
            self.0.resize(at.saturating_add(1), 0);
        }
        let Some(word) = self.0.get_mut(at) else { return false };
        let known = *word & bit != 0;
        *word |= bit;
        known
    }
}

/// Whether a second record of a run may change a contact that an earlier record matched. Two people who share a phone
/// must not overwrite each other.
pub(crate) fn may_update_again(old: &Contact, new: &Contact) -> bool {
    let names = |contact: &Contact| match (contact.first_name.as_str(), contact.last_name.as_str()) {
        ("", "") => (contact.display_name.clone(), String::new()),
        (first, last) => (first.to_owned(), last.to_owned()),
    };
    (!new.uid.is_empty() && uid_form(&new.uid) == uid_form(&old.uid)) || names(old) == names(new)
}

/// Whether two contacts with the same sort key are the same person.
pub(crate) fn same_person(old: &Contact, new: &Contact) -> bool {
    let names = |contact: &Contact| (contact.first_name.clone(), contact.last_name.clone());
    let phone = |contact: &Contact| contact.phones.first().map(|phone: &Phone| phone.normalized.clone());
    let first_email = new.emails.first().map(|email| fold_email(&email.text));
    let shares_email = old.emails.iter().any(|email| Some(fold_email(&email.text)) == first_email);
    let same_phone = phone(old) == phone(new);
    let one_without_email = first_email.is_none() || old.emails.is_empty();
    let nothing_but_names = first_email.is_none() && old.emails.is_empty();
    shares_email
        || (names(old) == names(new)
            && same_phone
            && (nothing_but_names || (one_without_email && phone(new).is_some())))
}

/// Whether two contacts that share a phone or an e-mail address have the same name, also if only one of them has its parts.
pub(crate) fn same_full_name(old: &Contact, new: &Contact) -> bool {
    caseless_key(&old.display_name) == caseless_key(&new.display_name)
}

/// Whether the actor may change a contact as a record describes.
pub(crate) fn may_update(db: &Read<'_>, rights: &Rights, old: &StoredContact, draft: &Draft) -> Result<()> {
    if old.tenant.is_none() {
        rights.require_system()?;
    }
    if draft.stored.contact.emails != old.contact.emails {
        rights.require(db, Permission::EditContactEmail, old.network)?;
    }
    rights.require(db, Permission::EditContact, old.network)
}

/// Keeps the existing values of fields that a record leaves empty. With `clear` it keeps only those that belong to the book.
pub(crate) fn fill_gaps(draft: &mut Draft, old: &StoredContact, clear: bool) {
    fn list<T: Clone>(new: &mut Vec<T>, old: &[T]) {
        if new.is_empty() {
            *new = old.to_vec();
        }
    }
    for field in PlainField::ALL {
        let text = draft.stored.text_mut(field);
        let is_same_uid = field == PlainField::Uid && uid_form(text) == uid_form(old.text(field));
        if is_same_uid || (text.is_empty() && (!clear || field == PlainField::Uid)) {
            old.text(field).clone_into(text);
        }
    }
    let (new, old_contact) = (&mut draft.stored.contact, &old.contact);
    if !clear {
        list(&mut new.phones, &old_contact.phones);
        list(&mut new.emails, &old_contact.emails);
    }
    list(&mut new.identifiers, &old_contact.identifiers);
    new.status = new.status.or(old_contact.status);
    new.consent = new.consent.or(old_contact.consent);
    new.own_advisor = new.own_advisor.or(old_contact.own_advisor);
    draft.stored.refresh_display_name();
}

#[cfg(test)]
mod tests {
    use super::SeenIds;

    #[test]
    fn each_id_is_new_once() {
        let mut seen = SeenIds::default();
        for id in [1, 0, 63, 64, 65, 1_000_000] {
            assert!(!seen.insert(id), "{id}");
            assert!(seen.insert(id), "{id}");
        }
    }
}
