//! Permissions of advisors.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::model::serial::serialized_as_text;

/// What an advisor may do on a network. The names are from the federation contract.
///
/// ```
/// use cardex::entitlements::Permission;
/// assert_eq!("edit:contact-email".parse(), Ok(Permission::EditContactEmail));
/// assert_eq!(Permission::ListCustomers.as_str(), "admin:list-customers");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Permission {
    /// Create conversations.
    CreateRoom,
    /// Add contacts of several companies to one conversation.
    AddMultiCompanyContact,
    /// Create contacts.
    CreateContact,
    /// Edit names, company and language of contacts.
    EditContact,
    /// Edit the e-mail addresses of contacts.
    EditContactEmail,
    /// Remove contacts from the advisor's own list.
    DeleteContact,
    /// Link contacts to other advisors.
    OnBehalfOnboard,
    /// Unlink contacts from other advisors. Also needs [`Permission::ListCustomers`].
    OnBehalfOffboard,
    /// See every contact of the tenant.
    ListCustomers,
}

/// The text is not the name of a permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the name of a permission, such as create:contact")]
pub struct ParsePermissionError;

impl Permission {
    /// All permissions, in the order of their ids.
    pub const ALL: [Self; 9] = [
        Self::CreateRoom,
        Self::AddMultiCompanyContact,
        Self::CreateContact,
        Self::EditContact,
        Self::EditContactEmail,
        Self::DeleteContact,
        Self::OnBehalfOnboard,
        Self::OnBehalfOffboard,
        Self::ListCustomers,
    ];

    /// The name in the federation contract.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CreateRoom => "create:room",
            Self::AddMultiCompanyContact => "add:multi-company-contact",
            Self::CreateContact => "create:contact",
            Self::EditContact => "edit:contact",
            Self::EditContactEmail => "edit:contact-email",
            Self::DeleteContact => "delete:contact",
            Self::OnBehalfOnboard => "on-behalf:onboard",
            Self::OnBehalfOffboard => "on-behalf:simple-offboard",
            Self::ListCustomers => "admin:list-customers",
        }
    }

    /// The error message for an actor without the permission.
    pub(crate) const fn missing_message(self) -> &'static str {
        match self {
            Self::CreateRoom => "this needs create:room on the network",
            Self::AddMultiCompanyContact => "this needs add:multi-company-contact on the network",
            Self::CreateContact => "this needs create:contact on the network",
            Self::EditContact => "this needs edit:contact on the network",
            Self::EditContactEmail => "this needs edit:contact-email on the network",
            Self::DeleteContact => "this needs delete:contact on the network",
            Self::OnBehalfOnboard => "this needs on-behalf:onboard on the network",
            Self::OnBehalfOffboard => "this needs on-behalf:simple-offboard on the network",
            Self::ListCustomers => "this needs admin:list-customers on the network",
        }
    }

    const fn bit(self) -> u16 {
        1 << self as u16
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Permission {
    type Err = ParsePermissionError;

    fn from_str(name: &str) -> Result<Self, ParsePermissionError> {
        Self::ALL.into_iter().find(|known| known.as_str() == name).ok_or(ParsePermissionError)
    }
}

serialized_as_text!(Permission);

/// A set of permissions.
///
/// ```
/// use cardex::entitlements::{Permission, Permissions};
/// let set = Permissions::DEFAULT.with(Permission::ListCustomers);
/// assert!(set.contains(Permission::CreateContact) && !set.contains(Permission::EditContactEmail));
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Permissions(u16);

impl Permissions {
    /// No permissions.
    pub const NONE: Self = Self(0);

    /// The permissions of an entitlement, unless the network has others: create conversations; create, edit and remove contacts; link
    /// them to other advisors.
    pub const DEFAULT: Self = Self::NONE
        .with(Permission::CreateRoom)
        .with(Permission::CreateContact)
        .with(Permission::EditContact)
        .with(Permission::DeleteContact)
        .with(Permission::OnBehalfOnboard);

    /// The set with this permission.
    #[must_use]
    pub const fn with(self, permission: Permission) -> Self {
        Self(self.0 | permission.bit())
    }

    /// The set without this permission.
    #[must_use]
    pub const fn without(self, permission: Permission) -> Self {
        Self(self.0 & !permission.bit())
    }

    /// Whether the set contains the permission.
    #[must_use]
    pub const fn contains(self, permission: Permission) -> bool {
        self.0 & permission.bit() != 0
    }

    /// The permissions in the set.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.into_iter().filter(move |permission| self.contains(*permission))
    }

    /// The stored form: one bit for each permission.
    pub(crate) const fn bits(self) -> i64 {
        self.0 as i64
    }

    /// From the stored form. Unknown bits are ignored.
    pub(crate) fn from_bits(bits: i64) -> Self {
        Permission::ALL.into_iter().filter(|permission| bits & i64::from(permission.bit()) != 0).collect()
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<I: IntoIterator<Item = Permission>>(iter: I) -> Self {
        iter.into_iter().fold(Self::NONE, Self::with)
    }
}

impl fmt::Debug for Permissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(Permission::as_str)).finish()
    }
}

impl Serialize for Permissions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> serde::Deserialize<'de> for Permissions {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Vec::<Permission>::deserialize(deserializer)?.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_round_trip() {
        for permission in Permission::ALL {
            let set = Permissions::DEFAULT.with(permission);
            assert_eq!(Permissions::from_bits(set.bits()), set);
            assert!(!set.without(permission).contains(permission));
            assert_eq!(permission.as_str().parse(), Ok(permission));
        }
        assert_eq!(Permissions::from_bits(i64::MAX).iter().count(), Permission::ALL.len());
    }
}
