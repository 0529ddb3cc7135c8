//! Entitlements, permissions, federation groups.

use cardex::entitlements::{NewEntitlement, Permission};
use cardex::{Network, NewAdvisor};
use serde_json::{Value, json};

use super::client::{Ask, ask};
use super::federation::refused;
use super::fixture::{Fixture, ProductFixture};

fn give(body: &Value) -> Ask {
    ask("addEntitlement").body(body)
}

fn of(operation: &str, advisor: &dyn ToString, network: &str) -> Ask {
    ask(operation).with("advisorSymphonyId", advisor.to_string()).with("externalNetwork", network)
}

pub fn entitling(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    let client = &fixture.client;
    let (ada, bob) = (fixture.ada.id, fixture.bob.id);
    let session = fixture.session.clone().in_tenant(fixture.home);
    let group = session.directory().add_group("private").unwrap();
    let body = json!({
        "symphonyId": ada, "advisorEmailAddress": fixture.bob.email, "externalNetwork": "WHATSAPP",
        "permissions": ["admin:list-customers", "fly"], "federationGroupId": group.id,
    });
    let given = client.ok("admin", &give(&body));
    assert_eq!((&given["symphonyId"], &given["status"]), (&json!(ada), &json!("ENTITLED")), "the id wins");
    assert_eq!(given["federationGroupId"], json!(group.id));
    let permissions = given["permissions"].as_array().unwrap();
    let lines: Vec<_> = permissions.iter().map(|line| line["status"].as_u64().unwrap()).collect();
    assert_eq!(lines, [201, 201, 201, 201, 201, 201, 404], "five by default, one more, and one that is none");
    assert_eq!(permissions[5]["response"]["permissionName"], "admin:list-customers");
    assert_eq!(permissions[6]["error"]["itemId"], "fly");
    assert_eq!(client.refused("admin", &give(&body)), refused(400, "entitlement.already.exists"));

    // An unknown address becomes a pre-entitlement.
    let waiting = json!({ "advisorEmailAddress": "new@example.com", "externalNetwork": "WHATSAPP" });
    let given = client.ok("admin", &give(&waiting));
    assert_eq!(
        (&given["status"], &given["emailAddress"]),
        (&json!("PRE_ENTITLED"), &json!("new@example.com"))
    );
    assert!(given.get("symphonyId").is_none());

    // On a direct network an advisor has a number; a pooled one is a second number.
    let own = json!({ "symphonyId": ada, "externalNetwork": "WHATSAPP-DIRECT", "advisorPhoneNumber": "+33612345678" });
    let phone =
        json!({ "number": "+33612345678", "subNetwork": "IN-NETWORK", "provider": "CUSTOMER_SUPPLIED" });
    assert_eq!(client.ok("admin", &give(&own))["phone"], phone);
    session.directory().add_pooled_numbers(&Network::SMS_DIRECT, ["+33700000001", "+33700000002"]).unwrap();
    let pooled = json!({ "symphonyId": ada, "externalNetwork": "SMS-DIRECT" });
    let phone = json!({ "number": "+33700000001", "subNetwork": "SECOND-NUMBER" });
    assert_eq!(client.ok("admin", &give(&pooled))["phone"], phone);
    let to_come = json!({ "advisorEmailAddress": "new@example.com", "externalNetwork": "SMS-DIRECT" });
    client.ok("admin", &give(&to_come));
    no_entitlement(&fixture);

    let get = of("getCustomerEntitlement", &ada, "WHATSAPP");
    let mut shown = client.ok("admin", &get);
    assert_eq!(shown["permissions"].as_array_mut().unwrap().len(), 6);
    assert_eq!(shown, client.ok("ada", &get), "advisors may ask about themselves");
    assert_eq!(client.refused("bob", &get), refused(403, "Forbidden"));
    let by_email = ask("getCustomerEntitlement").with("advisorEmailAddress", "new@example.com");
    assert_eq!(client.ok("admin", &by_email.with("externalNetwork", "WHATSAPP"))["status"], "PRE_ENTITLED");
    let unnamed = ask("getCustomerEntitlement").with("externalNetwork", "WHATSAPP");
    assert_eq!(client.refused("admin", &unnamed), refused(400, "advisor.identifier.not.provided"));

    let list = ask("listEntitledAdvisors").at("WHATSAPP");
    let page = client.ok("admin", &list);
    assert_eq!(page["entitlements"].as_array().unwrap().len(), 1, "pre-entitlements are not listed");
    assert!(page["entitlements"][0].get("permissions").is_none());
    let whole = client.ok("admin", &list.clone().with("listPermissions", true));
    assert_eq!(whole["entitlements"][0], shown);
    assert_eq!(client.refused("ada", &list), refused(403, "Forbidden"));
    assert_eq!(client.refused("admin", &list.with("after", "AAAA")), refused(400, "invalid.page.cursor"));
    let unknown = ask("listEntitledAdvisors").at("FAX");
    assert_eq!(client.refused("admin", &unknown), refused(400, "external.network.not.found"));
    let odd = ask("listEntitledAdvisors").at("SMS").with("listPermissions", "maybe");
    assert_eq!(client.invalid("admin", &odd).status, 400);

    let withdraw = of("deleteCustomerEntitlement", &ada, "WHATSAPP");
    assert_eq!(client.refused("bob", &withdraw), refused(403, "Forbidden"));
    assert_eq!(client.ok("admin", &withdraw), Value::Null);
    let none = refused(404, "entitlement.not.found");
    for operation in ["getCustomerEntitlement", "deleteCustomerEntitlement"] {
        assert_eq!(client.refused("admin", &of(operation, &ada, "WHATSAPP")), none);
        assert_eq!(client.refused("admin", &of(operation, &bob, "WHATSAPP")), none);
        assert_eq!(client.refused("admin", &of(operation, &fixture.eve.id, "WHATSAPP")), none);
        assert_eq!(client.refused("admin", &of(operation, &7, "WHATSAPP")), none);
        assert_eq!(client.refused("admin", &of(operation, &ada, "FAX")), none);
    }
}

