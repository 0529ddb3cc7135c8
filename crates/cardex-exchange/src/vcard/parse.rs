//! Parses the bytes of one card into canonical lines.

use crate::vcard::canonical::canonical;
use crate::vcard::decode::{decode_line, decode_text};
use crate::vcard::escape::escape;
use crate::vcard::line::{ContentLine, LineNumber, sort_by_name};
use crate::vcard::unfold::{LogicalLine, unfold};

/// Properties of one card that are read. The conversion to a document compares each with the others of its name.
pub(crate) const MAX_PROPERTIES: usize = 4_096;

/// The lines of a card, its lines that are not properties, and the number of those that are too many.
#[derive(Debug, Default)]
pub(crate) struct ParsedCard {
    pub(crate) lines: Vec<ContentLine>,
    pub(crate) unparsed: Vec<(LineNumber, String)>,
    pub(crate) dropped: usize,
}

/// The property that keeps a line that is not a property.
pub(crate) const UNPARSED_PROPERTY: &str = "X-CARDEX-UNREAD";

/// Parses the bytes between `BEGIN:VCARD` and `END:VCARD` into canonical lines, ordered by property name.
pub(crate) fn parse(body: &[u8]) -> ParsedCard {
    parse_from(body, 0)
}

/// As [`parse`], for a body whose first line has this number in its file.
pub(crate) fn parse_from(body: &[u8], first_line: u64) -> ParsedCard {
    let mut logical = unfold(body);
    let dropped = logical.len().saturating_sub(MAX_PROPERTIES);
    logical.truncate(MAX_PROPERTIES);
    let is_2_1 = logical.iter().any(|line| {
        let bytes = &line.bytes;
        bytes.get(..8).is_some_and(|name| name.eq_ignore_ascii_case(b"VERSION:"))
            && bytes.get(8..).is_some_and(|value| value.trim_ascii() == b"2.1")
    });
    let mut parsed = ParsedCard { dropped, ..ParsedCard::default() };
    for LogicalLine { offset, bytes } in &logical {
        let at = LineNumber(first_line.saturating_add(*offset));
        if let Some(mut line) = decode_line(bytes, is_2_1) {
            line.at = at;
            if !matches!(line.name.as_str(), "VERSION" | "BEGIN" | "END") {
                parsed.lines.extend(canonical(line, is_2_1));
            }
        } else {
            let text = decode_text(bytes, None);
            parsed.unparsed.push((at, text.clone()));
            parsed.lines.push(ContentLine { at, ..ContentLine::new(UNPARSED_PROPERTY, escape(&text)) });
        }
    }
    sort_by_name(&mut parsed.lines);
    parsed
}
