//! Parses the bytes of one card into canonical lines.

use crate::vcard::canonical::canonical;
use crate::vcard::decode::{decode_line, decode_text};
use crate::vcard::escape::escape;
use crate::vcard::line::{ContentLine, sort_by_name};
use crate::vcard::unfold::unfold;

/// Properties of one card that are read. The conversion to a document compares each with the others of its name.
pub(crate) const MAX_PROPERTIES: usize = 4_096;

/// The lines of a card, the number of its lines that are not properties, and of those that are too many.
#[derive(Debug, Default)]
pub(crate) struct ParsedCard {
    pub(crate) lines: Vec<ContentLine>,
    pub(crate) unparsed: usize,
    pub(crate) dropped: usize,
}

/// The property that keeps a line that is not a property.
pub(crate) const UNPARSED_PROPERTY: &str = "X-CARDEX-UNREAD";

/// Parses the bytes between `BEGIN:VCARD` and `END:VCARD` into canonical lines, ordered by property name.
pub(crate) fn parse(body: &[u8]) -> ParsedCard {
    let mut logical = unfold(body);
    let dropped = logical.len().saturating_sub(MAX_PROPERTIES);
    logical.truncate(MAX_PROPERTIES);
    let is_2_1 = logical.iter().any(|line| {
        line.get(..8).is_some_and(|name| name.eq_ignore_ascii_case(b"VERSION:"))
            && line.get(8..).is_some_and(|value| value.trim_ascii() == b"2.1")
    });
    let mut parsed = ParsedCard { dropped, ..ParsedCard::default() };
    for raw in &logical {
        if let Some(line) = decode_line(raw, is_2_1) {
            if !matches!(line.name.as_str(), "VERSION" | "BEGIN" | "END") {
                parsed.lines.extend(canonical(line, is_2_1));
            }
        } else {
            parsed.unparsed = parsed.unparsed.saturating_add(1);
            parsed.lines.push(ContentLine::new(UNPARSED_PROPERTY, escape(&decode_text(raw, None))));
        }
    }
    sort_by_name(&mut parsed.lines);
    parsed
}