/// Calls about entitlements that fail.
fn no_entitlement(fixture: &Fixture) {
    let client = &fixture.client;
    let bob = fixture.bob.id;
    let session = fixture.session.clone().in_tenant(fixture.home);
    // A new advisor has the number of a pre-entitlement on another network.
    let late = NewEntitlement::new(Network::WHATSAPP_DIRECT).email("late@example.com").phone("+33655555555");
    session.entitlements().add(late).unwrap();
    for (body, code) in [
        (json!({ "externalNetwork": "WHATSAPP" }), refused(400, "advisor.identifier.not.provided")),
        (json!({ "symphonyId": bob, "externalNetwork": "FAX" }), refused(400, "entitlement.type.not.found")),
        (json!({ "symphonyId": bob }), refused(400, "entitlement.type.not.found")),
        (json!({ "symphonyId": "7", "externalNetwork": "SMS" }), refused(400, "symphony.user.not.found")),
        (
            json!({ "symphonyId": fixture.eve.id, "externalNetwork": "SMS" }),
            refused(400, "symphony.user.not.found"),
        ),
        (json!({ "symphonyId": "me", "externalNetwork": "SMS" }), refused(400, "symphony.user.not.found")),
        (
            json!({ "advisorEmailAddress": "me", "externalNetwork": "SMS" }),
            refused(400, "symphony.user.not.found"),
        ),
        (
            json!({ "symphonyId": bob, "externalNetwork": "SMS", "advisorPhoneNumber": "+33612345699" }),
            refused(400, "advisor.phone.number.not.supported"),
        ),
        (
            json!({ "symphonyId": bob, "externalNetwork": "WHATSAPP-DIRECT", "advisorPhoneNumber": "x" }),
            refused(400, "advisor.phone.number.is.required"),
        ),
        (
            json!({ "symphonyId": bob, "externalNetwork": "WHATSAPP-DIRECT", "advisorPhoneNumber": "+33612345678" }),
            refused(409, "advisor.phone.number.already.used"),
        ),
        (
            json!({ "symphonyId": bob, "externalNetwork": "SMS-DIRECT", "advisorPhoneNumber": "+33612345699" }),
            refused(409, "number.not.available"),
        ),
        (json!({ "symphonyId": bob, "externalNetwork": "SMS-DIRECT" }), refused(500, "no.available.number")),
        (
            json!({ "advisorEmailAddress": "late@example.com", "externalNetwork": "WHATSAPP-DIRECT", "advisorPhoneNumber": "+33655555556" }),
            refused(409, "pre.entitlement.phone.number.mismatch"),
        ),
        (
            json!({ "advisorEmailAddress": "new@example.com", "externalNetwork": "SMS", "permissions": ["create:room"] }),
            refused(400, "pre.entitlement.permissions.not.supported"),
        ),
    ] {
        assert_eq!(client.refused("admin", &give(&body)), code, "{body}");
    }
    // Without a pool the number is required. The other tenant has no pool.
    let eve = json!({ "symphonyId": fixture.eve.id, "externalNetwork": "SMS-DIRECT" });
    assert_eq!(client.refused("away", &give(&eve)), refused(400, "advisor.phone.number.is.required"));
    let body = json!({ "symphonyId": bob, "externalNetwork": "LINE" });
    assert_eq!(client.refused("ada", &give(&body)), refused(403, "forbidden.entitlement.type"));
    assert_eq!(client.refused("lost", &give(&body)), refused(404, "tenant.configuration.not.found"));
    session.directory().set_network_open(&Network::LINE, None, false).unwrap();
    assert_eq!(client.refused("admin", &give(&body)), refused(403, "forbidden.entitlement.type"));
}

