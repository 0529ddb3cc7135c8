//! Labels, attributes, notes, inboxes and merging of Chatwoot.

use super::chatwoot::{created, error_parts, on};
use super::client::Ask;
use super::fixture::ProductFixture;
use cardex::Network;
use cardex::attributes::{AttributeKind, AttributeNamespace, NewAttribute};
use serde_json::{Value, json};

pub(crate) fn labels(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    let client = &fixture.client;
    let zoe = fixture.add(Network::SMS_DIRECT, "Zoe", "+33612345678", &fixture.ada);
    let list = || on(&fixture, "list-all-labels-of-a-contact").at(zoe.id);
    let set =
        |labels: Value| on(&fixture, "contact-add-labels").at(zoe.id).body(&json!({ "labels": labels }));
    assert_eq!(client.ok("ada", &list()), json!({ "payload": [] }));
    assert_eq!(client.ok("ada", &set(json!(["vip", "lead", "vip"]))), json!({ "payload": ["lead", "vip"] }));
    assert_eq!(client.ok("ada", &set(json!(["vip"]))), json!({ "payload": ["vip"] }));
    assert_eq!(client.ok("ada", &list()), json!({ "payload": ["vip"] }));
    for bad in [
        json!({ "vip": 1 }),
        json!([[7]]),
        json!([""]),
        json!([" "]),
        json!(["x".repeat(300)]),
        json!(vec!["y"; 5_000]),
    ] {
        let reply = client.invalid("ada", &set(bad.clone()));
        assert_eq!((reply.status, reply.body["error"].is_string()), (422, true), "{bad}");
    }
    assert_eq!(client.ok("ada", &list()), json!({ "payload": ["vip"] }), "nothing is written");
    assert_eq!(
        client.invalid("ada", &on(&fixture, "contact-add-labels").at(zoe.id).body(&json!({}))).status,
        422
    );
    assert_eq!(client.ok("bob", &list()), json!({ "payload": ["vip"] }), "another agent sees the same");
    assert_eq!(client.send("bob", &set(json!(["vip"])).instead(1, 999_999)).status, 404);
    assert_eq!(client.ok("ada", &set(json!([]))), json!({ "payload": [] }));
}

/// Undeclared attributes accept any value; declared ones check the type.
pub(crate) fn attributes(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    let client = &fixture.client;
    let seats = NewAttribute::new(AttributeNamespace::Custom, "seats", AttributeKind::Number);
    fixture.session.clone().in_tenant(fixture.home).attributes().add(seats).unwrap();
    let custom = json!({ "plan": "gold", "seats": 7, "tree": { "a": [1, null] }, "none": null });
    let more = json!({ "city": "Paris", "company": "Acme", "country_code": "FR", "referer": "https://x.example", "n": 1 });
    let sent = json!({ "name": "Ann", "custom_attributes": custom, "additional_attributes": more });
    let made = created(&fixture, "ada", &sent);
    assert_eq!(made["custom_attributes"], custom);
    let mut shown = more.clone();
    shown["company_name"] = json!("Acme");
    shown["country"] = json!("FR");
    assert_eq!(made["additional_attributes"], shown);
    let update = |body: Value| on(&fixture, "contactUpdate").at(&made["id"]).body(&body);
    // Keys that are sent are replaced, other keys stay. Nested objects are replaced as a whole.
    let body = json!({ "custom_attributes": { "plan": "silver", "new": true }, "additional_attributes": { "n": 2 } });
    let changed = client.ok("ada", &update(body))["payload"].clone();
    assert_eq!(
        (&changed["custom_attributes"]["plan"], &changed["custom_attributes"]["seats"]),
        (&json!("silver"), &json!(7))
    );
    assert_eq!(
        (&changed["additional_attributes"]["n"], &changed["additional_attributes"]["city"]),
        (&json!(2), &json!("Paris"))
    );
    // A value of the wrong type rejects the whole request.
    let bad = update(json!({ "name": "Never", "custom_attributes": { "seats": "many", "plan": "none" } }));
    assert_eq!(error_parts(&fixture, "ada", &bad).2, json!(["custom_attributes"]));
    let bad = on(&fixture, "contactCreate")
        .body(&json!({ "name": "Never", "custom_attributes": { "seats": "many" } }));
    assert_eq!(error_parts(&fixture, "ada", &bad).2, json!(["custom_attributes"]));
    let after = client.ok("ada", &on(&fixture, "contactDetails").at(&made["id"]))["payload"].clone();
    assert_eq!(after, changed, "nothing is written");
    let destroy = |keys: Value| {
        on(&fixture, "contactDestroyCustomAttributes")
            .at(&made["id"])
            .body(&json!({ "custom_attributes": keys }))
    };
    let left = client.ok("ada", &destroy(json!(["plan", "tree", "never there", "none"])))["payload"].clone();
    assert_eq!(left["custom_attributes"], json!({ "seats": 7, "new": true }));
    assert_eq!(left["additional_attributes"], changed["additional_attributes"]);
    for bad in [json!({ "plan": 1 }), json!([[7]])] {
        assert_eq!(client.invalid("ada", &destroy(bad)).status, 422);
    }
    assert_eq!(client.send("bob", &destroy(json!(["seats"])).instead(1, 999_999)).status, 404);
}

