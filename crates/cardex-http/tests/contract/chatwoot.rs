//! Every operation of Chatwoot, by subject.

use super::chatwoot_account;
use super::chatwoot_files;
use super::chatwoot_filters;
use super::chatwoot_inboxes;
use super::chatwoot_lists;
use super::chatwoot_records::{attributes, catalogue, inboxes, labels, merging, merging_a_proposal, notes};
use super::client::{Ask, ask};
use super::coverage::{Exemption, coverage};
use super::fixture::{Fixture, ProductFixture};
use super::maker::{Values, make};
use super::product::Product;
use cardex::{Network, NewContact, Timestamp};
use serde_json::{Value, json};

/// Declared answers that an embedded engine cannot give.
pub(crate) const UNREACHABLE: &[Exemption] =
    &[("contactSearch", 429, "", "calls within a process are not counted")];

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
    merging_a_proposal(&product_fixture);
    catalogue(&product_fixture);
    chatwoot_account::account_labels(&product_fixture);
    chatwoot_account::definitions(&product_fixture);
    chatwoot_filters::custom_filters(&product_fixture);
    chatwoot_account::profile(&product_fixture);
    chatwoot_account::search(&product_fixture);
    chatwoot_account::bulk(&product_fixture);
    chatwoot_files::importing(&product_fixture);
    chatwoot_files::exporting(&product_fixture);
    chatwoot_files::avatars(&product_fixture);
    chatwoot_inboxes::conversations(&product_fixture);
    chatwoot_inboxes::contact_inboxes(&product_fixture);
    chatwoot_inboxes::public_contacts(&product_fixture);
    chatwoot_inboxes::public_identities(&product_fixture);
    chatwoot_lists::lists(&product_fixture);
    chatwoot_lists::searching(&product_fixture);
    chatwoot_lists::filtering(&product_fixture);
    chatwoot_lists::misfiltering(&product_fixture);
    let counts = coverage(&product_fixture, UNREACHABLE);
    assert_eq!(counts.0, 55);
}

/// Values that the OpenAPI file permits.
pub(crate) struct ValidInput<'a>(&'a Fixture);

impl Values for ValidInput<'_> {
    fn has(&mut self) -> bool {
        true
    }

    fn count(&mut self) -> usize {
        1
    }

    fn text(&mut self, name: &str) -> String {
        match name {
            "account_id" | "inbox_identifier" => self.0.home.to_string(),
            "sort" => "name".to_owned(),
            "email" => "x@y.example".to_owned(),
            "phone_number" => "+33600000000".to_owned(),
            _ => "7".to_owned(),
        }
    }
}

/// Calls without a token or for another account are refused.
pub(crate) fn unauthenticated(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    let client = &fixture.client;
    for operation in product_fixture.product.contract.operations.keys() {
        let ask = make(&product_fixture.product.contract, operation, &mut ValidInput(&fixture));
        for token in ["", "unknown", "barred", "other", "lost"] {
            let reply = client.send(token, &ask);
            assert_eq!(reply.status, 401, "{token}: {ask:?}: {reply:?}");
        }
        if !product_fixture.product.contract.operations[operation].path.contains("{account_id}") {
            continue;
        }
        for token in ["away", "eve"] {
            let reply = client.send(token, &ask);
            assert_eq!(reply.status, 401, "{token}: {ask:?}: {reply:?}");
        }
        let mut elsewhere = ask.clone();
        for account in ["999999", "0", "-1", "x", "99999999999999999999"] {
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

pub(crate) fn single_errors(product_fixture: &ProductFixture) {
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

    // An agent sees the contacts of the account, but no contacts of another tenant.
    let details = |id: &dyn ToString| on(&fixture, "contactDetails").at(id.to_string());
    assert_eq!(client.ok("admin", &details(&id))["payload"]["name"], "John van Doe");
    assert_eq!(client.ok("ada", &details(&id))["payload"]["name"], "John van Doe");
    for id in ["999999", "x", "0", "9007199254740993"] {
        assert_eq!(error_parts(&fixture, "admin", &details(&id)).0, 404, "{id}");
    }
    let own = created(&fixture, "ada", &json!({ "name": "Hers" }));
    assert_eq!(client.ok("ada", &details(&own["id"]))["payload"]["name"], "Hers");
    assert_eq!(client.ok("bob", &details(&own["id"]))["payload"]["name"], "Hers");

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

pub(crate) fn fields(product_fixture: &ProductFixture) {
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
        (json!({ "name": "B", "email": "Ann@Example.com" }), "email", "Email has already been taken"),
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
    for body in [
        json!({ "name": [7] }),
        json!({ "blocked": "yes" }),
        json!({ "additional_attributes": [] }),
        json!([]),
    ] {
        assert_eq!(error_parts(&fixture, "admin", &create(body.clone())).0, 422, "{body}");
    }
    assert_eq!(error_parts(&fixture, "admin", &on(&fixture, "contactCreate").bytes("{")).0, 422);
    assert_eq!(error_parts(&fixture, "admin", &on(&fixture, "contactCreate").bytes("")).0, 422);
    // A name is returned as it was sent, on one line.
    for name in ["Ludwig  van\tBeethoven", "x", "  padded  ", "ß İ ﷺ", "\u{202e}gpj"] {
        let made = created(
            &fixture,
            "admin",
            &json!({ "name": name, "email": format!("{}@example.com", name.len()) }),
        );
        assert_eq!(made["name"], name.trim().replace('\t', " "));
    }
    let nameless = created(&fixture, "admin", &json!({ "email": "nameless@example.com" }));
    assert_eq!(nameless["name"], "");
}

pub(crate) fn deleting(product_fixture: &ProductFixture) {
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
pub(crate) fn blocking(product_fixture: &ProductFixture) {
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
    // A number that no numbering plan has is unique too.
    let odd = json!({ "name": "Odd", "phone_number": "+999123456" });
    let first = created(&fixture, "admin", &odd);
    let taken = (422, json!("Phone number has already been taken"), json!(["phone_number"]));
    assert_eq!(error_parts(&fixture, "admin", &on(&fixture, "contactCreate").body(&odd)), taken);
    let again = on(&fixture, "contactUpdate").at(&first["id"]).body(&odd);
    assert_eq!(fixture.client.ok("admin", &again)["payload"]["phone_number"], "+999123456");
    // An agent blocks contacts too.
    let own = created(&fixture, "ada", &json!({ "name": "Hers", "phone_number": "+33612345679" }));
    let change = |yes: bool| on(&fixture, "contactUpdate").at(&own["id"]).body(&json!({ "blocked": yes }));
    assert_eq!(fixture.client.ok("ada", &change(false))["payload"]["blocked"], false);
    assert_eq!(fixture.client.ok("ada", &change(true))["payload"]["blocked"], true);
    let shared = fixture.session.add(NewContact::new(Network::SMS_DIRECT, "All", "").shared()).unwrap();
    let change = on(&fixture, "contactUpdate").at(shared.id).body(&json!({ "name": "Mine" }));
    assert_eq!(error_parts(&fixture, "admin", &change).0, 401, "what is shared is the system's");
}
