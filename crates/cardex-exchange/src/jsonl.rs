//! JSON Lines: one object a line, in the shape in which a contact is serialised.

use std::io::BufRead;

use serde_json::{Map, Value, json};

use crate::fields::{ContactFields, ContactMethod, FieldValidator, parse_status};
use crate::read::ParsedRecord;
use crate::source::LineSource;
use crate::{Format, card};
use cardex::Result;
use cardex::attributes::{AttributeNamespace, AttributeValue};
use cardex::tags::Tag;
use cardex::{Contact, Identifier, Network, limits};

/// Bytes of one line: a card and the columns beside it.
const MAX_LINE_BYTES: usize = limits::CARD.saturating_add(1024 * 1024);

/// Fields that are the book's own: another book gives its own.
const BOOK_FIELDS: [&str; 6] = ["id", "tenant", "version", "createdAt", "updatedAt", "trashedAt"];

/// The properties that have the values of attributes.
const NAMESPACE_PROPERTIES: [(AttributeNamespace, &str); 2] =
    [(AttributeNamespace::Custom, "attributes"), (AttributeNamespace::Additional, "additionalAttributes")];

/// Reads objects, one a line; blank lines are skipped.
#[derive(Debug)]
pub(super) struct JsonReader<R> {
    source: LineSource<R>,
    buffer: Vec<u8>,
}

impl<R: BufRead> JsonReader<R> {
    pub(super) fn new(source: LineSource<R>) -> Self {
        Self { source, buffer: Vec::new() }
    }

    pub(super) fn bytes(&self) -> u64 {
        self.source.bytes()
    }

    pub(super) fn next_object(
        &mut self,
        sieve: &mut FieldValidator<'_>,
    ) -> Option<Result<(u64, ParsedRecord)>> {
        loop {
            let found = match self.source.next_line(&mut self.buffer, MAX_LINE_BYTES) {
                Ok(found) => found?,
                Err(error) => return Some(Err(error.into())),
            };
            if !found.complete {
                let problem = format!("the line has more than {MAX_LINE_BYTES} bytes");
                return Some(Err(Format::JsonLines.error(found.line, problem)));
            }
            if self.buffer.trim_ascii().is_empty() {
                continue;
            }
            let taken = parse_object(&self.buffer).and_then(|object| record_from_object(object, sieve));
            return Some(
                taken
                    .map(|taken| (found.line, taken))
                    .map_err(|problem| Format::JsonLines.error(found.line, problem)),
            );
        }
    }
}

fn parse_object(line: &[u8]) -> Result<Map<String, Value>, String> {
    match serde_json::from_slice(line) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err("not a JSON object".to_owned()),
        // The message of serde_json may quote the input; its place in the line says enough.
        Err(error) if error.is_eof() => Err("the JSON ends too early".to_owned()),
        Err(error) => Err(format!("not JSON, at column {}", error.column())),
    }
}

fn record_from_object(
    mut object: Map<String, Value>,
    sieve: &mut FieldValidator<'_>,
) -> Result<ParsedRecord, String> {
    for name in BOOK_FIELDS {
        object.remove(name);
    }
    let mut fields = ContactFields::default();
    for (name, into) in [
        ("firstName", &mut fields.first_name),
        ("lastName", &mut fields.last_name),
        ("displayName", &mut fields.display_name),
        ("nickname", &mut fields.nickname),
        ("company", &mut fields.company),
        ("language", &mut fields.language),
        ("city", &mut fields.city),
        ("country", &mut fields.country),
        ("uid", &mut fields.uid),
    ] {
        *into = text(&mut object, name)?.unwrap_or_default();
    }
    if let Some(code) = text(&mut object, "network")? {
        fields.network = Some(Network::new(&code).map_err(|error| error.to_string())?);
    }
    if let Some(name) = text(&mut object, "status")? {
        fields.status = Some(parse_status(&name).ok_or("status: not one of the known ones")?);
    }
    if let Some(id) = text(&mut object, "group")? {
        fields.group = Some(id.parse().map_err(|error| format!("group: {error}"))?);
    }
    fields.identifiers = identifiers(object.remove("identifiers"))?;
    fields.tags = tags(object.remove("tags"))?;
    for (space, name) in NAMESPACE_PROPERTIES {
        let values = match object.remove(name) {
            None | Some(Value::Null) => continue,
            Some(Value::Object(values)) => values,
            Some(_) => return Err(format!("{name}: must be an object of keys and values")),
        };
        fields.attribute_values.extend(values.into_iter().map(|(key, value)| (space, key, value)));
    }
    let mut left = Map::new();
    let phones = contact_methods(object.remove("phones"), "phones")?;
    fields.phones = sieve.phones(phones);
    keep_rejected(&mut left, "phones", sieve);
    let emails = contact_methods(object.remove("emails"), "emails")?;
    fields.emails = sieve.emails(emails);
    keep_rejected(&mut left, "emails", sieve);
    if fields.is_default_display_name(&fields.display_name) {
        fields.display_name = String::new();
    }
    let card = parse_card(object.remove("card"))?;
    left.append(&mut object);
    Ok((fields, card_with_property(card, card::JSON_PROPERTY, left)))
}

