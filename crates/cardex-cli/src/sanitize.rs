//! Removes terminal control from text: data from other people must not move the cursor, color the screen or reorder lines.

use std::fmt::Write as _;

/// Marks the start of a highlight while a table is laid out. The two markers have no width, and [`sanitize_text`] removes
/// them from every text, so that data cannot contain them.
pub(crate) const HIGHLIGHT_START: char = '\u{2063}';
/// Marks the end of a highlight.
pub(crate) const HIGHLIGHT_END: char = '\u{2064}';

/// Replaces characters that control a terminal: C0 by their pictures (U+2400 on), C1 by U+FFFD, line separators by
/// blanks. With `bidi`, also removes the characters that control the direction of writing.
pub(crate) fn sanitize_text(text: &str, bidi: bool) -> String {
    text.chars().filter_map(|c| sanitize_char(c, bidi)).collect()
}

fn sanitize_char(c: char, bidi: bool) -> Option<char> {
    match c {
        '\0'..='\x1F' => u32::from(c).checked_add(0x2400).and_then(char::from_u32),
        '\x7F' => Some('\u{2421}'),
        '\u{80}'..='\u{9F}' => Some(char::REPLACEMENT_CHARACTER),
        '\u{2028}' | '\u{2029}' => Some(' '),
        HIGHLIGHT_START | HIGHLIGHT_END => None,
        c if bidi && is_bidi_control(c) => None,
        c => Some(c),
    }
}

/// Whether the character has the Unicode property `Bidi_Control`.
fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Escapes the same characters in JSON text. The data stays the same: they occur in strings only.
pub(crate) fn escape_json(json: String) -> String {
    let unsafe_char =
        |c: char| matches!(c, '\x7F'..='\u{9F}' | '\u{2028}' | '\u{2029}') || is_bidi_control(c);
    if !json.contains(unsafe_char) {
        return json;
    }
    let mut escaped = String::with_capacity(json.len().saturating_add(16));
    for c in json.chars() {
        if unsafe_char(c) {
            let _ = write!(escaped, "\\u{:04x}", u32::from(c)); // writing to a String does not fail
        } else {
            escaped.push(c);
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_replaced() {
        assert_eq!(sanitize_text("a\x1b[31mb\tc\r\n\x7f\u{9b}2J\u{2028}", false), "a␛[31mb␉c␍␊␡\u{FFFD}2J ");
        assert_eq!(sanitize_text("Zoë 王 👩‍👩‍👧 שלום", true), "Zoë 王 👩‍👩‍👧 שלום");
    }

    #[test]
    fn bidi_controls_are_removed_on_terminals_only() {
        assert_eq!(sanitize_text("a\u{202E}b\u{2066}c\u{200F}", true), "abc");
        assert_eq!(sanitize_text("a\u{202E}b", false), "a\u{202E}b");
    }

    #[test]
    fn text_cannot_contain_highlight_markers() {
        assert_eq!(sanitize_text("a\u{2063}b\u{2064}", false), "ab");
    }

    #[test]
    fn json_stays_the_same_data() {
        let text = "a\u{1b}\u{9b}\u{202e}\u{7f}\u{2028}é";
        let json = escape_json(serde_json::to_string(text).unwrap());
        assert_eq!(json, r#""a\u001b\u009b\u202e\u007f\u2028é""#);
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
    }
}
