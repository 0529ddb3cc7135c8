//! The project of SmartSender, and which declared answers nothing reaches.

use cardex::events::NewEvent;
use cardex::outbox::OutboxEvent;
use cardex::tags::TagPatch;
use cardex::{ContactId, Network};
use serde_json::json;

use super::client::ask;
use super::coverage::Exemption;
use super::fixture::{Fixture, ProductFixture};

const NO_LIMIT: &str = "calls within a process are not counted";
const NO_INPUT: &str = "the call takes nothing that could break a rule";
const NO_CONTACT: &str = "the call names nothing that could be missing";

pub const UNREACHABLE: &[Exemption] = &[
    ("*", 429, "", NO_LIMIT),
    ("getContact", 422, "", NO_INPUT),
    ("getContactInfo", 422, "", NO_INPUT),
    ("getContactChat", 422, "", NO_INPUT),
    ("getChat", 422, "", NO_INPUT),
    ("deleteContact", 422, "", NO_INPUT),
    ("addContactTag", 422, "", NO_INPUT),
    ("removeContactTag", 422, "", NO_INPUT),
    ("addContactFunnel", 422, "", NO_INPUT),
    ("removeContactFunnel", 422, "", NO_INPUT),
    ("listContacts", 404, "", NO_CONTACT),
    ("searchContacts", 404, "", NO_CONTACT),
    ("getMe", 404, "", NO_CONTACT),
    ("getMe", 422, "", NO_INPUT),
    ("listTags", 404, "", NO_CONTACT),
    ("listFunnels", 404, "", NO_CONTACT),
];

pub fn project(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    let client = &fixture.client;
    let session = fixture.session.clone().in_tenant(fixture.home);
    for name in ["vip", "Lead", "late"] {
        session.tags().add(TagPatch::new().name(name)).unwrap();
    }
    session.funnels().add("welcome", "First steps").unwrap();
    session.funnels().add("sale", "").unwrap();
    assert_eq!(client.ok("ada", &ask("getMe"))["id"], json!(fixture.home.0));
    let names = |operation: &str, term: &str, field: &str| {
        let page = client.ok("ada", &ask(operation).with("term", term));
        let name = |item: &serde_json::Value| item[field].as_str().unwrap().to_owned();
        page["collection"].as_array().unwrap().iter().map(name).collect::<Vec<_>>()
    };
    assert_eq!(names("listTags", "L", "name"), ["late", "Lead"]);
    assert_eq!(names("listTags", "", "name").len(), 3);
    assert_eq!(names("listFunnels", "STEPS", "serviceKey"), ["welcome"]);
    let page = client.ok("ada", &ask("listTags").with("limitation", "2").with("page", "2"));
    assert_eq!((page["collection"].as_array().unwrap().len(), &page["cursor"]["pages"]), (1, &json!(2)));
    for operation in ["listTags", "listFunnels"] {
        assert_eq!(client.send("ada", &ask(operation).with("page", "0")).status, 422);
    }
}