pub fn permitting(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    let client = &fixture.client;
    let (ada, bob) = (fixture.ada.id, fixture.bob.id);
    let session = fixture.session.clone().in_tenant(fixture.home);
    for advisor in [ada, bob] {
        session.entitlements().add(NewEntitlement::new(Network::WHATSAPP).advisor(advisor)).unwrap();
    }
    let at = |operation: &str, advisor: &dyn ToString| ask(operation).at(advisor.to_string()).at("WHATSAPP");
    let list = at("listAdvisorPermissionsBySymphonyId", &ada);
    let held = client.ok("ada", &list);
    assert_eq!((&held["advisorSymphonyId"], &held["externalNetwork"]), (&json!(ada), &json!("WHATSAPP")));
    assert_eq!(held["permissions"].as_array().unwrap().len(), 5);
    assert_eq!(client.refused("bob", &list), refused(403, "Forbidden"));
    let unknown = at("listAdvisorPermissionsBySymphonyId", &fixture.eve.id);
    assert_eq!(client.refused("admin", &unknown), refused(404, "advisor.not.found"));

    let add = |advisor: &dyn ToString, name: &str| {
        at("addPermissionBySymphonyId", advisor).body(&json!({ "permissionName": name }))
    };
    let added = client.ok("admin", &add(&ada, "admin:list-customers"));
    assert_eq!(added["permission"], json!({ "permissionName": "admin:list-customers", "permissionId": "9" }));
    let held = refused(409, "permission.already.assigned");
    assert_eq!(client.refused("admin", &add(&ada, "admin:list-customers")), held);
    assert_eq!(client.refused("admin", &add(&ada, "fly")), refused(404, "permission.not.found"));
    assert_eq!(client.refused("admin", &add(&7, "create:room")), refused(404, "advisor.not.found"));
    assert_eq!(client.refused("ada", &add(&ada, "edit:contact-email")), refused(403, "Forbidden"));
    assert_eq!(
        client.refused("lost", &add(&ada, "create:room")),
        refused(404, "tenant.configuration.not.found")
    );
    let elsewhere =
        ask("addPermissionBySymphonyId").at(ada).at("SMS").body(&json!({ "permissionName": "create:room" }));
    assert_eq!(client.refused("admin", &elsewhere), refused(403, "Forbidden"), "the entitlement comes first");
    assert_eq!(client.invalid("admin", &at("addPermissionBySymphonyId", &ada).body(&json!({}))).status, 400);

    let remove = |advisor: &dyn ToString, name: &str| at("removePermissionBySymphonyIdv2", advisor).at(name);
    assert_eq!(client.ok("admin", &remove(&ada, "admin:list-customers")), Value::Null);
    let none = refused(404, "permission.not.found");
    assert_eq!(client.refused("admin", &remove(&ada, "admin:list-customers")), none);
    assert_eq!(client.refused("admin", &remove(&ada, "fly")), none);
    assert_eq!(
        client.refused("admin", &remove(&fixture.eve.id, "create:room")),
        refused(404, "advisor.not.found")
    );
    assert_eq!(client.refused("ada", &remove(&ada, "create:room")), refused(403, "Forbidden"));
    let elsewhere = ask("removePermissionBySymphonyIdv2").at(ada).at("SMS").at("create:room");
    assert_eq!(client.refused("admin", &elsewhere), none);
    let permissions = session.entitlements().permissions(ada, &Network::WHATSAPP).unwrap();
    assert!(permissions.contains(Permission::CreateRoom) && !permissions.contains(Permission::ListCustomers));
    to_many(&fixture);
}

