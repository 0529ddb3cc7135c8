//! The text of cells: protection against formulas, and identifiers.

use std::borrow::Cow;

use cardex::Identifier;

/// Separates several values in one cell, as in the exports of Google.
pub(super) const VALUE_SEPARATOR: &str = " ::: ";

/// The values of a cell with several ones, as Google writes them.
pub(super) fn split_values(cell: &str) -> Vec<&str> {
    cell.split(VALUE_SEPARATOR).collect()
}

/// The phones of a cell. Programs and people separate several ones by line breaks, semicolons, slashes and commas.
pub(super) fn phone_values(cell: &str) -> Vec<&str> {
    let values = split_values(cell);
    if values.len() > 1 {
        return values;
    }
    for separator in ['\n', ';', ',', '/'] {
        let parts: Vec<&str> = cell.split(separator).map(str::trim).filter(|part| !part.is_empty()).collect();
        let is_phone =
            |part: &&str| is_plain_number(part) && part.chars().filter(char::is_ascii_digit).count() >= 7;
        if parts.len() > 1 && parts.iter().all(is_phone) {
            return parts;
        }
    }
    values
}

/// Whether a text has only digits and the signs between them.
fn is_plain_number(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_ascii_digit() || matches!(c, '+' | ' ' | '-' | '.' | '(' | ')' | '/' | '\u{a0}'))
}

/// Whether a spreadsheet shows a phone cell as it is: a number with signs and an extension, which is no formula with names or commands.
pub(super) fn is_harmless_phone(text: &str) -> bool {
    let signs =
        |c: char| matches!(c, ' ' | '-' | '.' | '(' | ')' | '/' | ',' | ';' | '#' | '*' | 'x' | '\u{a0}');
    let number = text.strip_prefix('+').unwrap_or(text).replace("ext", "");
    text.starts_with('+') && number.chars().all(|c| c.is_ascii_digit() || signs(c))
}

/// The text of a cell that protects it from a spreadsheet: `="0612345678"`, `=+33612345678`.
pub(super) fn unwrap_formula(cell: &str) -> Cow<'_, str> {
    let Some(formula) = cell.trim().strip_prefix('=') else { return Cow::Borrowed(cell) };
    let quoted = formula.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    match quoted {
        Some(text) if !text.replace("\"\"", "").contains('"') => Cow::Owned(text.replace("\"\"", "\"")),
        None if is_plain_number(formula) && formula.chars().filter(char::is_ascii_digit).count() >= 7 => {
            Cow::Borrowed(formula)
        }
        _ => Cow::Borrowed(cell),
    }
}

/// Tags in one cell. One tag that other programs would split gets a separator too.
pub(super) fn join_tags(tags: &[String]) -> String {
    match tags {
        [one] if one.contains([',', ';', '|']) => format!("{one}{VALUE_SEPARATOR}"),
        _ => tags.join(VALUE_SEPARATOR),
    }
}

/// The labels of a cell: separated as Google does, else by semicolons (Outlook), else by commas (Chatwoot). Labels that every contact of
/// Google has are left out.
pub(super) fn split_tags(cell: &str) -> Vec<String> {
    const OF_EVERYBODY: [&str; 4] = ["mycontacts", "my contacts", "other contacts", "othercontacts"];
    let separator = [VALUE_SEPARATOR.trim(), ";", "|"].into_iter().find(|separator| cell.contains(separator));
    let names = cell.split(separator.unwrap_or(",")).map(str::trim);
    let names = names.filter_map(|name| match name.strip_prefix('*').map(str::trim) {
        Some(name) if OF_EVERYBODY.contains(&name.to_lowercase().as_str()) => None,
        Some(name) => Some(name),
        None => Some(name),
    });
    names.filter(|name| !name.is_empty()).map(ToOwned::to_owned).collect()
}

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
    fn values_of_cells() {
        assert_eq!(phone_values("+49 30 5550101; +49 30 5550102"), ["+49 30 5550101", "+49 30 5550102"]);
        for one in ["+12125550120,,123#", "030 / 555 01 23", "1;2", "call me, later"] {
            assert_eq!(phone_values(one), [one]);
        }
        for (cell, expected) in [
            ("=\"0612345678\"", "0612345678"),
            ("=+33612345679", "+33612345679"),
            ("=A1+B2", "=A1+B2"),
            ("=\"a\"\"b\"", "a\"b"),
            ("=\"a\"&\"b\"", "=\"a\"&\"b\""),
        ] {
            assert_eq!(unwrap_formula(cell), expected);
        }
        assert!(is_harmless_phone("+1 (212) 555-0118 x42") && is_harmless_phone("+12125550120,,123#"));
        assert!(
            !is_harmless_phone("+1+cmd|' /C calc'!A0")
                && !is_harmless_phone("=1")
                && !is_harmless_phone("-1")
        );
    }

    #[test]
    fn tags() {
        for (cell, expected) in [
            ("Choir ::: * myContacts ::: * starred", &["Choir", "starred"][..]),
            ("Red;Clients", &["Red", "Clients"]),
            ("customer,vip", &["customer", "vip"]),
            ("a, b ::: ", &["a, b"]),
            ("", &[]),
        ] {
            assert_eq!(split_tags(cell), expected, "{cell}");
        }
        assert_eq!(split_tags(&join_tags(&["a, b".to_owned()])), ["a, b"]);
    }

    #[test]
    fn examples() {
        assert_eq!(escape_formula("+33 6"), "'+33 6");
        assert_eq!(unescape_formula("'quoted'"), "'quoted'");
        assert!(parse_identifier("a1") == Identifier::new("", "a1"));
    }
}
