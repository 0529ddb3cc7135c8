//! The lines of a card brought up to date with the columns, which win where the two differ.

use crate::fields::points::{email_problem, phone_problem};
use crate::fields::read::{first, names, point_text, points, text_of};
use crate::fields::{Fields, IsPhone, Point, Sieve, label, status_name};
use crate::vcard::{Line, canonical, escape, join, sort, split_list, unescape};
use cardex::limits;

/// What the card is with the columns of now. Lines that say what the columns say stay exactly as they are.
pub(crate) fn merge(mut lines: Vec<Line>, fields: &Fields, is_phone: IsPhone<'_>) -> Vec<Line> {
    name(&mut lines, fields);
    display_name(&mut lines, fields);
    part(&mut lines, "NICKNAME", ',', &fields.nickname);
    part(&mut lines, "ORG", ';', &fields.company);
    text(&mut lines, "LANG", &fields.language);
    text(&mut lines, "UID", &fields.uid);
    let mut sieve = Sieve::new(is_phone);
    if sieve.phones(points(&lines, "TEL")) != fields.phones {
        reach(&mut lines, "TEL", &fields.phones, |text| phone_problem(text, is_phone).is_some());
    }
    if sieve.emails(points(&lines, "EMAIL")) != fields.emails {
        reach(&mut lines, "EMAIL", &fields.emails, |text| email_problem(text).is_some());
    }
    let mut lines: Vec<Line> = lines.into_iter().filter_map(|line| canonical(line, false)).collect();
    sort(&mut lines);
    lines
}

/// The columns that no property has, for export.
pub(crate) fn own(fields: &Fields) -> Vec<Line> {
    let mut lines = Vec::new();
    if let Some(network) = &fields.network {
        lines.push(Line::new("X-CARDEX-NETWORK", escape(network.as_str())));
    }
    if let Some(group) = fields.group {
        lines.push(Line::new("X-CARDEX-GROUP", group.to_string()));
    }
    if let Some(status) = fields.status {
        lines.push(Line::new("X-CARDEX-STATUS", escape(&status_name(status))));
    }
    for (name, text) in [("X-CARDEX-CITY", &fields.city), ("X-CARDEX-COUNTRY", &fields.country)] {
        if !text.is_empty() {
            lines.push(Line::new(name, escape(text)));
        }
    }
    for identifier in &fields.identifiers {
        let mut line = Line::new("X-CARDEX-ID", escape(&identifier.value));
        if !identifier.space.is_empty() {
            line.set_param("SPACE", vec![identifier.space.clone()]);
        }
        lines.push(line);
    }
    lines
}

/// The place of the line that tells a column.
fn place(lines: &[Line], name: &str) -> Option<usize> {
    let chosen = first(lines, name)?;
    lines.iter().position(|line| std::ptr::eq(line, chosen))
}

/// Sets the value of the line of a column, or adds one. Without a value all lines of the name go: another of them
/// would be taken for the column.
fn set(lines: &mut Vec<Line>, name: &str, value: Option<String>) {
    let at = place(lines, name);
    match (at.and_then(|at| lines.get_mut(at)), value) {
        (Some(line), Some(value)) => line.value = value,
        (None, Some(value)) => lines.push(Line::new(name, value)),
        (_, None) => lines.retain(|line| line.name != name),
    }
}

fn name(lines: &mut Vec<Line>, fields: &Fields) {
    let line = first(lines, "N");
    let (last, first_name) = line.map(names).unwrap_or_default();
    if (first_name.as_str(), last.as_str()) == (fields.first_name.trim(), fields.last_name.trim()) {
        return;
    }
    let mut parts = vec![escape(fields.last_name.trim()), escape(fields.first_name.trim())];
    let value = line.map(|line| line.value.clone()).unwrap_or_default();
    parts.extend(split_list(&value, ';').into_iter().skip(2).map(str::to_owned));
    let empty = parts.iter().all(String::is_empty);
    set(lines, "N", (!empty).then(|| join(&parts, ";")));
}

