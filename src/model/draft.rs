//! A contact to add.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::{Error, Result, ValidationError};
use crate::model::attribute::AttributeNamespace;
use crate::model::contact::{Consent, Status};
use crate::model::contact_method::check_length;
use crate::model::contact_method::{Identifier, NewEmail, NewPhone};
use crate::model::field::Field;
use crate::model::field_table::plain_fields;
use crate::model::id::{AdvisorId, ChannelId, GroupId};
use crate::model::limits;
use crate::model::network::Network;
use crate::model::network_policy::NetworkPolicy;
use crate::model::plain_field::{PlainField, text_access};
use crate::model::serial::{card, is_default};
use crate::model::serial_lists::{attribute_values, channel_identities};

/// A contact to add.
///
/// ```
/// use cardex::{Network, NewContact};
/// let john = NewContact::new(Network::WHATSAPP, "John", "Doe")
///     .company("Acme").email("john@example.com").phone("+33 6 12 34 56 78");
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct NewContact {
    /// The network it is on.
    pub network: Network,
    /// The federation group, if any.
    #[serde(default, skip_serializing_if = "is_default")]
    pub group: Option<GroupId>,
    /// First name.
    #[serde(default, skip_serializing_if = "is_default")]
    pub first_name: String,
    /// Last name.
    #[serde(default, skip_serializing_if = "is_default")]
    pub last_name: String,
    /// Display name; empty: derived from other fields.
    #[serde(default, skip_serializing_if = "is_default")]
    pub display_name: String,
    /// Nickname.
    #[serde(default, skip_serializing_if = "is_default")]
    pub nickname: String,
    /// Company.
    #[serde(default, skip_serializing_if = "is_default")]
    pub company: String,
    /// Preferred language.
    #[serde(default, skip_serializing_if = "is_default")]
    pub language: String,
    /// City.
    #[serde(default, skip_serializing_if = "is_default")]
    pub city: String,
    /// Country, as given: a name or an ISO code.
    #[serde(default, skip_serializing_if = "is_default")]
    pub country: String,
    /// Status on the network; `None`: unknown.
    #[serde(default, skip_serializing_if = "is_default")]
    pub status: Option<Status>,
    /// Consent; `None`: not asked.
    #[serde(default, skip_serializing_if = "is_default")]
    pub consent: Option<Consent>,
    /// The advisor who is this contact.
    #[serde(default, skip_serializing_if = "is_default")]
    pub own_advisor: Option<AdvisorId>,
    /// Phone numbers; the first one is the primary one.
    #[serde(default, skip_serializing_if = "is_default")]
    pub phones: Vec<NewPhone>,
    /// E-mail addresses; the first one is the primary one.
    #[serde(default, skip_serializing_if = "is_default")]
    pub emails: Vec<NewEmail>,
    /// Identifiers of other systems.
    #[serde(default, skip_serializing_if = "is_default")]
    pub identifiers: Vec<Identifier>,
    /// UID of its vCard.
    #[serde(default, skip_serializing_if = "is_default")]
    pub uid: String,
    /// The card document, a JSContact card (RFC 9553).
    #[serde(default, skip_serializing_if = "is_default", deserialize_with = "card")]
    pub card: Option<String>,
    /// The advisors to link it to.
    #[serde(default, skip_serializing_if = "is_default")]
    pub advisors: Vec<AdvisorId>,
    /// Whether it is shared between tenants.
    #[serde(default, skip_serializing_if = "is_default")]
    pub shared: bool,
    /// Whether its first phone number is blocked.
    #[serde(default, skip_serializing_if = "is_default")]
    pub blocked: bool,
    /// Attribute values: namespace, key, value.
    #[serde(default, skip_serializing_if = "is_default", with = "attribute_values")]
    pub attribute_values: Vec<(AttributeNamespace, String, Value)>,
    /// Identities on channels: channel and identifier.
    #[serde(default, skip_serializing_if = "is_default", with = "channel_identities")]
    pub channel_identities: Vec<(ChannelId, String)>,
    /// Names of tags.
    #[serde(default, skip_serializing_if = "is_default")]
    pub tags: Vec<String>,
}

