//! Onboarding, editing, invitations and offboarding of contacts.

use cardex::directory::{NetworkPolicy, TenantPolicy};
use cardex::{Network, NewContact};
use serde_json::{Value, json};

use super::client::{Ask, ask};
use super::federation::{names, refused};
use super::fixture::{self, Fixture, ProductFixture};
use crate::support::options;

/// The body of an onboarding, with some fields changed.
fn form(fixture: &Fixture, changes: &Value) -> Ask {
    let mut body = json!({
        "externalNetwork": "WHATSAPP", "firstName": "Zoe", "lastName": "Contact", "companyName": "Acme",
        "emailAddress": "zoe@acme.example", "phoneNumber": "911234567890",
        "onboarderEmailAddress": fixture.ada.email,
    });
    with_changes(&mut body, changes);
    ask("addContact").body(&body)
}

/// Null removes a field.
fn with_changes(body: &mut Value, changes: &Value) {
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            body.as_object_mut().unwrap().remove(name);
        } else {
            body[name] = value.clone();
        }
    }
}

pub fn adding(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    let client = &fixture.client;
    let created = client.ok("admin", &form(&fixture, &json!({})));
    let expected = json!({
        "firstName": "Zoe", "lastName": "Contact", "companyName": "Acme", "emailAddress": "zoe@acme.example",
        "phoneNumber": "911234567890", "symphonyId": created["symphonyId"], "externalNetwork": "WHATSAPP",
        "statusUpdateDate": created["statusUpdateDate"],
    });
    assert_eq!(created, expected);
    assert!(created["statusUpdateDate"].is_i64());
    let conflict = refused(409, "user.already.onboarded");
    assert_eq!(client.refused("admin", &form(&fixture, &json!({}))), conflict);
    // More advisors, by id (also as a number) or by address; ids have precedence.
    let eve = &fixture.eve.email;
    let more = json!({ "advisorSymphonyIds": [fixture.bob.id.0], "advisorEmailAddresses": [eve], "phoneNumber": "+91 1234567890" });
    assert_eq!(client.ok("admin", &form(&fixture, &more))["symphonyId"], created["symphonyId"]);
    let id = created["symphonyId"].as_str().unwrap();
    let advisors = client.ok("admin", &ask("findAdvisorsv2").at(id));
    let advisors: Vec<_> =
        advisors["advisors"].as_array().unwrap().iter().map(|of| of["symphonyId"].clone()).collect();
    assert_eq!(advisors, [json!(fixture.ada.id), json!(fixture.bob.id)]);
    let by_address = json!({ "advisorEmailAddresses": [fixture.bob.email] });
    assert_eq!(client.refused("admin", &form(&fixture, &by_address)), conflict);
    let other = json!({ "firstName": "Max" });
    assert_eq!(client.refused("admin", &form(&fixture, &other)), refused(409, "user.already.exists"));

    // On a network with invitations, contacts get a code and are pending.
    let invited = client
        .ok("ada", &form(&fixture, &json!({ "externalNetwork": "LINE", "preferredLanguage": "JAPANESE" })));
    assert_eq!(
        (&invited["status"], &invited["preferredLanguage"]),
        (&json!("PENDING_CONFIRMATION"), &json!("JAPANESE"))
    );
    assert_eq!(invited["invitationCode"].as_str().unwrap().len(), 8);
    assert!(invited["statusUpdateDate"].as_i64().unwrap() > 1_700_000_000_000, "milliseconds");
    let direct = json!({ "externalNetwork": "SMS-DIRECT", "companyName": null, "emailAddress": null, "createRoom": false });
    client.ok("ada", &form(&fixture, &direct));
    refusals(&fixture);
}

