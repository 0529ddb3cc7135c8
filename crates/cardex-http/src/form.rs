//! Form bodies, parsed to JSON objects: `a[b]=1` is `{"a": {"b": "1"}}`, `a[]=1` is `{"a": ["1"]}`.
//!
//! A file is rejected, unless the operation takes it. A truncated body is rejected.

use serde_json::{Map, Value};

use crate::input::{JsonFields, ParamError, QueryParams};

/// The characters that a boundary may have (RFC 2046, section 5.1.1).
const BOUNDARY_LENGTH: std::ops::RangeInclusive<usize> = 1..=70;

/// How deep names go: `a[b][c][d]`.
const MAX_NAME_DEPTH: usize = 4;

const URL_ENCODED: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data";

/// The media type of a `Content-Type`, without its parameters.
pub(super) fn media_type(content_type: &str) -> String {
    content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Whether a media type is JSON. A body without one is JSON too.
pub(super) fn is_json(media_type: &str) -> bool {
    matches!(media_type, "" | "application/json" | "text/json") || media_type.ends_with("+json")
}

/// Whether a media type is that of a form.
pub(super) fn is_form(media_type: &str) -> bool {
    matches!(media_type, URL_ENCODED | MULTIPART)
}

/// A part of a multipart form.
struct Part<'a> {
    name: String,
    /// The media type, if it is a file.
    file: Option<&'a str>,
    content: &'a [u8],
}

/// The parts of a body; `None` if it is no multipart form.
fn multipart<'a>(content_type: &str, body: &'a [u8]) -> Result<Option<Vec<Part<'a>>>, ParamError> {
    if media_type(content_type) != MULTIPART {
        return Ok(None);
    }
    let parameters = content_type.split_once(';').map_or("", |(_, parameters)| parameters);
    let boundary =
        header_parameter(parameters, "boundary").filter(|text| BOUNDARY_LENGTH.contains(&text.len()));
    parts(body, &boundary.ok_or_else(|| ParamError::new("body", "a form without a boundary"))?).map(Some)
}

/// The media type and the bytes of the file with a name; `None` if the body has none, or an empty one without a name.
pub(super) fn find_file<'a>(
    content_type: &str,
    body: &'a [u8],
    name: &str,
) -> Result<Option<(&'a str, &'a [u8])>, ParamError> {
    let parts = multipart(content_type, body)?.unwrap_or_default();
    let found = parts.into_iter().find(|part| part.name == name);
    let file = found.and_then(|part| Some((part.file?, part.content)));
    Ok(file.filter(|(_, bytes)| !bytes.is_empty()))
}

/// The fields of a body, if its media type is a form. `file` is the name of the file that the operation takes, if any.
pub(super) fn parse_form(
    content_type: &str,
    body: &[u8],
    file: Option<&str>,
) -> Result<Option<JsonFields<'static>>, ParamError> {
    let pairs = if media_type(content_type) == URL_ENCODED {
        let text = std::str::from_utf8(body).map_err(|_| ParamError::new("body", "not UTF-8"))?;
        let pairs = QueryParams::parse(Some(text))
            .map_err(|param_error| ParamError::new("body", param_error.message))?;
        pairs.into_pairs()
    } else {
        match multipart(content_type, body)? {
            Some(parts) => text_parts(parts, file)?,
            None => return Ok(None),
        }
    };
    let mut map = Map::new();
    for (name, value) in pairs {
        let path = split_field_name(&name)
            .ok_or_else(|| ParamError::new("body", "a name such as a, a[b] or a[] is needed"))?;
        insert_at_path(&mut map, &path, value)
            .ok_or_else(|| ParamError::new(name.as_str(), "given twice"))?;
    }
    Ok(Some(JsonFields::from_form(map)))
}

/// The names and texts of parts.
fn text_parts(parts: Vec<Part<'_>>, file: Option<&str>) -> Result<Vec<(String, String)>, ParamError> {
    let mut pairs = Vec::new();
    for part in parts {
        if part.file.is_some() {
            // A field for a file that was left empty is sent too.
            if part.content.is_empty() || file == Some(part.name.as_str()) {
                continue;
            }
            return Err(ParamError::new(part.name, "files are not kept"));
        }
        let text = std::str::from_utf8(part.content);
        let text = text.map_err(|_| ParamError::new(part.name.as_str(), "not UTF-8"))?.to_owned();
        pairs.push((part.name, text));
    }
    Ok(pairs)
}

