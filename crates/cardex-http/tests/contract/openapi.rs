//! An OpenAPI 3.0 file, as the reference for responses.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};

/// An OpenAPI file.
pub struct Contract {
    document: Value,
    pub operations: BTreeMap<String, Operation>,
    validators: RefCell<HashMap<(String, u16), Rc<Validator>>>,
}

/// An operation.
pub struct Operation {
    pub method: String,
    pub path: String,
    pub parameters: Vec<Parameter>,
    /// The schema of the body, if there is one.
    pub body: Option<Value>,
    /// The schema of each status; `None` without a body.
    pub responses: BTreeMap<u16, Option<Value>>,
}

/// A parameter of the path or the query.
pub struct Parameter {
    pub name: String,
    pub in_path: bool,
    pub required: bool,
    pub schema: Value,
}

/// A distinguishable response: operation, status, and the `type` of an error.
pub type Code = (String, u16, String);

impl Contract {
    pub fn load(yaml: &str) -> Self {
        let mut document: Value = serde_saphyr::from_str(yaml).unwrap();
        nullable(&mut document);
        let mut operations = BTreeMap::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let Some(id) = operation.get("operationId").and_then(Value::as_str) else { continue };
                let mut responses = BTreeMap::new();
                for (status, response) in operation["responses"].as_object().unwrap() {
                    let schema = deref(&document, response).pointer("/content/application~1json/schema");
                    let statuses = statuses(&document, status, schema).into_iter();
                    responses.extend(statuses.map(|status| (status, schema.cloned())));
                }
                let parameters = [item, operation].map(|of| of["parameters"].as_array());
                let parameters = parameters.into_iter().flatten().flatten();
                let parameters = parameters.map(|found| parameter(deref(&document, found))).collect();
                let body = operation.get("requestBody").map(|body| deref(&document, body));
                let body = body.and_then(|body| body.pointer("/content/application~1json/schema")).cloned();
                let (method, path) = (method.to_uppercase(), path.clone());
                let operation = Operation { method, path, parameters, body, responses };
                operations.insert(id.to_owned(), operation);
            }
        }
        Self { document, operations, validators: RefCell::default() }
    }

    /// Follows a `$ref`.
    pub fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        deref(&self.document, schema)
    }

    /// The schemas of an object's properties, including those of its parts.
    pub fn properties<'a>(&'a self, schema: &'a Value) -> BTreeMap<&'a str, &'a Value> {
        let mut parts = Vec::new();
        self.parts(schema, &mut parts);
        let maps = parts.into_iter().filter_map(|part| part.get("properties")?.as_object()).flatten();
        maps.map(|(name, schema)| (name.as_str(), schema)).collect()
    }

    /// Every declared response.
    pub fn declared(&self) -> BTreeSet<Code> {
        let mut all = BTreeSet::new();
        for (id, operation) in &self.operations {
            for (status, schema) in &operation.responses {
                let words = schema.as_ref().map(|schema| deref(&self.document, schema));
                match words.and_then(|schema| schema.pointer("/properties/type/enum")) {
                    Some(words) => all.extend(
                        words
                            .as_array()
                            .unwrap()
                            .iter()
                            .map(|word| (id.clone(), *status, word.as_str().unwrap().to_owned())),
                    ),
                    None => drop(all.insert((id.clone(), *status, String::new()))),
                }
            }
        }
        all
    }

    /// The errors of a response: an undeclared status, a body that breaks its schema, or a property that is not in the
    /// schema.
    pub fn faults(&self, id: &str, status: u16, body: Option<&Value>) -> Vec<String> {
        let Some(schema) = self.operations[id].responses.get(&status) else {
            return vec![format!("{status} is not declared")];
        };
        match (schema, body) {
            (None, None) => Vec::new(),
            (None, Some(_)) => vec!["an undeclared body".to_owned()],
            (Some(_), None) => vec!["no body".to_owned()],
            (Some(schema), Some(body)) => {
                let validator = self.validator(id, status, schema);
                let faults = validator.iter_errors(body);
                let mut faults: Vec<_> =
                    faults.map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
                self.unknown_properties(&[schema], body, "", &mut faults);
                faults
            }
        }
    }

    /// OpenAPI 3.0 is similar to draft 4: `exclusiveMaximum` is a flag in both.
    fn validator(&self, id: &str, status: u16, schema: &Value) -> Rc<Validator> {
        let make = || {
            let whole = json!({ "allOf": [schema], "components": self.document["components"] });
            let options = jsonschema::options().with_draft(Draft::Draft4).should_validate_formats(false);
            Rc::new(options.build(&whole).unwrap())
        };
        let mut validators = self.validators.borrow_mut();
        Rc::clone(validators.entry((id.to_owned(), status)).or_insert_with(make))
    }

    /// Properties that no schema of a value has. Almost no property is required, so without this check `{}` and
    /// misspelt names would be valid.
    fn unknown_properties(&self, schemas: &[&Value], value: &Value, place: &str, out: &mut Vec<String>) {
        let mut parts = Vec::new();
        for schema in schemas {
            self.parts(schema, &mut parts);
        }
        match value {
            Value::Object(map) => {
                let known: Vec<&Map<String, Value>> =
                    parts.iter().filter_map(|part| part.get("properties")?.as_object()).collect();
                let open = parts.iter().any(|part| part["additionalProperties"] == true);
                for (name, value) in map.iter().filter(|_| !known.is_empty()) {
                    let schemas: Vec<_> = known.iter().filter_map(|known| known.get(name)).collect();
                    let place = format!("{place}/{name}");
                    if schemas.is_empty() && !open {
                        out.push(format!("{place} is no property of the contract"));
                    }
                    self.unknown_properties(&schemas, value, &place, out);
                }
            }
            Value::Array(values) => {
                let schemas: Vec<_> = parts.iter().filter_map(|part| part.get("items")).collect();
                for (at, value) in values.iter().enumerate() {
                    self.unknown_properties(&schemas, value, &format!("{place}/{at}"), out);
                }
            }
            _ => {}
        }
    }

    /// The schemas that a schema consists of.
    fn parts<'a>(&'a self, schema: &'a Value, out: &mut Vec<&'a Value>) {
        let schema = deref(&self.document, schema);
        out.push(schema);
        for key in ["allOf", "anyOf"] {
            schema[key].as_array().into_iter().flatten().for_each(|part| self.parts(part, out));
        }
    }
}

