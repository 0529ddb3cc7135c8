//! What a list shows of a contact.

use serde::{Deserialize, Serialize};

use crate::model::contact::Contact;
use crate::model::id::ContactId;
use crate::model::network::Network;

/// What a list of contacts shows of one of them. [`Session::get`](crate::Session::get) reads the rest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ContactSummary {
    /// The id.
    pub id: ContactId,
    /// The network.
    pub network: Network,
    /// The first name; may be empty.
    pub first_name: String,
    /// The last name; may be empty.
    pub last_name: String,
    /// The display name: as given, or composed of other fields, as in [`Contact::display_name`].
    pub display_name: String,
    /// The company; may be empty.
    pub company: String,
    /// The first phone as given, or the first e-mail address if there is no phone; empty if there is neither.
    pub phone_or_email: String,
}

impl From<Contact> for ContactSummary {
    fn from(contact: Contact) -> Self {
        let phone = contact.phones.into_iter().next().map(|phone| phone.text);
        let method = phone.or_else(|| contact.emails.into_iter().next().map(|email| email.text));
        Self {
            id: contact.id,
            network: contact.network,
            first_name: contact.first_name,
            last_name: contact.last_name,
            display_name: contact.display_name,
            company: contact.company,
            phone_or_email: method.unwrap_or_default(),
        }
    }
}
