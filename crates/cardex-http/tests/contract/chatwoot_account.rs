//! Labels, attribute definitions, profile, search and bulk actions of Chatwoot.

use super::chatwoot::{created, error_parts, on};
use super::client::ask;
use super::fixture::ProductFixture;
use serde_json::{Value, json};

pub(crate) fn account_labels(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    let client = &fixture.client;
    let create = |body: Value| on(&fixture, "labelCreate").body(&body);
    let made = client.ok("admin", &create(json!({ "label": { "title": "VIP", "color": "#ff8000" } })));
    let id = made["id"].clone();
    assert_eq!((&made["title"], &made["color"]), (&json!("vip"), &json!("#ff8000")));
    let flat = client.ok("admin", &create(json!({ "title": "lead_2-b", "description": "x" })));
    assert_eq!((&flat["title"], &flat["color"]), (&json!("lead_2-b"), &json!("#1f93ff")));
    for (body, said) in [
        (json!({ "title": "Vip" }), "Title has already been taken"),
        (json!({ "title": " " }), "Title must not be blank"),
        (json!({ "label": {} }), "Title must not be blank, is invalid"),
        (json!({ "title": "two words" }), "Title is invalid"),
        (json!({ "title": "x", "color": "red" }), "Color is invalid"),
    ] {
        assert_eq!(error_parts(&fixture, "admin", &create(body.clone())).1, json!(said), "{body}");
    }
    let zoe = created(&fixture, "ada", &json!({ "name": "Zoe" }));
    let set = on(&fixture, "contact-add-labels").at(&zoe["id"]).body(&json!({ "labels": "vip" }));
    client.ok("ada", &set);
    let one = |operation: &str| on(&fixture, operation).at(&id);
    for (operation, title) in [("labelUpdate", "gold"), ("labelReplace", "silver")] {
        let changed = client.ok("admin", &one(operation).body(&json!({ "title": title })));
        assert_eq!((&changed["title"], &changed["color"]), (&json!(title), &json!("#ff8000")));
        let of = on(&fixture, "list-all-labels-of-a-contact").at(&zoe["id"]);
        assert_eq!(client.ok("ada", &of)["payload"], json!([title]), "contacts keep the label");
        let taken = one(operation).body(&json!({ "title": "lead_2-b" }));
        assert_eq!(error_parts(&fixture, "admin", &taken).0, 422);
        assert_eq!(error_parts(&fixture, "ada", &one(operation).body(&json!({ "title": "x" }))).0, 401);
        let unknown = on(&fixture, operation).at("x").body(&json!({ "title": "x" }));
        assert_eq!(error_parts(&fixture, "admin", &unknown).0, 404);
    }
    assert_eq!(client.ok("ada", &one("labelDetails"))["title"], "silver");
    assert_eq!(error_parts(&fixture, "ada", &create(json!({ "title": "x" }))).0, 401, "administrators only");
    assert_eq!(error_parts(&fixture, "ada", &one("labelDelete")).0, 401);
    assert_eq!(client.ok("admin", &one("labelDelete")), Value::Null);
    for operation in ["labelDetails", "labelDelete"] {
        assert_eq!(error_parts(&fixture, "admin", &one(operation)).0, 404);
    }
}

