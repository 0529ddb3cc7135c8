//! One store behind all APIs.

use cardex::tags::TagPatch;
use serde_json::{Value, json};

use super::client::{Ask, ask};
use super::fixture::{Fixture, ProductFixture};
use super::product::Product;

/// The response of a product's API to the first tenant's administrator.
fn send(fixture: &Fixture, product: Product, ask: &Ask) -> Value {
    let product_fixture = ProductFixture::of(product);
    let tokens = super::fixture::tokens(fixture.home, [&fixture.ada, &fixture.bob, &fixture.eve]);
    product_fixture.client(&fixture.store, tokens).ok("admin", ask)
}

#[test]
fn a_contact_has_one_id_in_all_apis() {
    let fixture = ProductFixture::of(Product::federation()).fixture();
    let session = fixture.session.clone().in_tenant(fixture.home);
    let vip = session.tags().add(TagPatch::new().name("vip")).unwrap();
    let inbox = session.channels().add("whatsapp", "Line").unwrap().id;
    let sent = json!({
        "name": "John Doe", "phone_number": "+33612345678", "custom_attributes": { "plan": "gold" },
        "inbox_id": inbox.0, "source_id": "33612345678",
    });

    // Created through one API, ...
    let made = send(&fixture, Product::chatwoot(), &ask("contactCreate").at(fixture.home).body(&sent));
    let id = made["payload"]["contact"]["id"].as_i64().unwrap();
    // ... tagged and read through another, ...
    send(&fixture, Product::smartsender(), &ask("addContactTag").at(id).at(vip.id));
    let info = send(&fixture, Product::smartsender(), &ask("getContactInfo").at(id));
    assert_eq!(
        (&info["id"], &info["firstName"], &info["lastName"]),
        (&json!(id), &json!("John"), &json!("Doe"))
    );
    assert_eq!((&info["plan"], &info["tags"][0]["name"]), (&json!("gold"), &json!("vip")));
    // ... found and listed through the third, ...
    let search = ask("searchContacts").at("WHATSAPP-DIRECT").with("query", "doe");
    assert_eq!(send(&fixture, Product::federation(), &search)["contacts"][0]["symphonyId"], id.to_string());
    let list = ask("listContacts2").with("externalNetwork", "WHATSAPP-DIRECT");
    assert_eq!(send(&fixture, Product::federation(), &list)["contacts"][0]["symphonyId"], id.to_string());
    // ... and a change through one API is visible in the others.
    let values = json!({ "values": { "lastName": "Smith", "plan": "silver" } });
    send(&fixture, Product::smartsender(), &ask("updateContact").at(id).body(&values));
    let labels =
        send(&fixture, Product::chatwoot(), &ask("list-all-labels-of-a-contact").at(fixture.home).at(id));
    assert_eq!(labels, json!({ "payload": ["vip"] }));
    let listed =
        send(&fixture, Product::chatwoot(), &ask("contactList").at(fixture.home).with("labels[]", "vip"));
    assert_eq!(
        (&listed["payload"][0]["id"], &listed["payload"][0]["name"]),
        (&json!(id), &json!("John Smith"))
    );
    assert_eq!(listed["payload"][0]["custom_attributes"], json!({ "plan": "silver" }));
    // A duplicate is merged through one API and is gone from the others. After undoing the merge it exists again.
    let twin = json!({ "identifier": "33699999999", "firstName": "Johnny", "email": "j@example.com" });
    send(&fixture, Product::smartsender(), &ask("createGate").at(inbox.0).body(&twin));
    let twin = session.channels().identity(inbox, "33699999999").unwrap().unwrap().contact;
    let both = json!({ "base_contact_id": id, "mergee_contact_id": twin.0 });
    let merged = send(&fixture, Product::chatwoot(), &ask("contactMerge").at(fixture.home).body(&both));
    assert_eq!((&merged["id"], &merged["email"]), (&json!(id), &json!("j@example.com")));
    let identities = send(&fixture, Product::smartsender(), &ask("listContactGates").at(id));
    assert_eq!(identities["collection"].as_array().unwrap().len(), 2);
    let count =
        || send(&fixture, Product::chatwoot(), &ask("contactList").at(fixture.home))["meta"]["count"].clone();
    assert_eq!(count(), 1);
    let merger = session.merge_history(cardex::ContactId(id)).unwrap()[0].id;
    session.unmerge(merger).unwrap();
    assert_eq!(count(), 2);
    let info = send(&fixture, Product::smartsender(), &ask("getContactInfo").at(twin.0));
    assert_eq!((&info["firstName"], &info["email"]), (&json!("Johnny"), &json!("j@example.com")));
    for id in [id, twin.0] {
        send(&fixture, Product::smartsender(), &ask("deleteContact").at(id));
    }
    let empty = send(&fixture, Product::chatwoot(), &ask("contactList").at(fixture.home));
    assert_eq!(empty["meta"]["count"], 0);
}
