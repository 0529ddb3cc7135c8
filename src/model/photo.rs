//! The photo of a contact, and its place in the card document.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value, json};

use crate::error::{Error, Result, ValidationError};
use crate::model::field::Field;
use crate::model::limits;

/// A photo: its bytes and their media type. In JSON the bytes are base64.
///
/// ```
/// use cardex::contacts::Photo;
/// let photo = Photo::new("image/png", [0x89, b'P', b'N', b'G']);
/// assert_eq!(serde_json::to_string(&photo)?, r#"{"mediaType":"image/png","bytes":"iVBORw=="}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Photo {
    /// The media type: `image/` and a subtype, such as `image/jpeg`.
    pub media_type: String,
    /// The bytes of the file, 1 to [`limits::PHOTO`].
    #[serde(serialize_with = "write_base64", deserialize_with = "read_base64")]
    pub bytes: Vec<u8>,
}

impl fmt::Debug for Photo {
    /// Without the bytes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Photo").field("media_type", &self.media_type).finish_non_exhaustive()
    }
}

fn write_base64<S: Serializer>(bytes: &[u8], serializer: S) -> std::result::Result<S::Ok, S::Error> {
    serializer.serialize_str(&STANDARD.encode(bytes))
}

fn read_base64<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Vec<u8>, D::Error> {
    let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
    STANDARD
        .decode(&*text)
        .map_err(|_| serde::de::Error::custom("not base64 (RFC 4648, section 4, with padding)"))
}

impl Photo {
    /// A photo of this media type.
    #[must_use]
    pub fn new(media_type: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self { media_type: media_type.into(), bytes: bytes.into() }
    }

    /// A card document (JSContact, RFC 9553) with this photo in the place of all its photos. Without a card, a new one.
    ///
    /// # Errors
    /// As [`Session::set_photo`](crate::Session::set_photo); [`Error::Damaged`] if the card is not a JSON object.
    pub fn in_card(&self, card: Option<&str>) -> Result<String> {
        card_with_photo(card, Some(self)).map(Option::unwrap_or_default)
    }

    /// A card document without its photos; `None` if it has none.
    ///
    /// # Errors
    /// [`Error::Damaged`] if the card is not a JSON object.
    pub fn removed_from(card: &str) -> Result<Option<String>> {
        card_with_photo(Some(card), None)
    }

    fn check(&self) -> Result<()> {
        let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$&-^_.+".contains(c);
        let subtype = self.media_type.strip_prefix("image/").unwrap_or_default();
        if subtype.is_empty() || subtype.len() > limits::NAME || !subtype.chars().all(is_token) {
            let reason = ValidationError::NotOneOf { allowed: "image/ and a subtype, such as image/jpeg" };
            return Err(Error::invalid(Field::Photo, reason));
        }
        if self.bytes.is_empty() {
            return Err(Error::invalid(Field::Photo, ValidationError::Required { network: None }));
        }
        if self.bytes.len() > limits::PHOTO {
            return Err(Error::invalid(Field::Photo, ValidationError::TooLong { limit: limits::PHOTO }));
        }
        Ok(())
    }
}

/// The member of a card with its media.
const MEDIA: &str = "media";
/// The member with the vCard properties that have no equal form in JSContact, by their names. `cardex-exchange` writes it.
const VCARD_PROPERTY: &str = "cardex.app:vcard";

fn is_photo(media: &Value) -> bool {
    media.get("kind").and_then(Value::as_str) == Some("photo")
}

/// The bytes of a `data:` URI (RFC 2397) with base64, and its media type.
fn parse_data_uri(uri: &str) -> Option<(&str, Vec<u8>)> {
    let (head, data) = uri.strip_prefix("data:")?.split_once(',')?;
    let media_type = head.strip_suffix(";base64")?.split(';').next()?;
    Some((media_type, STANDARD.decode(data).ok()?))
}

/// The photo in a card document: its first medium of the kind `photo` that has its bytes in the card.
pub(crate) fn photo_of_card(card: &str) -> Option<Photo> {
    let Ok(Value::Object(mut card)) = serde_json::from_str(card) else { return None };
    let Some(Value::Object(media)) = card.remove(MEDIA) else { return None };
    media.values().filter(|medium| is_photo(medium)).find_map(|medium| {
        let (in_uri, bytes) = parse_data_uri(medium.get("uri")?.as_str()?)?;
        let declared = medium.get("mediaType").and_then(Value::as_str).unwrap_or(in_uri);
        Some(Photo::new(declared, bytes))
    })
}

