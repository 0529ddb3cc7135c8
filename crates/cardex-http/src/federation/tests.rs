//! The table of operations against the contract.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::federation::routes::ROUTES;

/// What is at the end of a `$ref`.
fn resolved<'a>(contract: &'a Value, mut node: &'a Value) -> &'a Value {
    while let Some(path) = node.get("$ref").and_then(Value::as_str) {
        node = contract.pointer(path.trim_start_matches('#')).unwrap();
    }
    node
}

/// The errors a contract declares for an operation.
fn declared(contract: &Value, operation: &Value) -> BTreeSet<(u16, String)> {
    let mut errors = BTreeSet::new();
    for (status, response) in operation["responses"].as_object().unwrap() {
        let schema = &resolved(contract, response)["content"]["application/json"]["schema"];
        let schema = resolved(contract, schema);
        for word in schema["properties"]["type"]["enum"].as_array().unwrap_or(&Vec::new()) {
            errors.insert((status.parse().unwrap(), word.as_str().unwrap().to_owned()));
        }
    }
    errors
}

#[test]
fn every_operation_is_where_the_contract_says_with_its_errors() {
    let text = include_str!("../../tests/fixtures/openapi/federation.yaml");
    let contract: Value = serde_saphyr::from_str(text).unwrap();
    let mut expected = BTreeSet::new();
    for (path, item) in contract["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap().iter().filter(|(key, _)| *key != "parameters") {
            expected.insert((path.clone(), method.to_uppercase(), declared(&contract, operation)));
        }
    }
    assert_eq!(expected.len(), 31);
    let ours: BTreeSet<_> = ROUTES
        .iter()
        .map(|route| {
            let faults =
                route.handler.declared_errors.iter().map(|code| (code.status, code.type_name.to_owned()));
            (route.path.to_owned(), route.method.to_string(), faults.collect::<BTreeSet<_>>())
        })
        .collect();
    let difference: Vec<_> = expected.symmetric_difference(&ours).collect();
    assert!(difference.is_empty(), "{difference:#?}");
    assert_eq!(ours.len(), ROUTES.len(), "each stands once");
}
