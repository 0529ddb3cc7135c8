//! Uploaded pictures: the photo in the card of a contact. An attribute says that there is one, so that lists do not read cards.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use crate::avatar;
use crate::call::{ApiResponse, Call};
use crate::chatwoot::dto::{ADDITIONAL, contact_dto};
use crate::chatwoot::errors::{ApiError, NOT_FOUND_ERROR, invalid_field};
use crate::chatwoot::params::{find_active, session_and_contact};
use crate::chatwoot::payload::Payload;
use crate::form;
use cardex::attributes::{AttributeNamespace, AttributeValue};
use cardex::{ContactPatch, ContactUpdate, Error, TenantId};

/// The field of the form with the picture.
pub(super) const FIELD: &str = "avatar";

/// The attribute of a contact with an uploaded picture: the media type. Answers do not show it.
const MARKER: (AttributeNamespace, &str) = (ADDITIONAL, "avatar_media_type");

/// The property of a card with lines that have no field.
const VCARD_LINES: &str = "cardex.app:vcard";

/// The bytes of a picture, at most: the limit of the product. The limit of the body is often smaller.
const MAX_BYTES: usize = 15 * 1024 * 1024;

/// The types of pictures, and how their files begin.
const TYPES: [(&str, &[&[u8]]); 3] = [
    ("image/png", &[b"\x89PNG\r\n\x1a\n"]),
    ("image/jpeg", &[b"\xff\xd8\xff"]),
    ("image/gif", &[b"GIF87a", b"GIF89a"]),
];

/// A picture of a request.
#[derive(Clone)]
pub(super) struct Upload {
    media_type: &'static str,
    bytes: Vec<u8>,
}

/// The picture of a request. Its type is that of its bytes, whatever the request says.
pub(super) fn sent(call: &Call) -> Result<Option<Upload>, ApiError> {
    let Some((_, bytes)) = form::find_file(&call.content_type, &call.body, FIELD)? else { return Ok(None) };
    if bytes.len() > MAX_BYTES {
        return Err(invalid_field(FIELD, "is too big"));
    }
    let known = TYPES.iter().find(|(_, starts)| starts.iter().any(|start| bytes.starts_with(start)));
    let (media_type, _) = known.ok_or_else(|| invalid_field(FIELD, "filetype not supported"))?;
    Ok(Some(Upload { media_type, bytes: bytes.to_vec() }))
}

impl Upload {
    /// The attribute of a contact with this picture.
    pub(super) fn attribute(&self) -> (AttributeNamespace, String, Value) {
        (MARKER.0, MARKER.1.to_owned(), self.media_type.into())
    }

    /// A card with this picture.
    pub(super) fn card(&self, old: Option<&str>) -> String {
        let uri = format!("data:{};base64,{}", self.media_type, STANDARD.encode(&self.bytes));
        let mut card = without_photo(old);
        let media = card.entry("media").or_insert_with(|| json!({}));
        if let Some(media) = media.as_object_mut() {
            let photo =
                json!({ "@type": "Media", "kind": "photo", "uri": uri, "mediaType": self.media_type });
            media.insert("avatar".to_owned(), photo);
        }
        Value::Object(card).to_string()
    }
}

/// A card (RFC 9553) without its photos.
fn without_photo(card: Option<&str>) -> Map<String, Value> {
    let mut card = match card.map(serde_json::from_str) {
        Some(Ok(Value::Object(card))) => card,
        _ => Map::from_iter([("@type".to_owned(), "Card".into()), ("version".to_owned(), "1.0".into())]),
    };
    if let Some(media) = card.get_mut("media").and_then(Value::as_object_mut) {
        media.retain(|_, one| !is_photo(one));
    }
    // The lines of a vCard that the former photo came from.
    if let Some(lines) = card.get_mut(VCARD_LINES).and_then(Value::as_object_mut) {
        lines.remove("PHOTO");
    }
    if card.get("media").is_some_and(|media| media.as_object().is_none_or(Map::is_empty)) {
        card.remove("media");
    }
    card
}

/// Whether an item of a card's media is a photo.
fn is_photo(item: &Value) -> bool {
    item.get("kind").is_some_and(|kind| kind == "photo")
}

/// Takes the attribute of uploaded pictures out of those of a contact. True if it was there.
pub(super) fn take_marker(values: &mut Vec<AttributeValue>) -> bool {
    let before = values.len();
    values.retain(|value| (value.namespace, value.key.as_str()) != MARKER);
    values.len() < before
}

/// An update that takes away what says that there is an uploaded picture.
pub(super) fn without_marker(update: ContactUpdate) -> ContactUpdate {
    update.remove_attribute(MARKER.0, MARKER.1)
}

/// The address of an uploaded picture.
pub(super) fn path(account: TenantId, contact: i64) -> String {
    format!("/api/v1/accounts/{account}/contacts/{contact}/avatar")
}

/// `contactAvatar`: the picture, also one that came with a card.
pub(super) fn show(call: &Call) -> Result<ApiResponse, ApiError> {
    let (session, id) = session_and_contact(call)?;
    find_active(&session, id)?;
    let photo = session.photo(id)?.ok_or(NOT_FOUND_ERROR)?;
    let known = TYPES.iter().find(|(name, _)| photo.media_type.eq_ignore_ascii_case(name));
    let (media_type, _) = known.ok_or(NOT_FOUND_ERROR)?;
    Ok(ApiResponse::file(media_type, photo.bytes))
}

/// `contactAvatarDelete`: the photo and the address are taken away.
pub(super) fn delete(call: &Call) -> Result<ApiResponse, ApiError> {
    let (session, id) = session_and_contact(call)?;
    let edited = loop {
        let contact = find_active(&session, id)?;
        let mut patch = ContactPatch::new().expect_version(contact.version);
        if let Some(card) = session.card(id)? {
            patch = patch.card(Value::Object(without_photo(Some(&card))).to_string());
        }
        let update = ContactUpdate::new(patch).remove_attribute(avatar::NAMESPACE, avatar::KEY);
        match session.update(id, without_marker(update)) {
            Err(Error::VersionConflict { .. }) => {}
            updated => break updated?.contact,
        }
    };
    ApiResponse::ok(&Payload { payload: contact_dto(&session, &edited, false)? })
}
