use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::model::advisor::{Advisor, AdvisorKey};
use crate::model::contact_method::NewEmail;
use crate::model::id::{AdvisorId, ContactId, GroupId};
use crate::model::network::Network;
use crate::model::permission::{Permission, Permissions};
use crate::model::time::Timestamp;

/// Whether somebody who is entitled is an advisor yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum EntitlementStatus {
    /// Not yet: the tenant has no advisor with this e-mail address. The entitlement is theirs once they are added.
    PreEntitled,
    /// They are.
    Entitled,
}

/// A number that advisors write from.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AdvisorPhone {
    /// The number as it was written.
    pub text: String,
    /// The form in which numbers are compared; see [`Phone::normal`](crate::Phone).
    pub normalized: String,
    /// Whether it is one of the tenant's pool, and goes back there.
    pub pooled: bool,
}

impl fmt::Debug for AdvisorPhone {
    /// Numbers stay out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnPhone").field("pooled", &self.pooled).finish_non_exhaustive()
    }
}

/// A number of a tenant's pool; see [`Session::numbers`](crate::Session::numbers).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PooledNumber {
    /// The number as it was written.
    pub text: String,
    /// The form in which numbers are compared; see [`Phone::normal`](crate::Phone).
    pub normalized: String,
    /// Whether an advisor has it.
    pub assigned: bool,
}

impl fmt::Debug for PooledNumber {
    /// Numbers stay out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PoolNumber").field("taken", &self.assigned).finish_non_exhaustive()
    }
}

/// An advisor on a network: whether they are entitled there, and what they may do.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Entitlement {
    /// The advisor; `None` if there is none with the e-mail address yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advisor: Option<Advisor>,
    /// The advisor's e-mail address, or the one that is waited for; may be empty.
    pub email: String,
    /// The network.
    pub network: Network,
    /// The federation group the advisor works in there; `None` for the default one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupId>,
    /// Whether there is an advisor yet.
    pub status: EntitlementStatus,
    /// What the advisor may do there, or will.
    pub permissions: Permissions,
    /// The number the advisor writes from there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<AdvisorPhone>,
    /// The contact on this network who is this advisor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_contact: Option<ContactId>,
    /// When they were entitled; `None` if they never were, and work with what the tenant lets everybody do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
}

impl fmt::Debug for Entitlement {
    /// Neither addresses nor numbers.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entitlement")
            .field("advisor", &self.advisor)
            .field("network", &self.network)
            .field("status", &self.status)
            .field("permissions", &self.permissions)
            .finish_non_exhaustive()
    }
}

/// An entitlement to give; see [`Session::entitle`](crate::Session::entitle).
#[derive(Clone, PartialEq, Eq)]
pub struct NewEntitlement {
    pub(crate) network: Network,
    pub(crate) advisor: Option<AdvisorId>,
    pub(crate) email: String,
    pub(crate) phone: Option<String>,
    pub(crate) permissions: Permissions,
    pub(crate) group: Option<GroupId>,
}

impl fmt::Debug for NewEntitlement {
    /// Neither addresses nor numbers.
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

    /// For the advisor with this id, whatever e-mail address is said.
    #[must_use]
    pub const fn advisor(mut self, id: AdvisorId) -> Self {
        self.advisor = Some(id);
        self
    }

    /// For the advisor with this e-mail address, or whoever will be.
    #[must_use]
    pub fn email(mut self, email: impl Into<String>) -> Self {
        self.email = email.into();
        self
    }

    /// The number the advisor writes from, at most [`limits::PHONE`](crate::limits::PHONE) characters.
    #[must_use]
    pub fn phone(mut self, phone: impl Into<String>) -> Self {
        self.phone = Some(phone.into());
        self
    }

    /// What the advisor may do besides what the network gives to everybody.
    #[must_use]
    pub fn permissions(mut self, more: impl IntoIterator<Item = Permission>) -> Self {
        self.permissions = more.into_iter().fold(self.permissions, Permissions::with);
        self
    }

    /// The federation group the advisor works in.
    #[must_use]
    pub const fn group(mut self, group: GroupId) -> Self {
        self.group = Some(group);
        self
    }

    /// For whom it is; `None` if nobody is named.
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

/// An advisor to move into a federation group; see [`Session::move_many`](crate::Session::move_many).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct GroupMove {
    /// The advisor.
    pub advisor: AdvisorId,
    /// On which network.
    pub network: Network,
    /// Where to; `None` for the default group.
    pub group: Option<GroupId>,
}

impl GroupMove {
    /// A move into a group, or into the default one.
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
