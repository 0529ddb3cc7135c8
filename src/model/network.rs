//! The code of a messaging network. [`NetworkPolicy`](crate::directory::NetworkPolicy) says what a network requires.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

/// A messaging network, by its code. Built in are the six networks of the federation contract, and [`Network::BOOK`] for contacts
/// on no network. A book can have more networks.
///
/// ```
/// use cardex::Network;
/// assert_eq!(Network::new("sms-direct")?, Network::SMS_DIRECT);
/// assert!(Network::new("no spaces").is_err());
/// # Ok::<(), cardex::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Network(pub(super) Cow<'static, str>);

impl Network {
    /// `WhatsApp` through a business channel.
    pub const WHATSAPP: Self = Self(Cow::Borrowed("WHATSAPP"));
    /// SMS through a channel.
    pub const SMS: Self = Self(Cow::Borrowed("SMS"));
    /// `WeChat`.
    pub const WECHAT: Self = Self(Cow::Borrowed("WECHAT"));
    /// SMS from the advisor's own number: one conversation for each contact.
    pub const SMS_DIRECT: Self = Self(Cow::Borrowed("SMS-DIRECT"));
    /// LINE.
    pub const LINE: Self = Self(Cow::Borrowed("LINE"));
    /// `WhatsApp` from the advisor's own number: one conversation for each contact.
    pub const WHATSAPP_DIRECT: Self = Self(Cow::Borrowed("WHATSAPP-DIRECT"));
    /// The address book only: contacts that are on no messaging network.
    pub const BOOK: Self = Self(Cow::Borrowed("BOOK"));

    pub(super) const BUILT_IN: [Self; 7] = [
        Self::WHATSAPP,
        Self::SMS,
        Self::WECHAT,
        Self::SMS_DIRECT,
        Self::LINE,
        Self::WHATSAPP_DIRECT,
        Self::BOOK,
    ];

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
