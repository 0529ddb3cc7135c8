//! A contact, its status, consent and invitation.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::contact_method::{Email, Identifier, Phone};
use crate::model::field_table::plain_fields;
use crate::model::id::{AdvisorId, ContactId, GroupId, TenantId};
use crate::model::network::Network;
use crate::model::plain_field::text_access;
use crate::model::time::Timestamp;

/// A contact with all its fields except the card document.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Contact {
    /// The id, unique across books.
    pub id: ContactId,
    /// The tenant it belongs to; `None` if it is shared between tenants.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<TenantId>,
    /// The network it is on.
    pub network: Network,
    /// The federation group it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupId>,
    /// First name; may be empty.
    pub first_name: String,
    /// Last name; may be empty.
    pub last_name: String,
    /// Display name: as given, or derived from other fields.
    pub display_name: String,
    /// Nickname; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub nickname: String,
    /// Company; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub company: String,
    /// Preferred language; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub language: String,
    /// City; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub city: String,
    /// Country, as given: a name or an ISO code; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub country: String,
    /// Status on its network; `None` until the network reports one. An unanswered invitation has the status "expired" from its
    /// expiry time on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// Since when it has this status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_at: Option<Timestamp>,
    /// Consent to messages, on a network that asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<Consent>,
    /// The invitation that is unanswered or has expired.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invitation: Option<Invitation>,
    /// The advisor who is this contact (a colleague).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_advisor: Option<AdvisorId>,
    /// Phones; the first is the contact's address on its network.
    pub phones: Vec<Phone>,
    /// E-mail addresses; the first is the primary one.
    pub emails: Vec<Email>,
    /// Ids in other systems.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<Identifier>,
    /// UID of the card it was imported from; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub uid: String,
    /// The number of the version, from 1. Each edit increases it, and an edit can require a version.
    pub version: i64,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was last active on its network; `None` if unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active_at: Option<Timestamp>,
    /// When it was moved to the trash; `None` if it is not in the trash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trashed_at: Option<Timestamp>,
}

impl Contact {
    /// Whether it is online: active within the last [`limits::ONLINE_MS`](crate::model::limits::ONLINE_MS).
    ///
    /// ```
    /// use cardex::{Actor, Network, NewContact, Options, Timestamp};
    /// let session = Options::new().open_in_memory()?.session(Actor::System);
    /// let john = session.add(NewContact::new(Network::SMS_DIRECT, "John", "Doe"))?;
    /// session.mark_active(john.id, Timestamp(1_000))?;
    /// let john = session.get(john.id)?.unwrap();
    /// assert!(john.is_online(Timestamp(21_000)) && !john.is_online(Timestamp(21_001)));
    /// # Ok::<(), cardex::Error>(())
    /// ```
    #[must_use]
    pub fn is_online(&self, now: Timestamp) -> bool {
        self.active_at.is_some_and(|at| now.0.saturating_sub(at.0) <= crate::model::limits::ONLINE_MS)
    }
}

impl fmt::Debug for Contact {
    /// Shows only id and version: names, numbers and addresses stay out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Contact")
            .field("id", &self.id)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

impl Contact {
    /// A contact with only an id and a network. For tests of code that shows or exports contacts.
    #[must_use]
    pub const fn new(id: ContactId, network: Network) -> Self {
        Self {
            id,
            tenant: None,
            network,
            group: None,
            first_name: String::new(),
            last_name: String::new(),
            display_name: String::new(),
            nickname: String::new(),
            company: String::new(),
            language: String::new(),
            city: String::new(),
            country: String::new(),
            status: None,
            status_at: None,
            consent: None,
            invitation: None,
            own_advisor: None,
            phones: Vec::new(),
            emails: Vec::new(),
            identifiers: Vec::new(),
            uid: String::new(),
            version: 1,
            created_at: Timestamp(0),
            updated_at: Timestamp(0),
            active_at: None,
            trashed_at: None,
        }
    }
}

plain_fields!(text_access, Contact);

/// The display name: as given, else first and last name, else the first of nickname, company and contact methods.
pub(crate) fn display_name(given: &str, contact: &Contact) -> String {
    let (first, last) = (contact.first_name.trim(), contact.last_name.trim());
    let fallback = || {
        let method = contact.emails.first().map(|email| &email.text);
        let method = method.or_else(|| contact.phones.first().map(|phone| &phone.text));
        let method = method.or_else(|| contact.identifiers.first().map(|identifier| &identifier.value));
        let texts = [Some(&contact.nickname), Some(&contact.company), method];
        texts
            .into_iter()
            .flatten()
            .map(|text| text.trim())
            .find(|text| !text.is_empty())
            .unwrap_or_default()
            .to_owned()
    };
    match (given.trim(), first, last) {
        ("", "", "") => fallback(),
        ("", first, "") => first.to_owned(),
        ("", "", last) => last.to_owned(),
        ("", first, last) => [first, " ", last].concat(), // on every read of a row: `format!` takes twice as long
        (given, ..) => given.to_owned(),
    }
}

/// The status of a contact on its network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum Status {
    /// Invited, but not confirmed yet.
    PendingConfirmation,
    /// Confirmed.
    Confirmed,
    /// The invitation has expired.
    InviteExpired,
    /// The invitation was canceled.
    Canceled,
    /// The network does not know the number.
    Unavailable,
    /// Created from an inbound message: only the number is known.
    Incomplete,
}

impl Status {
    /// All statuses.
    pub const ALL: [Self; 6] = [
        Self::PendingConfirmation,
        Self::Confirmed,
        Self::InviteExpired,
        Self::Canceled,
        Self::Unavailable,
        Self::Incomplete,
    ];
}

/// Whether a contact consents to messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum Consent {
    /// Asked, but not answered yet.
    Pending,
    /// Given.
    OptedIn,
    /// Refused.
    OptedOut,
}

/// A one-time code by which a contact confirms that they own the number.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Invitation {
    /// Eight characters: capital letters and digits.
    pub code: String,
    /// When it expires: seven days after its creation.
    pub expires_at: Timestamp,
}

impl fmt::Debug for Invitation {
    /// The code stays out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Invitation").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}
