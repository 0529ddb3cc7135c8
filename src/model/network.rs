use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Field, limits};
use crate::error::{Error, Problem, Result};

/// A messaging network, by its code. The six of the federation contract are built in; a book can know more.
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

    const BUILT_IN: [Self; 6] =
        [Self::WHATSAPP, Self::SMS, Self::WECHAT, Self::SMS_DIRECT, Self::LINE, Self::WHATSAPP_DIRECT];

    /// The network with this code, which is written in capitals: letters, digits, `-` and `_`, at most
    /// [`limits::NETWORK_CODE`].
    ///
    /// # Errors
    /// [`Error::Invalid`] if the code breaks that rule. Whether a book knows the network is seen on use.
    pub fn new(code: &str) -> Result<Self> {
        let refuse = |problem| Err(Error::invalid(Field::Network, problem));
        let code = code.trim();
        if code.is_empty() {
            return refuse(Problem::Required { on: None });
        }
        if code.len() > limits::NETWORK_CODE {
            return refuse(Problem::TooLong { limit: limits::NETWORK_CODE });
        }
        if !code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') {
            return refuse(Problem::Characters { allowed: "A-Z, 0-9, - and _" });
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
pub enum RoomOnCreate {
    /// It may not.
    #[default]
    Forbidden,
    /// It is made unless the caller says no.
    Optional,
}

/// What a network asks of its contacts, as data: the engine has no rule for a network by name.
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
    pub room_on_create: RoomOnCreate,
    /// The first phone of a contact is its address, if its country is known: no two contacts of a tenant and group may
    /// share it.
    pub unique_phone: bool,
    /// No two contacts of a tenant may share an e-mail address.
    pub unique_email: bool,
}

impl NetworkPolicy {
    /// A policy that asks for nothing but a phone of one's own.
    #[must_use]
    pub const fn new(network: Network) -> Self {
        Self {
            network,
            requires_company: false,
            requires_email: false,
            needs_invitation: false,
            copyable: false,
            direct: false,
            room_on_create: RoomOnCreate::Forbidden,
            unique_phone: true,
            unique_email: false,
        }
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
    pub const fn room_on_create(mut self, rule: RoomOnCreate) -> Self {
        self.room_on_create = rule;
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

    /// The policies a new book starts with: the six networks of the federation contract.
    #[must_use]
    pub fn built_in() -> [Self; 6] {
        let channel = |network| Self::new(network).requires_company(true).requires_email(true);
        let direct = |network| Self::new(network).direct(true).room_on_create(RoomOnCreate::Optional);
        [
            channel(Network::WHATSAPP).copyable(true),
            channel(Network::SMS).copyable(true),
            channel(Network::WECHAT).needs_invitation(true),
            direct(Network::SMS_DIRECT),
            channel(Network::LINE).needs_invitation(true),
            direct(Network::WHATSAPP_DIRECT),
        ]
    }
}
