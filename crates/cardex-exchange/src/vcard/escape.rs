//! The escapes of a property value (RFC 6350, section 3.4).

/// Writes a text value: backslash, comma, semicolon and line ends are escaped.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' | ',' | ';' => {
                out.push('\\');
                out.push(c);
            }
            '\r' => {
                chars.next_if_eq(&'\n');
                out.push_str("\\n");
            }
            '\n' => out.push_str("\\n"),
            _ => out.push(c),
        }
    }
    out
}

/// Reads a text value: undoes the escapes. A backslash before any other character stays.
pub(crate) fn unescape(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        if c == '\\' {
            match chars.next() {
                Some('n' | 'N') => out.push('\n'),
                Some(next @ ('\\' | ',' | ';' | ':')) => out.push(next),
                // Such a backslash is text: many programs do not escape paths.
                Some(next) => out.extend(['\\', next]),
                None => out.push('\\'),
            }
        } else {
            out.push(c);
        }
    }
    out
}

/// Splits a value at every `separator` that is not escaped. The parts stay escaped.
pub(crate) fn split_list(value: &str, separator: char) -> Vec<&str> {
    let (mut parts, mut start, mut escaped) = (Vec::new(), 0, false);
    for (at, c) in value.char_indices() {
        if escaped {
            escaped = false;
        } else if c == '\\' {
            escaped = true;
        } else if c == separator {
            parts.push(value.get(start..at).unwrap_or_default());
            start = at.saturating_add(separator.len_utf8());
        }
    }
    parts.push(value.get(start..).unwrap_or_default());
    parts
}

/// Joins escaped parts.
pub(crate) fn join<S: AsRef<str>>(parts: &[S], separator: &str) -> String {
    let parts: Vec<&str> = parts.iter().map(AsRef::as_ref).collect();
    parts.join(separator)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_round_trip() {
        for (text, value) in [
            ("a,b;c\\d\ne", "a\\,b\\;c\\\\d\\ne"),
            ("é", "é"),
            ("", ""),
            ("x:y", "x:y"),
            ("C:\\new", "C:\\\\new"),
        ] {
            assert_eq!(escape(text), value);
            assert_eq!(unescape(value), text);
        }
        assert_eq!(unescape("http\\://x\\"), "http://x\\");
        assert_eq!(escape("a\r\nb\rc"), "a\\nb\\nc");
        assert_eq!(split_list("a\\;b;;c", ';'), ["a\\;b", "", "c"]);
    }

    proptest::proptest! {
        #[test]
        fn escape_is_undone(text in "[^\r]*") {
            proptest::prop_assert_eq!(unescape(&escape(&text)), text.clone());
            let escaped = escape(&text);
            proptest::prop_assert_eq!(split_list(&escaped, ';').len(), 1);
        }
    }
}
