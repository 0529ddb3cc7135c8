//! The lines of a card brought up to date with the columns, which win where the two differ.

use crate::fields::read::{contact_method_text, contact_methods, first, first_component, names};
use crate::fields::validate::{email_problem, phone_problem};
use crate::fields::{ContactFields, ContactMethod, FieldValidator, IsPhone, label, status_name};
use crate::vcard::{ContentLine, canonical, escape, join, sort_by_name, split_list, unescape};
use cardex::limits;

/// What the card is with the columns of now. Lines that say what the columns say stay exactly as they are.
pub(crate) fn merge_into_lines(
    mut lines: Vec<ContentLine>,
    fields: &ContactFields,
    is_phone: IsPhone<'_>,
) -> Vec<ContentLine> {
    name(&mut lines, fields);
    display_name(&mut lines, fields);
    set_first_component(&mut lines, "NICKNAME", ',', &fields.nickname);
    set_first_component(&mut lines, "ORG", ';', &fields.company);
    text(&mut lines, "LANG", &fields.language);
    text(&mut lines, "UID", &fields.uid);
    let mut sieve = FieldValidator::new(is_phone);
    if sieve.phones(contact_methods(&lines, "TEL")) != fields.phones {
        set_contact_methods(&mut lines, "TEL", &fields.phones, |text| {
            phone_problem(text, is_phone).is_some()
        });
    }
    if sieve.emails(contact_methods(&lines, "EMAIL")) != fields.emails {
        set_contact_methods(&mut lines, "EMAIL", &fields.emails, |text| email_problem(text).is_some());
    }
    let mut lines: Vec<ContentLine> = lines.into_iter().filter_map(|line| canonical(line, false)).collect();
    sort_by_name(&mut lines);
    lines
}

