//! Decodes a content line: name and parameters, character set, quoted-printable.

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use crate::vcard::ContentLine;

/// Decodes a content line; `None` if the bytes are not one. The value keeps its escapes; its line ends become `\n`.
pub(super) fn decode_line(raw: &[u8], is_2_1: bool) -> Option<ContentLine> {
    let colon = colon(raw, true).or_else(|| colon(raw, false))?;
    let (head, value) = raw.split_at_checked(colon)?;
    let head = decode_text(head, None);
    let mut pieces = split_quoted(&head, ';').into_iter();
    let full_name = pieces.next()?.trim();
    let (group, name) = full_name.rsplit_once('.').unwrap_or(("", full_name));
    if !is_word(name) || !(group.is_empty() || group.split('.').all(is_word)) {
        return None;
    }
    let mut line = ContentLine::new(&name.to_ascii_uppercase(), String::new());
    group.clone_into(&mut line.group);
    for piece in pieces {
        param(&mut line, piece, is_2_1);
    }
    let value = value.get(1..).unwrap_or_default().trim_ascii_start();
    let charset = line.first_param("CHARSET").map(str::to_owned);
    let quoted = line.take_param_value("ENCODING", "QUOTED-PRINTABLE");
    let bytes = if quoted { decode_quoted_printable(value) } else { value.to_vec() };
    line.value = one_line(&decode_text(&bytes, charset.as_deref()));
    for plain in ["8BIT", "7BIT"] {
        line.take_param_value("ENCODING", plain);
    }
    line.remove_param("CHARSET");
    Some(line)
}

/// Decodes bytes in the named character set, else in UTF-8. Invalid bytes are decoded as windows-1252, in which every
/// byte is a character.
pub(crate) fn decode_text(bytes: &[u8], charset: Option<&str>) -> String {
    let named = charset.and_then(|label| Encoding::for_label(label.trim().as_bytes())).unwrap_or(UTF_8);
    if let Some(text) = named.decode_without_bom_handling_and_without_replacement(bytes) {
        return text.into_owned();
    }
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.push_str(&WINDOWS_1252.decode_without_bom_handling(chunk.invalid()).0);
    }
    text
}

fn colon(raw: &[u8], quotes: bool) -> Option<usize> {
    let mut inside = false;
    raw.iter().position(|byte| {
        inside ^= quotes && *byte == b'"';
        *byte == b':' && !inside
    })
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '/'))
}

fn split_quoted(text: &str, separator: char) -> Vec<&str> {
    let mut inside = false;
    text.split(|c| {
        inside ^= c == '"';
        c == separator && !inside
    })
    .collect()
}

/// Adds a parameter. A word without a name (vCard 2.1) is an encoding or a type.
fn param(line: &mut ContentLine, piece: &str, is_2_1: bool) {
    if let Some(label) = android_label(piece) {
        let mut types = line.param("TYPE").to_vec();
        types.push(label);
        line.set_param("TYPE", types);
        return;
    }
    let (name, values) = match piece.split_once('=') {
        Some((name, values)) => (name.trim().to_ascii_uppercase(), values),
        None => match piece.trim().to_ascii_uppercase().as_str() {
            "QUOTED-PRINTABLE" | "BASE64" | "8BIT" | "7BIT" => ("ENCODING".to_owned(), piece),
            _ => ("TYPE".to_owned(), piece),
        },
    };
    let name = name.replace(['"', ',', ':'], "");
    if name.is_empty() {
        return;
    }
    let mut all = line.param(&name).to_vec();
    for value in split_quoted(values, ',') {
        let value = value.trim().replace('"', "");
        let value = if is_2_1 { value } else { unescape_carets(&value) };
        // `TYPE="home,work"` is two types (the examples of RFC 6350 have this known error).
        if name == "TYPE" && value.contains(',') {
            all.extend(value.split(',').map(|v| v.trim().to_owned()));
        } else {
            all.push(value);
        }
    }
    if name == "TYPE" {
        all.retain(|value| !value.is_empty());
    }
    line.set_param(&name, all);
}

