//! From what a caller gives to what is stored: checked, normalised, with its place in lists and its claims.

use std::mem;
use std::sync::Arc;

use serde_json::Value;

use crate::db::contact::unique_values::UniqueKey;
use crate::db::contact::{SortKeys, StoredContact};
use crate::error::{Error, Result, ValidationError};
use crate::model::{
    AttributeNamespace, ChannelId, Contact, ContactId, Email, Field, Identifier, Network, NetworkPolicy,
    NewContact, NewEmail, NewPhone, Phone, PlainField, fold_email,
};
use crate::operations::list::list_orders::{ListOrders, sort_key};
use crate::text::collate::Collator;
use crate::text::phone::PhoneParser;

/// What turns input into rows. It knows no transaction, so that an import can prepare on one thread and write on another.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Normalizer<'a> {
    pub(crate) collator: &'a Arc<Collator>,
    pub(crate) phones: &'a PhoneParser,
}

/// A contact ready to be written, but for its ids.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    /// Local ids are 0 until it is written.
    pub(crate) stored: StoredContact,
    /// Its sort key in this order.
    pub(crate) sort_key: Vec<u8>,
    pub(crate) collator: Arc<Collator>,
    pub(crate) card: Option<String>,
    /// Whether its first phone is to be blocked.
    pub(crate) blocked: bool,
    /// What its attributes are to be.
    pub(crate) values: Vec<(AttributeNamespace, String, Value)>,
    /// By what it is reached on which channels.
    pub(crate) channel_identities: Vec<(ChannelId, String)>,
    /// Names of its tags.
    pub(crate) tags: Vec<String>,
}

impl Normalizer<'_> {
    /// Checks and normalises. `known` are phones parsed before, which are not parsed again.
    pub(crate) fn normalize(
        &self,
        mut new: NewContact,
        policy: &NetworkPolicy,
        known: &[Phone],
    ) -> Result<Draft> {
        new.check(policy)?;
        if new.card.as_deref().is_some_and(|card| !is_json_object(card)) {
            return Err(Error::invalid(Field::Card, ValidationError::InvalidCard("not a JSON object")));
        }
        let phones = mem::take(&mut new.phones)
            .into_iter()
            .map(|phone| self.normalize_phone(phone, known))
            .collect::<Result<Vec<_>>>()?;
        let emails: Vec<_> = mem::take(&mut new.emails).into_iter().map(normalize_email).collect();
        let mut contact = Contact::new(ContactId(0), new.network.clone());
        for field in PlainField::ALL {
            *contact.text_mut(field) = trimmed(mem::take(new.text_mut(field)));
        }
        contact.group = new.group;
        (contact.status, contact.consent, contact.own_advisor) = (new.status, new.consent, new.own_advisor);
        (contact.phones, contact.emails, contact.identifiers) = (phones, emails, new.identifiers);
        let given_display_name = mem::take(&mut contact.display_name);
        let mut stored = StoredContact {
            id: 0,
            tenant: None,
            network: 0,
            group: None,
            merged_into: None,
            given_display_name,
            contact,
        };
        stored.refresh_display_name();
        let key = sort_key(self.collator, &stored.contact);
        let NewContact { card, blocked, attribute_values: values, channel_identities: gates, tags, .. } = new;
        let collator = Arc::clone(self.collator);
        Ok(Draft { stored, sort_key: key, collator, card, blocked, values, channel_identities: gates, tags })
    }

    fn normalize_phone(&self, new: NewPhone, known: &[Phone]) -> Result<Phone> {
        let known = known.iter().find(|phone| phone.text == new.text).map(|phone| phone.normalized.clone());
        let normal = match known {
            Some(normal) => normal,
            None => match self.phones.parse(&new.text) {
                Some(parsed) => parsed.normalized().to_owned(),
                None => return Err(Error::invalid(Field::Phone, ValidationError::NotAPhone)),
            },
        };
        Ok(Phone { text: new.text, normalized: normal, label: new.label })
    }
}

fn normalize_email(new: NewEmail) -> Email {
    Email { text: trimmed(new.text), label: new.label }
}

/// Without the blanks at its ends, and without a copy if there are none.
fn trimmed(text: String) -> String {
    let trimmed = text.trim();
    if trimmed.len() == text.len() { text } else { trimmed.to_owned() }
}

fn is_json_object(text: &str) -> bool {
    text.trim_start().starts_with('{') && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

impl Draft {
    /// The key in the lists that answer: they may have changed since the draft was made.
    pub(crate) fn current_sort_key(&self, orders: &ListOrders) -> Vec<u8> {
        if Arc::ptr_eq(&self.collator, &orders.collator) {
            return self.sort_key.clone();
        }
        sort_key(&orders.collator, &self.stored.contact)
    }

    /// Where the contact should stand, under this local id.
    pub(crate) fn target_sort_keys(&self, orders: &ListOrders, id: i64) -> SortKeys {
        orders.target_sort_keys(self.current_sort_key(orders), &self.stored.contact, id)
    }
}

/// What nobody else in the tenant may have while the contact is out of the trash. `network` and `group` are local ids.
pub(crate) fn unique_keys(
    contact: &Contact,
    policy: &NetworkPolicy,
    network: i64,
    group: Option<i64>,
) -> Vec<UniqueKey> {
    let mut keys = Vec::new();
    // A number without a country is nobody's address: many people have a 123456.
    let address = contact.phones.first().filter(|phone| policy.unique_phone && phone.e164().is_some());
    if let Some(phone) = address {
        keys.push(phone_key(&phone.normalized, network, group));
    }
    if policy.unique_email {
        let key = |email: &Email| UniqueKey {
            field: Field::Email,
            network,
            value: fold_email(&email.text),
            group: 0,
        };
        keys.extend(contact.emails.iter().map(key));
    }
    keys.extend(contact.identifiers.iter().map(identifier_key));
    if !contact.uid.is_empty() {
        keys.push(uid_key(&contact.uid, network));
    }
    keys.sort_unstable_by(|a, b| a.order().cmp(&b.order()));
    keys.dedup(); // a card may well carry the same address twice
    keys
}

pub(crate) fn phone_key(normal: &str, network: i64, group: Option<i64>) -> UniqueKey {
    UniqueKey { field: Field::Phone, network, value: normal.to_owned(), group: group.unwrap_or(0) }
}

pub(crate) fn identifier_key(identifier: &Identifier) -> UniqueKey {
    let value = format!("{}:{}{}", identifier.namespace.len(), identifier.namespace, identifier.value);
    UniqueKey { field: Field::Identifier, network: 0, value, group: 0 }
}

pub(crate) fn uid_key(uid: &str, network: i64) -> UniqueKey {
    UniqueKey { field: Field::Uid, network, value: uid.to_owned(), group: 0 }
}

/// A stored contact as input again, for an edit to change.
pub(crate) fn to_new_contact(stored: &StoredContact, network: Network) -> NewContact {
    let contact = &stored.contact;
    let mut new = NewContact::new(network, "", "");
    for field in PlainField::ALL {
        stored.text(field).clone_into(new.text_mut(field));
    }
    new.group = contact.group;
    (new.status, new.consent, new.own_advisor) = (contact.status, contact.consent, contact.own_advisor);
    new.phones =
        contact.phones.iter().map(|p| NewPhone::new(p.text.as_str()).label(p.label.as_str())).collect();
    new.emails =
        contact.emails.iter().map(|e| NewEmail::new(e.text.as_str()).label(e.label.as_str())).collect();
    new.identifiers.clone_from(&contact.identifiers);
    new
}
