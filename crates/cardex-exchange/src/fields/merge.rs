//! Updates the lines of a card from the fields. Where the two differ, the fields win.

use crate::fields::contact_fields::{ContactFields, ContactMethod, IsPhone, status_name};
use crate::fields::label;
use crate::fields::read::{contact_method_text, contact_methods, first, first_component, names, place_of};
use crate::fields::validate::{FieldValidator, cut_text, email_problem, phone_problem};
use crate::vcard::{ContentLine, canonical, escape, join, sort_by_name, split_list, unescape};
use cardex::contacts::{PlainField, VcardProperty};
use cardex::limits;

/// The lines of the card with the current fields. Lines that agree with the fields stay exactly as they are.
pub(crate) fn merge_into_lines(
    mut lines: Vec<ContentLine>,
    fields: &ContactFields,
    is_phone: IsPhone<'_>,
) -> Vec<ContentLine> {
    name(&mut lines, fields);
    display_name(&mut lines, fields);
    for field in PlainField::ALL {
        let value = fields.text(field);
        match field.vcard_property() {
            VcardProperty::FirstOfList(name) => set_first_component(&mut lines, (name, ','), field, value),
            VcardProperty::FirstComponent(name) => set_first_component(&mut lines, (name, ';'), field, value),
            VcardProperty::Text(name) => text(&mut lines, name, field, value),
            // Names are set above. Lines of cardex are no part of a card.
            _ => {}
        }
    }
    let mut validator = FieldValidator::new(is_phone);
    if validator.phones(contact_methods(&lines, "TEL")) != fields.phones {
        set_contact_methods(&mut lines, "TEL", &fields.phones, |text| phone_problem(text).is_some());
    }
    if validator.emails(contact_methods(&lines, "EMAIL")) != fields.emails {
        set_contact_methods(&mut lines, "EMAIL", &fields.emails, |text| email_problem(text).is_some());
    }
    let mut lines: Vec<ContentLine> = lines.into_iter().filter_map(|line| canonical(line, false)).collect();
    sort_by_name(&mut lines);
    lines
}

/// The lines of tags, and of fields that no vCard property holds, for export.
pub(crate) fn cardex_lines(fields: &ContactFields, card: &[ContentLine]) -> Vec<ContentLine> {
    let mut lines = Vec::new();
    if !fields.tags.is_empty() {
        let tags: Vec<String> = fields.tags.iter().map(|tag| escape(tag)).collect();
        lines.push(ContentLine::new("CATEGORIES", join(&tags, ",")));
    }
    if let Some(network) = &fields.network {
        lines.push(ContentLine::new("X-CARDEX-NETWORK", escape(network.as_str())));
    }
    if let Some(group) = fields.group {
        lines.push(ContentLine::new("X-CARDEX-GROUP", group.to_string()));
    }
    if let Some(status) = fields.status {
        lines.push(ContentLine::new("X-CARDEX-STATUS", escape(&status_name(status))));
    }
    for field in PlainField::ALL {
        let text = fields.text(field);
        let VcardProperty::Extension(name) = field.vcard_property() else { continue };
        let component = if field == PlainField::City { 3 } else { 6 };
        let is_place = matches!(field, PlainField::City | PlainField::Country);
        // An empty line says that the field does not follow from the postal address.
        if !text.is_empty() || (is_place && !place_of(card, component).is_empty()) {
            lines.push(ContentLine::new(name, escape(text)));
        }
    }
    for identifier in &fields.identifiers {
        let mut line = ContentLine::new("X-CARDEX-ID", escape(&identifier.value));
        if !identifier.namespace.is_empty() {
            line.set_param("SPACE", vec![identifier.namespace.clone()]);
        }
        lines.push(line);
    }
    lines
}

/// The index of the line that holds a field.
fn column_line_index(lines: &[ContentLine], name: &str) -> Option<usize> {
    let chosen = first(lines, name)?;
    lines.iter().position(|line| std::ptr::eq(line, chosen))
}

/// Sets the value of the line that holds a field, or adds the line. Without a value it removes all lines of the name:
/// otherwise another one of them would become the field.
fn set_line_value(lines: &mut Vec<ContentLine>, name: &str, value: Option<String>) {
    let at = column_line_index(lines, name);
    match (at.and_then(|at| lines.get_mut(at)), value) {
        (Some(line), Some(value)) => line.value = value,
        (None, Some(value)) => lines.push(ContentLine::new(name, value)),
        (_, None) => lines.retain(|line| line.name != name),
    }
}

/// Whether a field holds the text of a line, whole or cut to the limit of the field.
fn is_text(line: &str, field: &str, limit: usize) -> bool {
    line == field || cut_text(line, limit).trim() == field
}

