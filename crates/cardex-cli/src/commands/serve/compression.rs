//! Compressed answers.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use http::Response;
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, HeaderMap, HeaderValue, VARY};

/// Shorter bodies are sent as they are: one network packet holds them.
const MIN_LENGTH: usize = 1024;

/// Whether the sender of a request reads gzip (RFC 9110, section 12.5.3).
pub(super) fn accepts_gzip(headers: &HeaderMap) -> bool {
    let listed = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let mut any = None;
    for coding in listed.flat_map(|value| value.split(',')) {
        let (name, parameters) = coding.split_once(';').unwrap_or((coding, ""));
        let refused = parameters.split_once('=').is_some_and(|(name, weight)| {
            name.trim().eq_ignore_ascii_case("q")
                && weight.trim().parse().is_ok_and(|weight: f32| weight <= 0.0)
        });
        match name.trim().to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => return !refused,
            "*" => any = Some(!refused),
            _ => {}
        }
    }
    any.unwrap_or(false)
}

/// Compresses the body of an answer, if that makes it shorter.
pub(super) fn compress(mut response: Response<Vec<u8>>, accepted: bool) -> Response<Vec<u8>> {
    if response.body().len() <= MIN_LENGTH {
        return response;
    }
    response.headers_mut().append(VARY, HeaderValue::from_static("accept-encoding"));
    if !accepted {
        return response;
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let encoded = encoder.write_all(response.body()).and_then(|()| encoder.finish());
    if let Some(encoded) = encoded.ok().filter(|encoded| encoded.len() < response.body().len()) {
        *response.body_mut() = encoded;
        response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::GzDecoder;

    use super::*;

    #[test]
    fn gzip_is_used_only_when_accepted() {
        let accepts = |values: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(ACCEPT_ENCODING, HeaderValue::from_static(value));
            }
            accepts_gzip(&headers)
        };
        for yes in ["gzip", "GZIP", "deflate, gzip;q=1.0", "br;q=1, x-gzip ; q=0.5", "*", "*;q=0.1, br"] {
            assert!(accepts(&[yes]), "{yes}");
        }
        for no in ["", "identity", "gzip;q=0", "gzip; q=0.000, *", "*;q=0", "gzipped", "br"] {
            assert!(!accepts(&[no]), "{no}");
        }
        assert!(accepts(&["br", "gzip"]) && !accepts(&[]));
    }

    #[test]
    fn long_bodies_are_compressed() {
        let answer = |length: usize, accepted| compress(Response::new(vec![b'a'; length]), accepted);
        let encoded = answer(MIN_LENGTH + 1, true);
        assert_eq!(encoded.headers()[CONTENT_ENCODING], "gzip");
        assert_eq!(encoded.headers()[VARY], "accept-encoding");
        let mut decoded = Vec::new();
        GzDecoder::new(&encoded.body()[..]).read_to_end(&mut decoded).unwrap();
        assert_eq!(decoded, vec![b'a'; MIN_LENGTH + 1]);
        let plain = answer(MIN_LENGTH + 1, false);
        assert!(!plain.headers().contains_key(CONTENT_ENCODING) && plain.headers().contains_key(VARY));
        assert!(answer(MIN_LENGTH, true).headers().is_empty());
    }
}
