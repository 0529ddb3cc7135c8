//! vCard: bytes to cards, cards to content lines in one canonical form, and back.

mod canonical;
mod decode;
mod escape;
mod legacy;
mod line;
mod split;
mod unfold;

pub(super) use self::canonical::canonical;
pub(super) use self::escape::{escape, join, split_list, unescape};
pub(super) use self::legacy::to_3_0;
pub(super) use self::line::ContentLine;
pub(super) use self::split::CardSplitter;
pub(super) use self::unfold::unfold;

/// The lines of a card, and how many lines of it were no properties.
#[derive(Debug, Default)]
pub(super) struct ParsedCard {
    pub(super) lines: Vec<ContentLine>,
    pub(super) unparsed: usize,
}

/// The property that keeps a line that is none.
pub(super) const UNPARSED_PROPERTY: &str = "X-CARDEX-UNREAD";

/// Reads what stands between `BEGIN:VCARD` and `END:VCARD` into canonical lines, ordered by property name.
pub(super) fn parse(body: &[u8]) -> ParsedCard {
    let logical = unfold(body);
    let is_2_1 = logical.iter().any(|line| {
        line.get(..8).is_some_and(|name| name.eq_ignore_ascii_case(b"VERSION:"))
            && line.get(8..).is_some_and(|value| value.trim_ascii() == b"2.1")
    });
    let mut parsed = ParsedCard::default();
    for raw in &logical {
        if let Some(line) = decode::decode_line(raw, is_2_1) {
            if !matches!(line.name.as_str(), "VERSION" | "BEGIN" | "END") {
                parsed.lines.extend(canonical(line, is_2_1));
            }
        } else {
            parsed.unparsed = parsed.unparsed.saturating_add(1);
            parsed.lines.push(ContentLine::new(UNPARSED_PROPERTY, escape(&decode::decode_text(raw, None))));
        }
    }
    sort_by_name(&mut parsed.lines);
    parsed
}

/// The canonical order: by property name, else as given.
pub(super) fn sort_by_name(lines: &mut [ContentLine]) {
    lines.sort_by(|a, b| a.name.cmp(&b.name));
}

/// A whole card of version 4.0, or 3.0 if the lines were made fit for it.
pub(super) fn write_card(lines: &[ContentLine], version: &str) -> String {
    let mut text = format!("BEGIN:VCARD\r\nVERSION:{version}\r\n");
    for line in lines {
        line.append_to(&mut text);
    }
    text.push_str("END:VCARD\r\n");
    text
}
