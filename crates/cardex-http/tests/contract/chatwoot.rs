//! Every operation of Chatwoot, by subject.

use cardex::attributes::{AttributeKind, AttributeNamespace, NewAttribute};
use cardex::{Network, NewContact, Timestamp};
use serde_json::{Value, json};

use super::chatwoot_lists;
use super::client::{Ask, ask};
use super::coverage::{Exemption, coverage};
use super::fixture::{Fixture, ProductFixture};
use super::maker::{Values, make};
use super::product::Product;

/// Declared answers that an embedded engine cannot give.
const UNREACHABLE: &[Exemption] = &[("contactSearch", 429, "", "calls within a process are not counted")];

#[test]
fn every_operation_and_every_error() {
    let product_fixture = ProductFixture::of(Product::chatwoot());
    unauthenticated(&product_fixture);
    single_errors(&product_fixture);
    fields(&product_fixture);
    deleting(&product_fixture);
    blocking(&product_fixture);
    labels(&product_fixture);
    attributes(&product_fixture);
    notes(&product_fixture);
    inboxes(&product_fixture);
    merging(&product_fixture);
    chatwoot_lists::lists(&product_fixture);
    chatwoot_lists::searching(&product_fixture);
    chatwoot_lists::filtering(&product_fixture);
    chatwoot_lists::misfiltering(&product_fixture);
    let counts = coverage(&product_fixture, UNREACHABLE);
    assert_eq!(counts.0, 20);
}

/// Values that the OpenAPI file permits.
struct ValidInput<'a>(&'a Fixture);

impl Values for ValidInput<'_> {
    fn has(&mut self) -> bool {
        true
    }

    fn count(&mut self) -> usize {
        1
    }

    fn text(&mut self, name: &str) -> String {
        match name {
            "account_id" => self.0.home.to_string(),
            "sort" => "name".to_owned(),
            "email" => "x@y.example".to_owned(),
            "phone_number" => "+33600000000".to_owned(),
            _ => "7".to_owned(),
        }
    }
}

/// Calls without a token or for another account are refused.
fn unauthenticated(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    let client = &fixture.client;
    for operation in product_fixture.product.contract.operations.keys() {
        let ask = make(&product_fixture.product.contract, operation, &mut ValidInput(&fixture));
        for token in ["", "unknown", "barred", "other", "lost", "away", "eve"] {
            let reply = client.send(token, &ask);
            assert_eq!(reply.status, 401, "{token}: {ask:?}: {reply:?}");
        }
        let mut elsewhere = ask.clone();
        for account in ["1", "0", "-1", "x", "99999999999999999999"] {
            elsewhere = elsewhere.instead(0, account);
            assert_eq!(client.send("system", &elsewhere).status, 401, "{elsewhere:?}");
        }
    }
}

pub fn on(fixture: &Fixture, operation: &str) -> Ask {
    ask(operation).at(fixture.home)
}

pub fn created(fixture: &Fixture, who: &str, body: &Value) -> Value {
    let made = fixture.client.ok(who, &on(fixture, "contactCreate").body(body));
    made["payload"]["contact"].clone()
}

/// The parts of an error: status, sentence, fields.
pub fn error_parts(fixture: &Fixture, who: &str, ask: &Ask) -> (u16, Value, Value) {
    let reply = fixture.client.send(who, ask);
    let said = if reply.body["error"].is_null() { &reply.body["message"] } else { &reply.body["error"] };
    (reply.status, said.clone(), reply.body["attributes"].clone())
}

