//! Every operation of Symphony Federation, by subject.

use cardex::contacts::Consent;
use cardex::{Network, NewContact};
use serde_json::{Value, json};

use super::client::ask;
use super::coverage::{Exemption, coverage};
use super::fixture::{Fixture, ProductFixture};
use super::maker::{Values, make};
use super::onboarding;
use super::product::Product;
use super::rights;
use super::{by_email, chat};

/// Declared answers that an embedded engine cannot give.
const UNREACHABLE: &[Exemption] = &[
    ("findAdvisorsv2", 400, "external.network.not.found", NO_NETWORK),
    ("listTenantFederationGroups", 400, "external.network.not.found", NO_NETWORK),
    (
        "addEntitlement",
        409,
        "number.registration.not.possible",
        "numbers are registered with a provider, by the host",
    ),
    ("getCustomerEntitlement", 500, "no.available.number", "reading a grant takes no number"),
];

const NO_NETWORK: &str = "the request names no network";

#[test]
fn every_operation_and_every_error() {
    let product_fixture = ProductFixture::of(Product::federation());
    unauthenticated(&product_fixture);
    lists(&product_fixture);
    by_phone(&product_fixture);
    advisors_and_their_contacts(&product_fixture);
    searching(&product_fixture);
    onboarding::adding(&product_fixture);
    onboarding::updating(&product_fixture);
    onboarding::inviting(&product_fixture);
    onboarding::removing(&product_fixture);
    onboarding::companies(&product_fixture);
    onboarding::failing(&product_fixture);
    rights::entitling(&product_fixture);
    rights::permitting(&product_fixture);
    rights::grouping(&product_fixture);
    chat::blocking(&product_fixture);
    chat::conversations(&product_fixture);
    chat::copying(&product_fixture);
    by_email::deprecated_forms(&product_fixture);
    unlinking(&product_fixture);
    directory(&product_fixture);
    the_address_book(&product_fixture);
    let (operations, codes) = coverage(&product_fixture, UNREACHABLE);
    assert_eq!((operations, codes), (44, 222));
}

/// Contacts on no messaging network are invisible, and the address book is an unknown network.
fn the_address_book(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    let (client, ada) = (&fixture.client, fixture.ada.id);
    let zoe = fixture.add(Network::BOOK, "Zoe", "+33612345678", &fixture.ada);
    let lists = [
        ask("listContacts2").with("externalNetwork", "BOOK"),
        ask("findContactsOfAdvisorv2").at(ada).at("BOOK"),
    ];
    for list in lists {
        assert_eq!(client.refused("admin", &list), refused(400, "external.network.not.found"), "{list:?}");
    }
    // These operations declare no answer for an unknown network.
    for list in [ask("searchContacts").at("book").with("query", "Zoe"), ask("listEmpPermissions").at("BOOK")]
    {
        assert_eq!(client.invalid("admin", &list).word(), "external.network.not.found");
    }
    let open = client.ok("admin", &ask("listEntitlements"));
    assert_eq!(open["entitlements"].as_array().unwrap().len(), 6);
    let unnamed = refused(404, "contact.not.found");
    assert_eq!(client.refused("admin", &ask("findAdvisorsv2").at(zoe.id)), unnamed);
    assert_eq!(client.refused("admin", &ask("deleteContactv2").at(zoe.id).at(ada)), unnamed);
    let link = json!({ "advisorSymphonyId": ada.to_string(), "contactSymphonyId": zoe.id.to_string() });
    let report = client.ok("admin", &ask("deleteContactsv2").body(&json!({ "contacts": [link] })));
    assert_eq!(report["report"][0]["status"], "NOT_FOUND");
    assert_eq!(fixture.session.links_of(&[zoe.id]).unwrap()[0].len(), 1, "none of these cut the link");
}

