//! Parameters as this contract writes them.

use crate::federation::codes::{self, FederationCode};
use crate::federation::errors::ApiError;
use crate::input;
use crate::input::ParamError;
use crate::service::Call;
use cardex::directory::{GroupId, NetworkPolicy};
use cardex::{AdvisorId, ContactId, Error, Network};

/// An id: a string of digits. One that is too large is nobody's.
fn parse_id_or(text: &str, nobody: FederationCode) -> Result<i64, ApiError> {
    input::parse_id(text).ok_or(ApiError::Code(nobody))
}

/// What an id of the query or the body must look like.
fn check_digits(name: &str, text: &str) -> Result<(), ParamError> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if digits { Ok(()) } else { Err(ParamError::new(name, "must be digits only")) }
}

/// A contact named in the path: an id that is none is nobody's, and one on no messaging network is not there.
pub(super) fn contact_at(call: &Call, at: usize) -> Result<ContactId, ApiError> {
    let contact = parse_id_or(call.value(at), codes::CONTACT_NOT_FOUND).map(ContactId)?;
    if is_shown(call, contact)? { Ok(contact) } else { Err(codes::CONTACT_NOT_FOUND.into()) }
}

/// Whether this contract may speak of a contact. Of one that the caller does not see, the call itself says so.
pub(super) fn is_shown(call: &Call, contact: ContactId) -> Result<bool, ApiError> {
    Ok(call.session.get(contact)?.is_none_or(|contact| contact.network != Network::BOOK))
}

/// An advisor named in the path.
pub(super) fn advisor_at(call: &Call, at: usize) -> Result<AdvisorId, ApiError> {
    parse_id_or(call.value(at), codes::ADVISOR_NOT_FOUND).map(AdvisorId)
}

/// A contact named elsewhere.
pub(super) fn contact(name: &str, text: &str) -> Result<ContactId, ApiError> {
    check_digits(name, text)?;
    parse_id_or(text, codes::CONTACT_NOT_FOUND).map(ContactId)
}

/// An advisor named elsewhere.
pub(super) fn advisor(name: &str, text: &str) -> Result<AdvisorId, ApiError> {
    check_digits(name, text)?;
    parse_id_or(text, codes::ADVISOR_NOT_FOUND).map(AdvisorId)
}

/// A federation group: an id that is none is no group's.
pub(super) fn group(text: &str) -> Result<GroupId, ApiError> {
    parse_id_or(text, codes::GROUP_NOT_FOUND).map(GroupId)
}

/// A network, which the book may know or not. What is on none is not this contract's.
pub(super) fn network(text: &str) -> Result<Network, ApiError> {
    match Network::new(text)? {
        network if network == Network::BOOK => Err(Error::NoNetwork(network).into()),
        network => Ok(network),
    }
}

/// What a network asks for that the path names.
pub(super) fn policy_at(call: &Call, at: usize) -> Result<NetworkPolicy, ApiError> {
    let network = network(call.value(at))?;
    let policy = call.session.directory().networks()?.into_iter().find(|policy| policy.network == network);
    Ok(policy.ok_or(Error::NoNetwork(network))?)
}

/// The least digits that a calling code and a number have.
const MIN_INTERNATIONAL_DIGITS: usize = 8;

/// The ways in which a number to look for may be meant: as it stands, and with a plus in front.
pub(super) fn phone_readings(text: &str) -> Vec<String> {
    let bare = text.trim();
    let digits = bare.bytes().filter(u8::is_ascii_digit).count();
    let plain = bare.bytes().all(|b| b.is_ascii_digit() || matches!(b, b' ' | b'-' | b'.' | b'(' | b')'));
    let abroad = plain && digits >= MIN_INTERNATIONAL_DIGITS && !bare.starts_with('0');
    match (abroad, text.starts_with(' ')) {
        (false, _) => vec![text.to_owned()],
        (true, false) => vec![text.to_owned(), format!("+{bare}")],
        // In a query a plus is a space.
        (true, true) => vec![format!("+{bare}")],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phone_numbers_get_their_plus() {
        for (text, expected) in [
            ("911234567890", &["911234567890", "+911234567890"][..]),
            ("+33 1 23 45 67 89", &["+33 1 23 45 67 89"]),
            (" 33 1 23 45 67 89", &["+33 1 23 45 67 89"]),
            ("0612345678", &["0612345678"]),
            ("12345", &["12345"]),
            ("me", &["me"]),
            ("", &[""]),
            ("1-800-FLOWERS", &["1-800-FLOWERS"]),
        ] {
            assert_eq!(phone_readings(text), expected, "{text:?}");
        }
    }
}