fn single_errors(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    let client = &fixture.client;
    let sent = json!({
        "name": "John van Doe", "email": " John@Example.COM", "phone_number": "+33612345678",
        "identifier": "Case-7", "additional_attributes": { "company_name": "Acme", "city": "Paris", "country": "France" },
    });
    let made = client.ok("admin", &on(&fixture, "contactCreate").body(&sent));
    let contact = &made["payload"]["contact"];
    let id = contact["id"].as_i64().unwrap();
    let expected = json!({
        "id": id, "name": "John van Doe", "email": "john@example.com", "phone_number": "+33612345678",
        "identifier": "Case-7", "blocked": false, "thumbnail": "", "availability_status": "offline",
        "additional_attributes": { "company_name": "Acme", "city": "Paris", "country": "France" },
        "custom_attributes": {}, "created_at": contact["created_at"],
    });
    let mut bare = contact.clone();
    bare.as_object_mut().unwrap().remove("contact_inboxes");
    assert_eq!(bare, expected);
    assert_eq!(contact["contact_inboxes"], json!([]));
    assert_eq!(made["payload"]["contact_inbox"], json!({ "inbox": null, "source_id": null }));
    assert_eq!(contact["created_at"], crate::support::START / 1_000, "whole seconds, cut");
    let stored = fixture.session.get(cardex::ContactId(id)).unwrap().unwrap();
    assert_eq!((stored.first_name.as_str(), stored.last_name.as_str()), ("John", "van Doe"));

    // An advisor sees their own contacts, but no contacts of another tenant.
    let details = |id: &dyn ToString| on(&fixture, "contactDetails").at(id.to_string());
    assert_eq!(client.ok("admin", &details(&id))["payload"]["name"], "John van Doe");
    for (who, id) in
        [("ada", id.to_string()), ("admin", "1".into()), ("admin", "x".into()), ("admin", "0".into())]
    {
        assert_eq!(error_parts(&fixture, who, &details(&id)).0, 404, "{who} {id}");
    }
    let own = created(&fixture, "ada", &json!({ "name": "Hers" }));
    assert_eq!(client.ok("ada", &details(&own["id"]))["payload"]["name"], "Hers");
    assert_eq!(error_parts(&fixture, "bob", &details(&own["id"])).0, 404);

    // Only the sent fields change.
    for operation in ["contactUpdate", "contactPatch"] {
        let change = |body: Value| on(&fixture, operation).at(id).body(&body);
        let changed = client.ok("admin", &change(json!({ "name": "Jane Roe", "email": null })));
        assert_eq!(
            (&changed["payload"]["name"], &changed["payload"]["email"]),
            (&json!("Jane Roe"), &Value::Null)
        );
        assert_eq!(changed["payload"]["phone_number"], "+33612345678");
        let changed = client.ok("admin", &change(json!({ "additional_attributes": { "city": "Lyon" } })));
        assert_eq!(changed["payload"]["additional_attributes"]["city"], "Lyon");
        assert_eq!(changed["payload"]["additional_attributes"]["company_name"], "Acme");
        let changed = client.ok("admin", &change(json!({ "email": "j@example.com", "identifier": "" })));
        assert_eq!(
            (&changed["payload"]["email"], &changed["payload"]["identifier"]),
            (&json!("j@example.com"), &Value::Null)
        );
        // One invalid field rejects the whole request.
        let bad = change(json!({ "name": "Never", "phone_number": "12" }));
        assert_eq!(error_parts(&fixture, "admin", &bad).0, 422);
        assert_eq!(client.ok("admin", &details(&id))["payload"]["name"], "Jane Roe");
        assert_eq!(error_parts(&fixture, "admin", &on(&fixture, operation).at(7).body(&json!({}))).0, 404);
    }
    fixture.session.mark_active(stored.id, Timestamp(crate::support::START + 1_999)).unwrap();
    let seen = client.ok("admin", &details(&id));
    assert_eq!(seen["payload"]["last_activity_at"], crate::support::START / 1_000 + 1);
    assert_eq!(seen["payload"]["availability_status"], "online");
}

