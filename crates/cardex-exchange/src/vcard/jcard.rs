//! jCard (RFC 7095): content lines as JSON, and back.

use serde_json::{Map, Value, json};

use crate::vcard::canonical::{ValueType, canonical, value_type_of};
use crate::vcard::escape::{escape, join, split_list, unescape};
use crate::vcard::line::{ContentLine, sort_by_name};
use crate::vcard::parse::MAX_PROPERTIES;

/// The card of these lines.
pub(crate) fn to_jcard(lines: &[ContentLine]) -> Value {
    let mut properties = vec![json!(["version", {}, "text", "4.0"])];
    properties.extend(lines.iter().map(property));
    json!(["vcard", properties])
}

fn property(line: &ContentLine) -> Value {
    let mut params = Map::new();
    if !line.group.is_empty() {
        params.insert("group".to_owned(), json!(line.group));
    }
    for (name, values) in line.params.iter().filter(|(name, _)| name != "VALUE") {
        let value = if let [one] = values.as_slice() { json!(one) } else { json!(values) };
        params.insert(name.to_ascii_lowercase(), value);
    }
    let kind = value_type_of(line);
    let given = line.first_param("VALUE").map(str::to_ascii_lowercase);
    let name = given.as_deref().unwrap_or(match kind {
        ValueType::Uri => "uri",
        ValueType::Date => "date-and-or-time",
        ValueType::Raw => "unknown",
        _ => "text",
    });
    let mut property = vec![json!(line.name.to_ascii_lowercase()), Value::Object(params), json!(name)];
    match kind {
        ValueType::Text => property.push(json!(unescape(&line.value))),
        ValueType::List => property.extend(texts(&line.value, ',')),
        ValueType::Lists(_) => {
            let component = |part: &str| one_or_list(texts(part, ','));
            property.push(Value::Array(split_list(&line.value, ';').into_iter().map(component).collect()));
        }
        ValueType::Parts => property.push(one_or_list(texts(&line.value, ';'))),
        ValueType::Uri | ValueType::Date | ValueType::Raw => property.push(json!(line.value)),
    }
    Value::Array(property)
}

fn texts(value: &str, separator: char) -> Vec<Value> {
    split_list(value, separator).into_iter().map(|part| json!(unescape(part))).collect()
}

fn one_or_list(mut values: Vec<Value>) -> Value {
    if values.len() == 1 { values.pop().unwrap_or_default() } else { Value::Array(values) }
}

/// The lines of a card, in canonical form and order, and the number of properties that are none. `None` if the value is no card.
pub(crate) fn from_jcard(card: &Value) -> Option<(Vec<ContentLine>, usize)> {
    let [Value::String(word), Value::Array(properties), ..] = card.as_array()?.as_slice() else {
        return None;
    };
    if !word.eq_ignore_ascii_case("vcard") {
        return None;
    }
    let (mut lines, mut unread) = (Vec::new(), 0_usize);
    for property in properties.iter().take(MAX_PROPERTIES) {
        match line(property) {
            Some(line) if line.name == "VERSION" => {}
            Some(line) => lines.extend(canonical(line, false)),
            None => unread = unread.saturating_add(1),
        }
    }
    sort_by_name(&mut lines);
    Some((lines, unread))
}

fn line(property: &Value) -> Option<ContentLine> {
    let [Value::String(name), Value::Object(params), Value::String(kind), values @ ..] =
        property.as_array()?.as_slice()
    else {
        return None;
    };
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let mut line = ContentLine::new(&name.to_ascii_uppercase(), String::new());
    for (name, value) in params {
        let values = match value {
            Value::Array(values) => values.iter().map(text).collect(),
            other => vec![text(other)],
        };
        if name.eq_ignore_ascii_case("group") {
            line.group = values.into_iter().next().unwrap_or_default();
        } else {
            line.set_param(&name.to_ascii_uppercase(), values);
        }
    }
    if !matches!(kind.as_str(), "unknown" | "text") {
        line.set_param("VALUE", vec![kind.clone()]);
    }
    let own = value_type_of(&line);
    if kind == "text"
        && !matches!(own, ValueType::Text | ValueType::List | ValueType::Lists(_) | ValueType::Parts)
    {
        line.set_param("VALUE", vec!["text".to_owned()]);
    }
    line.value = match own {
        ValueType::Uri | ValueType::Date | ValueType::Raw if kind != "text" => {
            values.first().map(text).unwrap_or_default()
        }
        ValueType::Raw => join(&values.iter().map(|value| escape(&text(value))).collect::<Vec<_>>(), ","),
        _ => join(&values.iter().map(structured).collect::<Vec<_>>(), ","),
    };
    is_name.then_some(line)
}

/// A value with components, each of which may be a list.
fn structured(value: &Value) -> String {
    let component = |value: &Value| match value {
        Value::Array(values) => {
            join(&values.iter().map(|value| escape(&text(value))).collect::<Vec<_>>(), ",")
        }
        other => escape(&text(other)),
    };
    match value {
        Value::Array(components) => join(&components.iter().map(component).collect::<Vec<_>>(), ";"),
        other => component(other),
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}