/// A parameter of a header's value, quoted or not.
fn header_parameter(mut text: &str, searched: &str) -> Option<String> {
    loop {
        text = text.trim_start_matches([' ', '\t', ';']);
        let (name, rest) = text.split_once('=')?;
        let (value, rest) = match rest.strip_prefix('"') {
            Some(quoted) => split_quoted(quoted)?,
            None => rest
                .split_once(';')
                .map_or_else(|| (rest.to_owned(), ""), |(value, rest)| (value.to_owned(), rest)),
        };
        if name.trim().eq_ignore_ascii_case(searched) {
            return Some(value.trim().to_owned());
        }
        text = rest;
    }
}

/// A text up to its closing quote, and what follows that.
fn split_quoted(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Some((value, text.get(at.saturating_add(1)..)?)),
            '\\' => value.push(letters.next()?.1),
            letter => value.push(letter),
        }
    }
    None
}

/// The parts of a multipart form (RFC 7578).
fn parts<'a>(body: &'a [u8], boundary: &str) -> Result<Vec<Part<'a>>, ParamError> {
    let broken = || ParamError::new("body", "a form that breaks off, or is none");
    let line = format!("\r\n--{boundary}");
    let first = line.as_bytes().get(2..).unwrap_or_default();
    let mut rest = body.strip_prefix(first).ok_or_else(broken)?;
    let mut parts = Vec::new();
    while !rest.starts_with(b"--") {
        rest = rest.strip_prefix(b"\r\n").ok_or_else(broken)?;
        let (part, after) = split_at_boundary(rest, line.as_bytes()).ok_or_else(broken)?;
        rest = after;
        let (head, content) = split_once_bytes(part, b"\r\n\r\n").ok_or_else(broken)?;
        let head = std::str::from_utf8(head).map_err(|_| broken())?;
        let header = |searched: &str| {
            let mut headers = head.split("\r\n").filter_map(|line| line.split_once(':'));
            headers.find(|(name, _)| name.eq_ignore_ascii_case(searched)).map(|(_, value)| value.trim())
        };
        let parameters = header("content-disposition").and_then(|value| value.split_once(';'));
        let (_, parameters) = parameters.ok_or_else(broken)?;
        let name = header_parameter(parameters, "name").ok_or_else(broken)?;
        let file =
            header_parameter(parameters, "filename").map(|_| header("content-type").unwrap_or_default());
        parts.push(Part { name, file, content });
    }
    Ok(parts)
}

/// The bytes before the next boundary, and the bytes after it. A longer line with the same beginning is not a boundary.
fn split_at_boundary<'a>(bytes: &'a [u8], line: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let mut from = 0_usize;
    loop {
        let (before, after) = split_once_bytes(bytes.get(from..)?, line)?;
        let end = from.saturating_add(before.len());
        if after.starts_with(b"\r\n") || after.starts_with(b"--") {
            return Some((bytes.get(..end)?, after));
        }
        from = end.saturating_add(line.len());
    }
}

/// The bytes before and after the first occurrence of a byte string.
fn split_once_bytes<'a>(bytes: &'a [u8], searched: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = bytes.windows(searched.len()).position(|window| window == searched)?;
    Some((bytes.get(..at)?, bytes.get(at.saturating_add(searched.len())..)?))
}

/// The steps of a name: `a[b][]` is a, b, and an empty one.
fn split_field_name(name: &str) -> Option<Vec<&str>> {
    let (first, rest) = name.find('[').map_or((name, ""), |at| name.split_at(at));
    if first.is_empty() {
        return None;
    }
    let mut path = vec![first];
    if !rest.is_empty() {
        path.extend(rest.strip_prefix('[')?.strip_suffix(']')?.split("]["));
    }
    let (_, inner) = path.split_last()?;
    (path.len() <= MAX_NAME_DEPTH && !inner.contains(&"")).then_some(path)
}