pub fn refused(status: u16, word: &str) -> (u16, String) {
    (status, word.to_owned())
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
            "externalNetwork" => "SMS-DIRECT".to_owned(),
            "onboarderEmailAddress" => self.0.ada.email.clone(),
            "phoneNumber" | "phoneNumbers" | "advisorPhoneNumber" => "33600000000".to_owned(),
            "phoneBlocked" | "listPermissions" => "true".to_owned(),
            "permissionName" | "permissions" => "create:room".to_owned(),
            "reason" => "SPAM".to_owned(),
            "query" => "any".to_owned(),
            name if name.ends_with("ymphonyId") || name.ends_with("ymphonyIds") => self.0.ada.id.to_string(),
            name if name.ends_with("mailAddress") || name.ends_with("mailAddresses") => {
                "x@y.example".to_owned()
            }
            _ => "7".to_owned(),
        }
    }
}

/// Calls without a token or permission, or for an unknown tenant, are refused.
fn unauthenticated(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    for operation in product_fixture.product.contract.operations.keys() {
        let ask = make(&product_fixture.product.contract, operation, &mut ValidInput(&fixture));
        for token in ["", "unknown"] {
            // Some operations do not declare 401, but all require the token.
            let reply = fixture.client.invalid(token, &ask);
            assert_eq!((reply.status, reply.word()), (401, "unauthorized"), "{ask:?}");
        }
        for token in ["", "barred", "other", "lost"] {
            fixture.client.try_send(token, &ask);
        }
    }
    let list = ask("listContacts2").with("externalNetwork", "SMS");
    assert_eq!(fixture.client.refused("barred", &list), refused(403, "Forbidden"));
    assert_eq!(fixture.client.refused("other", &list), refused(403, "user.id.mismatch"));
    assert_eq!(fixture.client.refused("lost", &list), refused(404, "tenant.not.found"));
}

/// The contacts of a page, by first name.
pub fn names(page: &Value) -> Vec<&str> {
    let contacts = page["contacts"].as_array().unwrap();
    contacts.iter().map(|contact| contact["firstName"].as_str().unwrap()).collect()
}

fn lists(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    let client = &fixture.client;
    let zoe = fixture.add(Network::WHATSAPP, "Zoe", "+33612345678", &fixture.ada);
    fixture.session.link(zoe.id, fixture.bob.id).unwrap();
    fixture.add(Network::WHATSAPP, "Max", "+33612345679", &fixture.bob);
    let list = || ask("listContacts2").with("externalNetwork", "WHATSAPP");

    let page = client.ok("admin", &list().with("symphonyId", zoe.id));
    let expected = json!({
        "firstName": "Zoe", "lastName": "Contact", "companyName": "Acme",
        "emailAddress": "Zoe@acme.example", "phoneNumber": "+33612345678", "symphonyId": zoe.id,
        "externalNetwork": "WHATSAPP", "advisors": [fixture.ada.id, fixture.bob.id], "isColleague": false,
    });
    assert_eq!(page["contacts"], json!([expected]));
    let only = json!({ "previous": null, "next": null, "cursors": {} });
    assert_eq!(page["pagination"], only, "the last page has no next one");
    // A filter that the operation does not have must not show every contact.
    let unknown = client.invalid("admin", &list().with("contactSymphonyId", zoe.id));
    assert_eq!(unknown.status, 400);

    // An advisor sees their own contacts, an administrator those of the tenant. Another tenant sees none of them.
    assert_eq!(names(&client.ok("admin", &list())), ["Max", "Zoe"]);
    assert_eq!(names(&client.ok("ada", &list())), ["Zoe"]);
    assert_eq!(names(&client.ok("eve", &list())), [""; 0]);
    // An advisor without admin:list-customers does not see contacts of others.
    let of_bob = list().with("advisorSymphonyId", fixture.bob.id);
    assert_eq!(client.refused("ada", &of_bob), refused(403, "Forbidden"));
    assert_eq!(names(&client.ok("bob", &of_bob)), ["Max", "Zoe"]);

    // Several filters must all match.
    for (filter, value) in [("emailAddress", "MAX@acme.example"), ("phoneNumber", "33612345679")] {
        assert_eq!(names(&client.ok("admin", &list().with(filter, value))), ["Max"], "{filter}");
        let both = list().with(filter, value).with("symphonyId", zoe.id);
        assert_eq!(client.refused("admin", &both), refused(404, "contact.not.found"), "{filter}");
    }
    for phone in ["+33 6 12 34 56 79", "33612345679", " 33612345679"] {
        assert_eq!(names(&client.ok("admin", &list().with("phoneNumber", phone))), ["Max"], "{phone}");
    }
    let unnamed =
        [("phoneNumber", "nonsense"), ("emailAddress", "x"), ("symphonyId", "99999999999999999999")];
    for (filter, value) in unnamed {
        assert_eq!(client.refused("admin", &list().with(filter, value)), refused(404, "contact.not.found"));
    }
    let elsewhere = list().with("advisorSymphonyId", fixture.eve.id);
    assert_eq!(client.refused("admin", &elsewhere), refused(404, "contact.not.found"));
    assert_eq!(client.refused("admin", &ask("listContacts2")), refused(400, "external.network.not.found"));
    for network in ["", "FAX", "no such", &"N".repeat(99)] {
        let query_spec = ask("listContacts2").with("externalNetwork", network);
        assert_eq!(
            client.refused("admin", &query_spec),
            refused(400, "external.network.not.found"),
            "{network:?}"
        );
    }
    for invalid in [
        list().with("phoneBlocked", "maybe"),
        list().with("symphonyId", "12x"),
        list().with("symphonyId", ""),
    ] {
        assert_eq!(client.invalid("admin", &invalid).status, 400, "{invalid:?}");
    }
    paging(&fixture);
}

