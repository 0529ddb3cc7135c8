//! The card document: content lines as `JSContact` (RFC 9553) and back, without loss.
//!
//! The conversion of the calcard crate (RFC 9555) gives a document that other programs understand. It loses or changes
//! some lines. The vendor property [`VCARD_PROPERTY`] keeps the originals: an object of property names, each with
//!
//! - its content lines, if the conversion loses or changes any of them, or
//! - their order (indices into the sorted lines), if the conversion loses only the order.
//!
//! [`from_json`] restores them. The lines of a document are therefore exactly the lines that it was created from, and
//! the document of those lines is the same document.

use std::collections::{BTreeMap, BTreeSet};

use calcard::jscontact::JSContact;
use calcard::vcard::{VCard, VCardVersion};
use serde_json::{Map, Value, json};

use crate::vcard::{self, ContentLine};

/// The vendor property with the lines that the conversion loses.
pub(super) const VCARD_PROPERTY: &str = "cardex.app:vcard";
/// The vendor property with the CSV columns that have no field of a contact.
pub(super) const CSV_PROPERTY: &str = "cardex.app:csv";
/// The vendor property with the JSON properties that have no field of a contact.
pub(super) const JSON_PROPERTY: &str = "cardex.app:json";

/// An empty document.
pub(super) fn empty() -> Map<String, Value> {
    let mut card = Map::new();
    card.insert("@type".to_owned(), json!("Card"));
    card.insert("version".to_owned(), json!("1.0"));
    card
}

/// The document of these lines. They are canonical and ordered by name.
pub(super) fn to_json(lines: &[ContentLine]) -> String {
    // Properties of cardex itself that the lines carry become part of the document again.
    let mut card = to_jscontact(lines).unwrap_or_else(empty);
    let mut kept = Map::new();
    let back = by_name(from_jscontact(&card));
    let given = by_name(lines.to_vec());
    for name in given.keys().chain(back.keys()).collect::<BTreeSet<_>>() {
        let none = Vec::new();
        let (given, back) = (given.get(name).unwrap_or(&none), back.get(name).unwrap_or(&none));
        if let Some(difference) = difference(given, back) {
            kept.insert(name.clone(), difference);
        }
    }
    if !kept.is_empty() {
        card.insert(VCARD_PROPERTY.to_owned(), Value::Object(kept));
    }
    Value::Object(card).to_string()
}

/// The lines of a document; `None` if the text is not a JSON object.
pub(super) fn from_json(card: &str) -> Option<Vec<ContentLine>> {
    let Ok(Value::Object(mut card)) = serde_json::from_str(card) else { return None };
    let kept = card.remove(VCARD_PROPERTY);
    let mut lines = by_name(from_jscontact(&card));
    if let Some(Value::Object(kept)) = kept {
        for (name, value) in kept {
            let back = lines.remove(&name).unwrap_or_default();
            lines.insert(name, restore(back, value));
        }
    }
    Some(lines.into_values().flatten().collect())
}

/// Merges the properties `names` of document `from` into document `into`; `None` if `from` has other properties.
pub(super) fn merge_properties(into: &str, from: &str, names: &[&str]) -> Option<String> {
    let (Ok(Value::Object(mut into)), Ok(Value::Object(mut from))) =
        (serde_json::from_str(into), serde_json::from_str(from))
    else {
        return None;
    };
    for name in empty().keys() {
        from.remove(name);
    }
    if from.keys().any(|name| !names.contains(&name.as_str())) {
        return None;
    }
    for (name, value) in from {
        match (into.get_mut(&name), value) {
            (Some(Value::Object(known)), Value::Object(new)) => known.extend(new),
            (_, value) => {
                into.insert(name, value);
            }
        }
    }
    Some(Value::Object(into).to_string())
}

/// The document `imported` with the properties of `current` that it does not have; `None` if one of them is not a document.
pub(super) fn add_missing(current: &str, imported: &str) -> Option<String> {
    let (current, mut lines) = (from_json(current)?, from_json(imported)?);
    let names: BTreeSet<String> = lines.iter().map(|line| line.name.clone()).collect();
    let groups: BTreeSet<String> = lines.iter().map(|line| line.group.to_lowercase()).collect();
    let is_missing = |line: &ContentLine| match line.name.as_str() {
        // A label belongs to the property of its group.
        "X-ABLABEL" => !groups.contains(&line.group.to_lowercase()),
        name => !names.contains(name),
    };
    let missing: Vec<ContentLine> = current.into_iter().filter(is_missing).collect();
    lines.extend(missing);
    vcard::sort_by_name(&mut lines);
    Some(to_json(&lines))
}

/// Whether a document has no data.
pub(super) fn is_empty(card: &str) -> bool {
    matches!(serde_json::from_str(card), Ok(Value::Object(card)) if card == empty())
}

/// Parses a card that is an object or its JSON text.
pub(super) fn parse_card(value: Option<Value>) -> Result<Option<Map<String, Value>>, String> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(card)) => Ok(Some(card)),
        Some(Value::String(text)) if text.trim().is_empty() => Ok(None),
        Some(Value::String(text)) => match serde_json::from_str(&text) {
            Ok(Value::Object(card)) => Ok(Some(card)),
            _ => Err("card: not a JSON object".to_owned()),
        },
        Some(_) => Err("card: not a JSON object".to_owned()),
    }
}

