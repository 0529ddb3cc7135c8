//! Converts contact fields to rows.

use serde_json::{Map, Value};

use crate::card;
use crate::csv::cell::{VALUE_SEPARATOR, escape_formula, format_identifier, is_harmless_phone, join_tags};
use crate::csv::properties::{property_cells, property_headings};
use crate::fields::{ContactFields, ContactMethod, status_name};
use cardex::contacts::PlainField;

/// The number of column pairs for phones, and for e-mail addresses. The last pair takes all remaining values.
const CONTACT_METHOD_COLUMNS: usize = 3;

/// The heading of every column. `extra` are columns of imported CSV files without a field of a contact.
pub(crate) fn headings(extra: &[String], with_card: bool) -> Vec<String> {
    let plain = PlainField::ALL.into_iter().map(PlainField::csv_heading);
    let mut headings: Vec<String> = plain
        .chain(["Network", "Group", "Status", "Labels"])
        .chain(property_headings())
        .map(str::to_owned)
        .collect();
    for kind in ["Phone", "E-mail"] {
        for number in 1..=CONTACT_METHOD_COLUMNS {
            headings.push(format!("{kind} {number} - Label"));
            headings.push(format!("{kind} {number} - Value"));
        }
    }
    headings.push("Identifiers".to_owned());
    headings.extend(extra.iter().cloned());
    if with_card {
        headings.push("Card".to_owned());
    }
    headings.iter().map(|heading| escape_formula(heading)).collect()
}

/// The cells of a contact, in the order of [`headings`]. With `guarded`, phones get an apostrophe too.
pub(crate) fn row(
    fields: &ContactFields,
    card: Option<&str>,
    extra: &[String],
    with_card: bool,
    guarded: bool,
) -> Vec<String> {
    let plain = PlainField::ALL.into_iter().map(|field| fields.text(field).to_owned());
    let mut cells: Vec<String> = plain.collect();
    cells.extend([
        fields.network.as_ref().map(ToString::to_string).unwrap_or_default(),
        fields.group.map(|group| group.to_string()).unwrap_or_default(),
        fields.status.map(status_name).unwrap_or_default(),
        join_tags(&fields.tags),
    ]);
    cells.extend(property_cells(&card.and_then(card::from_json).unwrap_or_default()));
    push_contact_methods(&fields.phones, &mut cells);
    push_contact_methods(&fields.emails, &mut cells);
    let identifiers: Vec<String> = fields.identifiers.iter().map(format_identifier).collect();
    cells.push(identifiers.join(VALUE_SEPARATOR));
    let mut card = card.map(ToOwned::to_owned);
    if !extra.is_empty() {
        let mut rest = card.as_deref().map(take_extra).unwrap_or_default();
        for name in extra {
            match rest.remove(name) {
                Some(Value::String(text)) => cells.push(text),
                _ => cells.push(String::new()),
            }
        }
        card = card.map(|card| put_extra(&card, rest));
    }
    if with_card {
        let empty = Value::Object(card::empty()).to_string();
        cells.push(card.filter(|card| *card != empty).unwrap_or_default());
    }
    let guard =
        |cell: &String| if !guarded && is_harmless_phone(cell) { cell.clone() } else { escape_formula(cell) };
    cells.iter().map(guard).collect()
}

fn push_contact_methods(methods: &[ContactMethod], cells: &mut Vec<String>) {
    for at in 0..CONTACT_METHOD_COLUMNS {
        let last = at.saturating_add(1) == CONTACT_METHOD_COLUMNS;
        let cell = methods.get(at..).unwrap_or_default();
        let cell = if last { cell } else { cell.get(..1).unwrap_or_default() };
        let join = |part: fn(&ContactMethod) -> &str| {
            cell.iter().map(part).collect::<Vec<_>>().join(VALUE_SEPARATOR)
        };
        cells.push(join(|method| &method.label));
        cells.push(join(|method| &method.text));
    }
}

fn take_extra(card: &str) -> Map<String, Value> {
    match serde_json::from_str::<Value>(card)
        .ok()
        .and_then(|mut card| card.get_mut(card::CSV_PROPERTY).map(Value::take))
    {
        Some(Value::Object(extra)) => extra,
        _ => Map::new(),
    }
}

/// The card with only those extra columns that have no column in this file.
fn put_extra(card: &str, rest: Map<String, Value>) -> String {
    let Ok(Value::Object(mut object)) = serde_json::from_str(card) else { return card.to_owned() };
    if rest.is_empty() {
        object.remove(card::CSV_PROPERTY);
    } else {
        object.insert(card::CSV_PROPERTY.to_owned(), Value::Object(rest));
    }
    Value::Object(object).to_string()
}