/// The card document with this photo in the place of all its photos; `None` if that changes nothing.
pub(crate) fn card_with_photo(card: Option<&str>, photo: Option<&Photo>) -> Result<Option<String>> {
    photo.map_or(Ok(()), Photo::check)?;
    let parsed = card.filter(|card| !card.is_empty()).map(serde_json::from_str);
    let mut card = match parsed {
        None if photo.is_none() => return Ok(None),
        None => Map::from_iter([("@type".to_owned(), json!("Card")), ("version".to_owned(), json!("1.0"))]),
        Some(Ok(Value::Object(card))) => card,
        Some(_) => return Err(Error::Damaged { what: "a card", source: None }),
    };
    let mut media = match card.remove(MEDIA) {
        Some(Value::Object(media)) => media,
        _ => Map::new(),
    };
    let others = media.len();
    media.retain(|_, medium| !is_photo(medium));
    if photo.is_none() && media.len() == others {
        return Ok(None);
    }
    if let Some(Value::Object(lines)) = card.get_mut(VCARD_PROPERTY) {
        lines.remove("PHOTO"); // the lines of the former photo
    }
    if let Some(Photo { media_type, bytes }) = photo {
        let uri = format!("data:{media_type};base64,{}", STANDARD.encode(bytes));
        let free =
            (0..=media.len()).map(|number| format!("PHOTO-{number}")).find(|id| !media.contains_key(id));
        let medium = json!({ "kind": "photo", "uri": uri });
        media.insert(free.unwrap_or_default(), medium);
    }
    if !media.is_empty() {
        card.insert(MEDIA.to_owned(), Value::Object(media));
    }
    Ok(Some(Value::Object(card).to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_photo_replaces_all_photos_of_a_card() {
        let photo = Photo::new("image/png", *b"\x89PNG");
        let card = r#"{"@type":"Card","media":{"a":{"kind":"photo","uri":"https://x/y"},"b":{"kind":"logo","uri":"z"}}}"#;
        assert_eq!(photo_of_card(card), None);
        let with = card_with_photo(Some(card), Some(&photo)).unwrap().unwrap();
        assert_eq!(photo_of_card(&with), Some(photo.clone()));
        assert!(with.contains(r#""b":{"kind":"logo""#) && !with.contains("https://x/y"), "{with}");
        let without = card_with_photo(Some(&with), None).unwrap().unwrap();
        assert_eq!((photo_of_card(&without), without.contains("logo")), (None, true));
        assert_eq!(card_with_photo(Some(&without), None).unwrap(), None);
        assert_eq!(card_with_photo(None, None).unwrap(), None);
        let first = card_with_photo(None, Some(&photo)).unwrap().unwrap();
        assert_eq!(photo_of_card(&first), Some(photo.clone()));
        // The original lines of the former photo would be exported again.
        let imported =
            r#"{"@type":"Card","cardex.app:vcard":{"NOTE":["NOTE:kept"],"PHOTO":["PHOTO:cid:old"]}}"#;
        let with = card_with_photo(Some(imported), Some(&photo)).unwrap().unwrap();
        assert!(with.contains("NOTE:kept") && !with.contains("old"), "{with}");
    }

    #[test]
    fn invalid_photos() {
        let too_long = vec![0; limits::PHOTO + 1];
        for (media_type, bytes) in
            [("image/png", &[][..]), ("text/html", &[1]), ("image/", &[1]), ("image/a b", &[1])]
                .into_iter()
                .chain([("image/png", &too_long[..])])
        {
            let error = card_with_photo(None, Some(&Photo::new(media_type, bytes))).unwrap_err();
            assert!(matches!(error, Error::Invalid { field: Field::Photo, .. }), "{media_type}");
        }
        for uri in ["data:image/png,abc", "data:image/png;base64,%%", "data:", "cid:1", ""] {
            assert_eq!(parse_data_uri(uri), None, "{uri}");
        }
    }
}
