//! Joins physical lines to content lines: folding, soft line breaks of quoted-printable, base64 without folding, nested
//! cards.

use crate::vcard::split::{is_agent_line, is_card_delimiter};

/// The content lines of a card, as bytes; blank lines are left out.
pub(crate) fn unfold(body: &[u8]) -> Vec<Vec<u8>> {
    let mut lines: Vec<Vec<u8>> = Vec::new();
    // How the last line may continue.
    let mut state = UnfoldState::default();
    for physical in body.split(|byte| *byte == b'\n') {
        if state.depth > 0 {
            if let Some(last) = lines.last_mut() {
                last.push(b'\n');
                last.extend_from_slice(physical);
            }
            state.track_nesting(physical);
            continue;
        }
        let Some(last) = lines.last_mut() else {
            state.begin(&mut lines, physical);
            continue;
        };
        if state.quoted && last.last() == Some(&b'=') && !is_card_delimiter(physical, b"BEGIN") {
            // A soft line break (RFC 2045, section 6.7): the next line is appended unchanged.
            last.pop();
            last.extend_from_slice(physical);
        } else if let Some((b' ' | b'\t', rest)) = physical.split_first() {
            last.extend_from_slice(rest);
            state.detect_encoding(last);
        } else if is_agent_line(last) && is_card_delimiter(physical, b"BEGIN") {
            last.extend_from_slice(physical);
            state.track_nesting(physical);
        } else if state.base64 && is_base64(physical) {
            last.extend_from_slice(physical);
        } else if !physical.is_empty() {
            state.begin(&mut lines, physical);
        } else {
            state.base64 = false;
        }
    }
    lines
}

#[derive(Default)]
struct UnfoldState {
    quoted: bool,
    base64: bool,
    /// The nesting depth of cards inside of the card.
    depth: u32,
}

impl UnfoldState {
    fn begin(&mut self, lines: &mut Vec<Vec<u8>>, physical: &[u8]) {
        if !physical.trim_ascii().is_empty() {
            lines.push(physical.to_vec());
            *self = Self::default();
            self.detect_encoding(physical);
        }
    }

    /// Detects the encoding of the value from the parameters of a line.
    fn detect_encoding(&mut self, line: &[u8]) {
        if self.quoted || self.base64 || line.len() > 4_096 {
            return;
        }
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { return };
        let head = line.get(..colon).unwrap_or_default().to_ascii_uppercase();
        for piece in head.split(|byte| *byte == b';').skip(1) {
            let word = piece.trim_ascii();
            let encoding = word.strip_prefix(b"ENCODING=");
            self.quoted |= encoding.unwrap_or(word) == b"QUOTED-PRINTABLE";
            self.base64 |= encoding.unwrap_or(word) == b"BASE64" || encoding == Some(b"B");
        }
    }

    fn track_nesting(&mut self, physical: &[u8]) {
        if is_card_delimiter(physical, b"BEGIN") {
            self.depth = self.depth.saturating_add(1);
        } else if is_card_delimiter(physical, b"END") {
            self.depth = self.depth.saturating_sub(1);
        }
    }
}

fn is_base64(line: &[u8]) -> bool {
    !line.is_empty()
        && line.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'\r'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_joined() {
        for (body, expected) in [
            ("A:1\n 2\n\t3\nB:4\n", &["A:123", "B:4"][..]),
            ("N;ENCODING=QUOTED-PRINTABLE:a=\nb=\n c\nX:1", &["N;ENCODING=QUOTED-PRINTABLE:ab c", "X:1"]),
            ("N;QUOTED-PRINTABLE:a=\nb", &["N;QUOTED-PRINTABLE:ab"]),
            ("URL:x=\nb:1", &["URL:x=", "b:1"]),
            ("N;LANGUAGE=QUOTED-PRINTABLE:x=\n b", &["N;LANGUAGE=QUOTED-PRINTABLE:x=b"]),
            ("PHOTO;ENCODING=b:AAAA\nBBBB\nX:1", &["PHOTO;ENCODING=b:AAAABBBB", "X:1"]),
            (
                "PHOTO;TYPE=JPEG;ENCODING=BASE64:\n AAAA\n BB==\n\nX:1",
                &["PHOTO;TYPE=JPEG;ENCODING=BASE64:AAAABB==", "X:1"],
            ),
            ("AGENT:\nBEGIN:VCARD\nFN:x\nEND:VCARD\nX:1", &["AGENT:BEGIN:VCARD\nFN:x\nEND:VCARD", "X:1"]),
            ("\n\n", &[]),
        ] {
            let lines: Vec<_> =
                unfold(body.as_bytes()).into_iter().map(|l| String::from_utf8(l).unwrap()).collect();
            assert_eq!(lines, expected, "{body:?}");
        }
    }
}
