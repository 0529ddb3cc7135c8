//! The attribute of a contact with an uploaded picture. With it, lists know of the picture without reading cards.

use serde_json::Value;

use cardex::attributes::{AttributeNamespace, AttributeValue};
use cardex::contacts::Photo;
use cardex::{ContactUpdate, TenantId};

/// Its value is the media type. Answers do not show it.
const MARKER: (AttributeNamespace, &str) = (AttributeNamespace::Additional, "avatar_media_type");

/// The attribute of a contact with this picture.
pub(super) fn of(photo: &Photo) -> (AttributeNamespace, String, Value) {
    (MARKER.0, MARKER.1.to_owned(), photo.media_type.clone().into())
}

/// Takes the attribute out of those of a contact. True if it was there.
pub(super) fn take(values: &mut Vec<AttributeValue>) -> bool {
    let before = values.len();
    values.retain(|value| (value.namespace, value.key.as_str()) != MARKER);
    values.len() < before
}

/// An update that also removes the attribute.
pub(super) fn without(update: ContactUpdate) -> ContactUpdate {
    update.remove_attribute(MARKER.0, MARKER.1)
}

/// The address of an uploaded picture.
pub(super) fn path(account: TenantId, contact: i64) -> String {
    format!("/api/v1/accounts/{account}/contacts/{contact}/avatar")
}
