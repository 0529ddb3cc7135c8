//! Builds requests from the OpenAPI file, with a value for every parameter and field.

use serde_json::{Map, Value, json};

use super::client::{Ask, ask};
use super::openapi::Contract;

/// Supplies a value for a named parameter or field, or omits it.
pub trait Values {
    /// Whether a required field is present.
    fn has(&mut self) -> bool;
    /// Whether an optional parameter or field is present.
    fn filters(&mut self) -> bool {
        self.has()
    }
    /// The number of items of a list.
    fn count(&mut self) -> usize;
    /// A text.
    fn text(&mut self, name: &str) -> String;
}

/// A request for an operation.
pub fn make(contract: &Contract, operation: &str, values: &mut impl Values) -> Ask {
    let known = &contract.operations[operation];
    let mut made = ask(operation);
    for parameter in &known.parameters {
        if parameter.in_path {
            made = made.at(values.text(&parameter.name));
        } else if parameter.required || values.filters() {
            let count = if parameter.schema["type"] == "array" { values.count() } else { 1 };
            for _ in 0..count {
                made = made.with(&parameter.name, values.text(&parameter.name));
            }
        }
    }
    match &known.body {
        Some(schema) => made.body(&value(contract, "body", schema, values)),
        None => made,
    }
}

fn value(contract: &Contract, name: &str, schema: &Value, values: &mut impl Values) -> Value {
    let properties = contract.properties(schema);
    let schema = contract.resolve(schema);
    if !properties.is_empty() {
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        let mut map = Map::new();
        for (name, schema) in properties {
            // Required fields are omitted too, because errors must be safe as well.
            let there = if required.contains(&json!(name)) { values.has() } else { values.filters() };
            if there {
                map.insert(name.to_owned(), value(contract, name, schema, values));
            }
        }
        return Value::Object(map);
    }
    match schema["type"].as_str() {
        Some("array") => {
            let items = (0..values.count()).map(|_| value(contract, name, &schema["items"], values));
            Value::Array(items.collect())
        }
        Some("boolean") => json!(values.has()),
        // A text that is not a number is sent as text. The API must reject it.
        Some("integer") => {
            let text = values.text(name);
            text.parse::<i64>().map_or_else(|_| json!(text), |number| json!(number))
        }
        Some("object") => {
            let text = values.text(name);
            json!({ "plan": text, text.as_str(): "plan" })
        }
        // If several types are possible, a text.
        _ => json!(values.text(name)),
    }
}
