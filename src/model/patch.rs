use std::fmt;

use crate::model::contact::{Consent, Status};
use crate::model::contact_method::{Identifier, NewEmail, NewPhone};
use crate::model::field::Field;

/// Changes to a contact: what is not set stays as it is. A list that is set replaces the whole list.
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
    #[allow(clippy::option_option)] // not set, set to none, set to something
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
    /// A patch that changes nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes the edit depend on the version read: if the contact has moved on, it is refused.
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

    /// Sets the name to display; an empty one is made of first and last name again.
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

    /// Sets where the contact stands on its network.
    #[must_use]
    pub const fn status(mut self, status: Option<Status>) -> Self {
        self.status = Some(status);
        self
    }

    /// Sets whether the contact wants to be written to.
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

    /// The same as a patch a field; the version expected is in none. Points come first, because a contact must have something
    /// that tells who it is.
    pub(crate) fn split_by_field(self) -> Vec<(Field, Self)> {
        macro_rules! push_field_patch {
            ($parts:ident, $($field:ident: $name:ident,)*) => {
                $(if self.$name.is_some() {
                    $parts.push((Field::$field, Self { $name: self.$name, ..Self::default() }));
                })*
            };
        }
        let mut parts = Vec::new();
        push_field_patch!(parts,
            Phone: phones, Email: emails, Identifier: identifiers, FirstName: first_name, LastName: last_name,
            DisplayName: display_name, Nickname: nickname, Company: company, Language: language, City: city,
            Country: country, Status: status, Consent: consent, Uid: uid, Card: card,
        );
        parts
    }

    /// Blocks the first phone for the tenant as a whole, or unblocks it, in the same transaction; see
    /// [`Session::block_for_tenant`](crate::Session::block_for_tenant). To change it is for administrators and the system; that
    /// alone is no edit. A contact without a phone cannot be blocked.
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