fn refusals(fixture: &Fixture) {
    let client = &fixture.client;
    let phone = "33612345678";
    for (changes, code) in [
        (json!({ "externalNetwork": "FAX" }), refused(400, "external.network.not.found")),
        (json!({ "companyName": null }), refused(400, "invalid.user.information")),
        (json!({ "companyName": "c".repeat(101) }), refused(400, "invalid.user.information")),
        (json!({ "emailAddress": null }), refused(400, "invalid.user.information")),
        (json!({ "emailAddress": "nowhere" }), refused(400, "invalid.user.information")),
        (json!({ "firstName": " " }), refused(400, "invalid.user.information")),
        (json!({ "phoneNumber": "call me" }), refused(400, "invalid.user.information")),
        (json!({ "createRoom": true }), refused(400, "invalid.user.information")),
        (json!({ "preferredLanguage": "KLINGON" }), refused(400, "preferred.language.not.supported")),
        (json!({ "onboarderEmailAddress": "x@y.example" }), refused(403, "onboarding.forbidden.onboarder")),
        (
            json!({ "onboarderEmailAddress": fixture.eve.email }),
            refused(403, "onboarding.forbidden.onboarder"),
        ),
        (json!({ "advisorSymphonyIds": ["7"] }), refused(403, "onboarding.forbidden.advisor")),
        (
            json!({ "advisorEmailAddresses": [fixture.eve.email] }),
            refused(403, "onboarding.forbidden.advisor"),
        ),
        // Bodies that break the schema.
        (json!({ "firstName": 7 }), refused(400, "invalid.user.information")),
        (json!({ "lastName": null }), refused(400, "invalid.user.information")),
        (json!({ "onboarderEmailAddress": null }), refused(400, "invalid.user.information")),
        (json!({ "createRoom": "yes" }), refused(400, "invalid.user.information")),
        (json!({ "advisorSymphonyIds": "7" }), refused(400, "invalid.user.information")),
        (json!({ "advisorSymphonyIds": [1.5] }), refused(400, "invalid.user.information")),
        (json!({ "advisorSymphonyIds": ["me"] }), refused(400, "invalid.user.information")),
        (json!({ "advisorEmailAddresses": [null] }), refused(400, "invalid.user.information")),
    ] {
        let mut changes = changes;
        if changes.get("phoneNumber").is_none() {
            changes["phoneNumber"] = json!(phone);
        }
        assert_eq!(client.refused("admin", &form(fixture, &changes)), code, "{changes}");
    }
    for bytes in ["", "{", "[]", "null", "{\"firstName\": \"\\ud800\"}"] {
        assert_eq!(
            client.refused("admin", &ask("addContact").bytes(bytes)),
            refused(400, "invalid.user.information")
        );
    }
    let new = json!({ "phoneNumber": phone });
    let of_bob = json!({ "phoneNumber": phone, "onboarderEmailAddress": fixture.bob.email });
    assert_eq!(client.refused("ada", &form(fixture, &of_bob)), refused(403, "user.id.mismatch"));
    assert_eq!(client.refused("barred", &form(fixture, &new)), refused(403, "Forbidden"));
    assert_eq!(client.refused("lost", &form(fixture, &new)), refused(404, "tenant.configuration.not.found"));
    let session = fixture.session.clone().in_tenant(fixture.home);
    session.directory().set_tenant_policy(&TenantPolicy::new().calling_code("44")).unwrap();
    let foreign = refused(403, "phone.international.onboarding.forbidden");
    assert_eq!(client.refused("admin", &form(fixture, &new)), foreign);
    session.directory().set_tenant_policy(&TenantPolicy::new()).unwrap();
    session.directory().set_network_open(&Network::WHATSAPP, None, false).unwrap();
    assert_eq!(client.refused("admin", &form(fixture, &new)), refused(403, "forbidden.entitlement.type"));
    session.directory().set_network_open(&Network::WHATSAPP, None, true).unwrap();
    let list = ask("listContacts2").with("externalNetwork", "WHATSAPP");
    assert_eq!(names(&client.ok("admin", &list)), ["Zoe"], "nothing was written");
}

/// The body of a contact update, with some fields changed.
fn change(contact: &dyn ToString, fixture: &Fixture, changes: &Value) -> Ask {
    let mut body = json!({
        "firstName": "Zoe", "lastName": "Contact", "companyName": "Acme Ltd", "phoneNumber": "33612345678",
        "advisorSymphonyId": fixture.ada.id,
    });
    with_changes(&mut body, changes);
    ask("updateContactsv2").at(contact.to_string()).body(&body)
}

