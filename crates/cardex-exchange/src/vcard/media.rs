//! The media type of an image by its first bytes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// First bytes of images, with their media types.
const IMAGES: [(&[u8], &str); 7] = [
    (b"\xFF\xD8\xFF", "image/jpeg"),
    (b"\x89PNG\r\n\x1A\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"BM", "image/bmp"),
];

/// Brands of the ISO base media file format, with the media types of their images.
const BRANDS: [(&[u8], &str); 6] = [
    (b"heic", "image/heic"),
    (b"heix", "image/heic"),
    (b"mif1", "image/heif"),
    (b"msf1", "image/heif"),
    (b"avif", "image/avif"),
    (b"avis", "image/avif"),
];

/// The media type of an image; `None` if its first bytes are no known ones.
pub(crate) fn media_type(bytes: &[u8]) -> Option<&'static str> {
    if let Some(rest) = bytes.strip_prefix(b"RIFF") {
        return rest.get(4..8).filter(|kind| *kind == b"WEBP").map(|_| "image/webp");
    }
    if bytes.get(4..8) == Some(b"ftyp") {
        let brand = bytes.get(8..12)?;
        return BRANDS.iter().find(|(known, _)| *known == brand).map(|(_, media)| *media);
    }
    IMAGES.iter().find(|(start, _)| bytes.starts_with(start)).map(|(_, media)| *media)
}

/// As [`media_type`], of an image in base64.
pub(super) fn media_type_of_base64(text: &str) -> Option<&'static str> {
    // 16 characters are 12 bytes.
    media_type(&STANDARD.decode(text.get(..16)?).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_known_by_their_first_bytes() {
        for (bytes, expected) in [
            (&b"\xFF\xD8\xFF\xE0"[..], Some("image/jpeg")),
            (b"\x89PNG\r\n\x1A\n\0\0", Some("image/png")),
            (b"GIF89a", Some("image/gif")),
            (b"RIFF\0\0\0\0WEBPVP8 ", Some("image/webp")),
            (b"RIFF\0\0\0\0WAVEfmt ", None),
            (b"\0\0\0\x18ftypheic\0", Some("image/heic")),
            (b"\0\0\0\x18ftypisom\0", None),
            (b"II*\0", Some("image/tiff")),
            (b"", None),
            (b"RIFF", None),
        ] {
            assert_eq!(media_type(bytes), expected, "{bytes:?}");
        }
    }
}
