//! Blocked numbers, conversations, copies of shared contacts.

use cardex::conversations::{ConversationKind, NewConversation};
use cardex::directory::TenantPolicy;
use cardex::{Contact, Network, NewContact};
use serde_json::{Value, json};

use super::client::{Ask, ask};
use super::federation::{names, refused};
use super::fixture::{self, Fixture, ProductFixture};
use crate::support::options;

fn block(advisor: &dyn ToString, numbers: &Value) -> Ask {
    ask("blockPhoneNumbersv2").at(advisor.to_string()).body(&json!({ "phoneNumbers": numbers }))
}

/// The status of each number.
fn statuses(report: &Value) -> Vec<u64> {
    let lines = report["phoneNumbers"].as_array().unwrap();
    lines.iter().map(|line| line["status"].as_u64().unwrap()).collect()
}

pub fn blocking(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    let client = &fixture.client;
    let ada = fixture.ada.id;
    let zoe = fixture.add(Network::SMS_DIRECT, "Zoe", "+33612345678", &fixture.ada);
    fixture.add(Network::SMS_DIRECT, "Max", "+33612345679", &fixture.ada);
    let numbers = json!([
        { "phoneNumber": "33612345678", "reason": "SPAM", "comment": "calls at night" },
        { "phoneNumber": "+33612345699", "reason": "OTHER" },
        { "phoneNumber": "call me", "reason": "ABUSE" },
    ]);
    let report = client.ok("ada", &block(&ada, &numbers));
    assert_eq!(statuses(&report), [200, 200, 400]);
    let error = &report["phoneNumbers"][2]["error"];
    assert_eq!((&error["type"], &error["itemId"]), (&json!("invalid.user.information"), &json!("call me")));
    let list = ask("getBlockPhoneNumbersv2").at(ada);
    let blocked = client.ok("admin", &list);
    let first = json!({ "phoneNumber": "33612345678", "reason": "SPAM", "comment": "calls at night" });
    assert_eq!(blocked["phoneNumbers"][0], first);
    assert_eq!(blocked["phoneNumbers"].as_array().unwrap().len(), 2);

    // The list has block data inside each contact, other answers have a separate list.
    let filter = |blocked: &str| {
        ask("listContacts2").with("externalNetwork", "SMS-DIRECT").with("phoneBlocked", blocked)
    };
    let contact = client.ok("ada", &filter("true"))["contacts"][0].clone();
    assert_eq!((&contact["symphonyId"], &contact["reason"]), (&json!(zoe.id), &json!("SPAM")));
    assert_eq!((&contact["advisorSymphonyId"], &contact["comment"]), (&json!(ada), &json!("calls at night")));
    assert!(contact["requestDate"].as_i64().unwrap() > 1_700_000_000_000);
    assert_eq!(names(&client.ok("ada", &filter("false"))), ["Max"]);
    assert_eq!(names(&client.ok("ada", &filter("all"))), ["Max", "Zoe"]);
    let of_ada = client.ok("ada", &ask("findContactsOfAdvisorv2").at(ada).at("SMS-DIRECT"));
    let by = &of_ada["contacts"][1]["phoneNumberBlockedBy"][0];
    assert_eq!((&by["advisorSymphonyId"], &by["reason"]), (&json!(ada), &json!("SPAM")));
    let found = client.ok("ada", &ask("searchContacts").at("SMS-DIRECT").with("query", "zoe"));
    assert_eq!(&found["contacts"][0]["phoneNumberBlockedBy"][0], by);

    let unblock = |numbers: &[&str]| {
        numbers
            .iter()
            .fold(ask("unblockPhoneNumbersv2").at(ada), |ask, number| ask.with("phoneNumbers", number))
    };
    let report = client.ok("ada", &unblock(&["+33612345678", " 33612345699", "33600000000", "call me"]));
    assert_eq!(statuses(&report), [200, 200, 404, 400]);
    assert_eq!(client.ok("ada", &list)["phoneNumbers"], json!([]));
    assert_eq!(client.refused("ada", &filter("true")), refused(404, "contact.not.found"));
    no_block(&fixture);
    for invalid in [unblock(&[]), unblock(&["33612345678"; 101])] {
        assert_eq!(client.invalid("ada", &invalid).status, 400);
    }
}

/// Calls about blocks that fail.
fn no_block(fixture: &Fixture) {
    let client = &fixture.client;
    let ada = fixture.ada.id;
    let one = json!({ "phoneNumber": "33612345678", "reason": "SPAM" });
    let asks = |advisor: &dyn ToString| {
        [
            block(advisor, &json!([one])),
            ask("getBlockPhoneNumbersv2").at(advisor.to_string()),
            ask("unblockPhoneNumbersv2").at(advisor.to_string()).with("phoneNumbers", "33612345678"),
        ]
    };
    for query_spec in [asks(&fixture.eve.id), asks(&7), asks(&"me")].concat() {
        assert_eq!(client.refused("admin", &query_spec), refused(404, "advisor.not.found"), "{query_spec:?}");
    }
    let direct = refused(403, "not.entitled.on.direct.emp");
    for query_spec in asks(&ada) {
        assert_eq!(client.refused("bob", &query_spec), direct, "for another advisor");
    }
    let session = fixture.session.clone().in_tenant(fixture.home);
    session.directory().set_tenant_policy(&TenantPolicy::new().requires_entitlement(true)).unwrap();
    for query_spec in asks(&ada) {
        assert_eq!(client.refused("ada", &query_spec), direct, "entitled nowhere");
    }
    session.directory().set_tenant_policy(&TenantPolicy::new()).unwrap();
    let invalid = [
        json!([]),
        json!(vec![one.clone(); 101]),
        json!([{ "phoneNumber": "33612345678" }]),
        json!([{ "phoneNumber": "33612345678", "reason": "BORING" }]),
        json!([one, { "phoneNumber": 7, "reason": "SPAM" }]),
        json!({}),
    ];
    for numbers in invalid {
        assert_eq!(client.invalid("ada", &block(&ada, &numbers)).status, 400, "{numbers}");
    }
    assert_eq!(
        client.ok("ada", &ask("getBlockPhoneNumbersv2").at(ada))["phoneNumbers"],
        json!([]),
        "nothing was written"
    );
}

