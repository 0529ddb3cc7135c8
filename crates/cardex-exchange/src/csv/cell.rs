//! Cells that a spreadsheet would take for a formula, and identifiers in a cell.

use cardex::Identifier;

/// Whether a spreadsheet may run the text.
fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// The text with an apostrophe before it if a spreadsheet might run it, or might already have been kept from it.
pub(super) fn escape_formula(text: &str) -> String {
    if is_formula(text.trim_start_matches('\'')) { format!("'{text}") } else { text.to_owned() }
}

/// Undoes [`neutral`].
pub(super) fn unescape_formula(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(text) if is_formula(text.trim_start_matches('\'')) => text,
        _ => cell,
    }
}

/// An identifier as `space:value`; a colon or backslash in the space has a backslash before it.
pub(super) fn format_identifier(identifier: &Identifier) -> String {
    let space = identifier.namespace.replace('\\', "\\\\").replace(':', "\\:");
    if space.is_empty() && !identifier.value.contains(':') {
        identifier.value.clone()
    } else {
        format!("{space}:{}", identifier.value)
    }
}

/// Undoes [`identifier`].
pub(super) fn parse_identifier(text: &str) -> Identifier {
    let (mut space, mut chars) = (String::new(), text.chars());
    while let Some(c) = chars.next() {
        match c {
            ':' => return Identifier::new(space, chars.as_str()),
            '\\' => space.extend(chars.next()),
            _ => space.push(c),
        }
    }
    Identifier::new("", text)
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn cells_come_back(text in "['=+@\t\r-]{0,3}[a-z']{0,3}") {
            let cell = escape_formula(&text);
            proptest::prop_assert!(!is_formula(&cell));
            proptest::prop_assert_eq!(unescape_formula(&cell), text);
        }

        #[test]
        fn identifiers_come_back(space in "[a:\\\\]{0,4}", value in "[a:\\\\]{1,4}") {
            let given = Identifier::new(space, value);
            proptest::prop_assert!(parse_identifier(&format_identifier(&given)) == given);
        }
    }

    #[test]
    fn what_a_person_sees() {
        assert_eq!(escape_formula("+33 6"), "'+33 6");
        assert_eq!(unescape_formula("'quoted'"), "'quoted'");
        assert!(parse_identifier("a1") == Identifier::new("", "a1"));
    }
}