/// Inserts a text at a path; `None` if another value is already there.
fn insert_at_path(map: &mut Map<String, Value>, path: &[&str], text: String) -> Option<()> {
    match path {
        [name, ""] => {
            let list = map.entry(*name).or_insert_with(|| Value::Array(Vec::new()));
            list.as_array_mut()?.push(Value::String(text));
            Some(())
        }
        [name] => map.insert((*name).to_owned(), Value::String(text)).is_none().then_some(()),
        [name, rest @ ..] => {
            let inner = map.entry(*name).or_insert_with(|| Value::Object(Map::new()));
            insert_at_path(inner.as_object_mut()?, rest, text)
        }
        [] => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KIND: &str = "multipart/form-data; boundary=xyz";

    fn json(kind: &str, body: &[u8]) -> String {
        match parse_form(kind, body, Some("avatar-file")) {
            Ok(Some(fields)) => Value::Object(fields.map().clone()).to_string(),
            Ok(None) => "none".to_owned(),
            Err(param_error) => param_error.to_string(),
        }
    }

    fn part(disposition: &str, content: &str) -> String {
        format!("--xyz\r\nContent-Disposition: form-data; {disposition}\r\n\r\n{content}\r\n")
    }

    #[test]
    fn names_make_objects_and_lists() {
        let form = "application/x-www-form-urlencoded";
        assert_eq!(
            json(form, b"a=1&b[c]=x+y&b[d][e]=%C3%A4&f[]=1&f[]=2"),
            r#"{"a":"1","b":{"c":"x y","d":{"e":"ä"}},"f":["1","2"]}"#
        );
        assert_eq!(json("Application/X-WWW-Form-Urlencoded; charset=utf-8", b""), "{}");
        assert_eq!(json("application/json", b"a=1"), "none");
        for (bad, said) in [
            ("a=1&a=2", "a: given twice"),
            ("a=1&a[b]=2", "a[b]: given twice"),
            ("a[]=1&a[b]=2", "a[b]: given twice"),
            ("=1", "body: a name such"),
            ("a[=1", "body: a name such"),
            ("a[][b]=1", "body: a name such"),
            ("a[b][c][d][e]=1", "body: a name such"),
            ("a=%zz", "body: a percent sign"),
        ] {
            assert!(json(form, bad.as_bytes()).starts_with(said), "{bad}: {}", json(form, bad.as_bytes()));
        }
    }

    #[test]
    fn parts_are_fields() {
        let body = part("name=\"a\"", "1\r\n--xy")
            + &part("name=\"b[c \\\"d\\\"]\"", "--xyzz\r\n--xyzz")
            + "--xyz--\r\n";
        assert_eq!(json(KIND, body.as_bytes()), r#"{"a":"1\r\n--xy","b":{"c \"d\"":"--xyzz\r\n--xyzz"}}"#);
        let empty = part("name=\"avatar\"; filename=\"\"", "") + "--xyz--";
        assert_eq!(json("Multipart/Form-Data; charset=x; Boundary=\"xyz\"", empty.as_bytes()), "{}");
        let file = part("filename=\"a.png\"; name=\"avatar\"", "x") + "--xyz--";
        assert_eq!(json(KIND, file.as_bytes()), "avatar: files are not kept");
        let kept =
            part("filename=\"a.png\"; name=\"avatar-file\"\r\nContent-Type: image/png", "\0x") + "--xyz--";
        assert_eq!(json(KIND, kept.as_bytes()), "{}");
        let file = find_file(KIND, kept.as_bytes(), "avatar-file").unwrap().unwrap();
        assert_eq!(file, ("image/png", b"\0x".as_slice()));
        assert!(find_file(KIND, kept.as_bytes(), "avatar").unwrap().is_none());
        assert!(find_file("application/json", b"{}", "avatar").unwrap().is_none());
        assert_eq!(json(KIND, b"--xyz--"), "{}");
    }

    #[test]
    fn truncated_and_invalid_forms_are_refused() {
        let whole = part("name=\"a\"", "1") + &part("name=\"b\"", "2") + "--xyz--";
        for end in 0..whole.len() {
            assert!(json(KIND, &whole.as_bytes()[..end]).starts_with("body: "), "{end}");
        }
        for kind in
            ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"xyz"]
        {
            assert_eq!(json(kind, whole.as_bytes()), "body: a form without a boundary");
        }
        let unnamed = part("filename=\"a\"", "1") + "--xyz--";
        assert!(json(KIND, unnamed.as_bytes()).starts_with("body: "));
        let latin =
            [part("name=\"a\"", "").as_bytes().strip_suffix(b"\r\n").unwrap(), b"\xe4\r\n--xyz--"].concat();
        assert_eq!(json(KIND, &latin), "a: not UTF-8");
    }

    proptest! {
        #[test]
        fn every_text_comes_back(texts in proptest::collection::vec("(?s).{0,40}", 0..6)) {
            let parts = texts.iter().enumerate().map(|(at, text)| part(&format!("name=\"f{at}\""), text));
            let body = parts.collect::<String>() + "--xyz--";
            let expected: Map<_, _> = texts.iter().enumerate().map(|(at, text)| (format!("f{at}"), Value::from(text.as_str()))).collect();
            prop_assert_eq!(json(KIND, body.as_bytes()), Value::Object(expected).to_string());
        }

        #[test]
        fn no_bytes_break_it(body in proptest::collection::vec(any::<u8>(), 0..200), kind in "(multipart/form-data; boundary=x|application/x-www-form-urlencoded)") {
            let _ = parse_form(&kind, &body, None);
            let _ = parse_form(&kind, &[b"--x\r\n", &body[..], b"\r\n--x--"].concat(), None);
        }
    }
}
