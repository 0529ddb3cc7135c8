//! What a network requires of its contacts and advisors.

use serde::{Deserialize, Serialize};

use crate::model::contact::Status;
use crate::model::network::Network;
use crate::model::permission::{Permission, Permissions};

/// Whether a call that creates a contact can create a conversation too.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ConversationOnCreate {
    /// It cannot.
    #[default]
    Forbidden,
    /// It does, unless the caller opts out.
    Optional,
}

/// Whether an advisor has a number of their own on a network.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum AdvisorNumberPolicy {
    /// They cannot have one.
    #[default]
    Forbidden,
    /// They may have one.
    Optional,
    /// They must have one: given with the entitlement, or assigned from the tenant's pool.
    Required,
}

/// What a network requires of its contacts and advisors. The engine has no rule for a network by name: all rules are here.
///
/// ```
/// use cardex::Network;
/// use cardex::directory::NetworkPolicy;
/// let policy = NetworkPolicy::new(Network::new("SIGNAL")?).requires_company(true);
/// assert!(policy.requires_company && !policy.requires_email);
/// # Ok::<(), cardex::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
#[allow(clippy::struct_excessive_bools)] // each rule is independent of the others
pub struct NetworkPolicy {
    /// The network.
    pub network: Network,
    /// Whether contacts get messages on it. A network without messages has no conversations, and an advisor without an
    /// entitlement there has the permissions of all their entitlements on other networks.
    pub messaging: bool,
    /// Whether a contact must have a company.
    pub requires_company: bool,
    /// Whether a contact must have an e-mail address.
    pub requires_email: bool,
    /// Whether a contact is invited with a code and must confirm.
    pub needs_invitation: bool,
    /// Whether a contact that is shared between tenants can be copied for one tenant.
    pub copyable: bool,
    /// Whether a contact has exactly one conversation, from the advisor's own number.
    pub direct: bool,
    /// Whether a conversation can be created together with the contact.
    pub conversation_on_create: ConversationOnCreate,
    /// Whether the first phone of a contact is unique in its tenant and group. Only E.164 numbers take part in uniqueness.
    pub unique_phone: bool,
    /// Whether e-mail addresses are unique in the tenant.
    pub unique_email: bool,
    /// The possible statuses of a contact.
    pub statuses: Vec<Status>,
    /// Whether contacts give or refuse their consent to messages.
    pub asks_consent: bool,
    /// The permissions of an entitled advisor.
    pub default_permissions: Permissions,
    /// Whether an advisor has a number of their own.
    pub advisor_number: AdvisorNumberPolicy,
}

impl NetworkPolicy {
    /// A policy whose only rule is that the first phone is unique.
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

    /// Sets whether contacts get messages on it.
    #[must_use]
    pub const fn messaging(mut self, yes: bool) -> Self {
        self.messaging = yes;
        self
    }

    /// Sets whether a contact must have a company.
    #[must_use]
    pub const fn requires_company(mut self, yes: bool) -> Self {
        self.requires_company = yes;
        self
    }

    /// Sets whether a contact must have an e-mail address.
    #[must_use]
    pub const fn requires_email(mut self, yes: bool) -> Self {
        self.requires_email = yes;
        self
    }

    /// Sets whether contacts are invited with a code.
    #[must_use]
    pub const fn needs_invitation(mut self, yes: bool) -> Self {
        self.needs_invitation = yes;
        self
    }

    /// Sets whether shared contacts can be copied for one tenant.
    #[must_use]
    pub const fn copyable(mut self, yes: bool) -> Self {
        self.copyable = yes;
        self
    }

    /// Sets whether a contact has exactly one conversation, from the advisor's own number.
    #[must_use]
    pub const fn direct(mut self, yes: bool) -> Self {
        self.direct = yes;
        self
    }

    /// Sets whether a conversation can be created together with the contact.
    #[must_use]
    pub const fn conversation_on_create(mut self, rule: ConversationOnCreate) -> Self {
        self.conversation_on_create = rule;
        self
    }

    /// Sets whether the first phone of a contact is unique.
    #[must_use]
    pub const fn unique_phone(mut self, yes: bool) -> Self {
        self.unique_phone = yes;
        self
    }

    /// Sets whether e-mail addresses are unique.
    #[must_use]
    pub const fn unique_email(mut self, yes: bool) -> Self {
        self.unique_email = yes;
        self
    }

    /// Sets the possible statuses of a contact.
    #[must_use]
    pub fn statuses(mut self, statuses: impl IntoIterator<Item = Status>) -> Self {
        self.statuses = statuses.into_iter().collect();
        self
    }

    /// Sets whether contacts give or refuse their consent.
    #[must_use]
    pub const fn asks_consent(mut self, yes: bool) -> Self {
        self.asks_consent = yes;
        self
    }

    /// Sets the permissions of an entitled advisor.
    #[must_use]
    pub const fn default_permissions(mut self, permissions: Permissions) -> Self {
        self.default_permissions = permissions;
        self
    }

    /// Sets whether an advisor has a number of their own.
    #[must_use]
    pub const fn advisor_number(mut self, rule: AdvisorNumberPolicy) -> Self {
        self.advisor_number = rule;
        self
    }

    /// The policies of a new book: the six networks of the federation contract, and the address book, which has no requirements: two
    /// people may share a number or an e-mail address there.
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
            // On WeChat, an advisor needs an explicit permission to create contacts.
            invited(Network::WECHAT)
                .default_permissions(Permissions::DEFAULT.without(Permission::CreateContact)),
            direct(Network::SMS_DIRECT, AdvisorNumberPolicy::Required),
            invited(Network::LINE),
            direct(Network::WHATSAPP_DIRECT, AdvisorNumberPolicy::Optional),
            Self::new(Network::BOOK).messaging(false).unique_phone(false),
        ]
    }
}
