//! Entitlements of advisors, and their numbers.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::model::advisor::{Advisor, AdvisorKey};
use crate::model::contact_method::NewEmail;
use crate::model::id::{AdvisorId, ContactId, GroupId};
use crate::model::network::Network;
use crate::model::permission::{Permission, Permissions};
use crate::model::serial::is_default;
use crate::model::time::Timestamp;

/// Whether the entitled person is an advisor already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum EntitlementStatus {
    /// The tenant has no advisor with this e-mail address yet. A new advisor with this address gets the entitlement.
    PreEntitled,
    /// The person is an advisor.
    Entitled,
}

/// The number of an advisor on a network.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AdvisorPhone {
    /// The number as written.
    pub text: String,
    /// The form for comparisons; see [`Phone::normalized`](crate::Phone::normalized).
    pub normalized: String,
    /// Whether it belongs to the tenant's pool, and returns there.
    pub pooled: bool,
}

impl fmt::Debug for AdvisorPhone {
    /// Numbers stay out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AdvisorPhone").field("pooled", &self.pooled).finish_non_exhaustive()
    }
}

/// A number in a tenant's pool; see [`Directory::pooled_numbers`](crate::directory::Directory::pooled_numbers).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PooledNumber {
    /// The number as written.
    pub text: String,
    /// The form for comparisons; see [`Phone::normalized`](crate::Phone::normalized).
    pub normalized: String,
    /// Whether it is assigned to an advisor.
    pub assigned: bool,
}

impl fmt::Debug for PooledNumber {
    /// Numbers stay out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PooledNumber").field("assigned", &self.assigned).finish_non_exhaustive()
    }
}

/// The entitlement of an advisor on a network, and the permissions there.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Entitlement {
    /// The advisor; `None` if no advisor has the e-mail address yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advisor: Option<Advisor>,
    /// The e-mail address of the advisor, or of the future advisor; may be empty.
    pub email: String,
    /// The network.
    pub network: Network,
    /// The federation group of the advisor there; `None` for the default group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupId>,
    /// Whether the person is an advisor already.
    pub status: EntitlementStatus,
    /// The permissions there.
    pub permissions: Permissions,
    /// The number of the advisor there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<AdvisorPhone>,
    /// The contact on this network that represents this advisor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_contact: Option<ContactId>,
    /// When it was given; `None` if the advisor was never entitled, and has the default permissions of the tenant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
}

impl fmt::Debug for Entitlement {
    /// Shows no addresses and no numbers.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entitlement")
            .field("advisor", &self.advisor)
            .field("network", &self.network)
            .field("status", &self.status)
            .field("permissions", &self.permissions)
            .finish_non_exhaustive()
    }
}

/// A new entitlement; see [`Entitlements::add`](crate::entitlements::Entitlements::add).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewEntitlement {
    pub(crate) network: Network,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) advisor: Option<AdvisorId>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) email: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) phone: Option<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) permissions: Permissions,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) group: Option<GroupId>,
}

impl fmt::Debug for NewEntitlement {
    /// Shows no addresses and no numbers.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewEntitlement")
            .field("network", &self.network)
            .field("advisor", &self.advisor)
            .field("permissions", &self.permissions)
            .finish_non_exhaustive()
    }
}

impl NewEntitlement {
    /// An entitlement on this network.
    #[must_use]
    pub const fn new(network: Network) -> Self {
        Self {
            network,
            advisor: None,
            email: String::new(),
            phone: None,
            permissions: Permissions::NONE,
            group: None,
        }
    }

    /// Sets the advisor by id. The id takes precedence over an e-mail address.
    #[must_use]
    pub const fn advisor(mut self, id: AdvisorId) -> Self {
        self.advisor = Some(id);
        self
    }

    /// Sets the current or future advisor by e-mail address.
    #[must_use]
    pub fn email(mut self, email: impl Into<String>) -> Self {
        self.email = email.into();
        self
    }

    /// Sets the number of the advisor, at most [`limits::PHONE`](crate::limits::PHONE) characters.
    #[must_use]
    pub fn phone(mut self, phone: impl Into<String>) -> Self {
        self.phone = Some(phone.into());
        self
    }

    /// Adds permissions to the default permissions of the network.
    #[must_use]
    pub fn permissions(mut self, more: impl IntoIterator<Item = Permission>) -> Self {
        self.permissions = more.into_iter().fold(self.permissions, Permissions::with);
        self
    }

    /// Sets the federation group of the advisor.
    #[must_use]
    pub const fn group(mut self, group: GroupId) -> Self {
        self.group = Some(group);
        self
    }

    /// The advisor it is for; `None` if the call names no advisor.
    pub(crate) fn advisor_key(&self) -> Result<Option<AdvisorKey>> {
        match (self.advisor, self.email.trim()) {
            (Some(id), _) => Ok(Some(AdvisorKey::Id(id))),
            (None, "") => Ok(None),
            (None, email) => {
                NewEmail::new(email).check()?;
                Ok(Some(AdvisorKey::Email(email.to_owned())))
            }
        }
    }
}

/// An advisor to move to a federation group; see
/// [`Entitlements::move_many_to_groups`](crate::entitlements::Entitlements::move_many_to_groups).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct GroupMove {
    /// The advisor.
    pub advisor: AdvisorId,
    /// The network.
    pub network: Network,
    /// The new group; `None` for the default group.
    pub group: Option<GroupId>,
}

impl GroupMove {
    /// A move to a group, or to the default group.
    #[must_use]
    pub fn new(advisor: AdvisorId, network: Network, group: impl Into<Option<GroupId>>) -> Self {
        Self { advisor, network, group: group.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_hides_people() {
        let new = NewEntitlement::new(Network::SMS).email("ada@example.com").phone("+33612345678");
        let phone =
            AdvisorPhone { text: "+33612345678".into(), normalized: "+33612345678".into(), pooled: true };
        let entitlement = Entitlement {
            advisor: None,
            email: "ada@example.com".into(),
            network: Network::SMS,
            group: None,
            status: EntitlementStatus::PreEntitled,
            permissions: Permissions::NONE,
            phone: Some(phone.clone()),
            own_contact: None,
            created_at: None,
        };
        let number = PooledNumber { text: "+336".into(), normalized: "336".into(), assigned: false };
        let shown = format!("{new:?} {phone:?} {entitlement:?} {number:?}");
        assert!(!shown.contains("ada") && !shown.contains("336"), "{shown}");
        assert_eq!(serde_json::to_value(&entitlement).unwrap()["status"], "PRE_ENTITLED");
    }
}