fn fields(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    let create = |body: Value| on(&fixture, "contactCreate").body(&body);
    created(
        &fixture,
        "admin",
        &json!({ "name": "Ann", "email": "ann@example.com", "phone_number": "+33612345678", "identifier": "A" }),
    );
    for (body, attribute, message) in [
        (
            json!({ "name": "B", "phone_number": "+33612345678" }),
            "phone_number",
            "Phone number has already been taken",
        ),
        (json!({ "name": "B", "identifier": "A" }), "identifier", "Identifier has already been taken"),
        (json!({ "name": "B", "email": "no address" }), "email", "Email is invalid"),
        (
            json!({ "name": "B", "phone_number": "0612345678" }),
            "phone_number",
            "Phone number should be in e164 format",
        ),
        (
            json!({ "name": "B", "phone_number": "+0612345678" }),
            "phone_number",
            "Phone number should be in e164 format",
        ),
        (
            json!({ "name": "B", "phone_number": "abc+33612345679" }),
            "phone_number",
            "Phone number should be in e164 format",
        ),
        (json!({ "name": "B".repeat(256) }), "name", "Name is too long (maximum is 255 characters)"),
        (json!({}), "name", "Name can't be blank"),
    ] {
        assert_eq!(
            error_parts(&fixture, "admin", &create(body.clone())),
            (422, json!(message), json!([attribute])),
            "{body}"
        );
    }
    assert_eq!(error_parts(&fixture, "admin", &create(json!({ "name": "B", "inbox_id": 7 }))).0, 404);
    let twice = created(&fixture, "admin", &json!({ "name": "Case", "identifier": "a" }));
    assert_eq!(twice["identifier"], "a", "case counts");
    for body in
        [json!({ "name": 7 }), json!({ "blocked": "yes" }), json!({ "additional_attributes": [] }), json!([])]
    {
        assert_eq!(error_parts(&fixture, "admin", &create(body.clone())).0, 422, "{body}");
    }
    assert_eq!(error_parts(&fixture, "admin", &on(&fixture, "contactCreate").bytes("{")).0, 422);
    assert_eq!(error_parts(&fixture, "admin", &on(&fixture, "contactCreate").bytes("")).0, 422);
    // A name is returned as it was sent.
    for name in ["Ludwig  van\tBeethoven", "x", "  padded  ", "ß İ ﷺ", "\u{202e}gpj"] {
        let made = created(
            &fixture,
            "admin",
            &json!({ "name": name, "email": format!("{}@example.com", name.len()) }),
        );
        assert_eq!(made["name"], name.trim());
    }
    let nameless = created(&fixture, "admin", &json!({ "email": "nameless@example.com" }));
    assert_eq!(nameless["name"], "");
}

fn deleting(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    let client = &fixture.client;
    let own = created(&fixture, "ada", &json!({ "name": "Hers", "email": "h@example.com" }));
    let delete = || on(&fixture, "contactDelete").at(&own["id"]);
    assert_eq!(
        error_parts(&fixture, "ada", &delete()),
        (401, json!("You are not authorized to do this action"), Value::Null)
    );
    let id = cardex::ContactId(own["id"].as_i64().unwrap());
    fixture.session.mark_active(id, fixture.session.now()).unwrap();
    let online = client.send("admin", &delete());
    assert_eq!((online.status, online.body["message"].is_string()), (422, true));
    let offline = fixture.add(Network::SMS_DIRECT, "Zoe", "+33612345678", &fixture.ada);
    assert_eq!(client.ok("admin", &on(&fixture, "contactDelete").at(offline.id)), Value::Null);
    for operation in ["contactDelete", "contactDetails", "list-all-labels-of-a-contact"] {
        assert_eq!(
            error_parts(&fixture, "admin", &on(&fixture, operation).at(offline.id)).0,
            404,
            "{operation}"
        );
    }
    assert_eq!(
        client.send("admin", &on(&fixture, "contactUpdate").at(offline.id).body(&json!({}))).status,
        404
    );
    // The values of a deleted contact are free.
    created(&fixture, "admin", &json!({ "name": "New", "phone_number": "+33612345678" }));
}

