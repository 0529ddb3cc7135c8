//! Conversations, contact inboxes and public contacts of Chatwoot.

use super::chatwoot::{created, error_parts, on};
use super::client::{Ask, ask};
use super::fixture::{Fixture, ProductFixture};
use cardex::conversations::{ConversationKind, NewConversation};
use cardex::{ContactId, Network};
use serde_json::{Value, json};

fn id_of(contact: &Value) -> ContactId {
    ContactId(contact["id"].as_i64().unwrap())
}

pub(crate) fn conversations(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    let client = &fixture.client;
    let zoe = fixture.add(Network::WHATSAPP, "Zoe", "+33612345678", &fixture.ada);
    let session = fixture.session.clone().in_tenant(fixture.home);
    for n in 0..22 {
        let new =
            NewConversation::new(format!("stream-{n}"), ConversationKind::MultiParty, Network::WHATSAPP);
        let new = if n == 0 { new.advisor(fixture.ada.id) } else { new };
        session.conversations().add(&new.member(zoe.id)).unwrap();
    }
    let list = || client.ok("bob", &on(&fixture, "contactConversations").at(zoe.id))["payload"].clone();
    let ids = |list: &Value| -> Vec<i64> {
        list.as_array().unwrap().iter().map(|one| one["id"].as_i64().unwrap()).collect()
    };
    assert_eq!(ids(&list()), (3..=22).rev().collect::<Vec<_>>(), "the newest, at most 20");
    // A change is activity.
    let max = fixture.add(Network::WHATSAPP, "Max", "+33612345679", &fixture.ada);
    session.conversations().add_member("stream-0", max.id).unwrap();
    let shown = list();
    assert_eq!(ids(&shown)[..2], [1, 22]);
    let first = &shown[0];
    assert_eq!((&first["uuid"], &first["account_id"]), (&json!("stream-0"), &json!(fixture.home.0)));
    assert_eq!(first["meta"]["sender"]["id"], json!(zoe.id.0));
    assert_eq!(first["meta"]["assignee"]["id"], json!(fixture.ada.id.0));
    assert!(shown[1]["meta"].get("assignee").is_none());
    assert!(first["last_activity_at"].as_i64() >= shown[1]["last_activity_at"].as_i64());
    assert_eq!(first["messages"], json!([]));

    let page = client.ok("bob", &on(&fixture, "contactList"));
    let counts: Vec<_> =
        page["payload"].as_array().unwrap().iter().map(|one| one["conversations_count"].clone()).collect();
    assert_eq!(counts, [json!(22), json!(1)]);
    assert!(page["meta"]["contacts_all"].is_null() && page["meta"].get("contacts_all").is_some());
    let none = on(&fixture, "contactConversations").at(999_999);
    assert_eq!(error_parts(&fixture, "bob", &none).0, 404);
}