fn display_name(lines: &mut Vec<Line>, fields: &Fields) {
    let known = first(lines, "FN").map(|line| unescape(&line.value).trim().to_owned());
    let display = fields.display_name.trim();
    if !display.is_empty() {
        if known.as_deref() != Some(display) {
            set(lines, "FN", Some(escape(display)));
        }
        return;
    }
    // Made of the rest, now as before.
    if known.is_none_or(|known| !fields.makes(&known)) {
        let made = fields.made();
        set(lines, "FN", (!made.is_empty()).then(|| escape(&made)));
    }
}

/// A column that is the first part of a property.
fn part(lines: &mut Vec<Line>, name: &str, separator: char, value: &str) {
    let line = first(lines, name);
    if text_of(line, separator) == value.trim() {
        return;
    }
    let old = line.map(|line| line.value.clone()).unwrap_or_default();
    let mut parts = vec![escape(value.trim())];
    // A list goes with its first name; the second part of an organisation is a unit and stays.
    if separator == ';' || !value.trim().is_empty() {
        parts.extend(split_list(&old, separator).into_iter().skip(1).map(str::to_owned));
    }
    let empty = parts.iter().all(String::is_empty);
    set(lines, name, (!empty).then(|| join(&parts, if separator == ',' { "," } else { ";" })));
}

fn text(lines: &mut Vec<Line>, name: &str, value: &str) {
    let known = first(lines, name).map(|line| unescape(&line.value).trim().to_owned()).unwrap_or_default();
    if known != value.trim() {
        set(lines, name, (!value.trim().is_empty()).then(|| escape(value.trim())));
    }
}

/// Phones or addresses: those of the columns in their order, then those that no column could take.
fn reach(lines: &mut Vec<Line>, name: &str, points: &[Point], unfit: impl Fn(&str) -> bool) {
    let mut old: Vec<Line> = lines.iter().filter(|line| line.name == name).cloned().collect();
    let mut new = Vec::with_capacity(points.len());
    let mut gone = Vec::new();
    let context = lines.clone();
    lines.retain(|line| line.name != name);
    for point in points {
        let same = |line: &Line| point_text(line) == point.text.trim();
        let exact = |line: &Line| same(line) && label::read(line, &context) == point.label;
        let at = old.iter().position(exact).or_else(|| old.iter().position(same));
        let line = at.map(|at| old.remove(at));
        let line = match line {
            Some(line) if exact(&line) => line,
            other => {
                let base = other.map_or_else(
                    || Line::new(name, escape(point.text.trim())),
                    |line| {
                        gone.push(line.group.clone());
                        Line { group: String::new(), ..line }
                    },
                );
                let everything: Vec<Line> = context.iter().chain(&*lines).chain(&new).cloned().collect();
                let (line, extra) = label::write(base, &point.label, &everything);
                lines.extend(extra);
                line
            }
        };
        new.push(line);
    }
    for line in old {
        let text = point_text(&line);
        if unfit(&text) || points.len() >= limits::POINTS {
            new.push(line);
        } else {
            gone.push(line.group);
        }
    }
    lines.extend(new);
    prefer(lines, name, points);
    drop_labels(lines, &gone);
}

/// Makes the order of the lines the order in which they are read again.
fn prefer(lines: &mut [Line], name: &str, fitting: &[Point]) {
    let read: Vec<String> = points(lines, name).into_iter().map(|point| point.text).collect();
    let in_order = fitting.iter().zip(&read).all(|(point, text)| point.text.trim() == text);
    if in_order {
        return;
    }
    for line in lines.iter_mut().filter(|line| line.name == name) {
        line.remove_param("PREF");
    }
}

/// Removes labels of groups that label nothing any more.
fn drop_labels(lines: &mut Vec<Line>, groups: &[String]) {
    for group in groups.iter().filter(|group| !group.is_empty()) {
        let used = |line: &Line| line.group.eq_ignore_ascii_case(group) && line.name != "X-ABLABEL";
        if !lines.iter().any(used) {
            lines.retain(|line| !line.group.eq_ignore_ascii_case(group));
        }
    }
}
