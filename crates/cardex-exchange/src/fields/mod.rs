//! The columns of a contact, apart from where they come from: what lines of a card say of them, and what they make
//! of the lines.

mod label;
mod merge;
mod points;
mod read;

pub(super) use self::merge::{merge, own};
pub(super) use self::points::Sieve;
pub(super) use self::read::{drop_made, read};

use serde_json::Value;

use cardex::{AttributeSpace, Contact, GroupId, Identifier, Network, NewContact, NewEmail, NewPhone, Status};

/// Tells whether a text is a phone number.
pub(super) type IsPhone<'a> = &'a dyn Fn(&str) -> bool;

/// A phone or an e-mail address with what it is for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Point {
    pub(super) text: String,
    pub(super) label: String,
}

/// The columns that travel.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Fields {
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
    pub(super) phones: Vec<Point>,
    pub(super) emails: Vec<Point>,
    pub(super) identifiers: Vec<Identifier>,
    pub(super) uid: String,
    /// In JSON Lines only, as what follows.
    pub(super) tags: Vec<String>,
    pub(super) values: Vec<(AttributeSpace, String, Value)>,
}

impl Fields {
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
        contact.values = self.values;
        contact
    }

    /// The name to display of a contact that was given none: first and last name, else the first thing known of it.
    pub(super) fn made(&self) -> String {
        let (first, last) = (self.first_name.trim(), self.last_name.trim());
        let gap = if first.is_empty() || last.is_empty() { "" } else { " " };
        let point = self.emails.first().or(self.phones.first()).map(|point| &point.text);
        let point = point.or(self.identifiers.first().map(|identifier| &identifier.value));
        let known = [Some(&format!("{first}{gap}{last}")), Some(&self.nickname), Some(&self.company), point];
        let mut known = known.into_iter().flatten().map(|text| text.trim());
        known.find(|text| !text.is_empty()).unwrap_or_default().to_owned()
    }

    /// Whether a name to display is the one that is made of the other fields anyway.
    pub(super) fn makes(&self, display: &str) -> bool {
        display.trim().is_empty() || display.trim() == self.made()
    }
}

impl From<&Contact> for Fields {
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
                .map(|p| Point { text: p.text.clone(), label: p.label.clone() })
                .collect(),
            emails: contact
                .emails
                .iter()
                .map(|p| Point { text: p.text.clone(), label: p.label.clone() })
                .collect(),
            identifiers: contact.identifiers.clone(),
            uid: contact.uid.clone(),
            tags: Vec::new(),
            values: Vec::new(),
        }
    }
}

/// A status by its name in JSON.
pub(super) fn status(name: &str) -> Option<Status> {
    serde_json::from_value(serde_json::Value::String(name.trim().to_ascii_uppercase())).ok()
}

/// The name of a status in JSON.
pub(super) fn status_name(status: Status) -> String {
    match serde_json::to_value(status) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}