pub(crate) fn contact_inboxes(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    let client = &fixture.client;
    let session = fixture.session.clone().in_tenant(fixture.home);
    let [sms, api] = ["sms", "api"].map(|kind| session.channels().add(kind, kind).unwrap().id.0);
    let [ann, bea] = ["Ann", "Bea"].map(|name| created(&fixture, "ada", &json!({ "name": name })));
    let link =
        |contact: &Value, body: Value| on(&fixture, "contactInboxCreation").at(&contact["id"]).body(&body);
    let made = client.ok("ada", &link(&ann, json!({ "inbox_id": api.to_string(), "source_id": "s-1" })));
    assert_eq!((&made["source_id"], &made["inbox"]["id"]), (&json!("s-1"), &json!(api)));
    let taken = (422, json!("Source id has already been taken"), json!(["source_id"]));
    assert_eq!(
        error_parts(&fixture, "ada", &link(&bea, json!({ "inbox_id": api, "source_id": "s-1" }))),
        taken
    );
    let random = client.ok("ada", &link(&bea, json!({ "inbox_id": api })));
    assert_eq!(random["source_id"].as_str().unwrap().len(), 32);
    let update =
        on(&fixture, "contactUpdate").at(&bea["id"]).body(&json!({ "phone_number": "+33612345678" }));
    client.ok("ada", &update);
    assert_eq!(client.ok("ada", &link(&bea, json!({ "inbox_id": sms })))["source_id"], "+33612345678");
    let bad = link(&ann, json!({ "inbox_id": sms, "source_id": "no number" }));
    assert_eq!(error_parts(&fixture, "ada", &bad).0, 422);
    for body in [json!({}), json!({ "inbox_id": "x" })] {
        assert_eq!(error_parts(&fixture, "ada", &link(&ann, body)).0, 422);
    }
    let elsewhere = fixture.session.clone().in_tenant(fixture.away).channels().add("api", "").unwrap().id.0;
    for unknown in [json!(elsewhere), json!(7)] {
        assert_eq!(error_parts(&fixture, "ada", &link(&ann, json!({ "inbox_id": unknown }))).0, 404);
    }
    assert_eq!(
        error_parts(&fixture, "ada", &link(&json!({ "id": 999_999 }), json!({ "inbox_id": api }))).0,
        404
    );

    let find = |inbox: i64, source: &str| {
        on(&fixture, "contactInboxFilter").body(&json!({ "inbox_id": inbox, "source_id": source }))
    };
    let found = client.ok("bob", &find(api, "s-1"));
    assert_eq!((&found["id"], found["contact_inboxes"].as_array().unwrap().len()), (&ann["id"], 1));
    for (inbox, source) in [(api, "s-2"), (sms, "s-1"), (elsewhere, "s-1"), (api, "")] {
        assert_eq!(error_parts(&fixture, "bob", &find(inbox, source)).0, 404);
    }
    session.remove(id_of(&ann)).unwrap();
    assert_eq!(error_parts(&fixture, "bob", &find(api, "s-1")).0, 404, "a deleted contact is not found");

    let inbox = |id: &dyn ToString| on(&fixture, "inboxDetails").at(id.to_string());
    let shown = client.ok("bob", &inbox(&api));
    assert_eq!((&shown["channel_type"], &shown["inbox_identifier"]), (&json!("Channel::Api"), &json!("2")));
    assert!(client.ok("bob", &inbox(&sms)).get("inbox_identifier").is_none());
    for unknown in [elsewhere.to_string(), "x".to_owned()] {
        assert_eq!(error_parts(&fixture, "bob", &inbox(&unknown)).0, 404);
    }
}

/// A fixture with an API inbox, and a request to it.
fn public_fixture(product_fixture: &ProductFixture) -> (Fixture, impl Fn(&str) -> Ask) {
    let fixture = product_fixture.fixture();
    let session = fixture.session.clone().in_tenant(fixture.home);
    let inbox = session.channels().add("api", "Web").unwrap().id;
    (fixture, move |operation: &str| ask(operation).at(inbox))
}