pub(crate) fn definitions(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    let client = &fixture.client;
    let create = |body: Value| on(&fixture, "attributeDefinitionCreate").body(&body);
    let list = json!({
        "attribute_display_name": "Plan", "attribute_key": "plan", "attribute_display_type": 6,
        "attribute_values": ["gold", "silver"], "attribute_model": 1,
    });
    let made = client.ok("admin", &create(json!({ "custom_attribute_definition": list })));
    assert_eq!(
        (&made["attribute_display_type"], &made["attribute_values"]),
        (&json!("list"), &json!(["gold", "silver"]))
    );
    let code = json!({
        "attribute_display_name": "Code", "attribute_key": "code", "regex_pattern": "^[a-z]+$", "regex_cue": "letters",
        "attribute_model": "contact_attribute", "attribute_description": "of the contract",
    });
    let code = client.ok("admin", &create(code));
    assert_eq!((&code["attribute_display_type"], &code["regex_cue"]), (&json!("text"), &json!("letters")));
    let with = |key: &str, value: Value| {
        let mut body = json!({ "attribute_display_name": "X", "attribute_key": "x" });
        body[key] = value;
        create(body)
    };
    let conflict =
        "Attribute key The provided key is not allowed as it might conflict with default attributes.";
    for (ask, said) in [
        (with("attribute_key", json!("plan")), "Attribute key has already been taken"),
        (with("attribute_key", json!("email")), conflict),
        (with("attribute_key", json!(" ")), "Attribute key can't be blank"),
        (with("attribute_display_name", json!("")), "Attribute display name can't be blank"),
        (with("attribute_display_type", json!("any")), "Attribute display type is not a valid type"),
        (with("attribute_model", json!(0)), "Attribute model is invalid: only contacts have attributes here"),
    ] {
        assert_eq!(error_parts(&fixture, "admin", &ask).1, json!(said));
    }
    assert_eq!(error_parts(&fixture, "admin", &with("regex_pattern", json!("["))).0, 422);
    assert_eq!(error_parts(&fixture, "ada", &with("attribute_key", json!("y"))).0, 401);

    let one = |operation: &str| on(&fixture, operation).at(&made["id"]);
    for (operation, name) in [("attributeDefinitionUpdate", "Tariff"), ("attributeDefinitionReplace", "Rate")]
    {
        let body = json!({ "attribute_display_name": name, "attribute_values": "gold" });
        let changed = client.ok("admin", &one(operation).body(&body));
        assert_eq!(
            (&changed["attribute_display_name"], &changed["attribute_values"]),
            (&json!(name), &json!(["gold"]))
        );
        for bad in [json!({ "attribute_display_type": "text" }), json!({ "attribute_key": "other" })] {
            assert_eq!(error_parts(&fixture, "admin", &one(operation).body(&bad)).0, 422);
        }
        assert_eq!(error_parts(&fixture, "ada", &one(operation).body(&body)).0, 401);
        let unknown = on(&fixture, operation).at(999).body(&body);
        assert_eq!(error_parts(&fixture, "admin", &unknown).0, 404);
    }
    assert_eq!(client.ok("ada", &one("attributeDefinitionDetails"))["attribute_display_name"], "Rate");
    let listed = |model: &str| {
        let list = on(&fixture, "accountAttributeDefinitions").with("attribute_model", model);
        client.ok("ada", &list).as_array().unwrap().len()
    };
    assert_eq!(["contact_attribute", "1", "", "conversation_attribute", "0"].map(listed), [2, 2, 2, 0, 0]);
    assert_eq!(error_parts(&fixture, "ada", &one("attributeDefinitionDelete")).0, 401);
    assert_eq!(client.ok("admin", &one("attributeDefinitionDelete")), Value::Null);
    for operation in ["attributeDefinitionDetails", "attributeDefinitionDelete"] {
        assert_eq!(error_parts(&fixture, "admin", &one(operation)).0, 404);
    }
}

pub(crate) fn profile(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    let shown = |who: &str| fixture.client.ok(who, &ask("profile"));
    let ada = shown("ada");
    assert_eq!((&ada["id"], &ada["role"]), (&json!(fixture.ada.id.0), &json!("agent")));
    assert_eq!((&ada["name"], &ada["email"]), (&json!("ada Adviser"), &json!("ada@example.com")));
    assert_eq!(
        (&ada["account_id"], &ada["accounts"][0]["id"]),
        (&json!(fixture.home.0), &json!(fixture.home.0))
    );
    for (who, account) in [("admin", fixture.home), ("away", fixture.away), ("system", fixture.home)] {
        let admin = shown(who);
        assert_eq!((&admin["id"], &admin["role"]), (&Value::Null, &json!("administrator")));
        assert_eq!(admin["account_id"], json!(account.0), "{who}");
    }
}

