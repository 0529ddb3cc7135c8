//! The one rule for texts of one line: names, companies, labels, e-mail addresses.
//!
//! A line break, a tab, NUL or another control character becomes a blank, once for a run of them. Blanks at both ends are removed. A text
//! without any visible character becomes empty.

/// Applies the rule, without a copy if nothing changes.
pub(crate) fn to_single_line(text: String) -> String {
    if !text.chars().any(is_break) {
        let trimmed = text.trim();
        return match (trimmed.chars().all(is_invisible), trimmed.len() == text.len()) {
            (true, _) => String::new(),
            (false, true) => text,
            (false, false) => trimmed.to_owned(),
        };
    }
    let parts: Vec<&str> = text.split(is_break).map(str::trim).filter(|part| !part.is_empty()).collect();
    let joined = parts.join(" ");
    if joined.chars().all(is_invisible) { String::new() } else { joined }
}

/// Whether a character breaks a line or controls a device.
fn is_break(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// Whether a character shows nothing: blanks, fillers, joiners, marks of direction, variation selectors, tags.
fn is_invisible(c: char) -> bool {
    c.is_whitespace()
        || matches!(c,
            '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}' | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}'
            | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}' | '\u{1D173}'..='\u{1D17A}'
            | '\u{E0000}'..='\u{E0FFF}')
}

#[cfg(test)]
mod tests {
    use super::to_single_line;

    #[test]
    fn breaks_become_one_blank() {
        for (given, kept) in [
            ("Ada", "Ada"),
            (" Ada  Byron ", "Ada  Byron"),
            ("Mal\r\nX", "Mal X"),
            ("a\0b\tc\u{2028}d\u{85}e", "a b c d e"),
            ("\r\nAda \n", "Ada"),
        ] {
            assert_eq!(to_single_line(given.to_owned()), kept, "{given:?}");
        }
    }

    #[test]
    fn invisible_texts_become_empty_and_joiners_in_words_stay() {
        for invisible in [
            "",
            "\0",
            "\u{200B}",
            "\u{202E}\u{2066}",
            "\u{3164}",
            "\u{FEFF}",
            "\n",
            " \u{A0} ",
            "\u{E0041}",
            "\u{2800}",
        ] {
            assert_eq!(to_single_line(invisible.to_owned()), "", "{invisible:?}");
        }
        for visible in ["ni\u{200C}mi", "\u{200F}אדה", "👩\u{200D}🚀"] {
            assert_eq!(to_single_line(visible.to_owned()), visible);
        }
    }
}