pub(crate) fn public_contacts(product_fixture: &ProductFixture) {
    let (fixture, at) = public_fixture(product_fixture);
    let client = &fixture.client;
    let create = |body: Value| client.ok("ada", &at("publicContactCreate").body(&body));
    let made =
        create(json!({ "source_id": "s-1", "name": "Ann", "email": "ann@example.com", "identifier": "A" }));
    assert_eq!((&made["source_id"], &made["name"]), (&json!("s-1"), &json!("Ann")));
    let shown = client.ok("bob", &at("publicContactDetails").at("s-1"));
    assert_eq!(shown, made);
    let stored = client.ok("bob", &on(&fixture, "contactDetails").at(&made["id"]))["payload"].clone();
    assert_eq!(
        (&stored["identifier"], &stored["contact_inboxes"][0]["source_id"]),
        (&json!("A"), &json!("s-1"))
    );
    // The same source id, or the same person: the same contact.
    assert_eq!(create(json!({ "source_id": "s-1", "name": "Other" })), made);
    assert_eq!(create(json!({ "source_id": "s-2", "email": "ANN@example.com" }))["id"], made["id"]);
    // Without a body, the contact and its source id are made up.
    let nameless = client.ok("ada", &at("publicContactCreate"));
    let source = nameless["source_id"].as_str().unwrap();
    assert_eq!((source.len(), &nameless["name"]), (32, &json!(format!("visitor {source}"))));
    let bad = at("publicContactCreate").body(&json!({ "email": "no address" }));
    assert_eq!(error_parts(&fixture, "ada", &bad).0, 422);

    for (operation, name) in [("publicContactUpdate", "Anna"), ("publicContactReplace", "Annie")] {
        let body =
            json!({ "name": name, "phone_number": "+33612345678", "custom_attributes": { "plan": name } });
        let changed = client.ok("ada", &at(operation).at("s-2").body(&body));
        assert_eq!((&changed["id"], &changed["name"]), (&made["id"], &json!(name)));
        assert_eq!((&changed["source_id"], &changed["email"]), (&json!("s-2"), &made["email"]));
        let bad = at(operation).at("s-2").body(&json!({ "phone_number": "12" }));
        assert_eq!(error_parts(&fixture, "ada", &bad).0, 422);
    }
    let phone = fixture.session.clone().in_tenant(fixture.home).channels().add("sms", "").unwrap().id;
    for operation in ["publicContactDetails", "publicContactUpdate", "publicContactReplace"] {
        assert_eq!(error_parts(&fixture, "ada", &at(operation).at("s-3")).0, 404, "{operation}");
        assert_eq!(error_parts(&fixture, "away", &at(operation).at("s-1")).0, 404, "another account");
        assert_eq!(error_parts(&fixture, "ada", &ask(operation).at(phone).at("s-1")).0, 404, "no API inbox");
    }
    for inbox in [phone.to_string(), "x".to_owned()] {
        assert_eq!(error_parts(&fixture, "ada", &ask("publicContactCreate").at(inbox)).0, 404);
    }
}

/// A contact that identifies itself becomes the contact that has the value, unless another value differs.
pub(crate) fn public_identities(product_fixture: &ProductFixture) {
    let (fixture, at) = public_fixture(product_fixture);
    let client = &fixture.client;
    let add = |body: Value| created(&fixture, "ada", &body)["id"].clone();
    let by_identifier = add(json!({ "name": "One", "identifier": "1" }));
    let by_email = add(json!({ "name": "Two", "email": "two@example.com", "identifier": "2" }));
    let by_phone =
        add(json!({ "name": "Three", "phone_number": "+33612345678", "email": "three@example.com" }));
    let visitor =
        |source: &str| client.ok("ada", &at("publicContactCreate").body(&json!({ "source_id": source })));
    let update = |source: &str, body: Value| {
        client.ok("ada", &at("publicContactUpdate").at(source).body(&body))["id"].clone()
    };
    for (source, body, person) in [
        ("a", json!({ "identifier": "1" }), &by_identifier),
        ("b", json!({ "email": "two@example.com" }), &by_email),
        ("c", json!({ "phone_number": "+33612345678" }), &by_phone),
    ] {
        let before = visitor(source);
        assert_eq!(&update(source, body), person);
        let gone = on(&fixture, "contactDetails").at(&before["id"]);
        assert_eq!(error_parts(&fixture, "ada", &gone).0, 404);
        assert_eq!(&client.ok("ada", &at("publicContactDetails").at(source))["id"], person);
    }
    // Someone else: the value stays with its contact.
    let own = visitor("d")["id"].clone();
    assert_eq!(update("d", json!({ "identifier": "4", "email": "two@example.com" })), own);
    assert_eq!(update("d", json!({ "email": "four@example.com", "phone_number": "+33612345678" })), own);
    let shown = client.ok("ada", &on(&fixture, "contactDetails").at(&own))["payload"].clone();
    assert_eq!((&shown["email"], &shown["phone_number"]), (&json!("four@example.com"), &Value::Null));
}
