//! Pages of Chatwoot's contacts: lists, searches, filters.

use cardex::Timestamp;
use cardex::attributes::{AttributeKind, AttributeNamespace, NewAttribute};
use serde_json::{Value, json};

use super::chatwoot::{created, error_parts, on};
use super::client::Ask;
use super::fixture::{Fixture, ProductFixture};

/// The names of a page, and its metadata.
fn names(fixture: &Fixture, who: &str, ask: &Ask) -> (Vec<String>, Value) {
    let body = fixture.client.ok(who, ask);
    let contacts = body["payload"].as_array().unwrap();
    let name = |contact: &Value| contact["name"].as_str().unwrap().to_owned();
    (contacts.iter().map(name).collect(), body["meta"].clone())
}

pub fn lists(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    for n in (0..32).rev() {
        let n = format!("n{n:02}");
        created(&fixture, "admin", &json!({ "name": n, "email": format!("{n}@example.com") }));
    }
    created(&fixture, "admin", &json!({ "name": "nobody reaches me" }));
    let list = || on(&fixture, "contactList");
    let page = |n: &str| names(&fixture, "admin", &list().with("sort", "name").with("page", n));
    // A sent page number is returned as text.
    assert_eq!(
        names(&fixture, "admin", &list()).1,
        json!({ "count": 32, "current_page": 1, "contacts_all": null })
    );
    assert_eq!(page("1").0, (0..15).map(|n| format!("n{n:02}")).collect::<Vec<_>>());
    let meta = |page: &str| json!({ "count": 32, "current_page": page, "contacts_all": null });
    assert_eq!(page("3"), (vec!["n30".to_owned(), "n31".to_owned()], meta("3")));
    assert_eq!(page("1000000000000"), (vec![], meta("1000000000000")));
    assert_eq!(page("0").0, page("1").0, "the first page");
    let first = |sort: &str| names(&fixture, "admin", &list().with("sort", sort)).0[0].clone();
    for (up, down) in [("name", "-name"), ("email", "-email"), ("-created_at", "created_at")] {
        assert_eq!((first(up).as_str(), first(down).as_str()), ("n00", "n31"), "{up}");
    }
    for sort in ["phone_number", "-last_activity_at", "company", "-company_name", "city", "-country"] {
        assert_eq!(names(&fixture, "admin", &list().with("sort", sort)).0.len(), 15, "{sort}");
    }
    assert_eq!(fixture.client.invalid("admin", &list().with("sort", "age")).status, 422);
    assert_eq!(names(&fixture, "ada", &list()).1["count"], 32, "an agent sees the account");

    // One matching label is enough.
    let ids = fixture.client.ok("admin", &list().with("sort", "name"));
    for (at, label) in [(0, "vip"), (1, "lead"), (2, "other")] {
        let set = on(&fixture, "contact-add-labels").at(&ids["payload"][at]["id"]);
        fixture.client.ok("admin", &set.body(&json!({ "labels": [label] })));
    }
    let labelled = list().with("sort", "name").with("labels[]", "vip").with("labels[]", "lead");
    assert_eq!(names(&fixture, "admin", &labelled).0, ["n00", "n01"]);
    assert_eq!(names(&fixture, "admin", &labelled).1["count"], 2);
    assert_eq!(names(&fixture, "admin", &list().with("labels[]", "none")).0, [""; 0]);

    // Contacts that were active within 20 seconds.
    let id = |at: usize| cardex::ContactId(ids["payload"][at]["id"].as_i64().unwrap());
    fixture.session.mark_active(id(4), fixture.session.now()).unwrap();
    fixture.session.mark_active(id(5), Timestamp(fixture.session.now().0 - 30_000)).unwrap();
    assert_eq!(names(&fixture, "admin", &on(&fixture, "contactActive")).0, ["n04"]);
    let active =
        fixture.client.ok("admin", &on(&fixture, "contactActive").with("include_contact_inboxes", "false"));
    assert_eq!(active["payload"][0]["contact_inboxes"], json!([]), "always with their inboxes");
    let by_activity = list().with("sort", "-last_activity_at");
    assert_eq!(names(&fixture, "admin", &by_activity).0[..2], ["n04", "n05"]);
    let bare = fixture.client.ok("admin", &list().with("include_contact_inboxes", "false"));
    assert!(bare["payload"][0].get("contact_inboxes").is_none());
}

