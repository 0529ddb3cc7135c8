//! The fields of a contact that files hold.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::vcard::LineNumber;
use cardex::attributes::AttributeNamespace;
use cardex::contacts::PlainField;
use cardex::directory::GroupId;
use cardex::{Contact, Identifier, Network, NewContact, NewEmail, NewPhone, Status};

/// Decides whether a text is a phone number.
pub(crate) type IsPhone<'a> = &'a dyn Fn(&str) -> bool;

/// A phone or an e-mail address with its label.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ContactMethod {
    pub(crate) text: String,
    pub(crate) label: String,
    /// Where a file has it.
    pub(crate) at: LineNumber,
}

/// The fields of one record.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct ContactFields {
    pub(crate) network: Option<Network>,
    pub(crate) group: Option<GroupId>,
    /// The plain fields that are not empty. The display name is absent if it is the default of the other fields.
    texts: BTreeMap<PlainField, String>,
    /// The fields that the record says to be empty.
    pub(crate) has_no_place: BTreeSet<PlainField>,
    pub(crate) status: Option<Status>,
    pub(crate) phones: Vec<ContactMethod>,
    pub(crate) emails: Vec<ContactMethod>,
    pub(crate) identifiers: Vec<Identifier>,
    pub(crate) tags: Vec<String>,
    /// Only in JSON Lines.
    pub(crate) attribute_values: Vec<(AttributeNamespace, String, Value)>,
    /// The UIDs or aliases of the members, if the record is a group.
    pub(crate) members: Option<Vec<String>>,
    /// The name of the record in the groups of its file, beside the UID.
    pub(crate) alias: String,
    /// Whether the record has times that an import cannot set.
    pub(crate) has_times: bool,
}

impl ContactFields {
    /// The text of a plain field.
    pub(crate) fn text(&self, field: PlainField) -> &str {
        self.texts.get(&field).map_or("", String::as_str)
    }

    /// Whether any field identifies the contact, as the book requires it.
    pub(crate) fn has_identity(&self) -> bool {
        let names = [
            PlainField::FirstName,
            PlainField::LastName,
            PlainField::DisplayName,
            PlainField::Nickname,
            PlainField::Company,
        ];
        names.iter().any(|field| !self.text(*field).trim().is_empty())
            || !(self.phones.is_empty() && self.emails.is_empty() && self.identifiers.is_empty())
    }

    /// Sets a plain field.
    pub(crate) fn set_text(&mut self, field: PlainField, text: impl Into<String>) {
        let text = text.into();
        if text.is_empty() {
            self.texts.remove(&field);
        } else {
            self.texts.insert(field, text);
        }
    }

    /// Drops the display name if it is the default of the other fields.
    pub(crate) fn drop_default_display_name(&mut self) {
        if self.is_default_display_name(self.text(PlainField::DisplayName)) {
            self.texts.remove(&PlainField::DisplayName);
        }
    }

    pub(crate) fn into_contact(self, network: &Network) -> NewContact {
        let mut contact = NewContact::new(self.network.unwrap_or_else(|| network.clone()), "", "");
        for (field, text) in self.texts {
            contact = contact.with_text(field, text);
        }
        contact.group = self.group;
        contact.status = self.status;
        contact.phones = self.phones.into_iter().map(|p| NewPhone::new(p.text).label(p.label)).collect();
        contact.emails = self.emails.into_iter().map(|p| NewEmail::new(p.text).label(p.label)).collect();
        contact.identifiers = self.identifiers;
        contact.tags = self.tags;
        contact.attribute_values = self.attribute_values;
        contact
    }

    /// The display name of a contact without one: first and last name, else the first other field that is not empty.
    pub(crate) fn default_display_name(&self) -> String {
        let text = |field| self.text(field).trim();
        let (first, last) = (text(PlainField::FirstName), text(PlainField::LastName));
        let gap = if first.is_empty() || last.is_empty() { "" } else { " " };
        let fallback = self.emails.first().or(self.phones.first()).map(|method| &method.text);
        let fallback = fallback.or(self.identifiers.first().map(|identifier| &identifier.value));
        let full = format!("{first}{gap}{last}");
        let (nickname, company) = (text(PlainField::Nickname), text(PlainField::Company));
        let mut known =
            [full.as_str(), nickname, company, fallback.map_or("", |text| text.trim())].into_iter();
        known.find(|text| !text.is_empty()).unwrap_or_default().to_owned()
    }

    /// Whether a display name equals the default of the other fields.
    pub(crate) fn is_default_display_name(&self, display: &str) -> bool {
        display.trim().is_empty() || display.trim() == self.default_display_name()
    }
}

impl From<&Contact> for ContactFields {
    fn from(contact: &Contact) -> Self {
        let texts = PlainField::ALL.into_iter().map(|field| (field, contact.text(field).to_owned()));
        Self {
            has_times: false,
            members: None,
            alias: String::new(),
            has_no_place: BTreeSet::new(),
            texts: texts.filter(|(_, text)| !text.is_empty()).collect(),
            network: Some(contact.network.clone()),
            group: contact.group,
            status: contact.status,
            phones: contact
                .phones
                .iter()
                .map(|p| ContactMethod {
                    text: p.text.clone(),
                    label: p.label.clone(),
                    ..ContactMethod::default()
                })
                .collect(),
            emails: contact
                .emails
                .iter()
                .map(|p| ContactMethod {
                    text: p.text.clone(),
                    label: p.label.clone(),
                    ..ContactMethod::default()
                })
                .collect(),
            identifiers: contact.identifiers.clone(),
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