pub fn updating(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    let client = &fixture.client;
    let zoe = fixture.add(Network::WHATSAPP, "Zoe", "+33612345678", &fixture.ada);
    let changed = client.ok("ada", &change(&zoe.id, &fixture, &json!({ "preferredLanguage": "FRENCH" })));
    let expected = json!({
        "firstName": "Zoe", "lastName": "Contact", "companyName": "Acme Ltd", "emailAddress": "Zoe@acme.example",
        "phoneNumber": "+33612345678", "symphonyId": zoe.id, "advisors": [fixture.ada.id], "preferredLanguage": "FRENCH",
    });
    assert_eq!(changed, expected);
    let changed = client.ok("ada", &change(&zoe.id, &fixture, &json!({ "emailAddress": "z@acme.example" })));
    assert_eq!(
        (&changed["emailAddress"], &changed["preferredLanguage"]),
        (&json!("z@acme.example"), &json!("FRENCH"))
    );

    for (changes, code) in [
        (json!({ "phoneNumber": "33612345679" }), refused(403, "update.forbidden.contact")),
        (json!({ "advisorSymphonyId": fixture.bob.id }), refused(403, "update.forbidden.advisor")),
        (json!({ "advisorSymphonyId": "7" }), refused(404, "advisor.not.found")),
        (json!({ "preferredLanguage": "KLINGON" }), refused(400, "preferred.language.not.supported")),
        (json!({ "companyName": null }), refused(400, "external.network.not.found")),
        (json!({ "advisorSymphonyId": 7 }), refused(400, "external.network.not.found")),
    ] {
        assert_eq!(client.refused("admin", &change(&zoe.id, &fixture, &changes)), code, "{changes}");
    }
    let same = json!({});
    for (who, contact, code) in [
        ("bob", zoe.id.to_string(), refused(404, "contact.not.found")),
        ("eve", zoe.id.to_string(), refused(404, "contact.not.found")),
        ("admin", "me".to_owned(), refused(404, "contact.not.found")),
        ("barred", zoe.id.to_string(), refused(403, "Forbidden")),
        ("lost", zoe.id.to_string(), refused(404, "tenant.configuration.not.found")),
    ] {
        assert_eq!(client.refused(who, &change(&contact, &fixture, &same)), code, "{who}");
    }
    shared_and_own(&fixture);
    let session = fixture.session.clone().in_tenant(fixture.home);
    session.directory().set_network_open(&Network::WHATSAPP, None, false).unwrap();
    assert_eq!(
        client.refused("ada", &change(&zoe.id, &fixture, &same)),
        refused(403, "forbidden.entitlement.type")
    );
}

/// Shared contacts, and contacts with an own advisor.
fn shared_and_own(fixture: &Fixture) {
    let client = &fixture.client;
    let new = |network, name: &str| {
        NewContact::new(network, name, "Contact")
            .phone("+33612345678")
            .email(format!("{name}@x.example"))
            .advisor(fixture.ada.id)
    };
    let shared = fixture.session.add(new(Network::SMS_DIRECT, "Shared").shared()).unwrap();
    let code = refused(403, "multi.tenant.federated.user.update.attempt");
    assert_eq!(client.refused("admin", &change(&shared.id, fixture, &json!({}))), code);
    let own = fixture.session.add(new(Network::SMS_DIRECT, "Own").own_advisor(fixture.bob.id)).unwrap();
    let email = json!({ "emailAddress": "other@x.example" });
    let code = refused(403, "cannot.edit.advisor.own.contact.email");
    assert_eq!(client.refused("admin", &change(&own.id, fixture, &email)), code);
    // On a network with unique addresses, another contact has the address.
    let pager = Network::new("PAGER").unwrap();
    fixture.session.directory().add_network(&NetworkPolicy::new(pager.clone()).unique_email(true)).unwrap();
    let one = fixture.session.add(new(pager.clone(), "One")).unwrap();
    fixture.session.add(new(pager, "Two").phone("+33612345699")).unwrap_err(); // the same first phone
    let two = NewContact::new(Network::new("PAGER").unwrap(), "Two", "Contact").email("two@x.example");
    fixture.session.add(two).unwrap();
    let taken = json!({ "emailAddress": "two@x.example" });
    assert_eq!(
        client.refused("admin", &change(&one.id, fixture, &taken)),
        refused(409, "user.already.exists")
    );
}

