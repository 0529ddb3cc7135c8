//! Columns of properties that have no field of a contact, in exports.

use crate::csv::cell::VALUE_SEPARATOR;
use crate::vcard::{ContentLine, split_list, unescape};

/// The columns: heading, property, component (for structured values).
const COLUMNS: [(&str, &str, Option<usize>); 14] = [
    ("Middle Name", "N", Some(2)),
    ("Name Prefix", "N", Some(3)),
    ("Name Suffix", "N", Some(4)),
    ("Job Title", "TITLE", None),
    ("Department", "ORG", Some(1)),
    ("Birthday", "BDAY", None),
    ("Notes", "NOTE", None),
    ("Website 1 - Value", "URL", None),
    ("Address 1 - PO Box", "ADR", Some(0)),
    ("Address 1 - Street", "ADR", Some(2)),
    ("Address 1 - City", "ADR", Some(3)),
    ("Address 1 - Region", "ADR", Some(4)),
    ("Address 1 - Postal Code", "ADR", Some(5)),
    ("Address 1 - Country", "ADR", Some(6)),
];

/// The headings of the columns.
pub(super) fn property_headings() -> impl Iterator<Item = &'static str> {
    COLUMNS.iter().map(|(heading, ..)| *heading)
}

/// The properties of the columns.
pub(super) fn property_names() -> impl Iterator<Item = &'static str> {
    COLUMNS.iter().map(|(_, name, _)| *name)
}

/// The cells of the columns. A cell has the values of all lines of its property.
pub(super) fn property_cells(lines: &[ContentLine]) -> Vec<String> {
    let value = |line: &ContentLine, component: Option<usize>| {
        let part = component
            .map_or(line.value.as_str(), |at| split_list(&line.value, ';').get(at).copied().unwrap_or(""));
        let text = if line.name == "URL" { part.to_owned() } else { unescape(part) };
        if line.name == "BDAY" { hyphenated(&text) } else { text.trim().to_owned() }
    };
    let cell = |(_, name, component): &(&str, &str, Option<usize>)| {
        let several = matches!(*name, "ADR" | "URL" | "NOTE");
        let lines = lines.iter().filter(|line| line.name == *name);
        let values: Vec<String> =
            lines.take(if several { usize::MAX } else { 1 }).map(|line| value(line, *component)).collect();
        if values.iter().all(String::is_empty) { String::new() } else { values.join(VALUE_SEPARATOR) }
    };
    COLUMNS.iter().map(cell).collect()
}

/// A date as spreadsheets read it.
fn hyphenated(date: &str) -> String {
    let date = date.split_once('T').filter(|(day, _)| day.len() == 8).map_or(date, |(day, _)| day);
    match (date.get(..4), date.get(4..6), date.get(6..8), date.len()) {
        (Some(year), Some(month), Some(day), 8) if date.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("{year}-{month}-{day}")
        }
        _ => date.to_owned(),
    }
}