pub(crate) fn notes(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    let client = &fixture.client;
    let zoe = fixture.add(Network::SMS_DIRECT, "Zoe", "+33612345678", &fixture.ada);
    fixture.session.link(zoe.id, fixture.bob.id).unwrap();
    let note = |operation: &str| on(&fixture, operation).at(zoe.id);
    let text = |text: &str| json!({ "content": text });
    assert_eq!(client.ok("ada", &note("contactNoteList")), json!([]));
    let first = client.ok("ada", &note("contactNoteCreate").body(&text("first")));
    assert_eq!(
        (&first["content"], &first["contact_id"], &first["account_id"]),
        (&json!("first"), &json!(zoe.id.0), &json!(fixture.home.0))
    );
    assert_eq!(
        (&first["user"]["id"], &first["user"]["name"]),
        (&json!(fixture.ada.id.0), &json!("ada Adviser"))
    );
    let wrapped = json!({ "note": { "content": "second" } });
    let second = client.ok("admin", &note("contactNoteCreate").body(&wrapped));
    assert!(second.get("user").is_none(), "an administrator is no advisor");
    assert_eq!(client.ok("ada", &note("contactNoteList")), json!([second, first]), "newest first");
    let one = |operation: &str| note(operation).at(&first["id"]);
    assert_eq!(client.ok("bob", &one("contactNoteDetails"))["content"], "first");
    for (operation, said) in [("contactNoteUpdate", "third"), ("contactNoteReplace", "fourth")] {
        let changed = client.ok("bob", &one(operation).body(&text(said)));
        assert_eq!((&changed["content"], &changed["user"]["id"]), (&json!(said), &json!(fixture.bob.id.0)));
        let blank = (422, json!("Content can't be blank"), json!(["content"]));
        for bad in [text(" "), json!({})] {
            assert_eq!(error_parts(&fixture, "bob", &one(operation).body(&bad)), blank);
            assert_eq!(error_parts(&fixture, "bob", &note("contactNoteCreate").body(&bad)), blank);
        }
        assert_eq!(error_parts(&fixture, "bob", &one(operation).body(&text(&"x".repeat(20_001)))).0, 422);
        assert_eq!(error_parts(&fixture, "bob", &one(operation).body(&json!({ "content": [7] }))).0, 422);
        assert_eq!(client.ok("bob", &one("contactNoteDetails"))["content"], said);
    }
    let other = fixture.add(Network::SMS_DIRECT, "Max", "+33612345679", &fixture.bob);
    for operation in ["contactNoteDetails", "contactNoteUpdate", "contactNoteReplace", "contactNoteDelete"] {
        let body = |ask: Ask| if operation.contains("te") { ask.body(&text("x")) } else { ask };
        for place in [
            one(operation).instead(1, other.id),
            one(operation).instead(2, "7"),
            one(operation).instead(2, "x"),
        ] {
            assert_eq!(error_parts(&fixture, "bob", &body(place)).0, 404, "{operation}");
        }
    }
    assert_eq!(client.ok("ada", &on(&fixture, "contactNoteList").at(other.id)), json!([]));
    for operation in ["contactNoteList", "contactNoteCreate"] {
        let unknown = on(&fixture, operation).at(999_999).body(&text("x"));
        assert_eq!(error_parts(&fixture, "ada", &unknown).0, 404, "{operation}");
    }
    assert_eq!(client.ok("ada", &one("contactNoteDelete")), Value::Null);
    assert_eq!(error_parts(&fixture, "ada", &one("contactNoteDetails")).0, 404);
}

