use std::fmt;

use serde::{Deserialize, Serialize};

use super::point::check_length;
use super::{AdvisorId, Field, GroupId, NewEmail, TenantId, limits};
use crate::error::{Error, Problem, Result};

/// A customer of the messaging product: a company with its own advisors and contacts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Tenant {
    /// The id.
    pub id: TenantId,
    /// The name, unique in the book.
    pub name: String,
}

/// A part of a tenant within which contacts are told apart by network and phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Group {
    /// The id.
    pub id: GroupId,
    /// The tenant it divides.
    pub tenant: TenantId,
    /// The name, unique in the tenant.
    pub name: String,
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
    /// E-mail address, unique in the tenant without regard to case; may be empty.
    pub email: String,
}

impl fmt::Debug for Advisor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Advisor").field("id", &self.id).finish_non_exhaustive()
    }
}

/// An advisor to add.
#[derive(Clone, Default)]
pub struct NewAdvisor {
    pub(crate) id: Option<AdvisorId>,
    pub(crate) tenant: Option<TenantId>,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) email: String,
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

    /// The id the advisor has elsewhere; without it a new one is made.
    #[must_use]
    pub const fn id(mut self, id: AdvisorId) -> Self {
        self.id = Some(id);
        self
    }

    /// The tenant; without it the session's.
    #[must_use]
    pub const fn tenant(mut self, tenant: TenantId) -> Self {
        self.tenant = Some(tenant);
        self
    }

    /// The e-mail address.
    #[must_use]
    pub fn email(mut self, email: impl Into<String>) -> Self {
        self.email = email.into();
        self
    }

    pub(crate) fn check(&self) -> Result<()> {
        check_length(Field::FirstName, &self.first_name, limits::NAME)?;
        check_length(Field::LastName, &self.last_name, limits::NAME)?;
        if self.first_name.trim().is_empty() && self.last_name.trim().is_empty() {
            return Err(Error::invalid(Field::Name, Problem::Required { on: None }));
        }
        if self.email.is_empty() { Ok(()) } else { NewEmail::new(self.email.as_str()).check() }
    }
}