/// The columns that no property has, for export.
pub(crate) fn cardex_lines(fields: &ContactFields) -> Vec<ContentLine> {
    let mut lines = Vec::new();
    if let Some(network) = &fields.network {
        lines.push(ContentLine::new("X-CARDEX-NETWORK", escape(network.as_str())));
    }
    if let Some(group) = fields.group {
        lines.push(ContentLine::new("X-CARDEX-GROUP", group.to_string()));
    }
    if let Some(status) = fields.status {
        lines.push(ContentLine::new("X-CARDEX-STATUS", escape(&status_name(status))));
    }
    for (name, text) in [("X-CARDEX-CITY", &fields.city), ("X-CARDEX-COUNTRY", &fields.country)] {
        if !text.is_empty() {
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

/// The place of the line that tells a column.
fn column_line_index(lines: &[ContentLine], name: &str) -> Option<usize> {
    let chosen = first(lines, name)?;
    lines.iter().position(|line| std::ptr::eq(line, chosen))
}

/// Sets the value of the line of a column, or adds one. Without a value all lines of the name go: another of them
/// would be taken for the column.
fn set_line_value(lines: &mut Vec<ContentLine>, name: &str, value: Option<String>) {
    let at = column_line_index(lines, name);
    match (at.and_then(|at| lines.get_mut(at)), value) {
        (Some(line), Some(value)) => line.value = value,
        (None, Some(value)) => lines.push(ContentLine::new(name, value)),
        (_, None) => lines.retain(|line| line.name != name),
    }
}

fn name(lines: &mut Vec<ContentLine>, fields: &ContactFields) {
    let line = first(lines, "N");
    let (last, first_name) = line.map(names).unwrap_or_default();
    if (first_name.as_str(), last.as_str()) == (fields.first_name.trim(), fields.last_name.trim()) {
        return;
    }
    let mut parts = vec![escape(fields.last_name.trim()), escape(fields.first_name.trim())];
    let value = line.map(|line| line.value.clone()).unwrap_or_default();
    parts.extend(split_list(&value, ';').into_iter().skip(2).map(str::to_owned));
    let empty = parts.iter().all(String::is_empty);
    set_line_value(lines, "N", (!empty).then(|| join(&parts, ";")));
}

fn display_name(lines: &mut Vec<ContentLine>, fields: &ContactFields) {
    let known = first(lines, "FN").map(|line| unescape(&line.value).trim().to_owned());
    let display = fields.display_name.trim();
    if !display.is_empty() {
        if known.as_deref() != Some(display) {
            set_line_value(lines, "FN", Some(escape(display)));
        }
        return;
    }
    // Made of the rest, now as before.
    if known.is_none_or(|known| !fields.is_default_display_name(&known)) {
        let made = fields.default_display_name();
        set_line_value(lines, "FN", (!made.is_empty()).then(|| escape(&made)));
    }
}

/// A column that is the first part of a property.
fn set_first_component(lines: &mut Vec<ContentLine>, name: &str, separator: char, value: &str) {
    let line = first(lines, name);
    if first_component(line, separator) == value.trim() {
        return;
    }
    let old = line.map(|line| line.value.clone()).unwrap_or_default();
    let mut parts = vec![escape(value.trim())];
    // A list goes with its first name; the second part of an organisation is a unit and stays.
    if separator == ';' || !value.trim().is_empty() {
        parts.extend(split_list(&old, separator).into_iter().skip(1).map(str::to_owned));
    }
    let empty = parts.iter().all(String::is_empty);
    set_line_value(lines, name, (!empty).then(|| join(&parts, if separator == ',' { "," } else { ";" })));
}

fn text(lines: &mut Vec<ContentLine>, name: &str, value: &str) {
    let known = first(lines, name).map(|line| unescape(&line.value).trim().to_owned()).unwrap_or_default();
    if known != value.trim() {
        set_line_value(lines, name, (!value.trim().is_empty()).then(|| escape(value.trim())));
    }
}

/// Phones or addresses: those of the columns in their order, then those that no column could take.
fn set_contact_methods(
    lines: &mut Vec<ContentLine>,
    name: &str,
    points: &[ContactMethod],
    unfit: impl Fn(&str) -> bool,
) {
    let mut old: Vec<ContentLine> = lines.iter().filter(|line| line.name == name).cloned().collect();
    let mut new = Vec::with_capacity(points.len());
    let mut gone = Vec::new();
    let context = lines.clone();
    lines.retain(|line| line.name != name);
    for point in points {
        let same = |line: &ContentLine| contact_method_text(line) == point.text.trim();
        let exact = |line: &ContentLine| same(line) && label::read_label(line, &context) == point.label;
        let at = old.iter().position(exact).or_else(|| old.iter().position(same));
        let line = at.map(|at| old.remove(at));
        let line = match line {
            Some(line) if exact(&line) => line,
            other => {
                let base = other.map_or_else(
                    || ContentLine::new(name, escape(point.text.trim())),
                    |line| {
                        gone.push(line.group.clone());
                        ContentLine { group: String::new(), ..line }
                    },
                );
                let everything: Vec<ContentLine> =
                    context.iter().chain(&*lines).chain(&new).cloned().collect();
                let (line, extra) = label::write_label(base, &point.label, &everything);
                lines.extend(extra);
                line
            }
        };
        new.push(line);
    }
    for line in old {
        let text = contact_method_text(&line);
        if unfit(&text) || points.len() >= limits::CONTACT_METHODS {
            new.push(line);
        } else {
            gone.push(line.group);
        }
    }
    lines.extend(new);
    drop_preferences(lines, name, points);
    drop_labels(lines, &gone);
}

/// Makes the order of the lines the order in which they are read again.
fn drop_preferences(lines: &mut [ContentLine], name: &str, fitting: &[ContactMethod]) {
    let read: Vec<String> = contact_methods(lines, name).into_iter().map(|point| point.text).collect();
    let in_order = fitting.iter().zip(&read).all(|(point, text)| point.text.trim() == text);
    if in_order {
        return;
    }
    for line in lines.iter_mut().filter(|line| line.name == name) {
        line.remove_param("PREF");
    }
}

/// Removes labels of groups that label nothing any more.
fn drop_labels(lines: &mut Vec<ContentLine>, groups: &[String]) {
    for group in groups.iter().filter(|group| !group.is_empty()) {
        let used = |line: &ContentLine| line.group.eq_ignore_ascii_case(group) && line.name != "X-ABLABEL";
        if !lines.iter().any(used) {
            lines.retain(|line| !line.group.eq_ignore_ascii_case(group));
        }
    }
}
