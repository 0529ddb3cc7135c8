//! The picture of a contact: an address elsewhere, which is kept as an attribute. Pictures themselves are not.

use cardex::{AttributeSpace, AttributeValue};

/// Where the address is kept.
pub(super) const SPACE: AttributeSpace = AttributeSpace::Additional;
/// Under which key.
pub(super) const KEY: &str = "avatar_url";

/// The characters of an address, at most.
pub(super) const LONGEST: usize = 2_048;

/// Whether a text can be the address of a picture: whoever shows it may load it.
pub(super) fn is_address(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}

/// The address of a contact's picture, by its attributes. A value of another kind under the key is none.
pub(super) fn of(values: &[AttributeValue]) -> Option<&str> {
    let found = values.iter().find(|value| value.space == SPACE && value.key == KEY)?;
    found.value.as_str().filter(|text| is_address(text) && text.chars().count() <= LONGEST)
}