pub(crate) fn inboxes(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    let client = &fixture.client;
    let session = fixture.session.clone().in_tenant(fixture.home);
    let [sms, whatsapp, _email, api] =
        ["sms", "whatsapp", "email", "api"].map(|kind| session.channels().add(kind, kind).unwrap().id.0);
    let create = |body: Value| on(&fixture, "contactCreate").body(&body);
    let sent = json!({ "name": "Ann", "phone_number": "+33612345678", "inbox_id": whatsapp });
    let made = client.ok("admin", &create(sent))["payload"].clone();
    let inbox = json!({
        "id": whatsapp, "avatar_url": null, "channel_id": whatsapp, "name": "whatsapp",
        "channel_type": "Channel::Whatsapp", "provider": null,
    });
    assert_eq!(made["contact_inbox"], json!({ "inbox": inbox, "source_id": "33612345678" }));
    assert_eq!(made["contact"]["contact_inboxes"], json!([{ "source_id": "33612345678", "inbox": inbox }]));
    let id = made["contact"]["id"].clone();
    let bare = on(&fixture, "contactDetails").at(&id).with("include_contact_inboxes", "false");
    assert!(client.ok("admin", &bare)["payload"].get("contact_inboxes").is_none());

    let ways = client.ok("admin", &on(&fixture, "contactableInboxesGet").at(&id))["payload"].clone();
    let ways: Vec<_> = ways
        .as_array()
        .unwrap()
        .iter()
        .map(|way| (way["inbox"]["id"].clone(), way["source_id"].clone()))
        .collect();
    assert_eq!(
        ways,
        [
            (json!(sms), json!("+33612345678")),
            (json!(whatsapp), json!("33612345678")),
            (json!(api), json!(id.to_string()))
        ]
    );

    assert_eq!(error_parts(&fixture, "bob", &on(&fixture, "contactableInboxesGet").at(999_999)).0, 404);
    // A source id is unique in an inbox. A missing one is generated.
    let own = |source: Value| json!({ "name": "B", "inbox_id": api, "source_id": source });
    assert_eq!(
        client.ok("admin", &create(own(json!("s-1"))))["payload"]["contact_inbox"]["source_id"],
        "s-1"
    );
    assert_eq!(
        error_parts(&fixture, "admin", &create(own(json!("s-1")))),
        (422, json!("Source id has already been taken"), json!(["source_id"]))
    );
    let made = client.ok("admin", &create(own(Value::Null)));
    assert_eq!(made["payload"]["contact_inbox"]["source_id"].as_str().unwrap().len(), 32);
    let bad = json!({ "name": "B", "inbox_id": whatsapp, "source_id": "no digits" });
    assert_eq!(error_parts(&fixture, "admin", &create(bad)).0, 422);
    for unknown in [json!(7), json!(-1), json!(i64::MAX)] {
        assert_eq!(
            error_parts(&fixture, "admin", &create(json!({ "name": "B", "inbox_id": unknown }))).0,
            404
        );
    }
    assert_eq!(error_parts(&fixture, "admin", &create(json!({ "name": "B", "inbox_id": "x" }))).0, 422);
    let elsewhere = fixture.session.clone().in_tenant(fixture.away).channels().add("api", "").unwrap().id.0;
    assert_eq!(error_parts(&fixture, "admin", &create(json!({ "name": "B", "inbox_id": elsewhere }))).0, 404);
}

