//! Every operation of SmartSender, by subject.

use cardex::attributes::{AttributeKind, AttributeNamespace, NewAttribute};
use cardex::channels::ChannelIdentityPatch;
use cardex::tags::TagPatch;
use cardex::{Network, NewContact};
use serde_json::{Value, json};

use super::client::{Ask, ask};
use super::coverage::coverage;
use super::fixture::{Fixture, ProductFixture};
use super::maker::{Values, make};
use super::product::Product;
use super::smartsender_project::{UNREACHABLE, messages, project, repeated_events};

/// Declared answers that an embedded engine cannot give.
#[test]
fn every_operation_and_every_error() {
    let product_fixture = ProductFixture::of(Product::smartsender());
    unauthenticated(&product_fixture);
    single(&product_fixture);
    updating(&product_fixture);
    tags_and_funnels(&product_fixture);
    identities(&product_fixture);
    creating(&product_fixture);
    events(&product_fixture);
    messages(&product_fixture);
    lists(&product_fixture);
    unify(&product_fixture);
    project(&product_fixture);
    let counts = coverage(&product_fixture, UNREACHABLE);
    assert_eq!(counts.0, 23);
}

/// Values that the OpenAPI file permits.
struct ValidInput;

impl Values for ValidInput {
    fn has(&mut self) -> bool {
        true
    }

    fn count(&mut self) -> usize {
        1
    }

    fn text(&mut self, name: &str) -> String {
        match name {
            "email" => "x@y.example".to_owned(),
            "phone" => "+33600000000".to_owned(),
            _ => "7".to_owned(),
        }
    }
}

/// Calls without a token are refused. Unreadable input is 400 everywhere.
fn unauthenticated(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    let client = &fixture.client;
    for (operation, known) in &product_fixture.product.contract.operations {
        let ask = make(&product_fixture.product.contract, operation, &mut ValidInput);
        let status = |token: &str| client.send(token, &ask).status;
        assert_eq!((status(""), status("unknown")), (401, 403), "{ask:?}");
        assert_eq!((status("barred"), status("other"), status("lost")), (403, 403, 403), "{ask:?}");
        if known.parameters.iter().any(|parameter| parameter.in_path) {
            assert_eq!(client.send("admin", &ask).status, 404, "{ask:?}");
            assert_eq!(client.send("admin", &ask.clone().instead(0, "x")).status, 404, "{ask:?}");
        }
        let mut request = ask.request(&product_fixture.product, "admin");
        let path = request.uri().path().to_owned();
        *request.uri_mut() = format!("{path}?a=%ff").parse().unwrap();
        let reply = client.counted(operation, request);
        assert_eq!(reply.status, 400, "{ask:?}");
    }
}

/// The status and the sentence of an error.
fn error_parts(fixture: &Fixture, who: &str, ask: &Ask) -> (u16, String) {
    let reply = fixture.client.send(who, ask);
    assert!(reply.status >= 400, "{ask:?}: {reply:?}");
    (reply.status, reply.body["error"]["message"][0].as_str().unwrap().to_owned())
}

fn done() -> Value {
    json!({ "state": true })
}

