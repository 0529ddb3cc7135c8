//! What a network requires of its contacts and advisors.

use serde::{Deserialize, Serialize};

use crate::model::contact::Status;
use crate::model::network::Network;
use crate::model::permission::{Permission, Permissions};

/// Whether a room may be asked for while a contact is created.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ConversationOnCreate {
    /// It may not.
    #[default]
    Forbidden,
    /// It is made unless the caller says no.
    Optional,
}

/// Whether an advisor needs a number of their own to be entitled on a network.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum AdvisorNumberPolicy {
    /// They can have none.
    #[default]
    Forbidden,
    /// They may have one.
    Optional,
    /// They must have one, given with the grant or taken from the tenant's pool.
    Required,
}

/// What a network asks of its contacts and advisors, as data: the engine has no rule for a network by name.
///
/// ```
/// use cardex::{Network, NetworkPolicy};
/// let policy = NetworkPolicy::new(Network::new("SIGNAL")?).requires_company(true);
/// assert!(policy.requires_company && !policy.requires_email);
/// # Ok::<(), cardex::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
#[allow(clippy::struct_excessive_bools)] // a policy is a row of yes and no
pub struct NetworkPolicy {
    /// The network.
    pub network: Network,
    /// Contacts are written to there. Where they are not, there are no rooms, and an advisor without an entitlement there may
    /// do what all their entitlements allow, on whatever network.
    pub messaging: bool,
    /// A contact must have a company.
    pub requires_company: bool,
    /// A contact must have an e-mail address.
    pub requires_email: bool,
    /// A contact is invited with a code and confirms.
    pub needs_invitation: bool,
    /// A contact shared between tenants may be copied for one.
    pub copyable: bool,
    /// One room a contact, from the advisor's own number.
    pub direct: bool,
    /// Whether a room may be made with the contact.
    pub conversation_on_create: ConversationOnCreate,
    /// The first phone of a contact is its address, if its country is known: no two contacts of a tenant and group may
    /// share it.
    pub unique_phone: bool,
    /// No two contacts of a tenant may share an e-mail address.
    pub unique_email: bool,
    /// Where a contact can stand on it.
    pub statuses: Vec<Status>,
    /// Contacts say whether they want to be written to.
    pub asks_consent: bool,
    /// What an advisor who is entitled may do.
    pub default_permissions: Permissions,
    /// Whether an advisor has a number of their own on it.
    pub advisor_number: AdvisorNumberPolicy,
}

impl NetworkPolicy {
    /// A policy that asks for nothing but a phone of one's own.
    #[must_use]
    pub fn new(network: Network) -> Self {
        Self {
            network,
            messaging: true,
            requires_company: false,
            requires_email: false,
            needs_invitation: false,
            copyable: false,
            direct: false,
            conversation_on_create: ConversationOnCreate::Forbidden,
            unique_phone: true,
            unique_email: false,
            statuses: Status::ALL.to_vec(),
            asks_consent: false,
            default_permissions: Permissions::DEFAULT,
            advisor_number: AdvisorNumberPolicy::Forbidden,
        }
    }

    /// Whether contacts are written to there.
    #[must_use]
    pub const fn messaging(mut self, yes: bool) -> Self {
        self.messaging = yes;
        self
    }

    /// Whether contacts must have a company.
    #[must_use]
    pub const fn requires_company(mut self, yes: bool) -> Self {
        self.requires_company = yes;
        self
    }

    /// Whether contacts must have an e-mail address.
    #[must_use]
    pub const fn requires_email(mut self, yes: bool) -> Self {
        self.requires_email = yes;
        self
    }

    /// Whether contacts are invited with a code.
    #[must_use]
    pub const fn needs_invitation(mut self, yes: bool) -> Self {
        self.needs_invitation = yes;
        self
    }

    /// Whether shared contacts may be copied for one tenant.
    #[must_use]
    pub const fn copyable(mut self, yes: bool) -> Self {
        self.copyable = yes;
        self
    }

    /// Whether a contact has exactly one room, from the advisor's own number.
    #[must_use]
    pub const fn direct(mut self, yes: bool) -> Self {
        self.direct = yes;
        self
    }

    /// Whether a room may be made with the contact.
    #[must_use]
    pub const fn conversation_on_create(mut self, rule: ConversationOnCreate) -> Self {
        self.conversation_on_create = rule;
        self
    }

    /// Whether the first phone of a contact is its own.
    #[must_use]
    pub const fn unique_phone(mut self, yes: bool) -> Self {
        self.unique_phone = yes;
        self
    }

    /// Whether the e-mail addresses of a contact are its own.
    #[must_use]
    pub const fn unique_email(mut self, yes: bool) -> Self {
        self.unique_email = yes;
        self
    }

    /// Where a contact can stand.
    #[must_use]
    pub fn statuses(mut self, statuses: impl IntoIterator<Item = Status>) -> Self {
        self.statuses = statuses.into_iter().collect();
        self
    }

    /// Whether contacts say that they want to be written to.
    #[must_use]
    pub const fn asks_consent(mut self, yes: bool) -> Self {
        self.asks_consent = yes;
        self
    }

    /// What an advisor who is entitled may do.
    #[must_use]
    pub const fn default_permissions(mut self, permissions: Permissions) -> Self {
        self.default_permissions = permissions;
        self
    }

    /// Whether an advisor has a number of their own.
    #[must_use]
    pub const fn advisor_number(mut self, rule: AdvisorNumberPolicy) -> Self {
        self.advisor_number = rule;
        self
    }

    /// The policies a new book starts with: the six networks of the federation contract, and the
    /// address book, which asks for nothing but that numbers and e-mail addresses are one contact's.
    #[must_use]
    pub fn built_in() -> [Self; 7] {
        use Status::{Canceled, Confirmed, Incomplete, InviteExpired, PendingConfirmation, Unavailable};
        let channel = |network| Self::new(network).requires_company(true).requires_email(true);
        let invited = |network| {
            let statuses = [PendingConfirmation, Confirmed, InviteExpired, Canceled];
            channel(network).needs_invitation(true).statuses(statuses)
        };
        let direct = |network, number| {
            let policy =
                Self::new(network).direct(true).conversation_on_create(ConversationOnCreate::Optional);
            policy.statuses([Confirmed, Incomplete]).advisor_number(number)
        };
        [
            channel(Network::WHATSAPP).copyable(true).statuses([PendingConfirmation, Confirmed, Unavailable]),
            channel(Network::SMS).copyable(true).statuses([]).asks_consent(true),
            // There a contact is created by those only who are told to.
            invited(Network::WECHAT)
                .default_permissions(Permissions::DEFAULT.without(Permission::CreateContact)),
            direct(Network::SMS_DIRECT, AdvisorNumberPolicy::Required),
            invited(Network::LINE),
            direct(Network::WHATSAPP_DIRECT, AdvisorNumberPolicy::Optional),
            Self::new(Network::BOOK).messaging(false).unique_email(true),
        ]
    }
}
