//! Drafts: checked and normalized input with its sort keys and unique values.

use std::borrow::Cow;
use std::mem;
use std::sync::Arc;

use serde_json::Value;

use crate::db::contact::unique_values::UniqueKey;
use crate::db::contact::{SortKeys, StoredContact};
use crate::error::{Error, Result, ValidationError};
use crate::model::{
    AttributeNamespace, ChannelId, Contact, ContactId, Email, Field, Identifier, Network, NetworkPolicy,
    NewContact, NewEmail, NewPhone, Phone, PlainField, fold_email, to_single_line,
};
use crate::operations::list::list_orders::{ListOrders, sort_key};
use crate::text::caseless_key::caseless_key;
use crate::text::collate::Collator;
use crate::text::phone::PhoneParser;

/// Converts input to rows. It needs no transaction, so that an import can normalize on one thread and write on another.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Normalizer<'a> {
    pub(crate) collator: &'a Arc<Collator>,
    pub(crate) phones: &'a PhoneParser,
    /// Whether a text that is not a phone number is kept as a phone.
    pub(crate) accept_any_phone: bool,
}

/// A normalized contact without ids.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    /// Local ids are 0 until the contact is written.
    pub(crate) stored: StoredContact,
    /// The sort key in this order.
    pub(crate) sort_key: Vec<u8>,
    pub(crate) collator: Arc<Collator>,
    pub(crate) card: Option<String>,
    /// Whether to block the first phone.
    pub(crate) blocked: bool,
    /// The attribute values.
    pub(crate) values: Vec<(AttributeNamespace, String, Value)>,
    /// The channel identities.
    pub(crate) channel_identities: Vec<(ChannelId, String)>,
    /// The names of the tags.
    pub(crate) tags: Vec<String>,
}

impl Normalizer<'_> {
    /// Checks and normalizes. `known` are phones that are already parsed.
    pub(crate) fn normalize(
        &self,
        mut new: NewContact,
        policy: &NetworkPolicy,
        known: &[Phone],
    ) -> Result<Draft> {
        for field in PlainField::ALL {
            let text = new.text_mut(field);
            *text = to_single_line(mem::take(text));
        }
        for NewPhone { text, label } in &mut new.phones {
            if text.chars().any(char::is_control) {
                *text = to_single_line(mem::take(text)); // otherwise a number stays as it was written
            }
            *label = to_single_line(mem::take(label));
        }
        for NewEmail { text, label } in &mut new.emails {
            (*text, *label) = (to_single_line(mem::take(text)), to_single_line(mem::take(label)));
        }
        new.check(policy)?;
        if new.card.as_deref().is_some_and(|card| !card.is_empty() && !is_json_object(card)) {
            return Err(Error::invalid(Field::Card, ValidationError::InvalidCard("not a JSON object")));
        }
        let phones = mem::take(&mut new.phones)
            .into_iter()
            .map(|phone| self.normalize_phone(phone, known))
            .collect::<Result<Vec<_>>>()?;
        let emails: Vec<_> = mem::take(&mut new.emails).into_iter().map(normalize_email).collect();
        let mut contact = Contact::new(ContactId(0), new.network.clone());
        for field in PlainField::ALL {
            *contact.text_mut(field) = mem::take(new.text_mut(field));
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
            given_uid: contact.uid.clone(),
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
                None if self.accept_any_phone && !new.text.trim().is_empty() => written_form(&new.text),
                None => return Err(Error::invalid(Field::Phone, ValidationError::NotAPhone)),
            },
        };
        Ok(Phone { text: new.text, normalized: normal, label: new.label })
    }
}

/// The form for comparisons of a text that is not a phone number. It has no plus, so that it is never an E.164 number.
fn written_form(text: &str) -> String {
    let words: Vec<&str> = text.trim_start_matches(['+', '＋', ' ']).split_whitespace().collect();
    let form = caseless_key(&words.join(" "));
    if form.is_empty() { text.trim().replace('+', "plus") } else { form }
}

fn normalize_email(new: NewEmail) -> Email {
    Email { text: new.text, label: new.label }
}

fn is_json_object(text: &str) -> bool {
    text.trim_start().starts_with('{') && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

impl Draft {
    /// The sort key in the current order, which can have changed since the draft was made.
    pub(crate) fn current_sort_key(&self, list_orders: &ListOrders) -> Vec<u8> {
        if Arc::ptr_eq(&self.collator, &list_orders.collator) {
            return self.sort_key.clone();
        }
        sort_key(&list_orders.collator, &self.stored.contact)
    }

    /// The sort keys that the contact must have, with this local id.
    pub(crate) fn target_sort_keys(&self, list_orders: &ListOrders, id: i64) -> SortKeys {
        list_orders.target_sort_keys(self.current_sort_key(list_orders), &self.stored.contact, id)
    }
}

/// The values that must be unique in the tenant while the contact is not in the trash. `network` and `group` are local
/// ids.
pub(crate) fn unique_keys(
    stored: &StoredContact,
    policy: &NetworkPolicy,
    network: i64,
    group: Option<i64>,
) -> Vec<UniqueKey> {
    let contact = &stored.contact;
    let mut keys = Vec::new();
    // Only E.164 numbers take part in uniqueness: many people can have the number 123456.
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
    // A generated UID needs no row: it contains the id of its contact.
    if !stored.given_uid.is_empty() {
        keys.push(uid_key(&stored.given_uid, network));
    }
    keys.sort_unstable_by(|a, b| a.order().cmp(&b.order()));
    keys.dedup(); // a card can contain the same address twice
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
    UniqueKey { field: Field::Uid, network, value: uid_form(uid).into_owned(), group: 0 }
}

/// The form of a UID for comparisons. Programs write one UUID as `urn:uuid:X` or as `X`, in either case.
pub(crate) fn uid_form(uid: &str) -> Cow<'_, str> {
    const SCHEME: &str = "urn:uuid:";
    let bare = match uid.split_at_checked(SCHEME.len()) {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case(SCHEME) => rest,
        _ => uid,
    };
    let is_uuid = bare.len() == 36
        && bare.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    match (is_uuid, bare.bytes().any(|byte| byte.is_ascii_uppercase())) {
        (true, true) => Cow::Owned(bare.to_ascii_lowercase()),
        (true, false) => Cow::Borrowed(bare),
        (false, _) => Cow::Borrowed(uid),
    }
}

/// A stored contact as input, for edits.
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