fn single(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    let client = &fixture.client;
    let session = fixture.session.clone().in_tenant(fixture.home);
    let zoe = NewContact::new(Network::WHATSAPP_DIRECT, "Zoe", "Otto").email("z@example.com");
    let zoe =
        zoe.phone("+33 6 12 34 56 78").city("Paris").attribute(AttributeNamespace::Custom, "plan", "gold");
    let zoe = session.add(zoe.advisor(fixture.ada.id)).unwrap();
    let vip = session.tags().add(TagPatch::new().name("vip").color(Some("ff8800".parse().unwrap()))).unwrap();
    session.tags().attach(zoe.id, vip.id).unwrap();
    session.notes(zoe.id).add("a note").unwrap();
    let shown = client.ok("ada", &ask("getContact").at(zoe.id));
    let mut expected = json!({
        "id": zoe.id.0, "projectId": fixture.home.0, "firstName": "Zoe", "lastName": "Otto", "fullName": "Zoe Otto",
        "name": "Zoe Otto", "email": "z@example.com", "phone": "+33612345678", "photo": null, "thumb": null,
        "tags": [{ "id": vip.id.0, "name": "vip", "color": "ff8800" }], "funnels": [],
        "system_city": "Paris", "system_country": null,
        "variables": [{ "name": "plan", "type": "string", "value": "gold" }],
    });
    for key in ["createdAt", "updatedAt", "notes"] {
        expected[key] = shown[key].clone();
    }
    assert_eq!(shown, expected);
    assert!(shown["createdAt"].as_str().unwrap().starts_with("2025-01-01 00:00:0"), "UTC, cut to the second");
    assert_eq!(shown["notes"][0]["content"], "a note");
    let info = client.ok("ada", &ask("getContactInfo").at(zoe.id));
    assert_eq!((&info["plan"], info.get("variables")), (&json!("gold"), None));
    for who in ["bob", "eve", "away"] {
        for operation in ["getContact", "getContactInfo", "getContactChat"] {
            assert_eq!(error_parts(&fixture, who, &ask(operation).at(zoe.id)).0, 404, "{who} {operation}");
        }
    }
    let shared = fixture.session.add(NewContact::new(Network::SMS_DIRECT, "All", "").shared()).unwrap();
    assert_eq!(
        error_parts(&fixture, "admin", &ask("deleteContact").at(shared.id)).0,
        403,
        "what is shared is the system's"
    );
    assert_eq!(client.ok("ada", &ask("deleteContact").at(zoe.id)), done());
    assert_eq!(error_parts(&fixture, "ada", &ask("getContact").at(zoe.id)).0, 404);
}

fn updating(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    let client = &fixture.client;
    let session = fixture.session.clone().in_tenant(fixture.home);
    session
        .attributes()
        .add(NewAttribute::new(AttributeNamespace::Custom, "seats", AttributeKind::Number))
        .unwrap();
    let zoe = fixture.add(Network::SMS_DIRECT, "Zoe", "+33612345678", &fixture.ada);
    fixture.add(Network::SMS_DIRECT, "Max", "+33612345679", &fixture.ada);
    let update = |values: Value| ask("updateContact").at(zoe.id).body(&json!({ "values": values }));
    let sent = json!({ "email": "new@example.com", "lastName": "New", "plan": "gold", "seats": 7 });
    assert_eq!(client.ok("ada", &update(sent)), done());
    let shown = client.ok("ada", &ask("getContactInfo").at(zoe.id));
    assert_eq!((&shown["email"], &shown["fullName"]), (&json!("new@example.com"), &json!("Zoe New")));
    assert_eq!((&shown["plan"], &shown["seats"]), (&json!("gold"), &json!(7)));
    // Only invalid values are ignored.
    let bad = json!({
        "email": "none", "phone": "+33612345679", "seats": "many", "lastName": 7, "id": 1, "system_city": "Rome",
        "createdAt": "now", "firstName": "Zoë",
    });
    assert_eq!(client.ok("ada", &update(bad)), done());
    let after = client.ok("ada", &ask("getContactInfo").at(zoe.id));
    assert_eq!(
        (&after["email"], &after["phone"], &after["seats"]),
        (&json!("new@example.com"), &json!("+33612345678"), &json!(7))
    );
    assert_eq!(
        (&after["firstName"], &after["lastName"], &after["id"]),
        (&json!("Zoë"), &json!("New"), &json!(zoe.id.0))
    );
    for broken in [json!({}), json!({ "values": [] }), json!({ "values": "x" })] {
        assert_eq!(
            error_parts(&fixture, "ada", &ask("updateContact").at(zoe.id).body(&broken)).0,
            422,
            "{broken}"
        );
    }
    for unread in ["", "{", "[]", "7"] {
        assert_eq!(
            error_parts(&fixture, "ada", &ask("updateContact").at(zoe.id).bytes(unread)).0,
            400,
            "{unread}"
        );
    }
    assert_eq!(error_parts(&fixture, "bob", &update(json!({ "plan": "x" }))).0, 404);
}