fn paging(fixture: &Fixture) {
    let client = &fixture.client;
    let contacts = (0..120).map(|n| NewContact::new(Network::SMS_DIRECT, format!("n{n:03}"), "Contact"));
    fixture.session.add_many(contacts, cardex::contacts::AddManyOptions::new(), |_, _| {}).unwrap();
    let list = || ask("listContacts2").with("externalNetwork", "SMS-DIRECT");
    let follow = |link: &str| {
        let (name, token) = link.trim_start_matches('?').split_once('=').unwrap();
        client.ok("admin", &list().with(name, token))
    };
    let first = client.ok("admin", &list());
    let second = follow(first["pagination"]["next"].as_str().unwrap());
    let third = follow(second["pagination"]["next"].as_str().unwrap());
    let sizes = [&first, &second, &third].map(|page| names(page).len());
    assert_eq!(sizes, [50, 50, 20]);
    assert!(first["pagination"]["previous"].is_null() && third["pagination"]["next"].is_null());
    assert_eq!(follow(third["pagination"]["previous"].as_str().unwrap()), second);
    let after = first["pagination"]["cursors"]["after"].as_str().unwrap();
    assert_eq!(first["pagination"]["next"], format!("?after={after}"));
    // A cursor is valid for its own list and direction.
    let stale = refused(400, "invalid.page.cursor");
    assert_eq!(client.refused("admin", &list().with("before", after)), stale);
    assert_eq!(client.refused("admin", &list().with("after", "nonsense")), stale);
    assert_eq!(client.refused("ada", &list().with("after", after)), stale);
    assert_eq!(client.refused("admin", &list().with("after", after).with("before", after)), stale);
}

fn by_phone(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    let client = &fixture.client;
    let zoe = fixture.add(Network::WHATSAPP, "Zoe", "+91 12345 67890", &fixture.ada);
    let get = |phone: &str, network: &str| {
        ask("getContact").with("phoneNumber", phone).with("externalNetwork", network)
    };
    for phone in ["911234567890", "+911234567890", " 911234567890", "+91 123-456-7890"] {
        let found = client.ok("ada", &get(phone, "WHATSAPP"));
        assert_eq!(found["symphonyId"], json!(zoe.id), "{phone}");
        assert_eq!(found["phoneNumber"], "+91 12345 67890", "as it was written");
    }
    let none = refused(404, "contact.not.found");
    assert_eq!(client.refused("ada", &get("911234567890", "SMS")), none);
    assert_eq!(client.refused("bob", &get("911234567890", "WHATSAPP")), none, "not his");
    assert_eq!(client.refused("eve", &get("911234567890", "WHATSAPP")), none, "not her tenant's");
    assert_eq!(client.refused("ada", &get("nonsense", "WHATSAPP")), none);
    assert_eq!(
        client.refused("ada", &get("911234567890", "FAX")),
        refused(400, "external.network.not.found")
    );
    let group = fixture.session.directory().add_group("private").unwrap();
    for group in [group.id.to_string(), "x".to_owned()] {
        let query_spec = get("911234567890", "WHATSAPP").with("federationGroupId", group);
        assert_eq!(client.refused("ada", &query_spec), none);
    }
}

