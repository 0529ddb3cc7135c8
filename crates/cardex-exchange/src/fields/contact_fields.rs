//! The fields of a contact that files hold.

use serde_json::Value;

use cardex::attributes::AttributeNamespace;
use cardex::directory::GroupId;
use cardex::{Contact, Identifier, Network, NewContact, NewEmail, NewPhone, Status};

/// Decides whether a text is a phone number.
pub(crate) type IsPhone<'a> = &'a dyn Fn(&str) -> bool;

/// A phone or an e-mail address with its label.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ContactMethod {
    pub(crate) text: String,
    pub(crate) label: String,
}

/// The fields of one record.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct ContactFields {
    pub(crate) network: Option<Network>,
    pub(crate) group: Option<GroupId>,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    /// Empty if it is the default of the other fields.
    pub(crate) display_name: String,
    pub(crate) nickname: String,
    pub(crate) company: String,
    pub(crate) language: String,
    pub(crate) city: String,
    pub(crate) country: String,
    pub(crate) status: Option<Status>,
    pub(crate) phones: Vec<ContactMethod>,
    pub(crate) emails: Vec<ContactMethod>,
    pub(crate) identifiers: Vec<Identifier>,
    pub(crate) uid: String,
    /// Only in JSON Lines, as the next field.
    pub(crate) tags: Vec<String>,
    pub(crate) attribute_values: Vec<(AttributeNamespace, String, Value)>,
}

impl ContactFields {
    pub(crate) fn into_contact(self, network: &Network) -> NewContact {
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

    /// The display name of a contact without one: first and last name, else the first other field that is not empty.
    pub(crate) fn default_display_name(&self) -> String {
        let (first, last) = (self.first_name.trim(), self.last_name.trim());
        let gap = if first.is_empty() || last.is_empty() { "" } else { " " };
        let fallback = self.emails.first().or(self.phones.first()).map(|method| &method.text);
        let fallback = fallback.or(self.identifiers.first().map(|identifier| &identifier.value));
        let known =
            [Some(&format!("{first}{gap}{last}")), Some(&self.nickname), Some(&self.company), fallback];
        let mut known = known.into_iter().flatten().map(|text| text.trim());
        known.find(|text| !text.is_empty()).unwrap_or_default().to_owned()
    }

    /// Whether a display name equals the default of the other fields.
    pub(crate) fn is_default_display_name(&self, display: &str) -> bool {
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

/// Parses the name of a status as it is in JSON.
pub(crate) fn parse_status(name: &str) -> Option<Status> {
    serde_json::from_value(serde_json::Value::String(name.trim().to_ascii_uppercase())).ok()
}

/// The name of a status in JSON.
pub(crate) fn status_name(status: Status) -> String {
    match serde_json::to_value(status) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}

/// The fields of a record, and its card if the fields cannot hold all data of the record.
pub(crate) type ParsedRecord = (ContactFields, Option<String>);