/// The flag is a block of the first phone for the tenant.
fn blocking(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    let made = created(
        &fixture,
        "admin",
        &json!({ "name": "Spam", "phone_number": "+33612345678", "blocked": true }),
    );
    assert_eq!(made["blocked"], true);
    assert_eq!(
        fixture.session.clone().in_tenant(fixture.home).blocked_numbers().of_tenant().unwrap().len(),
        1
    );
    let update = |body: Value| on(&fixture, "contactUpdate").at(&made["id"]).body(&body);
    let blocked = |body: Value| fixture.client.ok("admin", &update(body))["payload"]["blocked"].clone();
    assert_eq!(blocked(json!({ "name": "Still" })), true);
    assert_eq!(blocked(json!({ "blocked": false })), false);
    assert_eq!(blocked(json!({ "blocked": true })), true);
    // Without a phone the block is rejected, and with it the whole request.
    let new = json!({ "name": "None", "email": "n@example.com", "blocked": true });
    let refused = (422, json!("Phone number can't be blank"), json!(["phone_number"]));
    assert_eq!(error_parts(&fixture, "admin", &on(&fixture, "contactCreate").body(&new)), refused);
    let bare = created(&fixture, "admin", &json!({ "name": "None", "email": "n@example.com" }));
    let change =
        on(&fixture, "contactUpdate").at(&bare["id"]).body(&json!({ "name": "Changed", "blocked": true }));
    assert_eq!(error_parts(&fixture, "admin", &change), refused);
    let details = on(&fixture, "contactDetails").at(&bare["id"]);
    assert_eq!(fixture.client.ok("admin", &details)["payload"]["name"], "None");
    // An agent may repeat the current state, but not change it.
    let own = created(&fixture, "ada", &json!({ "name": "Hers", "phone_number": "+33612345679" }));
    let change = |yes: bool| on(&fixture, "contactUpdate").at(&own["id"]).body(&json!({ "blocked": yes }));
    assert_eq!(fixture.client.ok("ada", &change(false))["payload"]["blocked"], false);
    assert_eq!(error_parts(&fixture, "ada", &change(true)).0, 401);
    let shared = fixture.session.add(NewContact::new(Network::SMS_DIRECT, "All", "").shared()).unwrap();
    let change = on(&fixture, "contactUpdate").at(shared.id).body(&json!({ "name": "Mine" }));
    assert_eq!(error_parts(&fixture, "admin", &change).0, 401, "what is shared is the system's");
}

fn labels(product_fixture: &ProductFixture) {
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
        json!("vip"),
        json!([7]),
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
    assert_eq!(error_parts(&fixture, "bob", &list()).0, 404);
    assert_eq!(client.send("bob", &set(json!(["vip"]))).status, 404);
    assert_eq!(client.ok("ada", &set(json!([]))), json!({ "payload": [] }));
}

/// Undeclared attributes accept any value; declared ones check the type.
fn attributes(product_fixture: &ProductFixture) {
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
    for bad in [json!("plan"), json!([7])] {
        assert_eq!(client.invalid("ada", &destroy(bad)).status, 422);
    }
    assert_eq!(client.send("bob", &destroy(json!(["seats"]))).status, 404);
}

fn notes(product_fixture: &ProductFixture) {
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
        assert_eq!(error_parts(&fixture, "bob", &one(operation).body(&json!({ "content": 7 }))).0, 422);
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
    assert_eq!(error_parts(&fixture, "ada", &on(&fixture, "contactNoteList").at(other.id)).0, 404);
    assert_eq!(
        error_parts(&fixture, "ada", &on(&fixture, "contactNoteCreate").at(other.id).body(&text("x"))).0,
        404
    );
    assert_eq!(client.ok("ada", &one("contactNoteDelete")), Value::Null);
    assert_eq!(error_parts(&fixture, "ada", &one("contactNoteDetails")).0, 404);
}

fn inboxes(product_fixture: &ProductFixture) {
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
    assert_eq!(error_parts(&fixture, "bob", &on(&fixture, "contactableInboxesGet").at(&id)).0, 404);

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

fn merging(product_fixture: &ProductFixture) {
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
    assert_eq!(
        error_parts(&fixture, "ada", &merge(&base["id"], &other["id"])).0,
        404,
        "what ada does not see"
    );
    let merged = client.ok("admin", &merge(&base["id"], &other["id"]));
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