fn advisors_and_their_contacts(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    let client = &fixture.client;
    let zoe = fixture.add(Network::WHATSAPP, "Zoe", "+33612345678", &fixture.ada);
    let advisors = client.ok("ada", &ask("findAdvisorsv2").at(zoe.id));
    let advisor = &advisors["advisors"][0];
    assert_eq!(advisor["symphonyId"], json!(fixture.ada.id));
    assert_eq!(
        (&advisor["displayName"], &advisor["externalNetwork"]),
        (&json!("ada Adviser"), &json!("WHATSAPP"))
    );
    let none = refused(404, "contact.not.found");
    for (who, id) in [
        ("bob", zoe.id.to_string()),
        ("eve", zoe.id.to_string()),
        ("admin", "0".into()),
        ("admin", "x".into()),
    ] {
        assert_eq!(client.refused(who, &ask("findAdvisorsv2").at(id)), none, "{who}");
    }
    let stale = ask("findAdvisorsv2").at(zoe.id).with("after", "AAAA");
    assert_eq!(client.refused("ada", &stale), refused(400, "invalid.page.cursor"));

    let of = |advisor: &dyn ToString, network: &str| {
        ask("findContactsOfAdvisorv2").at(advisor.to_string()).at(network)
    };
    assert_eq!(names(&client.ok("admin", &of(&fixture.ada.id, "WHATSAPP"))), ["Zoe"]);
    assert_eq!(names(&client.ok("admin", &of(&fixture.ada.id, "SMS"))), [""; 0]);
    assert_eq!(client.refused("bob", &of(&fixture.ada.id, "WHATSAPP")), refused(403, "Forbidden"));
    assert_eq!(client.refused("admin", &of(&fixture.eve.id, "WHATSAPP")), refused(404, "advisor.not.found"));
    assert_eq!(client.refused("admin", &of(&"me", "WHATSAPP")), refused(404, "advisor.not.found"));
    assert_eq!(
        client.refused("ada", &of(&fixture.ada.id, "FAX")),
        refused(400, "external.network.not.found")
    );
    let stale = of(&fixture.ada.id, "SMS").with("before", "AAAA");
    assert_eq!(client.refused("ada", &stale), refused(400, "invalid.page.cursor"));
}

fn searching(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    let client = &fixture.client;
    fixture
        .session
        .add(NewContact::new(Network::SMS_DIRECT, "Otto", "Zander").advisor(fixture.ada.id))
        .unwrap();
    let zoe = NewContact::new(Network::SMS_DIRECT, "Zoë", "Otto").language("CHINESE_HKG");
    fixture.session.add(zoe.advisor(fixture.ada.id).own_advisor(fixture.ada.id)).unwrap();
    let search = |text: &str| ask("searchContacts").at("SMS-DIRECT").with("query", text);
    // First names come before last names; one letter is enough.
    assert_eq!(names(&client.ok("ada", &search("o"))), ["Otto", "Zoë"]);
    let hit = &client.ok("ada", &search("zoe"))["contacts"][0];
    assert_eq!(hit["preferredLanguage"], "Chinese (HKG)");
    assert_eq!((&hit["isColleague"], &hit["ownAdvisorId"]), (&json!(true), &json!(fixture.ada.id)));
    assert_eq!(names(&client.ok("bob", &search("o"))), [""; 0]);
    assert_eq!(names(&client.ok("eve", &search("o"))), [""; 0]);
    let said =
        NewContact::new(Network::SMS, "Olga", "Said").phone("+12125550123").company("C").email("o@x.example");
    fixture.session.add(said.advisor(fixture.ada.id).consent(Consent::OptedOut)).unwrap();
    let hit = &client.ok("ada", &ask("searchContacts").at("SMS").with("query", "olga"))["contacts"][0];
    assert_eq!((&hit["consent"], &hit["status"]), (&json!("OPTED_OUT"), &json!("OPTED_OUT")));
    let unknown = ask("searchContacts").at("FAX").with("query", "o");
    assert_eq!(client.invalid("ada", &unknown).word(), "external.network.not.found");
    assert_eq!(client.invalid("ada", &ask("searchContacts").at("SMS")).status, 400);
    assert_eq!(client.invalid("ada", &search(&"o".repeat(300))).status, 400);
    // The OpenAPI file does not define a blank text. It returns all visible contacts.
    for blank in [" ", "\u{3000}\t"] {
        assert_eq!(names(&client.ok("ada", &search(blank))), ["Otto", "Zoë"], "{blank:?}");
        assert_eq!(names(&client.ok("bob", &search(blank))), [""; 0], "{blank:?}");
    }
}