impl fmt::Debug for NewContact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewContact").field("network", &self.network).finish_non_exhaustive()
    }
}

plain_fields!(text_access, NewContact);

/// Declares the setters of plain fields.
macro_rules! setters {
    ([] $($(#[$doc:meta])* $field:ident $member:ident {
        name: $name:literal, label: $label:literal, option: $option:literal, limit: $limit:ident, $($property:tt)*
    })*) => {
        impl NewContact {
            $(#[doc = concat!("Sets the ", $label, ", at most [`limits::", stringify!($limit), "`](crate::limits::", stringify!($limit), ") characters. Blanks at its ends are removed.")]
            #[must_use]
            pub fn $member(self, text: impl Into<String>) -> Self {
                self.with_text(PlainField::$field, text)
            })*
        }
    };
}

plain_fields!(setters);

impl NewContact {
    /// A contact on `network` with this name. Both names may be empty if another field identifies the contact.
    #[must_use]
    pub fn new(network: Network, first_name: impl Into<String>, last_name: impl Into<String>) -> Self {
        Self {
            network,
            group: None,
            first_name: first_name.into(),
            last_name: last_name.into(),
            display_name: String::new(),
            nickname: String::new(),
            company: String::new(),
            language: String::new(),
            city: String::new(),
            country: String::new(),
            status: None,
            consent: None,
            own_advisor: None,
            phones: Vec::new(),
            emails: Vec::new(),
            identifiers: Vec::new(),
            uid: String::new(),
            card: None,
            advisors: Vec::new(),
            shared: false,
            blocked: false,
            attribute_values: Vec::new(),
            channel_identities: Vec::new(),
            tags: Vec::new(),
        }
    }

    /// Sets the federation group.
    #[must_use]
    pub const fn group(mut self, group: GroupId) -> Self {
        self.group = Some(group);
        self
    }

    /// Sets the status on the network.
    #[must_use]
    pub const fn status(mut self, status: Status) -> Self {
        self.status = Some(status);
        self
    }

    /// Sets the consent to messages.
    #[must_use]
    pub const fn consent(mut self, consent: Consent) -> Self {
        self.consent = Some(consent);
        self
    }

    /// Sets the advisor who is this contact (a colleague).
    #[must_use]
    pub const fn own_advisor(mut self, advisor: AdvisorId) -> Self {
        self.own_advisor = Some(advisor);
        self
    }

    /// Adds a phone. The first phone is the contact's address on its network.
    #[must_use]
    pub fn phone(mut self, phone: impl Into<NewPhone>) -> Self {
        self.phones.push(phone.into());
        self
    }

    /// Adds an e-mail address. The first address is the primary one.
    #[must_use]
    pub fn email(mut self, email: impl Into<NewEmail>) -> Self {
        self.emails.push(email.into());
        self
    }

    /// Adds an identifier.
    #[must_use]
    pub fn identifier(mut self, namespace: impl Into<String>, value: impl Into<String>) -> Self {
        self.identifiers.push(Identifier::new(namespace, value));
        self
    }

    /// Sets the card document (JSContact, RFC 9553). It keeps the properties that have no field.
    #[must_use]
    pub fn card(mut self, json: impl Into<String>) -> Self {
        self.card = Some(json.into());
        self
    }

    /// Adds an advisor to link it to. The session of an advisor links its own advisor automatically.
    #[must_use]
    pub fn advisor(mut self, advisor: AdvisorId) -> Self {
        self.advisors.push(advisor);
        self
    }

    /// Shares the contact between tenants. Only for [`Actor::System`](crate::Actor::System).
    #[must_use]
    pub const fn shared(mut self) -> Self {
        self.shared = true;
        self
    }

    /// Blocks its first phone for the whole tenant, in the same transaction. Only for administrators and the system. A contact
    /// without a phone cannot be blocked.
    #[must_use]
    pub const fn blocked(mut self) -> Self {
        self.blocked = true;
        self
    }