/// Grants one permission to many advisors.
fn to_many(fixture: &Fixture) {
    let client = &fixture.client;
    let many = |advisors: Value, name: &str| {
        let body =
            json!({ "advisorSymphonyIds": advisors, "externalNetwork": "WHATSAPP", "permissionName": name });
        ask("addPermissionToMultipleAdvisor").body(&body)
    };
    let (ada, bob) = (fixture.ada.id, fixture.bob.id);
    client.ok(
        "admin",
        &ask("addPermissionBySymphonyId")
            .at(ada)
            .at("WHATSAPP")
            .body(&json!({ "permissionName": "edit:contact-email" })),
    );
    let report = client
        .ok("admin", &many(json!([ada, bob, fixture.eve.id, "99999999999999999999"]), "edit:contact-email"));
    let lines = report["advisorsPermissions"].as_array().unwrap();
    let statuses: Vec<_> = lines.iter().map(|line| line["status"].as_u64().unwrap()).collect();
    assert_eq!(statuses, [409, 200, 404, 404]);
    assert_eq!(lines[0]["error"]["title"], "permission.already.assigned");
    assert_eq!(lines[1]["response"]["email"], json!(fixture.bob.email));
    assert!(lines[2]["response"].get("email").is_none(), "another tenant's advisor has none here");
    // If all items fail for the same reason, the call fails.
    let both = || many(json!([ada, bob]), "edit:contact-email");
    assert_eq!(client.refused("admin", &both()), refused(409, "permission.already.assigned"));
    assert_eq!(
        client.refused("admin", &many(json!(["7"]), "create:room")),
        refused(404, "advisor.not.found")
    );
    assert_eq!(client.refused("admin", &many(json!([ada]), "fly")), refused(404, "permission.not.found"));
    assert_eq!(client.refused("ada", &both()), refused(403, "Forbidden"));
    assert_eq!(client.refused("lost", &both()), refused(404, "tenant.configuration.not.found"));
    assert_eq!(client.ok("admin", &many(json!([]), "create:room"))["advisorsPermissions"], json!([]));
    for invalid in
        [many(json!("7"), "create:room"), many(json!([7]), "create:room"), many(json!(["me"]), "create:room")]
    {
        assert_eq!(client.invalid("admin", &invalid).status, 400, "{invalid:?}");
    }
}

