//! Names come from anywhere: nothing in them may move the cursor, colour the screen or turn lines around.

use std::fmt::Write as _;

/// Where a cell of a table is highlighted. Two characters without width that [`clean`] takes out of every text, so
/// that they can stand for escape sequences while a table is laid out.
pub(crate) const HIGHLIGHT_START: char = '\u{2063}';
/// Where the highlight ends.
pub(crate) const HIGHLIGHT_END: char = '\u{2064}';

/// The text without characters that control a terminal: C0 as the pictures of them, C1 as U+FFFD, line separators as
/// blanks. With `bidi`, also without the characters that override the direction of writing.
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

/// The property `Bidi_Control` of Unicode.
fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// JSON text with the same characters escaped: the data is the same, and harmless on a terminal too. They can stand in
/// strings only, where an escape says the same.
pub(crate) fn escape_json(json: String) -> String {
    let unsafe_char =
        |c: char| matches!(c, '\x7F'..='\u{9F}' | '\u{2028}' | '\u{2029}') || is_bidi_control(c);
    if !json.contains(unsafe_char) {
        return json;
    }
    let mut escaped = String::with_capacity(json.len().saturating_add(16));
    for c in json.chars() {
        if unsafe_char(c) {
            let _ = write!(escaped, "\\u{:04x}", u32::from(c)); // a String takes everything
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
    fn controls_become_pictures() {
        assert_eq!(sanitize_text("a\x1b[31mb\tc\r\n\x7f\u{9b}2J\u{2028}", false), "a␛[31mb␉c␍␊␡\u{FFFD}2J ");
        assert_eq!(sanitize_text("Zoë 王 👩‍👩‍👧 שלום", true), "Zoë 王 👩‍👩‍👧 שלום");
    }

    #[test]
    fn directions_go_for_terminals_only() {
        assert_eq!(sanitize_text("a\u{202E}b\u{2066}c\u{200F}", true), "abc");
        assert_eq!(sanitize_text("a\u{202E}b", false), "a\u{202E}b");
    }

    #[test]
    fn text_cannot_fake_a_highlight() {
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