pub fn searching(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    for body in [
        json!({ "name": "Ann Lee", "email": "first@example.com" }),
        json!({ "name": "Bob", "phone_number": "+33612345678" }),
        json!({ "name": "Cid", "identifier": "Order-77", "additional_attributes": { "company_name": "Annex" } }),
        json!({ "name": "Annette" }),
    ] {
        created(&fixture, "admin", &body);
    }
    let search = |text: &str| on(&fixture, "contactSearch").with("q", text);
    let found = |text: &str| names(&fixture, "admin", &search(text)).0.join(" ");
    // Names come before companies. Unreachable contacts are left out. Identifiers are case-sensitive.
    for (text, expected) in [
        (" ann ", "Ann Lee Cid"),
        ("N LE", "Ann Lee"),
        ("RST@EX", "Ann Lee"),
        ("2345", "Bob"),
        ("der-7", "Cid"),
        ("ORDER-7", ""),
        ("%", ""),
    ] {
        assert_eq!(found(text), expected, "{text}");
    }
    let meta = |count: u64, page: Value| json!({ "count": count, "current_page": page, "has_more": false });
    assert_eq!(names(&fixture, "admin", &search("ann")).1, meta(2, json!(1)));
    assert_eq!(names(&fixture, "admin", &search("ann").with("page", "2")), (vec![], meta(2, json!("2"))));
    let sorted = search("ann").with("sort", "-name");
    assert_eq!(names(&fixture, "admin", &sorted).1, meta(2, json!(1)));
    assert_eq!(names(&fixture, "admin", &search("ann").with("labels[]", "vip")).0, [""; 0]);
    let cid = fixture.client.ok("admin", &search("cid"))["payload"][0]["id"].clone();
    let set = on(&fixture, "contact-add-labels").at(cid).body(&json!({ "labels": ["vip"] }));
    fixture.client.ok("admin", &set);
    assert_eq!(names(&fixture, "admin", &search("ann").with("labels[]", "vip")).0, ["Cid"]);
    assert_eq!(names(&fixture, "ada", &search("ann")).0, ["Ann Lee", "Cid"]);
    for blank in ["", " ", "\t"] {
        assert_eq!(
            error_parts(&fixture, "admin", &search(blank)).1,
            "Specify search string with parameter q"
        );
    }
    assert_eq!(error_parts(&fixture, "admin", &search(&"x".repeat(300))).0, 422);
    assert_eq!(error_parts(&fixture, "admin", &on(&fixture, "contactSearch")).0, 422);
}

/// Three contacts with attributes; all but the last have labels.
fn three(fixture: &Fixture) {
    let session = fixture.session.clone().in_tenant(fixture.home);
    for (key, kind) in [("plan", AttributeKind::Text), ("seats", AttributeKind::Number)] {
        session.attributes().add(NewAttribute::new(AttributeNamespace::Custom, key, kind)).unwrap();
    }
    for (body, labels) in [
        (
            json!({
                "name": "Ann", "phone_number": "+33612345678", "custom_attributes": { "plan": "Gold", "seats": 7 },
                "additional_attributes": { "city": "Paris", "company_name": "Acme", "country_code": "FR" },
            }),
            json!(["Ann"]),
        ),
        (
            json!({
                "name": "Bob", "phone_number": "+33612345679", "custom_attributes": { "plan": "silver", "seats": 70 },
                "additional_attributes": { "city": "Lyon" },
            }),
            json!(["Bob"]),
        ),
        (
            json!({ "name": "Cid", "phone_number": "+4915123456789", "custom_attributes": { "free": true } }),
            json!([]),
        ),
    ] {
        let made = created(fixture, "admin", &body);
        let set = on(fixture, "contact-add-labels").at(&made["id"]).body(&json!({ "labels": labels }));
        fixture.client.ok("admin", &set);
    }
}

fn filter(fixture: &Fixture, payload: &Value) -> Ask {
    on(fixture, "contactFilter").with("sort", "name").body(&json!({ "payload": payload }))
}

fn condition(key: &str, operator: &str, values: &Value, join: &Value) -> Value {
    json!({ "attribute_key": key, "filter_operator": operator, "values": values, "query_operator": join })
}

