//! Extracts the fields from the lines of a card.

use crate::fields::contact_fields::{ContactFields, ContactMethod, parse_status};
use crate::fields::label;
use crate::fields::validate::FieldValidator;
use crate::vcard::{ContentLine, split_list, unescape};
use cardex::contacts::{PlainField, VcardProperty};
use cardex::{Identifier, Network};

/// Reads the fields from all lines, and removes the lines that only cardex writes.
pub(crate) fn read_fields(lines: &mut Vec<ContentLine>, validator: &mut FieldValidator<'_>) -> ContactFields {
    let mut fields = ContactFields::default();
    take_cardex_lines(&mut fields, lines);
    let text = |name: &str| first(lines, name).map(|line| unescape(&line.value).trim().to_owned());
    let (last, first_name) = first(lines, "N").map(names).unwrap_or_default();
    for field in PlainField::ALL {
        let value = match field.vcard_property() {
            VcardProperty::GivenName => first_name.clone(),
            VcardProperty::FamilyName => last.clone(),
            VcardProperty::FirstOfList(name) => first_component(first(lines, name), ','),
            VcardProperty::FirstComponent(name) => first_component(first(lines, name), ';'),
            VcardProperty::Text(name) => text(name).unwrap_or_default(),
            // The display name depends on all other fields. The lines of cardex have been taken.
            _ => continue,
        };
        fields.set_text(field, value);
    }
    fields.phones = validator.phones(contact_methods(lines, "TEL"));
    fields.emails = validator.emails(contact_methods(lines, "EMAIL"));
    if let Some(display) = text("FN").filter(|display| !fields.is_default_display_name(display)) {
        fields.set_text(PlainField::DisplayName, display);
    }
    drop_default_display_name(lines, &fields);
    fields
}

/// Removes a display name that equals the default of the other fields: export creates it again.
pub(crate) fn drop_default_display_name(lines: &mut Vec<ContentLine>, fields: &ContactFields) {
    lines.retain(|line| {
        let plain = line.name == "FN" && line.params.is_empty() && line.group.is_empty();
        let text = unescape(&line.value);
        !(plain && text.trim() == text && fields.is_default_display_name(&text))
    });
}

/// Family and given name of an `N` line; several names of a kind are joined by blanks.
pub(super) fn names(line: &ContentLine) -> (String, String) {
    let parts = split_list(&line.value, ';');
    let part = |at: usize| {
        let lists = parts.get(at).map(|part| split_list(part, ',')).unwrap_or_default();
        let texts: Vec<String> = lists.into_iter().map(|text| unescape(text).trim().to_owned()).collect();
        texts.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
    };
    (part(0), part(1))
}

/// The first part of the value of a line.
pub(super) fn first_component(line: Option<&ContentLine>, separator: char) -> String {
    let value = line.map(|line| line.value.as_str()).unwrap_or_default();
    unescape(split_list(value, separator).first().unwrap_or(&"")).trim().to_owned()
}

/// The phones or e-mail addresses of a card, by preference, then in their order.
pub(super) fn contact_methods(lines: &[ContentLine], name: &str) -> Vec<ContactMethod> {
    let mut found: Vec<&ContentLine> = lines.iter().filter(|line| line.name == name).collect();
    found.sort_by_key(|line| preference(line));
    found
        .into_iter()
        .map(|line| ContactMethod { text: contact_method_text(line), label: label::read_label(line, lines) })
        .collect()
}

/// The rank of a line: `PREF` from 1 to 100, then lines without it (RFC 6350, section 5.3).
fn preference(line: &ContentLine) -> u8 {
    line.first_param("PREF").and_then(|pref| pref.parse().ok()).unwrap_or(u8::MAX)
}

/// The number or address of a line, without the scheme of a URI.
pub(super) fn contact_method_text(line: &ContentLine) -> String {
    let value = if line.has_param_value("VALUE", "uri") { line.value.clone() } else { unescape(&line.value) };
    let scheme = if line.name == "TEL" { "tel:" } else { "mailto:" };
    let bare = match value.trim().split_at_checked(scheme.len()) {
        Some((head, rest)) if head.eq_ignore_ascii_case(scheme) => rest,
        _ => value.trim(),
    };
    bare.trim().to_owned()
}

/// The preferred line of a name.
pub(super) fn first<'a>(lines: &'a [ContentLine], name: &str) -> Option<&'a ContentLine> {
    lines.iter().filter(|line| line.name == name).min_by_key(|line| preference(line))
}

/// Removes the lines with fields that no vCard property holds, and reads them.
fn take_cardex_lines(fields: &mut ContactFields, lines: &mut Vec<ContentLine>) {
    lines.retain(|line| {
        let value = unescape(&line.value);
        match line.name.as_str() {
            "X-CARDEX-NETWORK" => fields.network = Network::new(&value).ok(),
            "X-CARDEX-STATUS" => fields.status = parse_status(&value),
            "X-CARDEX-GROUP" => fields.group = value.parse().ok(),
            "X-CARDEX-ID" => {
                fields
                    .identifiers
                    .push(Identifier::new(line.first_param("SPACE").unwrap_or_default(), value));
            }
            name => {
                let has_line = |field: &PlainField| {
                    matches!(field.vcard_property(), VcardProperty::Extension(property) if property == name)
                };
                let Some(field) = PlainField::ALL.into_iter().find(has_line) else { return true };
                fields.set_text(field, value);
            }
        }
        false
    });
}