fn unlinking(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    let client = &fixture.client;
    let zoe = fixture.add(Network::WHATSAPP, "Zoe", "+33612345678", &fixture.ada);
    fixture.session.link(zoe.id, fixture.bob.id).unwrap();
    let cut = |contact: &dyn ToString, advisor: &dyn ToString| {
        ask("deleteContactv2").at(contact.to_string()).at(advisor.to_string())
    };
    // A missing permission is 401 here, because no 403 is declared.
    assert_eq!(client.refused("ada", &cut(&zoe.id, &fixture.bob.id)), refused(401, "unauthorized"));
    assert_eq!(client.ok("ada", &cut(&zoe.id, &fixture.ada.id)), Value::Null);
    let none = refused(404, "contact.not.found");
    for query_spec in [
        cut(&zoe.id, &fixture.ada.id),
        cut(&1, &fixture.ada.id),
        cut(&zoe.id, &fixture.eve.id),
        cut(&zoe.id, &"x"),
    ] {
        assert_eq!(client.refused("admin", &query_spec), none, "{query_spec:?}");
    }
    let left: Vec<_> =
        fixture.session.directory().advisors_of(zoe.id).iter().map(|advisor| advisor.unwrap().id).collect();
    assert_eq!(left, [fixture.bob.id], "other advisors keep the contact");
}

fn directory(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    let client = &fixture.client;
    let permissions = client.ok("ada", &ask("listPermissions"));
    assert_eq!(permissions["permissions"].as_array().unwrap().len(), 9);
    let of = |network: &str| client.ok("ada", &ask("listEmpPermissions").at(network))["permissions"].clone();
    let first = json!({"permissionName": "create:contact", "permissionId": "3", "isDefault": true});
    assert_eq!(of("WHATSAPP")[2], first);
    assert_eq!(
        of("WECHAT")[2]["isDefault"],
        false,
        "on WeChat creating contacts needs an explicit permission"
    );
    assert_eq!(
        client.invalid("ada", &ask("listEmpPermissions").at("FAX")).word(),
        "external.network.not.found"
    );

    let networks = client.ok("ada", &ask("listEntitlements"))["entitlements"].clone();
    assert_eq!(networks.as_array().unwrap().len(), 6);
    let session = fixture.session.clone().in_tenant(fixture.home);
    session.directory().set_network_open(&Network::LINE, None, false).unwrap();
    let networks = client.ok("ada", &ask("listEntitlements"))["entitlements"].clone();
    assert!(!networks.as_array().unwrap().contains(&json!("LINE")));

    let private = session.directory().add_group("private").unwrap();
    session.directory().set_network_open(&Network::SMS, Some(private.id), false).unwrap();
    let groups = client.ok("ada", &ask("listTenantFederationGroups"));
    let group = &groups["federationGroups"][0];
    assert_eq!(
        (&group["federationGroupId"], &group["federationGroupName"]),
        (&json!(private.id), &json!("private"))
    );
    assert_eq!(group["activeExternalNetworks"].as_array().unwrap().len(), 4);
    assert_eq!(client.ok("eve", &ask("listTenantFederationGroups"))["federationGroups"], json!([]));
    let stale = ask("listTenantFederationGroups").with("after", "AAAA");
    assert_eq!(client.refused("ada", &stale), refused(400, "invalid.page.cursor"));
}
