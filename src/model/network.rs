use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result, ValidationError};
use crate::model::{Field, Permission, Permissions, Status, limits};

/// A messaging network, by its code. The six of the federation contract are built in, and [`Network::BOOK`] for contacts on
/// none; a book can know more.
///
/// ```
/// use cardex::Network;
/// assert_eq!(Network::new("sms-direct")?, Network::SMS_DIRECT);
/// assert!(Network::new("no spaces").is_err());
/// # Ok::<(), cardex::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Network(Cow<'static, str>);

impl Network {
    /// `WhatsApp` by way of a business channel.
    pub const WHATSAPP: Self = Self(Cow::Borrowed("WHATSAPP"));
    /// SMS by way of a channel.
    pub const SMS: Self = Self(Cow::Borrowed("SMS"));
    /// `WeChat`.
    pub const WECHAT: Self = Self(Cow::Borrowed("WECHAT"));
    /// SMS from the advisor's own number: one room a contact.
    pub const SMS_DIRECT: Self = Self(Cow::Borrowed("SMS-DIRECT"));
    /// LINE.
    pub const LINE: Self = Self(Cow::Borrowed("LINE"));
    /// `WhatsApp` from the advisor's own number: one room a contact.
    pub const WHATSAPP_DIRECT: Self = Self(Cow::Borrowed("WHATSAPP-DIRECT"));
    /// The address book alone: contacts that are on no messaging network.
    pub const BOOK: Self = Self(Cow::Borrowed("BOOK"));

    const BUILT_IN: [Self; 7] = [
        Self::WHATSAPP,
        Self::SMS,
        Self::WECHAT,
        Self::SMS_DIRECT,
        Self::LINE,
        Self::WHATSAPP_DIRECT,
        Self::BOOK,
    ];

    /// The network with this code, which is written in capitals: letters, digits, `-` and `_`, at most
    /// [`limits::NETWORK_CODE`].
    ///
    /// # Errors
    /// [`Error::Invalid`] if the code breaks that rule. Whether a book knows the network is seen on use.
    pub fn new(code: &str) -> Result<Self> {
        let refuse = |problem| Err(Error::invalid(Field::Network, problem));
        let code = code.trim();
        if code.is_empty() {
            return refuse(ValidationError::Required { network: None });
        }
        if code.len() > limits::NETWORK_CODE {
            return refuse(ValidationError::TooLong { limit: limits::NETWORK_CODE });
        }
        if !code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') {
            return refuse(ValidationError::InvalidCharacters { allowed: "A-Z, 0-9, - and _" });
        }
        let known = Self::BUILT_IN.into_iter().find(|known| known.0.eq_ignore_ascii_case(code));
        Ok(known.unwrap_or_else(|| Self(Cow::Owned(code.to_ascii_uppercase()))))
    }

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Network {
    type Error = Error;

    fn try_from(code: String) -> Result<Self> {
        Self::new(&code)
    }
}

impl std::str::FromStr for Network {
    type Err = Error;

    fn from_str(code: &str) -> Result<Self> {
        Self::new(code)
    }
}

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
/// use cardex::Network;
/// use cardex::directory::NetworkPolicy;
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
