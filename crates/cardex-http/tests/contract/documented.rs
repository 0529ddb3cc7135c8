//! The page of operations and fields has each of them once, with a state, and the right counts.

use std::collections::BTreeSet;

use serde_json::Value;

const PRODUCTS: [(&str, &str, &str); 3] = [
    ("Symphony Federation", "federation", include_str!("../fixtures/openapi/federation.yaml")),
    ("SmartSender", "smartsender", include_str!("../fixtures/openapi/smartsender.yaml")),
    ("Chatwoot", "chatwoot", include_str!("../fixtures/openapi/chatwoot.yaml")),
];

/// The fields of a schema, those of inner objects with a point.
fn collect_fields(schema: &Value, prefix: &str, fields: &mut BTreeSet<String>) {
    for (name, inner) in schema["properties"].as_object().into_iter().flatten() {
        fields.insert(format!("{prefix}{name}"));
        collect_fields(inner, &format!("{prefix}{name}."), fields);
    }
    for part in
        ["allOf", "oneOf", "anyOf"].iter().flat_map(|key| schema[*key].as_array().into_iter().flatten())
    {
        collect_fields(part, prefix, fields);
    }
    if schema["items"].is_object() {
        collect_fields(&schema["items"], prefix, fields);
    }
}

/// The cells of a row, without their code marks.
fn cells(line: &str) -> Vec<String> {
    line.trim_matches('|').split('|').map(|cell| cell.trim().replace('`', "")).collect()
}

#[test]
fn the_page_of_operations_is_complete() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/http-operations.md");
    let page = std::fs::read_to_string(path).unwrap();
    for (title, name, yaml) in PRODUCTS {
        let openapi: Value = serde_saphyr::from_str(yaml).unwrap();
        let mut operations = BTreeSet::new();
        for (path, item) in openapi["paths"].as_object().unwrap() {
            for (method, operation) in
                item.as_object().unwrap().iter().filter(|(key, _)| *key != "parameters")
            {
                let id = operation["operationId"].as_str().unwrap();
                operations.insert(format!("{id} {} {path}", method.to_uppercase()));
            }
        }
        let mut fields = BTreeSet::new();
        for (schema, value) in openapi["components"]["schemas"].as_object().unwrap() {
            let mut own = BTreeSet::new();
            collect_fields(value, "", &mut own);
            fields.extend(own.into_iter().map(|field| format!("{schema} {field}")));
        }
        let section = page.split(&format!("## {title}\n")).nth(1).unwrap();
        let section = section.split("\n## ").next().unwrap();
        let mut counts = [[0_usize; 3]; 2];
        let mut listed = BTreeSet::new();
        for row in section.lines().filter(|line| line.starts_with("| `")).map(cells) {
            let [first, second, state] = row.as_slice() else { panic!("{name}: {row:?}") };
            let key = format!("{first} {second}");
            let is_field = !operations.contains(&key);
            let kind = ["works", "differs: ", "absent: "].iter().position(|kind| state.starts_with(kind));
            counts[usize::from(is_field)][kind.unwrap_or_else(|| panic!("{name}: {key} has no state"))] += 1;
            assert!(listed.insert(key.clone()), "{name}: {key} occurs twice");
        }
        let expected: BTreeSet<_> = operations.union(&fields).cloned().collect();
        let differences: Vec<_> = listed.symmetric_difference(&expected).collect();
        assert!(differences.is_empty(), "{name}: {differences:?}");
        let [operations, fields] = counts.map(|counts| counts.map(|count| count.to_string()).join(" | "));
        let row = format!("| {title} | {operations} | {fields} |");
        assert!(page.contains(&row), "the table of counts has {row}");
    }
}
