//! Joins physical lines to content lines: folding, soft line breaks of quoted-printable, base64 without folding, nested
//! cards.

use crate::vcard::property::{is_property, text_break};
use crate::vcard::split::{is_agent_line, is_card_delimiter};

/// A content line: its bytes, and how many lines of the body precede it.
#[derive(Debug)]
pub(crate) struct LogicalLine {
    pub(crate) offset: u64,
    pub(crate) bytes: Vec<u8>,
}

/// The content lines of a card, as bytes; blank lines are left out.
pub(crate) fn unfold(body: &[u8]) -> Vec<LogicalLine> {
    let mut lines: Vec<LogicalLine> = Vec::new();
    // How the last line may continue.
    let mut state = UnfoldState::default();
    for (offset, physical) in (0_u64..).zip(body.split(|byte| *byte == b'\n')) {
        let Some(LogicalLine { bytes: last, .. }) = lines.last_mut() else {
            state.begin(&mut lines, offset, physical);
            continue;
        };
        if state.depth > 0 {
            last.push(b'\n');
            last.extend_from_slice(physical);
            state.track_nesting(physical);
        } else if state.quoted && last.last() == Some(&b'=') && !is_card_delimiter(physical, b"BEGIN") {
            // A soft line break (RFC 2045, section 6.7): the next line is appended unchanged. A program that encodes every character
            // writes no blanks: those before the text are a folding of its own.
            last.pop();
            let text = if is_all_encoded(last) { physical.trim_ascii_start() } else { physical };
            last.extend_from_slice(text);
        } else if state.quoted && physical.first() == Some(&b'=') {
            // A soft line break without its sign.
            last.extend_from_slice(physical);
        } else if let Some((b' ' | b'\t', rest)) = physical.split_first() {
            last.extend_from_slice(rest);
            state.detect_encoding(last);
        } else if is_agent_line(last) && is_card_delimiter(physical, b"BEGIN") {
            last.extend_from_slice(physical);
            state.track_nesting(physical);
        } else if state.base64 && is_base64(physical) {
            last.extend_from_slice(physical);
        } else if physical.trim_ascii().is_empty() {
            state.base64 = false;
        } else if let Some(separator) = text_break(last).filter(|_| !state.base64 && !is_property(physical)) {
            // A program has not folded the line.
            last.push(separator);
            last.extend_from_slice(physical);
        } else {
            state.begin(&mut lines, offset, physical);
        }
    }
    lines
}

/// Whether the value of a line has characters, all of them encoded as quoted-printable.
fn is_all_encoded(line: &[u8]) -> bool {
    let colon = line.iter().position(|byte| *byte == b':').unwrap_or(line.len());
    let mut value = line.get(colon.saturating_add(1)..).unwrap_or_default();
    let mut found = false;
    while let Some((byte, rest)) = value.split_first() {
        value = match (byte, rest.get(2..)) {
            (b'=', Some(after)) => {
                found = true;
                after
            }
            (b';' | b',', _) => rest,
            _ => return false,
        };
    }
    found
}

#[derive(Default)]
struct UnfoldState {
    quoted: bool,
    base64: bool,
    /// The nesting depth of cards inside of the card.
    depth: u32,
}

impl UnfoldState {
    fn begin(&mut self, lines: &mut Vec<LogicalLine>, offset: u64, physical: &[u8]) {
        if !physical.trim_ascii().is_empty() {
            lines.push(LogicalLine { offset, bytes: physical.to_vec() });
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
            (
                "N;ENCODING=QUOTED-PRINTABLE:=41=\n =42\n =43\nX:1",
                &["N;ENCODING=QUOTED-PRINTABLE:=41=42=43", "X:1"],
            ),
            ("NOTE:a\nb c\nOffice: 1\nTEL:2", &["NOTE:a\nb c\nOffice: 1", "TEL:2"]),
            ("FN:Ana\nBerg\nTEL:2\nstray", &["FN:Ana Berg", "TEL:2", "stray"]),
            ("\n\n", &[]),
        ] {
            let lines: Vec<_> =
                unfold(body.as_bytes()).into_iter().map(|l| String::from_utf8(l.bytes).unwrap()).collect();
            assert_eq!(lines, expected, "{body:?}");
        }
    }
}
