//! Custom filters of Chatwoot.

use super::chatwoot::{error_parts, on};
use super::fixture::ProductFixture;
use cardex::limits;
use serde_json::{Value, json};

pub(crate) fn custom_filters(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    let client = &fixture.client;
    let create = |body: Value| on(&fixture, "customFilterCreate").body(&body);
    let condition = json!({ "attribute_key": "city", "filter_operator": "equal_to", "values": ["Paris"], "query_operator": null });
    let query = json!({ "payload": [condition] });
    let wrapped = json!({ "custom_filter": { "name": "Paris", "filter_type": 1, "query": query } });
    let made = client.ok("ada", &create(wrapped));
    assert_eq!(
        (&made["name"], &made["filter_type"], &made["query"]),
        (&json!("Paris"), &json!("contact"), &query)
    );
    assert!(made["created_at"].as_str().unwrap().starts_with("2025-01-01T00:00:0"));
    client.ok("ada", &create(json!({ "name": "Open", "query": {} })));
    let names = |who: &str, kind: &str| -> Vec<String> {
        let list = client.ok(who, &on(&fixture, "customFilters").with("filter_type", kind));
        list.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(
        [names("ada", "contact"), names("ada", ""), names("ada", "1")].concat(),
        ["Paris", "Open", "Paris"]
    );
    assert_eq!(
        [names("bob", "contact"), names("admin", "contact")].concat(),
        [""; 0],
        "each user has their own"
    );
    let kind = on(&fixture, "customFilters").with("filter_type", "x");
    assert_eq!(error_parts(&fixture, "ada", &kind).0, 422);
    for (body, said) in [
        (json!({ "name": " ", "query": {} }), "Name can't be blank"),
        (json!({ "query": {} }), "Name can't be blank"),
        (json!({ "name": "x" }), "query: required"),
        (json!({ "name": "x", "query": [] }), "query: must be an object"),
        (json!({ "name": "x", "query": {}, "filter_type": "x" }), "Filter type is not a valid filter type"),
        (json!({ "name": "x".repeat(256), "query": {} }), "Name is too long (maximum is 255 characters)"),
    ] {
        assert_eq!(error_parts(&fixture, "ada", &create(body.clone())).1, json!(said), "{body}");
    }
    let one = |operation: &str| on(&fixture, operation).at(&made["id"]);
    for (operation, name) in [("customFilterUpdate", "Rome"), ("customFilterReplace", "Lyon")] {
        let changed =
            client.ok("ada", &one(operation).body(&json!({ "name": name, "filter_type": "contact" })));
        assert_eq!((&changed["name"], &changed["query"]), (&json!(name), &query));
        let changed = client.ok("ada", &one(operation).body(&json!({ "query": { "payload": [] } })));
        assert_eq!((&changed["name"], &changed["query"]), (&json!(name), &json!({ "payload": [] })));
        client.ok("ada", &one(operation).body(&json!({ "query": query })));
        for bad in [json!({ "filter_type": "report" }), json!({ "name": "" })] {
            assert_eq!(error_parts(&fixture, "ada", &one(operation).body(&bad)).0, 422);
        }
        assert_eq!(error_parts(&fixture, "bob", &one(operation).body(&json!({ "name": "x" }))).0, 404);
    }
    assert_eq!(client.ok("ada", &one("customFilterDetails"))["name"], "Lyon");
    for who in ["bob", "admin"] {
        assert_eq!(error_parts(&fixture, who, &one("customFilterDetails")).0, 404);
        assert_eq!(error_parts(&fixture, who, &one("customFilterDelete")).0, 404);
    }
    assert_eq!(client.ok("ada", &one("customFilterDelete")), Value::Null);
    assert_eq!(error_parts(&fixture, "ada", &one("customFilterDelete")).0, 404);
    for _ in 1..limits::SAVED_FILTERS {
        client.ok("ada", &create(json!({ "name": "x", "query": {} })));
    }
    let (status, said, _) = error_parts(&fixture, "ada", &create(json!({ "name": "x", "query": {} })));
    assert_eq!((status, said.as_str().unwrap().starts_with("Limit reached.")), (422, true));
}