/// The label of a type as Android writes it: `X-CUSTOM(CHARSET=UTF-8,ENCODING=QUOTED-PRINTABLE,=D0=94)`.
fn android_label(piece: &str) -> Option<String> {
    const START: &str = "X-CUSTOM(";
    let (start, rest) = piece.trim().split_at_checked(START.len())?;
    let inner = rest.strip_suffix(')').filter(|_| start.eq_ignore_ascii_case(START))?;
    let (mut charset, mut quoted, mut label) = (None, false, "");
    for part in inner.split(',') {
        match part.split_once('=') {
            Some((name, value)) if name.eq_ignore_ascii_case("CHARSET") => charset = Some(value),
            Some((name, value)) if name.eq_ignore_ascii_case("ENCODING") => {
                quoted = value.eq_ignore_ascii_case("QUOTED-PRINTABLE");
            }
            _ => label = part,
        }
    }
    let bytes = if quoted { decode_quoted_printable(label.as_bytes()) } else { label.as_bytes().to_vec() };
    Some(decode_text(&bytes, charset).trim().to_owned()).filter(|label| !label.is_empty())
}

/// Undoes the escapes of RFC 6868.
fn unescape_carets(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars().peekable();
    while let Some(c) = chars.next() {
        let decoded = match (c, chars.peek()) {
            ('^', Some('n')) => Some('\n'),
            ('^', Some('\'')) => Some('"'),
            ('^', Some('^')) => Some('^'),
            _ => None,
        };
        if decoded.is_some() {
            chars.next();
        }
        out.push(decoded.unwrap_or(c));
    }
    out
}

/// Undoes quoted-printable (RFC 2045, section 6.7); invalid escapes stay as they are.
fn decode_quoted_printable(value: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len());
    let mut rest = value;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        if *byte != b'=' {
            out.push(*byte);
            continue;
        }
        let code = after.get(..2).and_then(|hex| Some((hex_digit(*hex.first()?)?, hex_digit(*hex.last()?)?)));
        if let Some((high, low)) = code {
            let byte = (high << 4) | low;
            // An encoded separator is text, so it needs an escape, unless the escape is encoded too.
            if byte == b';' && out.last() != Some(&b'\\') {
                out.push(b'\\');
            }
            out.push(byte);
            rest = after.get(2..).unwrap_or_default();
        } else if !after.is_empty() {
            out.push(b'=');
        }
    }
    out
}

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// Line ends inside a value as the escape `\n`.
fn one_line(value: &str) -> String {
    if value.contains(['\r', '\n']) {
        value.replace("\r\n", "\\n").replace(['\r', '\n'], "\\n")
    } else {
        value.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(raw: &[u8]) -> String {
        decode_line(raw, true).unwrap().to_text()
    }

    #[test]
    fn heads() {
        assert_eq!(read(b"item1.tel;type=Work,\"a;b\";PREF:1:2"), "item1.TEL;TYPE=Work,\"a;b\",PREF:1:2");
        assert_eq!(read(b"TEL;X=\"a:1"), "TEL;X=a:1");
        for none in [&b"no property"[..], b"", b":x", b"two words:x", b";A=b:x"] {
            assert!(decode_line(none, false).is_none(), "{none:?}");
        }
        assert_eq!(decode_line(b"A;L=x^^n^'^n:1", false).unwrap().param("L").len(), 1);
    }

    #[test]
    fn character_sets() {
        for (raw, expected) in [
            (&b"FN;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:Ren=E9"[..], "FN:René"),
            (b"FN;CHARSET=SHIFT_JIS;QUOTED-PRINTABLE:=8E=52=93=63", "FN:山田"),
            (b"FN;CHARSET=SHIFT_JIS:\x8E\x52\x93\x63", "FN:山田"),
            (b"FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=C3=91=20", "FN:Ñ "),
            (b"FN;ENCODING=QUOTED-PRINTABLE:=C3=91=E", "FN:Ñ=E"),
            (b"FN:Ren\xE9", "FN:René"),
            (b"FN:\xC3\x91", "FN:Ñ"),
            (b"FN;CHARSET=no-such-set:\xC3\x91", "FN:Ñ"),
            (b"FN;CHARSET=UTF-8:Ren\xE9", "FN:René"),
            (b"FN:Ren\xC3\xA9 Ren\xE9", "FN:René René"),
            (b"N;ENCODING=QUOTED-PRINTABLE:a=3Bb=5C=3Bc;d=0D=0Ae=0A", "N:a\\;b\\;c;d\\ne\\n"),
        ] {
            assert_eq!(read(raw), expected);
        }
    }
}