pub fn grouping(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    let client = &fixture.client;
    let (ada, bob) = (fixture.ada.id, fixture.bob.id);
    let session = fixture.session.clone().in_tenant(fixture.home);
    let cleo = session.directory().add_advisor(NewAdvisor::new("Cleo", "Adviser")).unwrap().id;
    for advisor in [ada, bob] {
        for network in [Network::WHATSAPP, Network::SMS] {
            session.entitlements().add(NewEntitlement::new(network).advisor(advisor)).unwrap();
        }
    }
    let private = session.directory().add_group("private").unwrap().id;
    session.directory().set_network_open(&Network::SMS, Some(private), false).unwrap();
    let put = |advisor: &dyn ToString, network: &str, target: Value| {
        ask("updateAdvisorFederationGroup").at(advisor.to_string()).at(network).body(&target)
    };
    let to_private = || json!({ "federationGroupId": private });
    assert_eq!(client.ok("admin", &put(&ada, "WHATSAPP", to_private())), Value::Null);
    assert_eq!(session.entitlements().get(ada, &Network::WHATSAPP).unwrap().group, Some(private));
    client.ok("admin", &put(&ada, "WHATSAPP", json!({ "moveToDefault": true })));
    assert_eq!(session.entitlements().get(ada, &Network::WHATSAPP).unwrap().group, None);
    let both = json!({ "federationGroupId": private, "moveToDefault": true });
    let missing = refused(400, "missing.destination.federation.group");
    let unknown = refused(404, "advisor.not.found");
    for (query_spec, code) in [
        (put(&ada, "WHATSAPP", json!({})), missing.clone()),
        (put(&ada, "WHATSAPP", json!({ "moveToDefault": false })), missing.clone()),
        (put(&ada, "WHATSAPP", json!({ "moveToDefault": "yes" })), missing.clone()),
        (put(&ada, "WHATSAPP", json!([])), missing),
        (put(&ada, "WHATSAPP", both), refused(400, "multiple.destination.federation.group")),
        (put(&ada, "FAX", to_private()), refused(400, "external.network.not.found")),
        (put(&ada, "SMS", to_private()), refused(403, "federation.group.external.network.forbidden")),
        (
            put(&ada, "WHATSAPP", json!({ "federationGroupId": "7" })),
            refused(404, "federation.group.not.found"),
        ),
        (
            put(&ada, "WHATSAPP", json!({ "federationGroupId": "x" })),
            refused(404, "federation.group.not.found"),
        ),
        (put(&fixture.eve.id, "WHATSAPP", to_private()), unknown.clone()),
        (put(&cleo, "WHATSAPP", to_private()), unknown),
    ] {
        assert_eq!(client.refused("admin", &query_spec), code, "{query_spec:?}");
    }

    let item = |advisor: &dyn ToString, network: &str, group: Option<&dyn ToString>| match group {
        Some(group) => {
            json!({ "symphonyId": advisor.to_string(), "externalNetwork": network, "federationGroupId": group.to_string() })
        }
        None => json!({ "symphonyId": advisor.to_string(), "externalNetwork": network }),
    };
    let bulk = |items: Value| ask("bulkUpdateAdvisorsFederationGroup").body(&json!({ "request": items }));
    let items = json!([
        item(&ada, "WHATSAPP", Some(&private)),
        item(&bob, "SMS", Some(&private)),
        item(&bob, "FAX", Some(&private)),
        item(&bob, "WHATSAPP", Some(&"7")),
        item(&7, "WHATSAPP", Some(&private)),
        item(&bob, "WHATSAPP", None),
    ]);
    let report = client.ok("admin", &bulk(items.clone()));
    let lines = report["responses"].as_array().unwrap();
    let statuses: Vec<_> = lines.iter().map(|line| line["status"].as_u64().unwrap()).collect();
    assert_eq!(statuses, [200, 403, 400, 404, 404, 200]);
    assert!(lines.iter().map(|line| &line["response"]).eq(items.as_array().unwrap()));
    assert_eq!(lines[3]["error"]["type"], "federation.group.not.found");
    assert_eq!(session.entitlements().get(ada, &Network::WHATSAPP).unwrap().group, Some(private));
    for (items, code) in [
        (json!([item(&ada, "FAX", None)]), refused(400, "external.network.not.found")),
        (json!([item(&ada, "WHATSAPP", Some(&"7"))]), refused(404, "federation.group.not.found")),
        (json!([item(&7, "WHATSAPP", None)]), refused(404, "advisor.not.found")),
        // Bodies that break the schema.
        (json!([]), refused(400, "external.network.not.found")),
        (json!([item(&ada, "", None)]), refused(400, "external.network.not.found")),
        (json!([item(&"me", "SMS", None)]), refused(400, "external.network.not.found")),
        (json!(vec![item(&ada, "SMS", None); 101]), refused(400, "external.network.not.found")),
    ] {
        assert_eq!(client.refused("admin", &bulk(items)), code);
    }
    assert_eq!(client.refused("ada", &bulk(items)), refused(403, "Forbidden"));
}