pub fn inviting(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    let client = &fixture.client;
    let line = json!({ "externalNetwork": "LINE" });
    let invited = client.ok("ada", &form(&fixture, &line));
    let id = invited["symphonyId"].as_str().unwrap();
    let again = |contact: &dyn ToString, advisor: &dyn ToString| {
        ask("resendInvite").at(contact.to_string()).at(advisor.to_string())
    };
    let code = client.ok("ada", &again(&id, &fixture.ada.id))["invitationCode"].clone();
    assert_ne!(code, invited["invitationCode"]);
    let of_ada = ask("findContactsOfAdvisorv2").at(fixture.ada.id).at("LINE");
    assert_eq!(client.ok("ada", &of_ada)["contacts"][0]["invitationCode"], code);
    let none = refused(404, "contact.not.found");
    for query_spec in [
        again(&id, &fixture.bob.id),
        again(&id, &fixture.eve.id),
        again(&7, &fixture.ada.id),
        again(&id, &"me"),
    ] {
        assert_eq!(client.refused("admin", &query_spec), none, "{query_spec:?}");
    }
    fixture.session.onboarding().confirm_invitation(code.as_str().unwrap()).unwrap();
    assert_eq!(client.refused("ada", &again(&id, &fixture.ada.id)), refused(400, "invite.already.confirmed"));
    let zoe = fixture.add(Network::WHATSAPP, "Zoe", "+33612345678", &fixture.ada);
    let refusal = refused(400, "invites.not.configured.on.emp");
    assert_eq!(client.refused("ada", &again(&zoe.id, &fixture.ada.id)), refusal);
}