pub fn conversations(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    let ada = fixture.ada.id;
    let zoe = fixture.add(Network::SMS_DIRECT, "Zoe", "+33612345678", &fixture.ada);
    let session = fixture.session.clone().in_tenant(fixture.home);
    let conversation = NewConversation::new("stream-1", ConversationKind::MultiParty, Network::SMS_DIRECT)
        .name("Zoe and Ada");
    session.conversations().add(&conversation.advisor(ada).member(zoe.id)).unwrap();
    let search = |network: &str| ask("searchContacts").at(network).with("query", "zoe");
    let found = fixture.client.ok("ada", &search("SMS-DIRECT"));
    let conversation = &found["contacts"][0]["room"];
    assert_eq!(
        (&conversation["streamId"], &conversation["roomName"]),
        (&json!("stream-1"), &json!("Zoe and Ada"))
    );
    assert_eq!((&conversation["roomType"], &conversation["membersCount"]), (&json!("ROOM"), &json!(1)));
    assert_eq!(conversation["advisorSymphonyId"], json!(ada));
    fixture.add(Network::WHATSAPP, "Zoe", "+33612345678", &fixture.ada);
    let found = fixture.client.ok("ada", &search("WHATSAPP"));
    assert_eq!(found["contacts"][0]["room"], Value::Null, "not on a network of many rooms");
}

fn shared(fixture: &Fixture, network: Network, phone: &str) -> Contact {
    let new =
        NewContact::new(network, "Sue", "Shared").company("Acme").email("sue@acme.example").phone(phone);
    fixture.session.add(new.advisor(fixture.ada.id).advisor(fixture.eve.id).shared()).unwrap()
}

pub fn copying(product_fixture: &ProductFixture) {
    let folder = tempfile::tempdir().unwrap();
    let (store, open) = fixture::book(&folder);
    let fixture = Fixture::of(product_fixture, store);
    let client = &fixture.client;
    let copy = |id: &dyn ToString| ask("copyContact").at(id.to_string());
    let session = fixture.session.clone().in_tenant(fixture.home);
    let sue = shared(&fixture, Network::WHATSAPP, "+33612345678");
    let tokens = fixture::tokens(fixture.home, [&fixture.ada, &fixture.bob, &fixture.eve]);
    let reader = product_fixture.client(&open(options(2).read_only(true)), tokens);
    assert_eq!(reader.refused("admin", &copy(&sue.id)), refused(500, "account.copy.failed"));

    let chat = NewConversation::new("chat", ConversationKind::OneToOne, Network::WHATSAPP)
        .advisor(fixture.ada.id)
        .member(sue.id);
    session.conversations().add(&chat).unwrap();
    assert_eq!(client.refused("admin", &copy(&sue.id)), refused(403, "user.copy.not.own.supported.for.ims"));
    session.conversations().delete("chat").unwrap();
    session.directory().set_network_open(&Network::WHATSAPP, None, false).unwrap();
    assert_eq!(client.refused("admin", &copy(&sue.id)), refused(403, "forbidden.entitlement.type"));
    session.directory().set_network_open(&Network::WHATSAPP, None, true).unwrap();

    let conversation = NewConversation::new("room", ConversationKind::MultiParty, Network::WHATSAPP)
        .advisor(fixture.ada.id)
        .member(sue.id);
    session.conversations().add(&conversation).unwrap();
    let copied = client.ok("admin", &copy(&sue.id));
    assert_eq!(copied["migratedStreamIds"], json!(["room"]));
    let new = copied["newSymphonyId"].as_str().unwrap();
    assert_ne!(new, sue.id.to_string());
    let of_ada = client.ok("ada", &ask("findContactsOfAdvisorv2").at(fixture.ada.id).at("WHATSAPP"));
    assert_eq!(of_ada["contacts"][0]["symphonyId"], new, "the tenant's advisors have the copy");
    let of_eve = client.ok("eve", &ask("findContactsOfAdvisorv2").at(fixture.eve.id).at("WHATSAPP"));
    assert_eq!(of_eve["contacts"][0]["symphonyId"], json!(sue.id), "another tenant's see no change");
    for again in [new, &sue.id.to_string()] {
        assert_eq!(client.refused("admin", &copy(&again)), refused(409, "current.tenant.has.own.user.copy"));
    }
    let direct = shared(&fixture, Network::SMS_DIRECT, "+33612345679");
    assert_eq!(
        client.refused("admin", &copy(&direct.id)),
        refused(400, "user.copy.not.supported.for.network")
    );
    assert_eq!(client.refused("admin", &copy(&7)), refused(404, "contact.not.found"));
}
