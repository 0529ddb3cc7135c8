//! The table of operations against the OpenAPI files.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::federation::Federation;
use crate::operation::ProductApi as _;

/// What is at the end of a `$ref`.
fn resolved<'a>(openapi: &'a Value, mut node: &'a Value) -> &'a Value {
    while let Some(path) = node.get("$ref").and_then(Value::as_str) {
        node = openapi.pointer(path.trim_start_matches('#')).unwrap();
    }
    node
}

/// The errors that an OpenAPI file declares for an operation.
fn declared(openapi: &Value, operation: &Value) -> BTreeSet<(u16, String)> {
    let mut errors = BTreeSet::new();
    for (status, response) in operation["responses"].as_object().unwrap() {
        let schema = &resolved(openapi, response)["content"]["application/json"]["schema"];
        let schema = resolved(openapi, schema);
        for word in schema["properties"]["type"]["enum"].as_array().unwrap_or(&Vec::new()) {
            errors.insert((status.parse().unwrap(), word.as_str().unwrap().to_owned()));
        }
    }
    errors
}

#[test]
fn operations_and_errors_equal_the_openapi_file() {
    let text = include_str!("../../tests/fixtures/openapi/federation.yaml");
    let openapi: Value = serde_saphyr::from_str(text).unwrap();
    let mut expected = BTreeSet::new();
    for (path, item) in openapi["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap().iter().filter(|(key, _)| *key != "parameters") {
            expected.insert((path.clone(), method.to_uppercase(), declared(&openapi, operation)));
        }
    }
    assert_eq!(expected.len(), 44);
    let ours: BTreeSet<_> = Federation::routes()
        .iter()
        .map(|route| {
            let errors =
                route.handler.declared_errors.iter().map(|code| (code.status, code.type_name.to_owned()));
            (route.path.to_owned(), route.method.to_string(), errors.collect::<BTreeSet<_>>())
        })
        .collect();
    let difference: Vec<_> = expected.symmetric_difference(&ours).collect();
    assert!(difference.is_empty(), "{difference:#?}");
    assert_eq!(ours.len(), Federation::routes().len(), "each route occurs once");
}