    /// Sets the value of an attribute: any JSON of at most [`limits::ATTRIBUTE_VALUE`] bytes. An undeclared attribute is created.
    /// For a declared attribute, `null` or a blank text means no value.
    #[must_use]
    pub fn attribute(
        mut self,
        namespace: AttributeNamespace,
        key: impl Into<String>,
        value: impl Into<Value>,
    ) -> Self {
        self.attribute_values.push((namespace, key.into(), value.into()));
        self
    }

    /// Adds a tag by name. A tag that the tenant does not have is created. At most [`limits::TAGS`] in all.
    #[must_use]
    pub fn tag(mut self, name: impl Into<String>) -> Self {
        self.tags.push(name.into());
        self
    }

    /// Adds an identity on a channel of the tenant, in the same transaction; see
    /// [`Channels::find_or_create_identity`](crate::channels::Channels::find_or_create_identity). If the channel has this
    /// identifier already, the write fails with [`Error::Exists`].
    #[must_use]
    pub fn channel_identity(mut self, channel: ChannelId, identifier: impl Into<String>) -> Self {
        self.channel_identities.push((channel, identifier.into()));
        self
    }

    /// First and last name as given.
    #[must_use]
    pub fn names(&self) -> (&str, &str) {
        (&self.first_name, &self.last_name)
    }

    /// Whether any field identifies the contact.
    fn has_identity(&self) -> bool {
        let texts = [&self.first_name, &self.last_name, &self.display_name, &self.nickname, &self.company];
        texts.iter().any(|text| !text.trim().is_empty())
            || !(self.phones.is_empty() && self.emails.is_empty() && self.identifiers.is_empty())
    }

    /// Checks lengths, counts and the rules of the network. Phone numbers are parsed when the contact is stored.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the field and the reason.
    pub fn check(&self, policy: &NetworkPolicy) -> Result<()> {
        for field in PlainField::ALL {
            check_length(field.field(), self.text(field), field.limit())?;
        }
        if !self.has_identity() {
            return Err(Error::invalid(Field::Name, ValidationError::Required { network: None }));
        }
        for (field, count) in [
            (Field::Phone, self.phones.len()),
            (Field::Email, self.emails.len()),
            (Field::Identifier, self.identifiers.len()),
        ] {
            if count > limits::CONTACT_METHODS {
                return Err(Error::invalid(
                    field,
                    ValidationError::TooMany { limit: limits::CONTACT_METHODS },
                ));
            }
        }
        if self.advisors.len() > limits::ADVISORS {
            return Err(Error::invalid(
                Field::Advisors,
                ValidationError::TooMany { limit: limits::ADVISORS },
            ));
        }
        for phone in &self.phones {
            check_length(Field::Phone, &phone.text, limits::PHONE)?;
            check_length(Field::Phone, &phone.label, limits::NAME)?;
        }
        self.emails.iter().try_for_each(NewEmail::check)?;
        self.identifiers.iter().try_for_each(Identifier::check)?;
        if self.card.as_ref().is_some_and(|card| card.len() > limits::CARD) {
            return Err(Error::invalid(Field::Card, ValidationError::TooLong { limit: limits::CARD }));
        }
        let missing = |field| {
            Err(Error::invalid(field, ValidationError::Required { network: Some(policy.network.clone()) }))
        };
        if policy.requires_company && self.company.trim().is_empty() {
            return missing(Field::Company);
        }
        if policy.requires_email && self.emails.is_empty() {
            return missing(Field::Email);
        }
        let not_supported = |field| {
            Err(Error::invalid(
                field,
                ValidationError::NotSupportedOnNetwork { network: policy.network.clone() },
            ))
        };
        if self.status.is_some_and(|status| !policy.statuses.contains(&status)) {
            return not_supported(Field::Status);
        }
        if self.consent.is_some() && !policy.asks_consent {
            return not_supported(Field::Consent);
        }
        Ok(())
    }
}
