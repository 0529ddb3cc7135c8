//! The card document: content lines as `JSContact` (RFC 9553) and back, without loss.
//!
//! The conversion of the calcard crate (RFC 9555) gives the document that other programs understand. What comes back
//! from it otherwise than it went in is kept beside it, word for word, in the vendor property [`KEPT`]: an object of
//! property names, each with
//!
//! - its content lines, if the conversion loses or changes any of them, or
//! - their order (indices into the sorted lines), if only that is lost.
//!
//! [`from_json`] puts them back. So the lines of a document are exactly the lines it was made of, and the document of
//! those lines is the same document.

use std::collections::{BTreeMap, BTreeSet};

use calcard::jscontact::JSContact;
use calcard::vcard::{VCard, VCardVersion};
use serde_json::{Map, Value, json};

use crate::vcard::{self, ContentLine};

/// The vendor property that keeps what the conversion loses.
pub(super) const VCARD_PROPERTY: &str = "cardex.app:vcard";
/// The vendor property that keeps columns of a CSV file that no column of a contact holds.
pub(super) const CSV_PROPERTY: &str = "cardex.app:csv";
/// The vendor property that keeps fields of a JSON line that no column of a contact holds.
pub(super) const JSON_PROPERTY: &str = "cardex.app:json";

/// A document with nothing in it.
pub(super) fn empty() -> Map<String, Value> {
    let mut card = Map::new();
    card.insert("@type".to_owned(), json!("Card"));
    card.insert("version".to_owned(), json!("1.0"));
    card
}

/// The document of these lines, which are canonical and ordered by name.
pub(super) fn to_json(lines: &[ContentLine]) -> String {
    // What came as a document of cardex's own goes back into it whole.
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

/// The lines of a document; `None` if the text is no JSON object.
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

/// Lays the properties `names` of one document into another; `None` if it has others besides.
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

/// What must be kept so that `back` becomes `given` again.
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

/// Lines of one name in the order of their text: the conversion does not keep theirs.
fn by_name(lines: Vec<ContentLine>) -> BTreeMap<String, Vec<ContentLine>> {
    let mut names: BTreeMap<String, Vec<ContentLine>> = BTreeMap::new();
    for line in lines {
        names.entry(line.name.clone()).or_default().push(line);
    }
    names
}

/// The lines with two choices made that the conversion leaves to chance: which of several names that are versions of
/// each other (`ALTID`) is the name, and which of several languages used equally often is the card's.
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

/// calcard's conversion of lines.
fn to_jscontact(lines: &[ContentLine]) -> Option<Map<String, Value>> {
    // Without the version, which the conversion would take for a property; it reads 4.0 by itself.
    let text = vcard::write_card(&disambiguate(lines), "4.0").replacen("VERSION:4.0\r\n", "", 1);
    let card = VCard::parse(text).ok()?;
    match serde_json::to_value(card.into_jscontact::<String, String>()).ok()? {
        Value::Object(card) => Some(card),
        _ => None,
    }
}

/// Drops what the conversion adds to every line: the keys of its maps and the order of the parts of names.
fn drop_generated_params(line: &mut ContentLine) {
    let made = |id: &str| id.strip_prefix('k').is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()));
    if line.first_param("PROP-ID").is_some_and(made) {
        line.remove_param("PROP-ID");
    }
    if matches!(line.name.as_str(), "N" | "ADR") {
        line.remove_param("JSCOMPS");
    }
}

/// calcard's conversion back to lines, sorted.
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