fn tags_and_funnels(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    let client = &fixture.client;
    let session = fixture.session.clone().in_tenant(fixture.home);
    let zoe = fixture.add(Network::SMS_DIRECT, "Zoe", "+33612345678", &fixture.ada);
    let vip = session.tags().add(TagPatch::new().name("vip")).unwrap();
    let away =
        fixture.session.clone().in_tenant(fixture.away).tags().add(TagPatch::new().name("vip")).unwrap();
    let tags = || client.ok("ada", &ask("getContact").at(zoe.id))["tags"].as_array().unwrap().len();
    for (operation, count) in [("addContactTag", 1), ("removeContactTag", 0)] {
        for _ in 0..2 {
            assert_eq!(client.ok("ada", &ask(operation).at(zoe.id).at(vip.id)), done());
            assert_eq!(tags(), count);
        }
        for tag in [away.id.to_string(), "7".to_owned(), "x".to_owned(), "0".to_owned()] {
            assert_eq!(error_parts(&fixture, "ada", &ask(operation).at(zoe.id).at(tag)).0, 404);
        }
        assert_eq!(error_parts(&fixture, "bob", &ask(operation).at(zoe.id).at(vip.id)).0, 404);
    }
    for n in 0..3 {
        session.funnels().add(&format!("key {n}/ü"), &format!("Funnel {n}")).unwrap();
        let join = ask("addContactFunnel").at(zoe.id).at(format!("key {n}/ü"));
        assert_eq!(client.ok("ada", &join), done());
        assert_eq!(client.ok("ada", &join), done());
    }
    let list = |page: &str, size: &str| {
        ask("listContactFunnels").at(zoe.id).with("page", page).with("limitation", size)
    };
    let page = client.ok("ada", &list("2", "2"));
    assert_eq!(page["cursor"], json!({ "page": 2, "pages": 2 }));
    assert_eq!(page["collection"], json!([{ "name": "Funnel 2", "serviceKey": "key 2/ü" }]));
    assert_eq!(client.ok("ada", &list("1000000000000", "1"))["collection"], json!([]));
    for operation in ["listContactFunnels", "listContactGates"] {
        for (page, size) in [("0", "1"), ("x", "1"), ("-1", "1"), ("1", "0"), ("1", "21"), ("1", "x")] {
            let bad = ask(operation).at(zoe.id).with("page", page).with("limitation", size);
            assert_eq!(error_parts(&fixture, "ada", &bad).0, 422, "{page} {size}");
        }
    }
    let leave = |key: &str| ask("removeContactFunnel").at(zoe.id).at(key);
    assert_eq!(client.ok("ada", &leave("key 1/ü")), done());
    assert_eq!(client.ok("ada", &leave("key 1/ü")), done());
    assert_eq!(
        client.ok("ada", &ask("listContactFunnels").at(zoe.id))["collection"].as_array().unwrap().len(),
        2
    );
    assert_eq!(error_parts(&fixture, "ada", &leave("KEY 1/ü")).0, 404, "case counts");
    assert_eq!(error_parts(&fixture, "ada", &ask("addContactFunnel").at(zoe.id).at("none")).0, 404);
}

fn identities(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    let client = &fixture.client;
    let session = fixture.session.clone().in_tenant(fixture.home);
    let zoe = fixture.add(Network::SMS_DIRECT, "Zoe", "+33612345678", &fixture.ada);
    let channel = session.channels().add("telegram", "Bot").unwrap();
    let identity = session.channels().find_or_create_identity(channel.id, "z-1", zoe.id).unwrap();
    session
        .channels()
        .edit_identity(identity.id, ChannelIdentityPatch::new().unread(3).subscribed(false))
        .unwrap();
    let page = client.ok("ada", &ask("listContactGates").at(zoe.id));
    assert_eq!(page["cursor"], json!({ "page": 1, "pages": 1 }));
    let shown = &page["collection"][0];
    assert_eq!(
        (&shown["id"], &shown["subscribed"], &shown["unreadMessages"]),
        (&json!(identity.id.0), &json!(false), &json!(3))
    );
    assert_eq!((&shown["channel"]["type"], &shown["channel"]["name"]), (&json!("telegram"), &json!("Bot")));
    let chat = client.ok("ada", &ask("getContactChat").at(zoe.id));
    assert_eq!((&chat["name"], &chat["contact"]["originalId"]), (&json!("Zoe Contact"), &json!(zoe.id.0)));
    assert_eq!(chat["gates"], page["collection"]);
}

