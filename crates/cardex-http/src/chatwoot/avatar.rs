//! Uploaded pictures: the photo of a contact.

use crate::avatar;
use crate::call::{ApiResponse, Call};
use crate::chatwoot::dto::contact_dto;
use crate::chatwoot::errors::{ApiError, NOT_FOUND_ERROR, invalid_field};
use crate::chatwoot::params::{find_active, session_and_contact};
use crate::chatwoot::payload::Payload;
use crate::chatwoot::upload_marker;
use crate::form;
use cardex::contacts::Photo;
use cardex::{ContactPatch, ContactUpdate, Error, limits};

/// The field of the form with the picture.
pub(super) const FIELD: &str = "avatar";

/// The types of pictures, and how their files begin.
const TYPES: [(&str, &[&[u8]]); 3] = [
    ("image/png", &[b"\x89PNG\r\n\x1a\n"]),
    ("image/jpeg", &[b"\xff\xd8\xff"]),
    ("image/gif", &[b"GIF87a", b"GIF89a"]),
];

/// The picture of a request. Its type is that of its bytes, whatever the request says.
pub(super) fn sent(call: &Call) -> Result<Option<Photo>, ApiError> {
    let Some((_, bytes)) = form::find_file(&call.content_type, &call.body, FIELD)? else { return Ok(None) };
    // The product takes 15 MiB. The limit of the body is often smaller.
    if bytes.len() > limits::PHOTO {
        return Err(invalid_field(FIELD, "is too big"));
    }
    let known = TYPES.iter().find(|(_, starts)| starts.iter().any(|start| bytes.starts_with(start)));
    let (media_type, _) = known.ok_or_else(|| invalid_field(FIELD, "filetype not supported"))?;
    Ok(Some(Photo::new(*media_type, bytes)))
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
        let without = session.card(id)?.map(|card| Photo::removed_from(&card)).transpose()?.flatten();
        patch = without.into_iter().fold(patch, ContactPatch::card);
        let update = ContactUpdate::new(patch).remove_attribute(avatar::NAMESPACE, avatar::KEY);
        match session.update(id, upload_marker::without(update)) {
            Err(Error::VersionConflict { .. }) => {}
            updated => break updated?.contact,
        }
    };
    ApiResponse::ok(&Payload { payload: contact_dto(&session, &edited, false)? })
}
