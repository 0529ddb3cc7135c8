//! Validates and parses the codes of networks. A file of its own, because errors contain networks and this code returns errors.

use std::borrow::Cow;

use crate::error::{Error, Result, ValidationError};
use crate::model::field::Field;
use crate::model::limits;
use crate::model::network::Network;

impl Network {
    /// The network with this code: letters, digits, `-` and `_`, at most [`limits::NETWORK_CODE`]. Small letters become capitals.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the code breaks that rule. Whether the book has the network is checked on use.
    pub fn new(code: &str) -> Result<Self> {
        let invalid = |reason| Err(Error::invalid(Field::Network, reason));
        let code = code.trim();
        if code.is_empty() {
            return invalid(ValidationError::Required { network: None });
        }
        if code.len() > limits::NETWORK_CODE {
            return invalid(ValidationError::TooLong { limit: limits::NETWORK_CODE });
        }
        if !code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') {
            return invalid(ValidationError::InvalidCharacters { allowed: "A-Z, 0-9, - and _" });
        }
        let known = Self::BUILT_IN.into_iter().find(|known| known.0.eq_ignore_ascii_case(code));
        Ok(known.unwrap_or_else(|| Self(Cow::Owned(code.to_ascii_uppercase()))))
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