pub fn messages(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    let client = &fixture.client;
    let session = fixture.session.clone().in_tenant(fixture.home);
    let zoe = fixture.add(Network::SMS_DIRECT, "Zoe", "+33612345678", &fixture.ada);
    let send = |text: &str| {
        ask("sendMessage").at(zoe.id).body(&json!({ "type": "text", "watermark": 1, "content": text }))
    };
    assert_eq!(client.ok("ada", &ask("listContactMessages").at(zoe.id))["collection"], json!([]));
    assert_eq!(client.send("ada", &send("hello")).status, 403, "an administrator sends the first message");
    let sent = client.ok("admin", &send("hello"));
    assert_eq!(
        sent["content"],
        json!({ "type": "text", "resource": { "parameters": { "content": "hello" } } })
    );
    assert_eq!(
        (&sent["sender"]["type"], client.send("ada", &send("again")).status),
        (&json!("operator"), 200)
    );
    // The host finds both in the outbox.
    let waiting = session.outbox().pending(10).unwrap();
    let texts = waiting.iter().filter_map(|message| match &message.event {
        OutboxEvent::ContactEvent { event_seq, contact, .. } => {
            assert_eq!(*contact, zoe.id);
            session.events().get(*event_seq).unwrap().payload
        }
        _ => None,
    });
    let expected = ["hello", "again"].map(|text| json!({ "type": "text", "content": text }));
    assert_eq!(texts.collect::<Vec<_>>(), expected);
    // Other events are no messages. The host reports the answer of the contact.
    for name in ["message.received", "Paid"] {
        session.events().declare(name).unwrap();
        let event = NewEvent::new(name).payload(json!({ "type": "text", "content": "yes" }));
        session.events().fire(zoe.id, event).unwrap();
    }
    session.events().fire(zoe.id, NewEvent::new("message.received")).unwrap();
    let list = ask("listContactMessages").at(zoe.id);
    let page = client.ok("ada", &list);
    let shown = |page: &serde_json::Value| {
        let message = |one: &serde_json::Value| {
            (one["sender"]["type"].clone(), one["content"]["resource"]["parameters"]["content"].clone())
        };
        page["collection"].as_array().unwrap().iter().map(message).collect::<Vec<_>>()
    };
    let expected = [("contact", "yes"), ("operator", "again"), ("operator", "hello")];
    assert_eq!(shown(&page), expected.map(|(sender, text)| (json!(sender), json!(text))));
    let chat = client.ok("ada", &ask("getContactChat").at(zoe.id))["id"].clone();
    assert_eq!(client.ok("ada", &ask("getChat").at(&chat))["contact"]["originalId"], json!(zoe.id.0));
    assert_eq!(client.ok("ada", &ask("listChatMessages").at(&chat)), page);
    let last = client.ok("ada", &list.clone().with("limitation", "2").with("page", "2"));
    assert_eq!((shown(&last).len(), &last["cursor"]), (1, &json!({ "page": 2, "pages": 2 })));
    for operation in ["listContactMessages", "listChatMessages"] {
        assert_eq!(client.send("ada", &ask(operation).at(zoe.id).with("page", "0")).status, 422);
    }
    for bad in [
        json!({}),
        json!({ "type": "text" }),
        json!({ "type": "text", "content": "" }),
        json!({ "type": "photo", "content": "x" }),
    ] {
        assert_eq!(client.send("ada", &ask("sendMessage").at(zoe.id).body(&bad)).status, 422, "{bad}");
    }
    assert_eq!(
        client.send("ada", &send(&"x".repeat(5000))).body["error"]["message"][0]
            .as_str()
            .unwrap()
            .split(':')
            .next(),
        Some("content")
    );
    for operation in [send("hello"), list, ask("getChat").at(&chat), ask("listChatMessages").at(&chat)] {
        assert_eq!(client.send("bob", &operation).status, 404, "{operation:?}");
    }
}

/// A call with the key of an earlier one has its answer and no other effect.
pub fn repeated_events(fixture: &Fixture, zoe: ContactId) {
    let client = &fixture.client;
    let session = fixture.session.clone().in_tenant(fixture.home);
    let fired = || session.events().of(zoe).page().unwrap().items.len();
    let fire = |key: &str| ask("fireEvent").at(zoe).with("name", "Paid").header("Idempotency-Key", key);
    let before = fired();
    for key in ["order 7", "\"order 7\"", " order 7 "] {
        assert_eq!(client.ok("ada", &fire(key)), json!({ "state": true }), "{key}");
    }
    assert_eq!(fired(), before + 1);
    // The key belongs to its caller.
    assert_eq!(client.ok("admin", &fire("order 7")), json!({ "state": true }));
    assert_eq!(fired(), before + 2);
    let send = |text: &str| ask("sendMessage").at(zoe).body(&json!({ "type": "text", "content": text }));
    let send = |text: &str, key: &str| client.send("admin", &send(text).header("Idempotency-Key", key));
    let (first, again) = (send("hello", "m1"), send("hello", "m1"));
    assert_eq!((first.status, &first.body), (200, &again.body));
    assert_eq!(fired(), before + 3);
    assert_eq!([send("hello", "order 7").status, send("bye", "m1").status], [422, 422], "other input");
    for bad in [fire(""), fire(&"k".repeat(256)), fire("a").header("Idempotency-Key", "b")] {
        let reply = client.send("ada", &bad);
        assert!(reply.status == 422 && reply.body.to_string().contains("Idempotency-Key"), "{reply:?}");
    }
    assert_eq!(fired(), before + 3);
    // Other calls ignore the header.
    let get = ask("getContact").at(zoe).header("Idempotency-Key", "a").header("Idempotency-Key", "b");
    assert_eq!(client.send("ada", &get).status, 200);
}
