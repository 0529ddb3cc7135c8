//! The columns of a contact, apart from where they come from: what lines of a card say of them, and what they make
//! of the lines.

mod label;
mod merge;
mod read;
mod validate;

pub(super) use self::merge::{cardex_lines, merge_into_lines};
pub(super) use self::read::{drop_default_display_name, read_fields};
pub(super) use self::validate::FieldValidator;

use serde_json::Value;

use cardex::attributes::AttributeNamespace;
use cardex::directory::GroupId;
use cardex::{Contact, Identifier, Network, NewContact, NewEmail, NewPhone, Status};

/// Tells whether a text is a phone number.
pub(super) type IsPhone<'a> = &'a dyn Fn(&str) -> bool;

/// A phone or an e-mail address with what it is for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ContactMethod {
    pub(super) text: String,
    pub(super) label: String,
}

/// The columns that travel.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct ContactFields {
    pub(super) network: Option<Network>,
    pub(super) group: Option<GroupId>,
    pub(super) first_name: String,
    pub(super) last_name: String,
    /// Empty if it is made of the rest.
    pub(super) display_name: String,
    pub(super) nickname: String,
    pub(super) company: String,
    pub(super) language: String,
    pub(super) city: String,
    pub(super) country: String,
    pub(super) status: Option<Status>,
    pub(super) phones: Vec<ContactMethod>,
    pub(super) emails: Vec<ContactMethod>,
    pub(super) identifiers: Vec<Identifier>,
    pub(super) uid: String,
    /// In JSON Lines only, as what follows.
    pub(super) tags: Vec<String>,
    pub(super) attribute_values: Vec<(AttributeNamespace, String, Value)>,
}

impl ContactFields {
    pub(super) fn into_contact(self, network: &Network) -> NewContact {
        let mut contact =
            NewContact::new(self.network.unwrap_or_else(|| network.clone()), self.first_name, self.last_name);
        contact.group = self.group;
        contact.display_name = self.display_name;
        contact.nickname = self.nickname;
        contact.company = self.company;
        contact.language = self.language;
        contact.city = self.city;
        contact.country = self.country;
        contact.status = self.status;
        contact.phones = self.phones.into_iter().map(|p| NewPhone::new(p.text).label(p.label)).collect();
        contact.emails = self.emails.into_iter().map(|p| NewEmail::new(p.text).label(p.label)).collect();
        contact.identifiers = self.identifiers;
        contact.uid = self.uid;
        contact.tags = self.tags;
        contact.attribute_values = self.attribute_values;
        contact
    }

    /// The name to display of a contact that was given none: first and last name, else the first thing known of it.
    pub(super) fn default_display_name(&self) -> String {
        let (first, last) = (self.first_name.trim(), self.last_name.trim());
        let gap = if first.is_empty() || last.is_empty() { "" } else { " " };
        let point = self.emails.first().or(self.phones.first()).map(|point| &point.text);
        let point = point.or(self.identifiers.first().map(|identifier| &identifier.value));
        let known = [Some(&format!("{first}{gap}{last}")), Some(&self.nickname), Some(&self.company), point];
        let mut known = known.into_iter().flatten().map(|text| text.trim());
        known.find(|text| !text.is_empty()).unwrap_or_default().to_owned()
    }

    /// Whether a name to display is the one that is made of the other fields anyway.
    pub(super) fn is_default_display_name(&self, display: &str) -> bool {
        display.trim().is_empty() || display.trim() == self.default_display_name()
    }
}

impl From<&Contact> for ContactFields {
    fn from(contact: &Contact) -> Self {
        Self {
            network: Some(contact.network.clone()),
            group: contact.group,
            first_name: contact.first_name.clone(),
            last_name: contact.last_name.clone(),
            display_name: contact.display_name.clone(),
            nickname: contact.nickname.clone(),
            company: contact.company.clone(),
            language: contact.language.clone(),
            city: contact.city.clone(),
            country: contact.country.clone(),
            status: contact.status,
            phones: contact
                .phones
                .iter()
                .map(|p| ContactMethod { text: p.text.clone(), label: p.label.clone() })
                .collect(),
            emails: contact
                .emails
                .iter()
                .map(|p| ContactMethod { text: p.text.clone(), label: p.label.clone() })
                .collect(),
            identifiers: contact.identifiers.clone(),
            uid: contact.uid.clone(),
            tags: Vec::new(),
            attribute_values: Vec::new(),
        }
    }
}

/// A status by its name in JSON.
pub(super) fn parse_status(name: &str) -> Option<Status> {
    serde_json::from_value(serde_json::Value::String(name.trim().to_ascii_uppercase())).ok()
}

/// The name of a status in JSON.
pub(super) fn status_name(status: Status) -> String {
    match serde_json::to_value(status) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}