pub fn removing(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    let client = &fixture.client;
    let zoe = fixture.add(Network::WHATSAPP, "Zoe", "+33612345678", &fixture.ada);
    let max = fixture.add(Network::SMS, "Max", "+33612345679", &fixture.ada);
    fixture.session.link(zoe.id, fixture.bob.id).unwrap();
    let of_contact =
        |id: &dyn ToString| ask("deleteContactsBySymphonyIdAndExternalNetworkv2").at(id.to_string());
    let of_advisor = |id: &dyn ToString| ask("deleteAdvisorContactsv2").at(id.to_string());
    let none = refused(404, "contact.not.found");

    let of_ada = ask("findContactsOfAdvisorv2").at(fixture.ada.id).at("SMS");
    let shown = client.ok("ada", &of_ada)["contacts"][0].clone();
    assert!(
        shown.get("status").is_none() && shown["statusUpdateDate"].is_i64(),
        "on a network without statuses"
    );

    // One invalid pair does not fail the others.
    let pair = |contact: &dyn ToString, advisor: &dyn ToString| json!({ "contactSymphonyId": contact.to_string(), "advisorSymphonyId": advisor.to_string() });
    let pairs = [
        pair(&zoe.id, &fixture.bob.id),
        pair(&max.id, &fixture.bob.id),
        pair(&"99999999999999999999", &fixture.ada.id),
        pair(&max.id, &fixture.eve.id),
        pair(&max.id, &fixture.ada.id),
    ];
    let report = client.ok("ada", &ask("deleteContactsv2").body(&json!({ "contacts": pairs })));
    let lines = report["report"].as_array().unwrap();
    let statuses: Vec<_> = lines.iter().map(|line| line["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["FAILURE", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "SUCCESS"]);
    assert!(lines.iter().map(|line| &line["contact"]).eq(&pairs), "in the order of the request");
    for none in [json!({}), json!({ "contacts": null })] {
        assert_eq!(client.ok("ada", &ask("deleteContactsv2").body(&none))["report"], json!([]));
    }
    let others = json!({ "contacts": [pair(&zoe.id, &fixture.bob.id)] });
    let refusal = client.refused("ada", &ask("deleteContactsv2").body(&others));
    assert_eq!(refusal, refused(403, "Forbidden"), "without the permission for any of the links");
    for invalid in [
        json!({ "contacts": {} }),
        json!({ "contacts": [7] }),
        json!({ "contacts": [{}] }),
        json!({ "contacts": [pair(&"x", &1)] }),
    ] {
        assert_eq!(client.invalid("ada", &ask("deleteContactsv2").body(&invalid)).status, 400, "{invalid}");
    }

    assert_eq!(client.refused("ada", &of_contact(&zoe.id)), refused(403, "Forbidden"));
    assert_eq!(client.refused("eve", &of_contact(&zoe.id)), none);
    let line = |advisor| json!({ "contact": { "advisorSymphonyId": advisor }, "status": "SUCCESS" });
    let expected = json!({ "report": [line(fixture.ada.id), line(fixture.bob.id)] });
    assert_eq!(client.ok("admin", &of_contact(&zoe.id)), expected);
    assert_eq!(client.refused("admin", &of_contact(&zoe.id)), none);

    fixture.session.link(max.id, fixture.ada.id).unwrap();
    assert_eq!(client.refused("bob", &of_advisor(&fixture.ada.id)), refused(403, "Forbidden"));
    assert_eq!(client.refused("admin", &of_advisor(&fixture.eve.id)), refused(404, "advisor.not.found"));
    let link = json!({ "advisorSymphonyId": fixture.ada.id, "phoneNumber": "+33612345679", "externalNetwork": "SMS" });
    let expected = json!({ "report": [{ "contact": link, "status": "SUCCESS" }] });
    assert_eq!(client.ok("ada", &of_advisor(&fixture.ada.id)), expected);
    assert_eq!(client.refused("ada", &of_advisor(&fixture.ada.id)), none);
}

pub fn companies(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    let client = &fixture.client;
    fixture.add(Network::WHATSAPP, "Zoe", "+33612345678", &fixture.ada);
    let search = |text: &str| ask("searchCompanies").with("query", text);
    assert_eq!(client.ok("ada", &search("acm")), json!({ "companies": [{ "companyName": "Acme" }] }));
    assert_eq!(client.ok("bob", &search("acm")), json!({ "companies": [] }));
    assert_eq!(client.ok("eve", &search("acm")), json!({ "companies": [] }));
    for invalid in [search("ac"), search(""), ask("searchCompanies"), search(&"a".repeat(300))] {
        assert_eq!(client.invalid("ada", &invalid).status, 400, "{invalid:?}");
    }
}

/// A store that cannot be written fails with the code of each operation.
pub fn failing(product_fixture: &ProductFixture) {
    let folder = tempfile::tempdir().unwrap();
    let (store, open) = fixture::book(&folder);
    let fixture = Fixture::of(product_fixture, store);
    let zoe = fixture.add(Network::WHATSAPP, "Zoe", "+33612345678", &fixture.ada);
    let line = fixture.client.ok("ada", &form(&fixture, &json!({ "externalNetwork": "LINE" })));
    let tokens = fixture::tokens(fixture.home, [&fixture.ada, &fixture.bob, &fixture.eve]);
    let client = product_fixture.client(&open(options(2).read_only(true)), tokens);
    let page = client.ok("admin", &ask("listContacts2").with("externalNetwork", "WHATSAPP"));
    assert_eq!(names(&page), ["Zoe"]);
    assert_eq!(client.refused("admin", &form(&fixture, &json!({}))), refused(500, "account.creation.failed"));
    assert_eq!(
        client.refused("admin", &change(&zoe.id, &fixture, &json!({}))),
        refused(500, "account.update.failed")
    );
    let again = ask("resendInvite").at(line["symphonyId"].as_str().unwrap()).at(fixture.ada.id);
    assert_eq!(client.refused("admin", &again), refused(500, "resend.invite.failed"));
    // Without a declared code, the general HTTP error is returned.
    let cut = ask("deleteContactv2").at(zoe.id).at(fixture.ada.id);
    let reply = client.plain("admin", &cut);
    assert_eq!((reply.status, reply.word()), (500, "internal.error"));
}
