//! The deprecated operations of Symphony Federation: e-mail addresses in the place of ids.

use cardex::Network;
use cardex::entitlements::NewEntitlement;
use serde_json::json;

use super::client::ask;
use super::federation::{names, refused};
use super::fixture::{Fixture, ProductFixture};

const NET: &str = "WHATSAPP";

pub fn deprecated_forms(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    let client = &fixture.client;
    for network in [Network::WHATSAPP, Network::SMS_DIRECT] {
        let number = if network == Network::SMS_DIRECT { "+33600000001" } else { "" };
        let new = NewEntitlement::new(network).advisor(fixture.ada.id);
        let new = if number.is_empty() { new } else { new.phone(number) };
        fixture.session.clone().in_tenant(fixture.home).entitlements().add(new).unwrap();
    }
    let zoe = fixture.add(Network::WHATSAPP, "Zoe", "+33612345678", &fixture.ada);
    let (ada, email) = (fixture.ada.email.clone(), "Zoe@acme.example");
    let admin = "admin";

    let find = |email: &str| ask("findContacts").with("externalNetwork", NET).with("emailAddress", email);
    let by_id =
        client.ok(admin, &ask("listContacts2").with("externalNetwork", NET).with("symphonyId", zoe.id));
    assert_eq!(client.ok(admin, &find(email)), by_id["contacts"][0]);
    assert_eq!(client.ok(admin, &find("ZOE@acme.example"))["symphonyId"], json!(zoe.id));
    for unknown in ["max@acme.example", "no address"] {
        assert_eq!(client.refused(admin, &find(unknown)), refused(404, "contact.not.found"), "{unknown}");
    }
    assert_eq!(client.refused("eve", &find(email)), refused(404, "contact.not.found"), "of another tenant");

    let advisors = |email: &str| ask("findAdvisors").at(email).at(NET);
    assert_eq!(client.ok(admin, &advisors(email)), client.ok(admin, &ask("findAdvisorsv2").at(zoe.id)));
    assert_eq!(client.refused(admin, &advisors("x@y.example")), refused(404, "contact.not.found"));
    let contacts = |email: &str| ask("findContactsOfAdvisor").at(email).at(NET);
    assert_eq!(names(&client.ok(admin, &contacts(&ada))), ["Zoe"]);
    assert_eq!(client.refused(admin, &contacts("x@y.example")), refused(404, "advisor.not.found"));

    let grant =
        client.ok(admin, &ask("findAdvisor").with("externalNetwork", NET).with("advisorEmailAddress", &ada));
    let by_path = |id: &str| ask("getCustomerEntitlementBySymphonyId").at(id).at(NET);
    let id = fixture.ada.id.to_string();
    assert_eq!((&client.ok(admin, &by_path(&id)), &grant["symphonyId"]), (&grant, &json!(fixture.ada.id)));
    let unknown = ask("findAdvisor").with("externalNetwork", NET).with("advisorEmailAddress", "x@y.example");
    assert_eq!(client.refused(admin, &unknown), refused(404, "advisor.not.found"));
    for other in [fixture.bob.id.to_string(), "77".to_owned(), "x".to_owned()] {
        assert_eq!(client.refused(admin, &by_path(&other)), refused(404, "entitlement.not.found"));
    }

    permissions(&fixture, &ada);

    blocking(&fixture, &id);

    let cut = |advisor: &str, contact: &str| ask("deleteContact").at(advisor).at(contact).at(NET);
    for (advisor, contact) in
        [("x@y.example", email), (&ada, "x@y.example"), (fixture.bob.email.as_str(), email)]
    {
        assert_eq!(client.refused(admin, &cut(advisor, contact)), refused(404, "contact.not.found"));
    }
    assert_eq!(client.send(admin, &cut(&ada, email)).status, 204);
    assert_eq!(names(&client.ok(admin, &contacts(&ada))), [""; 0]);
    let withdraw = ask("deleteCustomerEntitlementBySymphonyId").at(&id).at(NET);
    assert_eq!(client.send(admin, &withdraw).status, 200);
    assert_eq!(client.refused(admin, &withdraw), refused(404, "entitlement.not.found"));
    for call in
        [find(email), advisors(email), contacts(&ada), cut(&ada, email), by_path(&id), unknown, withdraw]
    {
        assert_eq!(client.refused("barred", &call), refused(403, "Forbidden"), "{call:?}");
    }
}

fn permissions(fixture: &Fixture, ada: &str) {
    let (client, admin) = (&fixture.client, "admin");
    let list = |email: &str| ask("listAdvisorPermissionsByEmail").at(email).at(NET);
    let name = "admin:list-customers";
    let add = |email: &str, name: &str| {
        ask("addPermissionByEmail").at(email).at(NET).body(&json!({ "permissionName": name }))
    };
    let remove = |email: &str, name: &str| ask("removePermissionByEmail").at(email).at(NET).at(name);
    let before = client.ok(admin, &list(ada));
    assert_eq!(client.ok(admin, &add(ada, name))["permission"]["permissionName"], name);
    assert_eq!(client.refused(admin, &add(ada, name)), refused(409, "permission.already.assigned"));
    assert_ne!(client.ok(admin, &list(ada)), before);
    assert_eq!(client.send(admin, &remove(ada, name)).status, 200);
    assert_eq!(client.ok(admin, &list(ada)), before);
    for call in [list("x@y.example"), add("x@y.example", name), remove("x@y.example", name)] {
        assert_eq!(client.refused(admin, &call), refused(404, "advisor.not.found"), "{call:?}");
    }
    for call in [add(ada, "fly"), remove(ada, name)] {
        assert_eq!(client.refused(admin, &call), refused(404, "permission.not.found"), "{call:?}");
    }
    for call in [list(ada), add(ada, name), remove(ada, name)] {
        assert_eq!(client.refused("barred", &call), refused(403, "Forbidden"), "{call:?}");
    }
    assert_eq!(client.refused("lost", &add(ada, name)).1, "tenant.configuration.not.found");
}

fn blocking(fixture: &Fixture, ada: &str) {
    let (client, number) = (&fixture.client, "+33612345699");
    let block = json!({ "phoneNumbers": [{ "phoneNumber": number, "reason": "SPAM" }] });
    let calls = |advisor: &str| {
        [
            ask("blockPhoneNumbers").at(advisor).body(&block),
            ask("getBlockPhoneNumbers").at(advisor),
            ask("unblockPhoneNumbers").at(advisor).with("phoneNumbers", number),
        ]
    };
    let shown = calls(ada).map(|call| client.ok("admin", &call));
    assert_eq!((&shown[0]["phoneNumbers"][0]["status"], &shown[2]), (&json!(200), &shown[0]));
    assert_eq!(shown[1]["phoneNumbers"][0]["reason"], "SPAM");
    for (caller, advisor, code) in [
        ("admin", "77", refused(404, "advisor.not.found")),
        ("bob", ada, refused(403, "not.entitled.on.direct.emp")),
    ] {
        for call in calls(advisor) {
            assert_eq!(client.refused(caller, &call), code, "{call:?}");
        }
    }
}