fn creating(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    let client = &fixture.client;
    let session = fixture.session.clone().in_tenant(fixture.home);
    let channel = session.channels().add("whatsapp", "Sales").unwrap();
    let create = |body: &Value| ask("createGate").at(channel.id).body(body);
    let sent = json!({
        "identifier": "33612345678", "firstName": "Zoe", "lastName": "Otto", "email": "z@example.com",
        "phone": "+33612345678", "parameters": { "plan": "gold", "id": 7 },
    });
    let identity = client.ok("admin", &create(&sent));
    assert_eq!(identity["channel"]["id"], json!(channel.id.0));
    let contact = session.channels().identity(channel.id, "33612345678").unwrap().unwrap().contact;
    let info = client.ok("admin", &ask("getContactInfo").at(contact));
    assert_eq!(
        (&info["fullName"], &info["plan"], &info["id"]),
        (&json!("Zoe Otto"), &json!("gold"), &json!(contact.0))
    );
    // An existing identifier returns the existing contact unchanged.
    let again = json!({ "identifier": "33612345678", "firstName": "Other", "phone": "+33612345679" });
    assert_eq!(client.ok("admin", &create(&again)), identity);
    assert_eq!(client.ok("admin", &ask("getContactInfo").at(contact)), info);
    for bad in [
        json!({ "firstName": "A" }),
        json!({ "identifier": "33612345679" }),
        json!({ "identifier": "no digits", "firstName": "A" }),
        json!({ "identifier": "", "firstName": "A" }),
        json!({ "identifier": "33612345679", "firstName": "A".repeat(256) }),
        json!({ "identifier": "33612345679", "firstName": "A", "phone": "0612345679" }),
        json!({ "identifier": "33612345679", "firstName": "A", "phone": "+33612345678" }),
        json!({ "identifier": "33612345679", "firstName": "A", "email": "none" }),
        json!({ "identifier": "33612345679", "firstName": "A", "parameters": [] }),
        json!({ "identifier": 7, "firstName": "A" }),
    ] {
        assert_eq!(error_parts(&fixture, "admin", &create(&bad)).0, 422, "{bad}");
    }
    assert_eq!(session.contacts().total().unwrap(), 1, "nothing is written");
    let other = session.channels().add("viber", "").unwrap();
    assert_eq!(
        error_parts(&fixture, "admin", &ask("createGate").at(other.id).body(&sent)).0,
        422,
        "WhatsApp only"
    );
    let away = fixture.session.clone().in_tenant(fixture.away).channels().add("whatsapp", "").unwrap();
    for channel in [away.id.to_string(), "7".to_owned(), "x".to_owned()] {
        assert_eq!(error_parts(&fixture, "admin", &ask("createGate").at(channel).body(&sent)).0, 404);
    }
}

fn events(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    let client = &fixture.client;
    let session = fixture.session.clone().in_tenant(fixture.home);
    let zoe = fixture.add(Network::SMS_DIRECT, "Zoe", "+33612345678", &fixture.ada);
    session.events().declare("Paid").unwrap();
    let fire = || ask("fireEvent").at(zoe.id);
    assert_eq!(client.ok("ada", &fire().with("name", "Paid")), done());
    assert_eq!(client.ok("ada", &fire().body(&json!({ "name": "Paid" }))), done());
    assert_eq!(client.ok("ada", &fire().with("name", "Paid").bytes("no JSON")), done());
    let fired = session.events().of(zoe.id).page().unwrap().items;
    assert_eq!(fired.iter().map(|event| event.name.as_str()).collect::<Vec<_>>(), ["Paid"; 3]);
    assert_eq!(error_parts(&fixture, "ada", &fire().with("name", "paid")).0, 422, "case counts");
    for bad in [fire(), fire().with("name", ""), fire().body(&json!({})), fire().body(&json!({ "name": 7 }))]
    {
        assert_eq!(error_parts(&fixture, "ada", &bad).0, 422, "{bad:?}");
    }
    assert_eq!(error_parts(&fixture, "bob", &fire().with("name", "Paid")).0, 404);
    assert_eq!(session.events().of(zoe.id).page().unwrap().items.len(), 3);
    repeated_events(&fixture, zoe.id);
}