/// The card with the remaining data of a record in the vendor property `name`.
pub(super) fn card_with_property(
    card: Option<Map<String, Value>>,
    name: &str,
    left: Map<String, Value>,
) -> Option<String> {
    if left.is_empty() {
        return card.map(|card| Value::Object(card).to_string());
    }
    let mut card = card.unwrap_or_else(empty);
    match card.get_mut(name) {
        Some(Value::Object(known)) => known.extend(left),
        _ => {
            card.insert(name.to_owned(), Value::Object(left));
        }
    }
    Some(Value::Object(card).to_string())
}

/// The data that [`restore`] needs to turn `back` into `given`; `None` if they are equal.
fn difference(given: &[ContentLine], back: &[ContentLine]) -> Option<Value> {
    if given == back {
        return None;
    }
    let mut sorted = given.to_vec();
    sorted.sort();
    if sorted == back {
        let order =
            given.iter().map(|line| sorted.iter().position(|other| other == line).unwrap_or_default());
        return Some(order.collect());
    }
    Some(given.iter().map(ContentLine::to_text).collect())
}

fn restore(back: Vec<ContentLine>, kept: Value) -> Vec<ContentLine> {
    let Value::Array(kept) = kept else { return back };
    if kept.len() == back.len() && kept.iter().all(Value::is_u64) {
        let at = |index: &Value| index.as_u64().and_then(|index| usize::try_from(index).ok());
        return kept.iter().filter_map(|index| back.get(at(index)?).cloned()).collect();
    }
    let texts = kept.iter().filter_map(Value::as_str);
    texts.flat_map(|text| vcard::parse(text.replace('\n', "\\n").as_bytes()).lines).collect()
}

/// The lines by property name. Within a name they keep their order.
fn by_name(lines: Vec<ContentLine>) -> BTreeMap<String, Vec<ContentLine>> {
    let mut names: BTreeMap<String, Vec<ContentLine>> = BTreeMap::new();
    for line in lines {
        names.entry(line.name.clone()).or_default().push(line);
    }
    names
}

/// Makes two choices that the conversion leaves to chance: which of several alternative names (`ALTID`) is the name,
/// and which of several equally frequent languages is the language of the card.
fn disambiguate(lines: &[ContentLine]) -> Vec<ContentLine> {
    let of_name = |line: &&ContentLine| line.name == "N" && !line.param("ALTID").is_empty();
    let main = lines.iter().find(of_name).map(|line| line.param("ALTID"));
    let mut lines: Vec<ContentLine> =
        lines.iter().filter(|line| !of_name(line) || Some(line.param("ALTID")) == main).cloned().collect();
    let mut languages: Vec<(String, usize)> = Vec::new();
    for language in lines.iter().filter_map(|line| line.first_param("LANGUAGE")).map(str::to_lowercase) {
        match languages.iter_mut().find(|(known, _)| *known == language) {
            Some((_, count)) => *count = count.saturating_add(1),
            None => languages.push((language, 1)),
        }
    }
    let most = languages.iter().map(|(_, count)| *count).max().unwrap_or_default();
    let mut first = languages.iter().filter(|(_, count)| *count == most);
    if languages.len() > 2 && !lines.iter().any(|line| line.name == "LANGUAGE") {
        let language = first.next().map(|(language, _)| language.clone()).unwrap_or_default();
        lines.push(ContentLine::new("LANGUAGE", vcard::escape(&language)));
    }
    lines
}

/// The conversion of calcard from lines.
fn to_jscontact(lines: &[ContentLine]) -> Option<Map<String, Value>> {
    // Without the version line: the conversion would treat it as a property. It assumes 4.0.
    let text = vcard::write_card(&disambiguate(lines), "4.0").replacen("VERSION:4.0\r\n", "", 1);
    let card = VCard::parse(text).ok()?;
    match serde_json::to_value(card.into_jscontact::<String, String>()).ok()? {
        Value::Object(card) => Some(card),
        _ => None,
    }
}

/// Drops the parameters that the conversion adds: the keys of its maps and the order of the components of names.
fn drop_generated_params(line: &mut ContentLine) {
    let is_generated = |id: &str| id.strip_prefix('k').is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()));
    if line.first_param("PROP-ID").is_some_and(is_generated) {
        line.remove_param("PROP-ID");
    }
    if matches!(line.name.as_str(), "N" | "ADR") {
        line.remove_param("JSCOMPS");
    }
}

/// The conversion of calcard back to lines, sorted.
fn from_jscontact(card: &Map<String, Value>) -> Vec<ContentLine> {
    let Ok(text) = serde_json::to_string(card) else { return Vec::new() };
    let Ok(card) = JSContact::<String, String>::parse(&text) else { return Vec::new() };
    let Some(card) = card.into_vcard() else { return Vec::new() };
    let mut text = String::new();
    if card.write_to(&mut text, VCardVersion::V4_0).is_err() {
        return Vec::new();
    }
    let body: Vec<&str> =
        text.split("\r\n").filter(|line| !matches!(*line, "BEGIN:VCARD" | "END:VCARD")).collect();
    let mut lines = vcard::parse(body.join("\n").as_bytes()).lines;
    lines.retain(|line| !(line.name == "FN" && line.has_param_value("DERIVED", "TRUE")));
    lines.iter_mut().for_each(drop_generated_params);
    lines.sort();
    lines
}
