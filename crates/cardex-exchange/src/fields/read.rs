//! What the lines of a card say of the columns.

use crate::fields::{Fields, Point, Sieve, label};
use crate::vcard::{Line, split_list, unescape};
use cardex::{Identifier, Network};

/// Takes the lines that only cardex writes out of the lines and reads the columns from all of them.
pub(crate) fn read(lines: &mut Vec<Line>, sieve: &mut Sieve<'_>) -> Fields {
    let mut fields = Fields::default();
    own(&mut fields, lines);
    let text = |name: &str| first(lines, name).map(|line| unescape(&line.value).trim().to_owned());
    if let Some(line) = first(lines, "N") {
        (fields.last_name, fields.first_name) = names(line);
    }
    fields.nickname = text_of(first(lines, "NICKNAME"), ',');
    fields.company = text_of(first(lines, "ORG"), ';');
    fields.language = text("LANG").unwrap_or_default();
    fields.uid = text("UID").unwrap_or_default();
    fields.phones = sieve.phones(points(lines, "TEL"));
    fields.emails = sieve.emails(points(lines, "EMAIL"));
    if let Some(display) = text("FN").filter(|display| !fields.makes(display)) {
        fields.display_name = display;
    }
    drop_made(lines, &fields);
    fields
}

/// Takes out a name to display that says no more than the other columns: it is made of them again on export.
pub(crate) fn drop_made(lines: &mut Vec<Line>, fields: &Fields) {
    lines.retain(|line| {
        let plain = line.name == "FN" && line.params.is_empty() && line.group.is_empty();
        let text = unescape(&line.value);
        !(plain && text.trim() == text && fields.makes(&text))
    });
}

/// Family and given name of an `N` line; several of a kind are put together.
pub(super) fn names(line: &Line) -> (String, String) {
    let parts = split_list(&line.value, ';');
    let part = |at: usize| {
        let lists = parts.get(at).map(|part| split_list(part, ',')).unwrap_or_default();
        let texts: Vec<String> = lists.into_iter().map(|text| unescape(text).trim().to_owned()).collect();
        texts.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
    };
    (part(0), part(1))
}

/// The first part of the value of a line.
pub(super) fn text_of(line: Option<&Line>, separator: char) -> String {
    let value = line.map(|line| line.value.as_str()).unwrap_or_default();
    unescape(split_list(value, separator).first().unwrap_or(&"")).trim().to_owned()
}

/// The phones or addresses of a card, the preferred ones first, else as given.
pub(super) fn points(lines: &[Line], name: &str) -> Vec<Point> {
    let mut found: Vec<&Line> = lines.iter().filter(|line| line.name == name).collect();
    found.sort_by_key(|line| preference(line));
    found.into_iter().map(|line| Point { text: point_text(line), label: label::read(line, lines) }).collect()
}

/// Which of several is meant first: `PREF` from 1 to 100, then those without (RFC 6350, section 5.3).
fn preference(line: &Line) -> u8 {
    line.first_param("PREF").and_then(|pref| pref.parse().ok()).unwrap_or(u8::MAX)
}

/// The number or address of a line, without the scheme of an address.
pub(super) fn point_text(line: &Line) -> String {
    let value = if line.has("VALUE", "uri") { line.value.clone() } else { unescape(&line.value) };
    let scheme = if line.name == "TEL" { "tel:" } else { "mailto:" };
    let bare = match value.trim().split_at_checked(scheme.len()) {
        Some((head, rest)) if head.eq_ignore_ascii_case(scheme) => rest,
        _ => value.trim(),
    };
    bare.trim().to_owned()
}

/// The preferred line of a name.
pub(super) fn first<'a>(lines: &'a [Line], name: &str) -> Option<&'a Line> {
    lines.iter().filter(|line| line.name == name).min_by_key(|line| preference(line))
}

/// Takes out the lines that hold columns no vCard property has.
fn own(fields: &mut Fields, lines: &mut Vec<Line>) {
    lines.retain(|line| {
        let value = unescape(&line.value);
        match line.name.as_str() {
            "X-CARDEX-NETWORK" => fields.network = Network::new(&value).ok(),
            "X-CARDEX-STATUS" => fields.status = crate::fields::status(&value),
            "X-CARDEX-CITY" => fields.city = value,
            "X-CARDEX-COUNTRY" => fields.country = value,
            "X-CARDEX-GROUP" => fields.group = value.parse().ok(),
            "X-CARDEX-ID" => {
                fields
                    .identifiers
                    .push(Identifier::new(line.first_param("SPACE").unwrap_or_default(), value));
            }
            _ => return true,
        }
        false
    });
}