fn lists(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    let client = &fixture.client;
    let names = |page: &Value| -> Vec<String> {
        let names = page["collection"].as_array().unwrap().iter();
        names.map(|one| one["firstName"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(client.ok("admin", &ask("listContacts"))["cursor"], json!({ "page": 1, "pages": 1 }));
    for n in 0..25 {
        fixture.add(Network::SMS_DIRECT, &format!("n{n:02}"), &format!("+336123456{n:02}"), &fixture.ada);
    }
    let first = client.ok("ada", &ask("listContacts"));
    assert_eq!((names(&first).len(), &first["cursor"]), (20, &json!({ "page": 1, "pages": 2 })));
    let page =
        |operation: &str, page: &str, size: &str| ask(operation).with("page", page).with("limitation", size);
    let last = client.ok("ada", &page("listContacts", "7", "4"));
    assert_eq!((names(&last), &last["cursor"]), (vec!["n24".to_owned()], &json!({ "page": 7, "pages": 7 })));
    let beyond = client.ok("ada", &page("listContacts", "1000000000000", "20"));
    assert_eq!(names(&beyond), [""; 0]);
    assert_eq!(beyond["cursor"], json!({ "page": 1_000_000_000_000_u64, "pages": 2 }));
    assert_eq!(names(&client.ok("bob", &ask("listContacts"))), [""; 0]);

    let search = |term: &str| ask("searchContacts").with("term", term);
    for (term, count) in [("N07", 1), ("n1", 10), ("n07@acme", 1), ("3361234560", 10), ("acme", 20), ("%", 0)]
    {
        assert_eq!(names(&client.ok("ada", &search(term))).len(), count, "{term}");
    }
    let second = client.ok("ada", &search("acme").with("page", "2"));
    assert_eq!((names(&second).len(), &second["cursor"]), (5, &json!({ "page": 2, "pages": 2 })));
    assert_eq!(names(&client.ok("bob", &search("acme"))), [""; 0]);
    for blank in ["", " "] {
        assert_eq!(error_parts(&fixture, "ada", &search(blank)).0, 422);
    }
    assert_eq!(error_parts(&fixture, "ada", &ask("searchContacts")).0, 422);
    for (number, size) in [("0", "1"), ("1", "0"), ("1", "21"), ("x", "1")] {
        assert_eq!(error_parts(&fixture, "ada", &page("listContacts", number, size)).0, 422);
        assert_eq!(
            error_parts(&fixture, "ada", &page("searchContacts", number, size).with("term", "x")).0,
            422
        );
    }
}

fn unify(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    let client = &fixture.client;
    let zoe = fixture.add(Network::SMS_DIRECT, "Zoe", "+33612345678", &fixture.ada);
    let max = fixture.add(Network::WHATSAPP_DIRECT, "Max", "+33612345679", &fixture.ada);
    let values = json!({ "values": { "plan": "gold" } });
    client.ok("ada", &ask("updateContact").at(max.id).body(&values));
    let unify = |one: &dyn ToString, other: &dyn ToString| {
        ask("unifyContacts").at(one.to_string()).at(other.to_string())
    };
    assert_eq!(error_parts(&fixture, "ada", &unify(&zoe.id, &zoe.id)).0, 422, "with itself");
    for other in ["7", "x", "0"] {
        assert_eq!(error_parts(&fixture, "ada", &unify(&zoe.id, &other)).0, 404);
        assert_eq!(error_parts(&fixture, "ada", &unify(&other, &zoe.id)).0, 404);
    }
    assert_eq!(error_parts(&fixture, "bob", &unify(&zoe.id, &max.id)).0, 404);
    assert_eq!(client.ok("ada", &unify(&zoe.id, &max.id)), done());
    let info = client.ok("ada", &ask("getContactInfo").at(zoe.id));
    assert_eq!((&info["firstName"], &info["plan"]), (&json!("Zoe"), &json!("gold")));
    assert_eq!(error_parts(&fixture, "ada", &ask("getContact").at(max.id)).0, 404);
    assert_eq!(error_parts(&fixture, "ada", &unify(&zoe.id, &max.id)).0, 404);
}
