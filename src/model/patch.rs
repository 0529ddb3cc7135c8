//! Changes to the fields of a contact.

use std::fmt;

use crate::model::contact::{Consent, Status};
use crate::model::contact_method::{Identifier, NewEmail, NewPhone};
use crate::model::field::Field;

/// Changes to a contact. Fields that are not set stay as they are. A list that is set replaces the whole list.
///
/// ```
/// use cardex::ContactPatch;
/// let patch = ContactPatch::new().company("Acme Ltd").expect_version(3);
/// ```
#[derive(Clone, Default)]
pub struct ContactPatch {
    pub(crate) expected_version: Option<i64>,
    pub(crate) first_name: Option<String>,
    pub(crate) last_name: Option<String>,
    pub(crate) display_name: Option<String>,
    pub(crate) nickname: Option<String>,
    pub(crate) company: Option<String>,
    pub(crate) language: Option<String>,
    pub(crate) city: Option<String>,
    pub(crate) country: Option<String>,
    #[allow(clippy::option_option)] // not set, set to `None`, set to a value
    pub(crate) status: Option<Option<Status>>,
    pub(crate) consent: Option<Consent>,
    pub(crate) phones: Option<Vec<NewPhone>>,
    pub(crate) emails: Option<Vec<NewEmail>>,
    pub(crate) identifiers: Option<Vec<Identifier>>,
    pub(crate) uid: Option<String>,
    pub(crate) card: Option<String>,
    pub(crate) blocked: Option<bool>,
}

impl fmt::Debug for ContactPatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ContactPatch").field("version", &self.expected_version).finish_non_exhaustive()
    }
}

impl ContactPatch {
    /// A patch without changes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Requires this version: if the contact has another one, the edit fails.
    #[must_use]
    pub const fn expect_version(mut self, version: i64) -> Self {
        self.expected_version = Some(version);
        self
    }

    /// Sets the first name.
    #[must_use]
    pub fn first_name(mut self, name: impl Into<String>) -> Self {
        self.first_name = Some(name.into());
        self
    }

    /// Sets the last name.
    #[must_use]
    pub fn last_name(mut self, name: impl Into<String>) -> Self {
        self.last_name = Some(name.into());
        self
    }

    /// Sets the display name. If it is empty, the name is derived from other fields again.
    #[must_use]
    pub fn display_name(mut self, name: impl Into<String>) -> Self {
        self.display_name = Some(name.into());
        self
    }

    /// Sets the nickname.
    #[must_use]
    pub fn nickname(mut self, name: impl Into<String>) -> Self {
        self.nickname = Some(name.into());
        self
    }

    /// Sets the company.
    #[must_use]
    pub fn company(mut self, name: impl Into<String>) -> Self {
        self.company = Some(name.into());
        self
    }

    /// Sets the preferred language.
    #[must_use]
    pub fn language(mut self, language: impl Into<String>) -> Self {
        self.language = Some(language.into());
        self
    }

    /// Sets the city.
    #[must_use]
    pub fn city(mut self, city: impl Into<String>) -> Self {
        self.city = Some(city.into());
        self
    }

    /// Sets the country.
    #[must_use]
    pub fn country(mut self, country: impl Into<String>) -> Self {
        self.country = Some(country.into());
        self
    }

    /// Sets the status on the network.
    #[must_use]
    pub const fn status(mut self, status: Option<Status>) -> Self {
        self.status = Some(status);
        self
    }

    /// Sets the consent to messages.
    #[must_use]
    pub const fn consent(mut self, consent: Consent) -> Self {
        self.consent = Some(consent);
        self
    }

    /// Replaces the phones.
    #[must_use]
    pub fn phones<T: Into<NewPhone>>(mut self, phones: impl IntoIterator<Item = T>) -> Self {
        self.phones = Some(phones.into_iter().map(Into::into).collect());
        self
    }

    /// Replaces the e-mail addresses.
    #[must_use]
    pub fn emails<T: Into<NewEmail>>(mut self, emails: impl IntoIterator<Item = T>) -> Self {
        self.emails = Some(emails.into_iter().map(Into::into).collect());
        self
    }

    /// Replaces the identifiers.
    #[must_use]
    pub fn identifiers(mut self, identifiers: impl IntoIterator<Item = Identifier>) -> Self {
        self.identifiers = Some(identifiers.into_iter().collect());
        self
    }

    /// Sets the UID of the card.
    #[must_use]
    pub fn uid(mut self, uid: impl Into<String>) -> Self {
        self.uid = Some(uid.into());
        self
    }

    /// Splits the patch into one patch for each field, without the required version. Contact methods come first, because a contact
    /// must always have a field that identifies it.
    pub(crate) fn split_by_field(self) -> Vec<(Field, Self)> {
        macro_rules! push_field_patch {
            ($patches:ident, $($field:ident: $name:ident,)*) => {
                $(if self.$name.is_some() {
                    $patches.push((Field::$field, Self { $name: self.$name, ..Self::default() }));
                })*
            };
        }
        let mut patches = Vec::new();
        push_field_patch!(patches,
            Phone: phones, Email: emails, Identifier: identifiers, FirstName: first_name, LastName: last_name,
            DisplayName: display_name, Nickname: nickname, Company: company, Language: language, City: city,
            Country: country, Status: status, Consent: consent, Uid: uid, Card: card,
        );
        patches
    }

    /// Blocks or unblocks the first phone for the whole tenant, in the same transaction; see
    /// [`BlockedNumbers::set_for_tenant`](crate::blocking::BlockedNumbers::set_for_tenant). Only for administrators and the system. A block alone does not
    /// count as an edit. A contact without a phone cannot be blocked.
    #[must_use]
    pub const fn blocked(mut self, yes: bool) -> Self {
        self.blocked = Some(yes);
        self
    }

    /// Replaces the card document.
    #[must_use]
    pub fn card(mut self, json: impl Into<String>) -> Self {
        self.card = Some(json.into());
        self
    }
}