pub(crate) fn merging(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    let client = &fixture.client;
    let base = created(
        &fixture,
        "admin",
        &json!({ "name": "Ann Lee", "identifier": "A", "email": "a@example.com" }),
    );
    let other = json!({
        "name": "Anna", "identifier": "B", "phone_number": "+33612345678", "custom_attributes": { "plan": "gold" },
    });
    let other = created(&fixture, "admin", &other);
    let label = on(&fixture, "contact-add-labels").at(&other["id"]).body(&json!({ "labels": ["vip"] }));
    client.ok("admin", &label);
    let merge = |base: &Value, mergee: &Value| {
        on(&fixture, "contactMerge").body(&json!({ "base_contact_id": base, "mergee_contact_id": mergee }))
    };
    // Merging a contact with itself changes nothing.
    let same = client.ok("admin", &merge(&base["id"], &base["id"]));
    assert_eq!((&same["id"], &same["name"]), (&base["id"], &json!("Ann Lee")));
    for (base, mergee) in [(&base["id"], &json!(7)), (&json!(7), &base["id"])] {
        assert_eq!(error_parts(&fixture, "admin", &merge(base, mergee)).0, 404);
    }
    for body in [json!({}), json!({ "base_contact_id": base["id"] }), json!({ "base_contact_id": "x" })] {
        // This answer is not declared, as the module documentation says.
        assert_eq!(client.plain("admin", &on(&fixture, "contactMerge").body(&body)).status, 422, "{body}");
    }
    let merged = client.ok("ada", &merge(&base["id"], &other["id"]));
    assert_eq!(
        (&merged["id"], &merged["name"], &merged["identifier"]),
        (&base["id"], &json!("Ann Lee"), &json!("A"))
    );
    assert_eq!(
        (&merged["email"], &merged["phone_number"]),
        (&json!("a@example.com"), &json!("+33612345678"))
    );
    assert_eq!(merged["custom_attributes"], json!({ "plan": "gold" }));
    assert!(merged.get("contact_inboxes").is_none());
    let labels = client.ok("admin", &on(&fixture, "list-all-labels-of-a-contact").at(&base["id"]));
    assert_eq!(labels, json!({ "payload": ["vip"] }), "labels survive");
    assert_eq!(error_parts(&fixture, "admin", &on(&fixture, "contactDetails").at(&other["id"])).0, 404);
    assert_eq!(error_parts(&fixture, "admin", &merge(&base["id"], &other["id"])).0, 404);
}

/// The ids of a proposal of duplicates are those of the API.
pub(crate) fn merging_a_proposal(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    for phone in ["+33612345601", "+33612345602"] {
        let contact = fixture.add(Network::SMS_DIRECT, "Zoe", phone, &fixture.ada);
        let patch = cardex::ContactPatch::new().emails(["zoe@example.com"]);
        fixture.session.edit(contact.id, patch).unwrap();
    }
    let groups = fixture.session.duplicates().page().unwrap().items;
    let pair = &groups[0].pairs[0];
    let body = json!({ "base_contact_id": pair.first.0, "mergee_contact_id": pair.second.0 });
    let merged = fixture.client.ok("ada", &on(&fixture, "contactMerge").body(&body));
    assert_eq!((groups.len(), &merged["id"]), (1, &json!(pair.first.0)));
    assert!(fixture.session.duplicates().page().unwrap().items.is_empty());
}

pub(crate) fn catalogue(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    let client = &fixture.client;
    let session = fixture.session.clone().in_tenant(fixture.home);
    session.tags().add(cardex::tags::TagPatch::new().name("vip").color("ff8000".parse().ok())).unwrap();
    session.channels().add("whatsapp", "Sales").unwrap();
    let plan = NewAttribute::new(AttributeNamespace::Custom, "plan", AttributeKind::Text);
    session.attributes().add(plan).unwrap();
    let list = |operation: &str| client.ok("ada", &on(&fixture, operation));
    let label = &list("accountLabels")["payload"][0];
    assert_eq!(
        (&label["id"], &label["title"], &label["color"]),
        (&json!(1), &json!("vip"), &json!("#ff8000"))
    );
    let inbox = &list("accountInboxes")["payload"][0];
    assert_eq!((&inbox["id"], &inbox["channel_type"]), (&json!(1), &json!("Channel::Whatsapp")));
    let definition = &list("accountAttributeDefinitions")[0];
    let shown = (&definition["attribute_key"], &definition["attribute_display_type"]);
    assert_eq!(shown, (&json!("plan"), &json!("text")));
}
