//! Parameters as this API writes them.

use crate::call::Call;
use crate::federation::codes::{self, FederationCode};
use crate::federation::errors::ApiError;
use crate::input;
use crate::input::ParamError;
use cardex::directory::{GroupId, NetworkPolicy};
use cardex::{AdvisorId, ContactId, Error, Network};

/// An id: a string of digits. No record has an id that is too large.
fn parse_id_or(text: &str, not_found: FederationCode) -> Result<i64, ApiError> {
    input::parse_id(text).ok_or(ApiError::Code(not_found))
}

/// What an id of the query or the body must look like.
fn check_digits(name: &str, text: &str) -> Result<(), ParamError> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if digits { Ok(()) } else { Err(ParamError::new(name, "must be digits only")) }
}

/// The contact in the path. An invalid id, or a contact on no messaging network, is not found.
pub(super) fn contact_at(call: &Call, at: usize) -> Result<ContactId, ApiError> {
    let contact = parse_id_or(call.value(at), codes::CONTACT_NOT_FOUND).map(ContactId)?;
    if is_shown(call, contact)? { Ok(contact) } else { Err(codes::CONTACT_NOT_FOUND.into()) }
}

/// Whether this API may show a contact. For a contact that the caller cannot see, the operation reports the error.
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

/// A federation group. An invalid id is not found.
pub(super) fn group(text: &str) -> Result<GroupId, ApiError> {
    parse_id_or(text, codes::GROUP_NOT_FOUND).map(GroupId)
}

/// A network. It can be unknown to the store. The address book is not a network of this API.
pub(super) fn network(text: &str) -> Result<Network, ApiError> {
    match Network::new(text)? {
        network if network == Network::BOOK => Err(Error::NoNetwork(network).into()),
        network => Ok(network),
    }
}

/// The policy of the network in the path.
pub(super) fn policy_at(call: &Call, at: usize) -> Result<NetworkPolicy, ApiError> {
    let network = network(call.value(at))?;
    let policy = call.session.directory().networks()?.into_iter().find(|policy| policy.network == network);
    Ok(policy.ok_or(Error::NoNetwork(network))?)
}

/// The least digits that a calling code and a number have.
const MIN_INTERNATIONAL_DIGITS: usize = 8;

/// The two readings of a searched number: as written, and with a plus in front.
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