pub fn filtering(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    three(&fixture);
    let found = |payload: Value| names(&fixture, "admin", &filter(&fixture, &payload)).0.join(" ");
    for (key, operator, values, expected) in [
        ("name", "equal_to", json!(["ANN"]), "Ann"),
        ("name", "not_equal_to", json!(["ann"]), "Bob Cid"),
        ("name", "contains", json!(["n", "o"]), "Ann Bob"),
        ("name", "does_not_contain", json!(["n", "o"]), "Cid"),
        ("email", "equal_to", json!(["x@y.example"]), ""),
        ("city", "equal_to", json!(["paris"]), "Ann"),
        ("city", "not_equal_to", json!(["paris"]), "Bob"),
        ("city", "does_not_contain", json!(["ari"]), "Bob"),
        ("company", "contains", json!(["cm"]), "Ann"),
        ("country_code", "equal_to", json!(["fr"]), "Ann"),
        ("phone_number", "equal_to", json!(["+33612345678"]), "Ann"),
        ("phone_number", "equal_to", json!(["33612345678"]), "Ann"),
        ("phone_number", "equal_to", json!(["++33612345678"]), "Ann"),
        ("phone_number", "not_equal_to", json!(["33612345678"]), "Bob Cid"),
        ("phone_number", "starts_with", json!(["+49"]), "Cid"),
        ("blocked", "equal_to", json!([true]), ""),
        ("blocked", "not_equal_to", json!(["true"]), "Ann Bob Cid"),
        ("labels", "equal_to", json!(["ann"]), "Ann"),
        ("labels", "not_equal_to", json!(["ann"]), "Bob Cid"),
        ("labels", "is_present", json!([]), "Ann Bob"),
        ("labels", "is_not_present", json!([]), "Cid"),
        ("created_at", "is_greater_than", json!(["2024-12-31"]), "Ann Bob Cid"),
        ("created_at", "is_less_than", json!(["2025-01-01"]), ""),
        ("created_at", "days_before", json!([1]), ""),
        ("last_activity_at", "is_greater_than", json!(["2020-01-01"]), ""),
        ("plan", "equal_to", json!(["gold"]), "Ann"),
        ("plan", "not_equal_to", json!(["gold"]), "Bob Cid"),
        ("plan", "contains", json!(["ilv"]), "Bob"),
        ("plan", "does_not_contain", json!(["ilv"]), "Ann Cid"),
        ("plan", "is_present", json!([]), "Ann Bob"),
        ("plan", "is_not_present", json!([]), "Cid"),
        ("seats", "is_greater_than", json!([8]), "Bob"),
        ("seats", "is_less_than", json!(["8"]), "Ann"),
    ] {
        let payload = json!([condition(key, operator, &values, &Value::Null)]);
        assert_eq!(found(payload), expected, "{key} {operator} {values}");
    }
    // `and` binds before `or`. The last operator is ignored.
    let mixed = json!([
        condition("name", "equal_to", &json!(["Ann"]), &json!("or")),
        condition("name", "equal_to", &json!(["Bob"]), &json!("AND")),
        condition("city", "equal_to", &json!(["Lyon"]), &json!("OR")),
    ]);
    assert_eq!(found(mixed.clone()), "Ann Bob");
    assert_eq!(found(json!([])), "Ann Bob Cid");
    let check_pages = names(&fixture, "admin", &filter(&fixture, &mixed).with("page", "1"));
    assert_eq!(check_pages.1, json!({ "count": 2, "current_page": "1" }));
}

pub fn misfiltering(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    three(&fixture);
    let mut deep = json!("x");
    for _ in 0..50 {
        deep = json!([deep]);
    }
    let two = |key: &str, operator: &str, values: Value, join: Value| {
        json!([
            condition(key, operator, &values, &join),
            condition("name", "equal_to", &json!(["x"]), &Value::Null)
        ])
    };
    let (x, and) = (json!(["x"]), json!("and"));
    let many = vec![condition("name", "equal_to", &x, &and); 500];
    for (payload, said) in [
        (two("age", "equal_to", x.clone(), and.clone()), "Invalid attribute key"),
        (two("free", "equal_to", x.clone(), and.clone()), "Invalid attribute key"),
        (two("name", "starts_with", x.clone(), and.clone()), "The allowed operators for name are [equal_to,"),
        (two("name", "like", x.clone(), and.clone()), "Invalid operator"),
        (two("plan", "like", x.clone(), and.clone()), "Invalid operator"),
        (two("name", "equal_to", x.clone(), json!("xor")), "Query operator must be either"),
        (two("name", "equal_to", x, Value::Null), "Query operator must be either"),
        (two("name", "equal_to", json!([]), and.clone()), "for name are invalid"),
        (two("name", "equal_to", deep, and.clone()), "must be a text, a number"),
        (two("created_at", "is_less_than", json!(["soon"]), and.clone()), "for created_at are invalid"),
        (two("created_at", "days_before", json!(["x"]), and.clone()), "for created_at are invalid"),
        (two("blocked", "equal_to", json!(["x"]), and.clone()), "for blocked are invalid"),
        (two("seats", "is_greater_than", json!(["many"]), and.clone()), ""),
        (two("name", "equal_to", json!(["x".repeat(300)]), and), ""),
        (json!("x"), "payload: must be an object"),
        (json!([[]]), "payload[0]: must be an object"),
        (json!([{}]), "attribute_key: required"),
        (Value::Array(many), ""),
    ] {
        let (status, text, _) = error_parts(&fixture, "admin", &filter(&fixture, &payload));
        assert_eq!(status, 422, "{payload}");
        assert!(text.as_str().unwrap().contains(said), "{text} has {said}");
    }
}