fn text(object: &mut Map<String, Value>, name: &str) -> Result<Option<String>, String> {
    match object.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(format!("{name}: must be a text")),
    }
}

fn contact_methods(value: Option<Value>, name: &str) -> Result<Vec<ContactMethod>, String> {
    let wrong = || format!("{name}: must be a list of texts or of objects with `text` and `label`");
    let values = match value {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Array(values)) => values,
        Some(_) => return Err(wrong()),
    };
    let point = |value| match value {
        Value::String(text) => Ok(ContactMethod { text, label: String::new() }),
        Value::Object(mut object) => {
            let text_of = text(&mut object, "text")?.ok_or_else(wrong)?;
            Ok(ContactMethod { text: text_of, label: text(&mut object, "label")?.unwrap_or_default() })
        }
        _ => Err(wrong()),
    };
    values.into_iter().map(point).collect()
}

fn identifiers(value: Option<Value>) -> Result<Vec<Identifier>, String> {
    let wrong = || "identifiers: must be a list of texts or of objects with `space` and `value`".to_owned();
    let values = match value {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Array(values)) => values,
        Some(_) => return Err(wrong()),
    };
    let identifier = |value| match value {
        Value::String(value) => Ok(Identifier::new("", value)),
        Value::Object(mut object) => {
            let space = text(&mut object, "space")?.unwrap_or_default();
            Ok(Identifier::new(space, text(&mut object, "value")?.ok_or_else(wrong)?))
        }
        _ => Err(wrong()),
    };
    values.into_iter().map(identifier).collect()
}

fn tags(value: Option<Value>) -> Result<Vec<String>, String> {
    let wrong = || "tags: must be a list of texts".to_owned();
    let values = match value {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Array(values)) => values,
        Some(_) => return Err(wrong()),
    };
    let name = |value| if let Value::String(name) = value { Ok(name) } else { Err(wrong()) };
    values.into_iter().map(name).collect()
}

/// Keeps what the columns refused.
fn keep_rejected(left: &mut Map<String, Value>, name: &str, sieve: &mut FieldValidator<'_>) {
    let refused: Vec<Value> =
        sieve.rejected.drain(..).map(|point| json!({ "text": point.text, "label": point.label })).collect();
    if !refused.is_empty() {
        left.insert(name.to_owned(), Value::Array(refused));
    }
}

/// A card given as an object, or as its text.
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

/// A card with what is left of a record in one of its vendor properties.
pub(super) fn card_with_property(
    card: Option<Map<String, Value>>,
    name: &str,
    left: Map<String, Value>,
) -> Option<String> {
    if left.is_empty() {
        return card.map(|card| Value::Object(card).to_string());
    }
    let mut card = card.unwrap_or_else(card::empty);
    match card.get_mut(name) {
        Some(Value::Object(known)) => known.extend(left),
        _ => {
            card.insert(name.to_owned(), Value::Object(left));
        }
    }
    Some(Value::Object(card).to_string())
}

/// One line: the contact as it is serialised, its card as an object, and what it has of tags and attributes.
pub(super) fn write_line(
    contact: &Contact,
    card: Option<&str>,
    tags: &[Tag],
    values: &[AttributeValue],
) -> Result<String> {
    let mut value = serde_json::to_value(contact).map_err(|error| cardex::Error::Storage(error.into()))?;
    if let Value::Object(object) = &mut value {
        if let Some(card) = card {
            let card = serde_json::from_str(card).unwrap_or_else(|_| Value::String(card.to_owned()));
            object.insert("card".to_owned(), card);
        }
        if !tags.is_empty() {
            object.insert("tags".to_owned(), tags.iter().map(|tag| tag.name.as_str()).collect());
        }
        for (space, name) in NAMESPACE_PROPERTIES {
            let own = values.iter().filter(|value| value.namespace == space);
            let own: Map<_, _> = own.map(|value| (value.key.clone(), value.value.clone())).collect();
            if !own.is_empty() {
                object.insert(name.to_owned(), Value::Object(own));
            }
        }
    }
    Ok(format!("{value}\n"))
}
