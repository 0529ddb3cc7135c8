//! JSON Lines: one object per line, in the shape of a serialized contact.

use std::io::BufRead;

use serde_json::{Map, Value, json};

use crate::card::{self, card_with_property, parse_card};
use crate::fields::{ContactFields, ContactMethod, FieldValidator, ParsedRecord, parse_status};
use crate::format::Format;
use crate::source::LineSource;
use cardex::Result;
use cardex::attributes::{AttributeNamespace, AttributeValue};
use cardex::contacts::PlainField;
use cardex::tags::Tag;
use cardex::{Contact, Identifier, Network, limits};

/// The maximum bytes of one line: a card and the fields beside it.
const MAX_LINE_BYTES: usize = limits::CARD.saturating_add(1024 * 1024);

/// Properties that belong to one book: an importing book assigns its own values.
const BOOK_FIELDS: [&str; 7] = ["id", "tenant", "version", "createdAt", "updatedAt", "trashedAt", "activeAt"];

/// The properties with attribute values.
const NAMESPACE_PROPERTIES: [(AttributeNamespace, &str); 2] =
    [(AttributeNamespace::Custom, "attributes"), (AttributeNamespace::Additional, "additionalAttributes")];

/// Reads one object per line; blank lines are skipped.
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
        validator: &mut FieldValidator<'_>,
    ) -> Option<Result<(u64, ParsedRecord)>> {
        loop {
            let found = match self.source.next_line(&mut self.buffer, MAX_LINE_BYTES) {
                Ok(found) => found?,
                Err(error) => return Some(Err(error.into())),
            };
            if !found.complete {
                let reason = format!("the line has more than {MAX_LINE_BYTES} bytes");
                return Some(Err(Format::JsonLines.error(found.line, reason)));
            }
            if self.buffer.trim_ascii().is_empty() {
                continue;
            }
            let record = parse_object(&self.buffer).and_then(|object| record_from_object(object, validator));
            return Some(
                record
                    .map(|record| (found.line, record))
                    .map_err(|reason| Format::JsonLines.error(found.line, reason)),
            );
        }
    }
}

fn parse_object(line: &[u8]) -> Result<Map<String, Value>, String> {
    match serde_json::from_slice(line) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err("not a JSON object".to_owned()),
        // Not the message of serde_json: it may quote the input. The column is enough.
        Err(error) if error.is_eof() => Err("the JSON ends too early".to_owned()),
        Err(error) => Err(format!("not JSON, at column {}", error.column())),
    }
}

fn record_from_object(
    mut object: Map<String, Value>,
    validator: &mut FieldValidator<'_>,
) -> Result<ParsedRecord, String> {
    let has_times =
        ["createdAt", "activeAt"].iter().any(|name| object.get(*name).is_some_and(|at| !at.is_null()));
    for name in BOOK_FIELDS {
        object.remove(name);
    }
    let mut fields = ContactFields::default();
    fields.has_times = has_times;
    for field in PlainField::ALL {
        fields.set_text(field, text(&mut object, field.field().as_str())?.unwrap_or_default());
    }
    if let Some(code) = text(&mut object, "network")? {
        fields.network = Some(Network::new(&code).map_err(|error| error.to_string())?);
    }
    if let Some(name) = text(&mut object, "status")? {
        fields.status = Some(parse_status(&name).ok_or("status: unknown status")?);
    }
    if let Some(id) = text(&mut object, "group")? {
        fields.group = Some(id.parse().map_err(|error| format!("group: {error}"))?);
    }
    fields.identifiers = identifiers(object.remove("identifiers"))?;
    fields.tags = tags(object.remove("tags"))?;
    for (namespace, name) in NAMESPACE_PROPERTIES {
        let values = match object.remove(name) {
            None | Some(Value::Null) => continue,
            Some(Value::Object(values)) => values,
            Some(_) => return Err(format!("{name}: must be an object of keys and values")),
        };
        fields.attribute_values.extend(values.into_iter().map(|(key, value)| (namespace, key, value)));
    }
    let mut rest = Map::new();
    let phones = contact_methods(object.remove("phones"), "phones")?;
    fields.phones = validator.phones(phones);
    keep_rejected(&mut rest, "phones", validator);
    let emails = contact_methods(object.remove("emails"), "emails")?;
    fields.emails = validator.emails(emails);
    keep_rejected(&mut rest, "emails", validator);
    fields.drop_default_display_name();
    let card = parse_card(object.remove("card"))?;
    rest.append(&mut object);
    Ok((fields, card_with_property(card, card::JSON_PROPERTY, rest)))
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
    let method = |value| match value {
        Value::String(text) => Ok(ContactMethod { text, ..ContactMethod::default() }),
        Value::Object(mut object) => {
            let text_of = text(&mut object, "text")?.ok_or_else(wrong)?;
            let label = text(&mut object, "label")?.unwrap_or_default();
            Ok(ContactMethod { text: text_of, label, ..ContactMethod::default() })
        }
        _ => Err(wrong()),
    };
    values.into_iter().map(method).collect()
}

fn identifiers(value: Option<Value>) -> Result<Vec<Identifier>, String> {
    let wrong =
        || "identifiers: must be a list of texts or of objects with `namespace` and `value`".to_owned();
    let values = match value {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Array(values)) => values,
        Some(_) => return Err(wrong()),
    };
    let identifier = |value| match value {
        Value::String(value) => Ok(Identifier::new("", value)),
        Value::Object(mut object) => {
            // Files of older versions call it `space`.
            let old_name = text(&mut object, "space")?;
            let namespace = text(&mut object, "namespace")?.or(old_name).unwrap_or_default();
            Ok(Identifier::new(namespace, text(&mut object, "value")?.ok_or_else(wrong)?))
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

/// Keeps the values that the fields rejected.
fn keep_rejected(rest: &mut Map<String, Value>, name: &str, validator: &mut FieldValidator<'_>) {
    let rejected: Vec<Value> = validator
        .rejected
        .drain(..)
        .map(|method| json!({ "text": method.text, "label": method.label }))
        .collect();
    if !rejected.is_empty() {
        rest.insert(name.to_owned(), Value::Array(rejected));
    }
}

/// One line: the serialized contact, its card as an object, its tags and its attribute values.
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
        for (namespace, name) in NAMESPACE_PROPERTIES {
            let own = values.iter().filter(|value| value.namespace == namespace);
            let own: Map<_, _> = own.map(|value| (value.key.clone(), value.value.clone())).collect();
            if !own.is_empty() {
                object.insert(name.to_owned(), Value::Object(own));
            }
        }
    }
    Ok(format!("{value}\n"))
}
