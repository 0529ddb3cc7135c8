//! The address of a picture elsewhere, stored as an attribute. An uploaded picture is the photo of its contact (`chatwoot/avatar.rs`).

use cardex::attributes::{AttributeNamespace, AttributeValue};

/// The namespace of the attribute.
pub(super) const NAMESPACE: AttributeNamespace = AttributeNamespace::Additional;
/// Under which key.
pub(super) const KEY: &str = "avatar_url";

/// The characters of an address, at most.
pub(super) const MAX_URL_CHARS: usize = 2_048;

/// Whether a text is a valid picture address. A program that shows the contact may load it.
pub(super) fn is_url(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}

/// The address of a contact's picture, by its attributes. A value of another kind under the key is none.
pub(super) fn url_of(values: &[AttributeValue]) -> Option<&str> {
    let found = values.iter().find(|value| value.namespace == NAMESPACE && value.key == KEY)?;
    found.value.as_str().filter(|text| is_url(text) && text.chars().count() <= MAX_URL_CHARS)
}
