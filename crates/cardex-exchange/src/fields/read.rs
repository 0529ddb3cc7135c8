//! Extracts the fields from the lines of a card.

use crate::fields::contact_fields::{ContactFields, ContactMethod, parse_status};
use crate::fields::label;
use crate::fields::validate::FieldValidator;
use crate::vcard::{ContentLine, LineNumber, escape, sort_by_name, split_list, unescape};
use cardex::contacts::{PlainField, VcardProperty};
use cardex::{Identifier, Network, limits};

/// Reads the fields from all lines, and removes the lines that only cardex writes.
pub(crate) fn read_fields(lines: &mut Vec<ContentLine>, validator: &mut FieldValidator<'_>) -> ContactFields {
    let mut fields = ContactFields::default();
    take_cardex_lines(&mut fields, lines);
    take_categories(&mut fields, lines);
    let text = |name: &str| first(lines, name).map(|line| unescape(&line.value).trim().to_owned());
    let at = |name: &str| first(lines, name).map(|line| line.at).unwrap_or_default();
    let (last, first_name) = first(lines, "N").map(names).unwrap_or_default();
    for field in PlainField::ALL {
        let (name, value) = match field.vcard_property() {
            VcardProperty::GivenName => ("N", first_name.clone()),
            VcardProperty::FamilyName => ("N", last.clone()),
            VcardProperty::FirstOfList(name) => (name, first_component(first(lines, name), ',')),
            VcardProperty::FirstComponent(name) => (name, first_component(first(lines, name), ';')),
            VcardProperty::Text(name) => (name, text(name).unwrap_or_default()),
            // The display name depends on all other fields. The lines of cardex have been taken.
            _ => continue,
        };
        let value = validator.cut(field, &value, at(name));
        fields.set_text(field, value.trim());
    }
    fields.phones = validator.phones(contact_methods(lines, "TEL"));
    fields.emails = validator.emails(contact_methods(lines, "EMAIL"));
    if let Some(display) = text("FN").filter(|display| !fields.is_default_display_name(display)) {
        let display = validator.cut(PlainField::DisplayName, &display, at("FN"));
        fields.set_text(PlainField::DisplayName, display.trim());
    }
    place_names(&mut fields, lines, validator);
    if !fields.has_identity() {
        let name = name_without_fields(lines);
        if !name.is_empty() {
            lines.push(ContentLine::new("FN", escape(&name)));
            sort_by_name(lines);
        }
        let name = validator.cut(PlainField::DisplayName, &name, LineNumber::default());
        fields.set_text(PlainField::DisplayName, name.trim());
    }
    drop_default_display_name(lines, &fields);
    fields
}

/// Removes a display name that equals the default of the other fields: export creates it again.
pub(crate) fn drop_default_display_name(lines: &mut Vec<ContentLine>, fields: &ContactFields) {
    if lines.iter().filter(|line| line.name == "FN").count() > 1 {
        return;
    }
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
        .map(|line| ContactMethod {
            text: contact_method_text(line),
            label: label::read_label(line, lines),
            at: line.at,
        })
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
    let value = if line.name == "EMAIL" { address_of_mailbox(&value) } else { &value };
    let bare = match value.trim().split_at_checked(scheme.len()) {
        Some((head, rest)) if head.eq_ignore_ascii_case(scheme) => rest,
        _ => value.trim(),
    };
    bare.trim().to_owned()
}

/// The address of `Name <address>`, or the text as it is.
pub(crate) fn address_of_mailbox(text: &str) -> &str {
    let inner = text.trim().strip_suffix('>').and_then(|text| text.rsplit_once('<'));
    inner.map_or(text, |(_, address)| address)
}

/// Whether a text is several addresses: each part has an at sign.
pub(crate) fn is_mailbox_list(text: &str) -> bool {
    let parts = text.split([';', ',', '\n', ' ']).map(str::trim).filter(|part| !part.is_empty());
    text.matches('@').count() > 1
        && !text.contains('<')
        && parts.into_iter().all(|part| part.matches('@').count() == 1)
}

/// Takes the categories that can be tags out of the lines.
fn take_categories(fields: &mut ContactFields, lines: &mut Vec<ContentLine>) {
    lines.retain(|line| {
        if line.name != "CATEGORIES" || !line.params.is_empty() || !line.group.is_empty() {
            return true;
        }
        let names: Vec<String> = split_list(&line.value, ',').into_iter().map(unescape).collect();
        let is_tag = |name: &String| {
            let length = name.trim().chars().count();
            (1..=limits::NAME).contains(&length) && !name.chars().any(char::is_control)
        };
        let is_full = fields.tags.len().saturating_add(names.len()) > limits::TAGS;
        if is_full || !names.iter().all(|name| name.trim().is_empty() || is_tag(name)) {
            return true;
        }
        for name in names.iter().map(|name| name.trim()).filter(|name| !name.is_empty()) {
            if !fields.tags.iter().any(|known| known.to_lowercase() == name.to_lowercase()) {
                fields.tags.push(name.to_owned());
            }
        }
        false
    });
}

/// City and country of the preferred postal address, if the card does not name them otherwise.
fn place_names(fields: &mut ContactFields, lines: &[ContentLine], validator: &mut FieldValidator<'_>) {
    for (field, component) in [(PlainField::City, 3), (PlainField::Country, 6)] {
        let place = place_of(lines, component);
        if fields.text(field).is_empty() && !fields.has_no_place.contains(&field) && !place.is_empty() {
            let place = validator.cut(field, &place, LineNumber::default());
            fields.set_text(field, place.trim());
        }
    }
}

/// A component of the preferred postal address that has one.
pub(super) fn place_of(lines: &[ContentLine], component: usize) -> String {
    let mut addresses: Vec<&ContentLine> = lines.iter().filter(|line| line.name == "ADR").collect();
    addresses.sort_by_key(|line| preference(line));
    let component = |line: &&ContentLine| {
        let text = unescape(split_list(&line.value, ';').get(component).unwrap_or(&""));
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    addresses.iter().map(component).find(|text| !text.is_empty()).unwrap_or_default()
}

/// What identifies a card without names, company, phones and addresses.
fn name_without_fields(lines: &[ContentLine]) -> String {
    const PROPERTIES: [&str; 7] = ["ORG", "TITLE", "ROLE", "ADR", "URL", "NOTE", "RELATED"];
    let text = |name: &str| {
        let parts = first(lines, name).map(|line| split_list(&line.value, ';')).unwrap_or_default();
        let parts = parts.into_iter().map(unescape).collect::<Vec<_>>();
        let parts: Vec<&str> = parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty()).collect();
        parts.join(", ").lines().next().unwrap_or_default().to_owned()
    };
    PROPERTIES.into_iter().map(text).find(|text| !text.is_empty()).unwrap_or_default()
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
                if value.is_empty() {
                    fields.has_no_place.insert(field);
                }
                fields.set_text(field, value);
            }
        }
        false
    });
}
