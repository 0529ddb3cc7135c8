//! The text of cells: protection against formulas, and identifiers.

use cardex::Identifier;

/// Separates several values in one cell, as in the exports of Google.
pub(super) const VALUE_SEPARATOR: &str = " ::: ";

/// Whether a spreadsheet may run the text as a formula.
fn is_formula(text: &str) -> bool {
    // Some spreadsheets read the full-width signs of East Asian keyboards as the plain ones.
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'])
}

/// Adds an apostrophe before the text if it may be a formula, or if it is an escaped formula already.
pub(super) fn escape_formula(text: &str) -> String {
    if is_formula(text.trim_start_matches('\'')) { format!("'{text}") } else { text.to_owned() }
}

/// Undoes [`escape_formula`].
pub(super) fn unescape_formula(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(text) if is_formula(text.trim_start_matches('\'')) => text,
        _ => cell,
    }
}

/// An identifier as `namespace:value`; a colon or backslash in the namespace is escaped by a backslash.
pub(super) fn format_identifier(identifier: &Identifier) -> String {
    let namespace = identifier.namespace.replace('\\', "\\\\").replace(':', "\\:");
    if namespace.is_empty() && !identifier.value.contains(':') {
        identifier.value.clone()
    } else {
        format!("{namespace}:{}", identifier.value)
    }
}

/// Undoes [`format_identifier`].
pub(super) fn parse_identifier(text: &str) -> Identifier {
    let (mut namespace, mut chars) = (String::new(), text.chars());
    while let Some(c) = chars.next() {
        match c {
            ':' => return Identifier::new(namespace, chars.as_str()),
            '\\' => namespace.extend(chars.next()),
            _ => namespace.push(c),
        }
    }
    Identifier::new("", text)
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn cells_round_trip(text in "['=+@\t\r＝＋－＠-]{0,3}[a-z']{0,3}") {
            let cell = escape_formula(&text);
            proptest::prop_assert!(!is_formula(&cell));
            proptest::prop_assert_eq!(unescape_formula(&cell), text);
        }

        #[test]
        fn identifiers_round_trip(namespace in "[a:\\\\]{0,4}", value in "[a:\\\\]{1,4}") {
            let given = Identifier::new(namespace, value);
            proptest::prop_assert!(parse_identifier(&format_identifier(&given)) == given);
        }
    }

    #[test]
    fn examples() {
        assert_eq!(escape_formula("+33 6"), "'+33 6");
        assert_eq!(unescape_formula("'quoted'"), "'quoted'");
        assert!(parse_identifier("a1") == Identifier::new("", "a1"));
    }
}