fn name(lines: &mut Vec<ContentLine>, fields: &ContactFields) {
    let line = first(lines, "N");
    let (last, first_name) = line.map(names).unwrap_or_default();
    let given = fields.text(PlainField::FirstName).trim();
    let family = fields.text(PlainField::LastName).trim();
    if is_text(&first_name, given, limits::NAME) && is_text(&last, family, limits::NAME) {
        return;
    }
    let mut parts = vec![escape(family), escape(given)];
    let value = line.map(|line| line.value.clone()).unwrap_or_default();
    parts.extend(split_list(&value, ';').into_iter().skip(2).map(str::to_owned));
    let empty = parts.iter().all(String::is_empty);
    set_line_value(lines, "N", (!empty).then(|| join(&parts, ";")));
}

fn display_name(lines: &mut Vec<ContentLine>, fields: &ContactFields) {
    let known = first(lines, "FN").map(|line| unescape(&line.value).trim().to_owned());
    let display = fields.text(PlainField::DisplayName).trim();
    if !display.is_empty() {
        if !known.is_some_and(|known| is_text(&known, display, limits::NAME)) {
            set_line_value(lines, "FN", Some(escape(display)));
        }
        return;
    }
    // The display name is the default of the other fields, now as before.
    if known.is_none_or(|known| !fields.is_default_display_name(&known)) {
        let default = fields.default_display_name();
        set_line_value(lines, "FN", (!default.is_empty()).then(|| escape(&default)));
    }
}

/// Sets a field that is the first component of a property.
fn set_first_component(
    lines: &mut Vec<ContentLine>,
    (name, separator): (&str, char),
    field: PlainField,
    value: &str,
) {
    let line = first(lines, name);
    if is_text(&first_component(line, separator), value.trim(), field.limit()) {
        return;
    }
    let old = line.map(|line| line.value.clone()).unwrap_or_default();
    let mut parts = vec![escape(value.trim())];
    // Without its first name the list of nicknames is removed; the units of an organization stay.
    if separator == ';' || !value.trim().is_empty() {
        parts.extend(split_list(&old, separator).into_iter().skip(1).map(str::to_owned));
    }
    let empty = parts.iter().all(String::is_empty);
    set_line_value(lines, name, (!empty).then(|| join(&parts, if separator == ',' { "," } else { ";" })));
}

fn text(lines: &mut Vec<ContentLine>, name: &str, field: PlainField, value: &str) {
    let known = first(lines, name).map(|line| unescape(&line.value).trim().to_owned()).unwrap_or_default();
    if !is_text(&known, value.trim(), field.limit()) {
        set_line_value(lines, name, (!value.trim().is_empty()).then(|| escape(value.trim())));
    }
}

/// Sets phones or e-mail addresses: first those of the fields in their order, then those that the fields rejected.
fn set_contact_methods(
    lines: &mut Vec<ContentLine>,
    name: &str,
    methods: &[ContactMethod],
    is_rejected: impl Fn(&str) -> bool,
) {
    let mut old: Vec<ContentLine> = lines.iter().filter(|line| line.name == name).cloned().collect();
    let mut new = Vec::with_capacity(methods.len());
    let mut gone = Vec::new();
    let context = lines.clone();
    lines.retain(|line| line.name != name);
    for method in methods {
        let same = |line: &ContentLine| contact_method_text(line) == method.text.trim();
        let exact = |line: &ContentLine| same(line) && label::read_label(line, &context) == method.label;
        let at = old.iter().position(exact).or_else(|| old.iter().position(same));
        let line = at.map(|at| old.remove(at));
        let line = match line {
            Some(line) if exact(&line) => line,
            other => {
                let base = other.map_or_else(
                    || ContentLine::new(name, escape(method.text.trim())),
                    |line| {
                        gone.push(line.group.clone());
                        ContentLine { group: String::new(), ..line }
                    },
                );
                let everything: Vec<ContentLine> =
                    context.iter().chain(&*lines).chain(&new).cloned().collect();
                let (line, extra) = label::write_label(base, &method.label, &everything);
                lines.extend(extra);
                line
            }
        };
        new.push(line);
    }
    for line in old {
        let text = contact_method_text(&line);
        if is_rejected(&text) || methods.len() >= limits::CONTACT_METHODS {
            new.push(line);
        } else {
            gone.push(line.group);
        }
    }
    lines.extend(new);
    drop_preferences(lines, name, methods);
    drop_labels(lines, &gone);
}

/// Drops the preferences if the lines would be read in another order.
fn drop_preferences(lines: &mut [ContentLine], name: &str, fields: &[ContactMethod]) {
    let read: Vec<String> = contact_methods(lines, name).into_iter().map(|method| method.text).collect();
    let in_order = fields.iter().zip(&read).all(|(method, text)| method.text.trim() == text);
    if in_order {
        return;
    }
    for line in lines.iter_mut().filter(|line| line.name == name) {
        line.remove_param("PREF");
    }
}

/// Removes the labels of groups without any other line.
fn drop_labels(lines: &mut Vec<ContentLine>, groups: &[String]) {
    for group in groups.iter().filter(|group| !group.is_empty()) {
        let used = |line: &ContentLine| line.group.eq_ignore_ascii_case(group) && line.name != "X-ABLABEL";
        if !lines.iter().any(used) {
            lines.retain(|line| !line.group.eq_ignore_ascii_case(group));
        }
    }
}
