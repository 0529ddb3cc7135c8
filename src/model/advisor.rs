//! Tenants, federation groups and advisors.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result, ValidationError};
use crate::model::contact_method::NewEmail;
use crate::model::contact_method::check_length;
use crate::model::field::Field;
use crate::model::id::{AdvisorId, GroupId, TenantId};
use crate::model::limits;
use crate::model::network::Network;
use crate::model::permission::{Permission, Permissions};

/// A customer of the messaging product: a company with its own advisors and contacts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Tenant {
    /// The id.
    pub id: TenantId,
    /// The name, unique in the book.
    pub name: String,
    /// The rules for its advisors.
    pub policy: TenantPolicy,
}

/// The rules of a tenant for its advisors.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[non_exhaustive]
pub struct TenantPolicy {
    /// Whether an advisor has no permissions on a network before they are entitled there. Without this rule, an advisor who was never
    /// entitled on a network has [`Permissions::DEFAULT`](crate::entitlements::Permissions::DEFAULT) there, and may edit e-mail addresses.
    pub requires_entitlement: bool,
    /// The digits that the number of an onboarded contact must start with, such as `33`. Empty: any number is allowed.
    pub calling_code: String,
}

impl TenantPolicy {
    /// A policy without rules.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets whether advisors must be entitled on a network.
    #[must_use]
    pub const fn requires_entitlement(mut self, yes: bool) -> Self {
        self.requires_entitlement = yes;
        self
    }

    /// Sets the country of the numbers that can be onboarded, by its calling code without plus.
    #[must_use]
    pub fn calling_code(mut self, digits: impl Into<String>) -> Self {
        self.calling_code = digits.into();
        self
    }

    /// The permissions of an advisor who was never entitled on a network; `None` if entitlement is required.
    pub(crate) fn default_permissions(&self) -> Option<Permissions> {
        (!self.requires_entitlement).then_some(Permissions::DEFAULT.with(Permission::EditContactEmail))
    }

    pub(crate) fn check(&self) -> Result<()> {
        let code = &self.calling_code;
        let allowed = "digits of a calling code, such as 33";
        // The longest calling codes with an area code, such as +1 876, have four digits.
        if code.len() > 4 || code.starts_with('0') || !code.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Error::invalid(Field::Phone, ValidationError::InvalidCharacters { allowed }));
        }
        Ok(())
    }
}

/// A part of a tenant. A contact is unique in its group by network and phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Group {
    /// The id.
    pub id: GroupId,
    /// The tenant it belongs to.
    pub tenant: TenantId,
    /// The name, unique in the tenant.
    pub name: String,
    /// The networks it is active on.
    pub networks: Vec<Network>,
}

/// A person who talks to contacts.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Advisor {
    /// The id.
    pub id: AdvisorId,
    /// The tenant the advisor works for.
    pub tenant: TenantId,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// E-mail address, unique in the tenant, case-insensitive; may be empty.
    pub email: String,
}

impl fmt::Debug for Advisor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Advisor").field("id", &self.id).finish_non_exhaustive()
    }
}

/// An advisor by id or e-mail address.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum AdvisorKey {
    /// By id.
    Id(AdvisorId),
    /// By e-mail address in the tenant, case-insensitive.
    Email(String),
}

impl fmt::Debug for AdvisorKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => f.debug_tuple("Id").field(id).finish(),
            Self::Email(_) => f.write_str("Email(..)"),
        }
    }
}

impl From<AdvisorId> for AdvisorKey {
    fn from(id: AdvisorId) -> Self {
        Self::Id(id)
    }
}

impl From<&str> for AdvisorKey {
    fn from(email: &str) -> Self {
        Self::Email(email.to_owned())
    }
}

/// An advisor to add.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[non_exhaustive]
pub struct NewAdvisor {
    /// The public id; `None`: the book assigns one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<AdvisorId>,
    /// The tenant; `None`: the tenant of the session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<TenantId>,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// E-mail address; empty: none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub email: String,
}

impl fmt::Debug for NewAdvisor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewAdvisor").finish_non_exhaustive()
    }
}

impl NewAdvisor {
    /// An advisor with this name.
    #[must_use]
    pub fn new(first_name: impl Into<String>, last_name: impl Into<String>) -> Self {
        Self { first_name: first_name.into(), last_name: last_name.into(), ..Self::default() }
    }

    /// Sets the id that the advisor has in another system. Without it, the book assigns one.
    #[must_use]
    pub const fn id(mut self, id: AdvisorId) -> Self {
        self.id = Some(id);
        self
    }

    /// Sets the tenant. Without it, the tenant of the session.
    #[must_use]
    pub const fn tenant(mut self, tenant: TenantId) -> Self {
        self.tenant = Some(tenant);
        self
    }

    /// Sets the e-mail address.
    #[must_use]
    pub fn email(mut self, email: impl Into<String>) -> Self {
        self.email = email.into();
        self
    }

    /// Checks the rules that apply in every book.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the field and the reason.
    pub fn check(&self) -> Result<()> {
        check_length(Field::FirstName, &self.first_name, limits::NAME)?;
        check_length(Field::LastName, &self.last_name, limits::NAME)?;
        if self.first_name.trim().is_empty() && self.last_name.trim().is_empty() {
            return Err(Error::invalid(Field::Name, ValidationError::Required { network: None }));
        }
        if self.email.is_empty() { Ok(()) } else { NewEmail::new(self.email.as_str()).check() }
    }
}
