//! Contacts to onboard.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result, ValidationError};
use crate::model::advisor::AdvisorKey;
use crate::model::contact_method::check_length;
use crate::model::contact_method::{NewPhone, Phone};
use crate::model::draft::NewContact;
use crate::model::field::Field;
use crate::model::limits;
use crate::model::network::Network;
use crate::model::network_policy::{ConversationOnCreate, NetworkPolicy};
use crate::model::serial::is_default;

/// A contact to onboard: to create and link to advisors, or to link to more advisors.
///
/// ```
/// use cardex::Network;
/// use cardex::onboarding::NewOnboarding;
/// let john = NewOnboarding::new(Network::WHATSAPP, "John", "Doe", "+33 6 12 34 56 78", "ada@bank.example")
///     .company("Acme").email("john@example.com").advisor("bob@bank.example");
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[must_use]
pub struct NewOnboarding {
    pub(crate) network: Network,
    pub(crate) details: OnboardingDetails,
    pub(crate) onboarder: AdvisorKey,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) advisors: Vec<AdvisorKey>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) create_conversation: Option<bool>,
}

/// The details of an onboarded contact. Names, company and language replace the old values.
///
/// ```
/// use cardex::onboarding::OnboardingDetails;
/// let details = OnboardingDetails::new("John", "Doe", "+33 6 12 34 56 78").company("Acme Ltd").language("FRENCH");
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[must_use]
pub struct OnboardingDetails {
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) phone: String,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) company: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) language: Option<String>,
}

impl fmt::Debug for NewOnboarding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewOnboarding").field("network", &self.network).finish_non_exhaustive()
    }
}

impl fmt::Debug for OnboardingDetails {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OnboardingDetails").finish_non_exhaustive()
    }
}

impl NewOnboarding {
    /// A contact with this name and phone. `onboarder` is the advisor who onboards it.
    pub fn new(
        network: Network,
        first_name: impl Into<String>,
        last_name: impl Into<String>,
        phone: impl Into<String>,
        onboarder: impl Into<AdvisorKey>,
    ) -> Self {
        Self::from_details(network, OnboardingDetails::new(first_name, last_name, phone), onboarder)
    }

    /// A contact with these details.
    pub fn from_details(
        network: Network,
        details: OnboardingDetails,
        onboarder: impl Into<AdvisorKey>,
    ) -> Self {
        Self {
            network,
            details,
            onboarder: onboarder.into(),
            advisors: Vec::new(),
            create_conversation: None,
        }
    }

    /// Sets the company, at most [`limits::ONBOARDED_COMPANY`] characters.
    pub fn company(mut self, name: impl Into<String>) -> Self {
        self.details = self.details.company(name);
        self
    }

    /// Sets the e-mail address.
    pub fn email(mut self, email: impl Into<String>) -> Self {
        self.details = self.details.email(email);
        self
    }

    /// Sets the preferred language, one of [`Options::languages`](crate::Options::languages).
    pub fn language(mut self, language: impl Into<String>) -> Self {
        self.details = self.details.language(language);
        self
    }

    /// Adds an advisor to link. If any advisor is given by id, those given by e-mail address are ignored. Without an advisor, the
    /// onboarder is linked.
    pub fn advisor(mut self, advisor: impl Into<AdvisorKey>) -> Self {
        self.advisors.push(advisor.into());
        self
    }

    /// Sets whether a conversation with the contact is created, on a network where this is optional. The default there is yes.
    pub fn create_conversation(mut self, yes: bool) -> Self {
        self.create_conversation = Some(yes);
        self
    }

    /// The advisors to link. Ids take precedence over e-mail addresses.
    pub(crate) fn advisor_keys(&self) -> Vec<&AdvisorKey> {
        let ids: Vec<_> = self.advisors.iter().filter(|key| matches!(key, AdvisorKey::Id(_))).collect();
        match (ids.is_empty(), self.advisors.is_empty()) {
            (false, _) => ids,
            (true, false) => self.advisors.iter().collect(),
            (true, true) => vec![&self.onboarder],
        }
    }

    /// Whether to create a conversation.
    pub(crate) fn creates_conversation(&self, policy: &NetworkPolicy) -> Result<bool> {
        match (policy.conversation_on_create, self.create_conversation) {
            (ConversationOnCreate::Optional, create) => Ok(create.unwrap_or(true)),
            (ConversationOnCreate::Forbidden, None) => Ok(false),
            (ConversationOnCreate::Forbidden, Some(_)) => Err(Error::invalid(
                Field::CreateConversation,
                ValidationError::NotSupportedOnNetwork { network: policy.network.clone() },
            )),
        }
    }
}

impl OnboardingDetails {
    /// Details with this name and phone.
    pub fn new(
        first_name: impl Into<String>,
        last_name: impl Into<String>,
        phone: impl Into<String>,
    ) -> Self {
        Self {
            first_name: first_name.into(),
            last_name: last_name.into(),
            phone: phone.into(),
            company: String::new(),
            email: None,
            language: None,
        }
    }

    /// Sets the company, at most [`limits::ONBOARDED_COMPANY`] characters.
    pub fn company(mut self, name: impl Into<String>) -> Self {
        self.company = name.into();
        self
    }

    /// Sets the e-mail address. Without it, the old address stays.
    pub fn email(mut self, email: impl Into<String>) -> Self {
        self.email = Some(email.into());
        self
    }

    /// Sets the preferred language. Without it, the old language stays.
    pub fn language(mut self, language: impl Into<String>) -> Self {
        self.language = Some(language.into());
        self
    }

    /// Checks the rules for all onboarded contacts. The rules of the network are checked when the contact is stored.
    pub(crate) fn check(&self) -> Result<()> {
        check_length(Field::Company, &self.company, limits::ONBOARDED_COMPANY)?;
        let texts = [
            (Field::FirstName, &self.first_name),
            (Field::LastName, &self.last_name),
            (Field::Phone, &self.phone),
        ];
        for (field, text) in texts {
            if text.trim().is_empty() {
                return Err(Error::invalid(field, ValidationError::Required { network: None }));
            }
        }
        Ok(())
    }

    /// A new contact with these details.
    pub(crate) fn to_new_contact(&self, network: Network) -> NewContact {
        let mut new = NewContact::new(network, self.first_name.as_str(), self.last_name.as_str())
            .company(self.company.as_str())
            .phone(NewPhone::new(self.phone.as_str()));
        new.language = self.language.clone().unwrap_or_default();
        if let Some(email) = self.email.as_deref().filter(|email| !email.is_empty()) {
            new = new.email(email);
        }
        new
    }

    /// Replaces the details of an existing contact, except its phone.
    pub(crate) fn apply_to(&self, mut old: NewContact) -> NewContact {
        old.first_name.clone_from(&self.first_name);
        old.last_name.clone_from(&self.last_name);
        old.company.clone_from(&self.company);
        if let Some(language) = &self.language {
            old.language.clone_from(language);
        }
        if let Some(email) = &self.email {
            // Only the primary address changes.
            let rest = old.emails.split_off(old.emails.len().min(1));
            old.emails = if email.is_empty() { Vec::new() } else { vec![email.as_str().into()] };
            old.emails.extend(rest);
        }
        old
    }
}

/// The phone of an onboarding, as written and normalized.
pub(crate) fn onboarding_phone(text: &str, normalized: &str) -> Phone {
    Phone { text: text.to_owned(), normalized: normalized.to_owned(), label: String::new() }
}