fn deref<'a>(document: &'a Value, mut node: &'a Value) -> &'a Value {
    while let Some(path) = node.get("$ref").and_then(Value::as_str) {
        node = document.pointer(path.trim_start_matches('#')).unwrap();
    }
    node
}

/// The statuses of a declared response. `default` means the statuses that the error schema lists.
fn statuses(document: &Value, status: &str, schema: Option<&Value>) -> Vec<u16> {
    if status != "default" {
        return vec![status.parse().unwrap()];
    }
    let codes = deref(document, schema.unwrap()).pointer("/properties/error/properties/code/x-values");
    codes.unwrap().as_array().unwrap().iter().map(|code| code.as_u64().unwrap().try_into().unwrap()).collect()
}

fn parameter(found: &Value) -> Parameter {
    Parameter {
        name: found["name"].as_str().unwrap().to_owned(),
        in_path: found["in"] == "path",
        required: found["required"] == true,
        schema: found["schema"].clone(),
    }
}

/// `nullable` exists in OpenAPI only.
fn nullable(node: &mut Value) {
    if let Value::Object(map) = node
        && map.get("nullable") == Some(&Value::Bool(true))
        && let Some(Value::String(kind)) = map.get("type").cloned()
    {
        map.insert("type".to_owned(), json!([kind, "null"]));
    }
    match node {
        Value::Object(map) => map.values_mut().for_each(nullable),
        Value::Array(items) => items.iter_mut().for_each(nullable),
        _ => {}
    }
}

#[test]
fn the_schema_check_detects_a_wrong_answer() {
    let contract = Contract::load(include_str!("../fixtures/openapi/federation.yaml"));
    let faults = |status, body: Value| contract.faults("getContact", status, Some(&body)).len();
    assert_eq!(faults(200, json!({"symphonyId": "12", "firstName": "A", "advisors": ["1"]})), 0);
    assert_eq!(faults(200, json!({"symphonyId": 12})), 1);
    assert_eq!(faults(200, json!({"symphonyId": "x1"})), 1);
    assert_eq!(faults(200, json!({"firstname": "A"})), 1);
    assert_eq!(faults(200, json!({"status": "OPEN", "advisors": [1]})), 2);
    assert_eq!(faults(404, json!({"type": "contact.not.found", "title": "", "status": 404})), 0);
    assert_eq!(faults(404, json!({"type": "advisor.not.found", "title": "", "status": 404})), 1);
    assert_eq!(faults(404, json!({"type": "contact.not.found", "status": 404})), 1);
    assert_eq!(faults(403, json!({})), 1);
    assert_eq!(contract.faults("deleteContactv2", 204, None), [""; 0]);
    assert_eq!(contract.faults("deleteContactv2", 204, Some(&json!({}))).len(), 1);
    let hit = |conversation| json!({"contacts": [{"room": conversation}]});
    assert_eq!(contract.faults("searchContacts", 200, Some(&hit(Value::Null))), [""; 0]);
    assert_eq!(contract.faults("searchContacts", 200, Some(&hit(json!({"x": 1})))).len(), 1);
    assert_eq!(contract.operations.len(), 44);
}