pub(crate) fn search(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    let client = &fixture.client;
    for n in 0..17 {
        let body = json!({ "name": format!("Ann {n}"), "email": format!("ann{n}@example.com"), "identifier": format!("A-{n}") });
        created(&fixture, "ada", &body);
    }
    created(&fixture, "ada", &json!({ "name": "Annabel, whom nothing identifies" }));
    let find =
        |operation: &str, q: &str| client.ok("bob", &on(&fixture, operation).with("q", q))["payload"].clone();
    let all = find("searchAll", "ann16@");
    assert_eq!(
        (&all["contacts"][0]["name"], &all["contacts"][0]["identifier"]),
        (&json!("Ann 16"), &json!("A-16"))
    );
    assert_eq!((&all["contacts"].as_array().unwrap().len(), &all["messages"]), (&1, &json!([])));
    assert_eq!(find("searchAllContacts", "ann")["contacts"].as_array().unwrap().len(), 15);
    let second = on(&fixture, "searchAllContacts").with("q", "ann").with("page", 2);
    assert_eq!(client.ok("bob", &second)["payload"]["contacts"].as_array().unwrap().len(), 2);
    for blank in ["", " "] {
        assert_eq!(find("searchAll", blank)["contacts"], json!([]));
    }
    assert_eq!(client.ok("bob", &on(&fixture, "searchAllContacts"))["payload"]["contacts"], json!([]));
}

pub(crate) fn bulk(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    let client = &fixture.client;
    let contacts = ["Ann", "Bea", "Cid"].map(|name| {
        let made = created(&fixture, "ada", &json!({ "name": name, "email": format!("{name}@example.com") }));
        made["id"].clone()
    });
    let theirs = fixture.session.clone().in_tenant(fixture.away);
    let theirs = theirs.add(cardex::NewContact::new(cardex::Network::BOOK, "Theirs", "")).unwrap().id;
    let bulk = |body: Value| on(&fixture, "bulkActions").body(&body);
    let labels = |contact: &Value| {
        client.ok("ada", &on(&fixture, "list-all-labels-of-a-contact").at(contact))["payload"].clone()
    };
    let [ann, bea, cid] = &contacts;
    let add = json!({ "type": "Contact", "ids": [ann, bea.to_string(), 999, theirs.0], "labels": { "add": ["vip", "lead"] } });
    assert_eq!(client.ok("ada", &bulk(add)), Value::Null);
    let both = json!(["lead", "vip"]);
    assert_eq!([labels(ann), labels(bea), labels(cid)], [both.clone(), both, json!([])]);
    let change = json!({ "type": "contact", "ids": [ann, cid], "labels": { "add": "new", "remove": ["VIP", "never"] } });
    client.ok("ada", &bulk(change));
    assert_eq!(
        [labels(ann), labels(bea), labels(cid)],
        [json!(["lead", "new"]), json!(["lead", "vip"]), json!(["new"])]
    );
    assert!(fixture.session.tags().of(&[theirs]).unwrap()[0].is_empty(), "another account's contact");
    for bad in [
        json!({ "type": "Conversation", "ids": [1] }),
        json!({ "ids": [1] }),
        json!({ "type": "Contact" }),
        json!({ "type": "Contact", "ids": [1], "action_name": "explode" }),
        json!({ "type": "Contact", "ids": vec![1; 1_001] }),
    ] {
        assert_eq!(client.send("admin", &bulk(bad.clone())).status, 422, "{bad}");
    }
    client.ok("ada", &bulk(json!({ "type": "Contact", "ids": [ann] })));
    let delete = json!({ "type": "Contact", "ids": [ann, cid, theirs.0, 999], "action_name": "delete" });
    assert_eq!(error_parts(&fixture, "ada", &bulk(delete.clone())).0, 401, "administrators only");
    let none = json!({ "type": "Contact", "ids": [], "action_name": "delete" });
    assert_eq!(error_parts(&fixture, "ada", &bulk(none)).0, 401, "whatever the ids");
    client.ok("admin", &bulk(delete.clone()));
    client.ok("admin", &bulk(delete));
    let there = |id: &Value| client.send("ada", &on(&fixture, "contactDetails").at(id)).status;
    assert_eq!([there(ann), there(bea), there(cid)], [404, 200, 404]);
    assert!(fixture.session.get(theirs).unwrap().unwrap().trashed_at.is_none());
}
