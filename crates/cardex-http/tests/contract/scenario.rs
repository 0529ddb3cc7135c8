//! One book behind all contracts.

use cardex::tags::TagPatch;
use serde_json::{Value, json};

use super::client::{Ask, ask};
use super::product::Product;
use super::scene::{Scene, Stage};

/// What a product's contract says to a request of the first tenant's administrator.
fn send(scene: &Scene, product: Product, ask: &Ask) -> Value {
    let stage = Stage::of(product);
    let tokens = super::scene::tokens(scene.home, [&scene.ada, &scene.bob, &scene.eve]);
    stage.client(&scene.store, tokens).ok("admin", ask)
}

#[test]
fn a_contact_has_one_id_in_all_apis() {
    let scene = Stage::of(Product::federation()).scene();
    let desk = scene.desk.clone().in_tenant(scene.home);
    let vip = desk.tags().add(TagPatch::new().name("vip")).unwrap();
    let inbox = desk.channels().add("whatsapp", "Line").unwrap().id;
    let sent = json!({
        "name": "John Doe", "phone_number": "+33612345678", "custom_attributes": { "plan": "gold" },
        "inbox_id": inbox.0, "source_id": "33612345678",
    });

    // Made through one, ...
    let made = send(&scene, Product::chatwoot(), &ask("contactCreate").at(scene.home).body(&sent));
    let id = made["payload"]["contact"]["id"].as_i64().unwrap();
    // ... tagged and read through another, ...
    send(&scene, Product::smartsender(), &ask("addContactTag").at(id).at(vip.id));
    let info = send(&scene, Product::smartsender(), &ask("getContactInfo").at(id));
    assert_eq!(
        (&info["id"], &info["firstName"], &info["lastName"]),
        (&json!(id), &json!("John"), &json!("Doe"))
    );
    assert_eq!((&info["plan"], &info["tags"][0]["name"]), (&json!("gold"), &json!("vip")));
    // ... found and listed through the third, ...
    let search = ask("searchContacts").at("WHATSAPP-DIRECT").with("query", "doe");
    assert_eq!(send(&scene, Product::federation(), &search)["contacts"][0]["symphonyId"], id.to_string());
    let list = ask("listContacts2").with("externalNetwork", "WHATSAPP-DIRECT");
    assert_eq!(send(&scene, Product::federation(), &list)["contacts"][0]["symphonyId"], id.to_string());
    // ... and what one changes, the others show.
    let values = json!({ "values": { "lastName": "Smith", "plan": "silver" } });
    send(&scene, Product::smartsender(), &ask("updateContact").at(id).body(&values));
    let labels =
        send(&scene, Product::chatwoot(), &ask("list-all-labels-of-a-contact").at(scene.home).at(id));
    assert_eq!(labels, json!({ "payload": ["vip"] }));
    let listed =
        send(&scene, Product::chatwoot(), &ask("contactList").at(scene.home).with("labels[]", "vip"));
    assert_eq!(
        (&listed["payload"][0]["id"], &listed["payload"][0]["name"]),
        (&json!(id), &json!("John Smith"))
    );
    assert_eq!(listed["payload"][0]["custom_attributes"], json!({ "plan": "silver" }));
    // Somebody who turns out to be the same is merged through one, is gone from the others, and comes back when that is undone.
    let twin = json!({ "identifier": "33699999999", "firstName": "Johnny", "email": "j@example.com" });
    send(&scene, Product::smartsender(), &ask("createGate").at(inbox.0).body(&twin));
    let twin = desk.channels().identity(inbox, "33699999999").unwrap().unwrap().contact;
    let both = json!({ "base_contact_id": id, "mergee_contact_id": twin.0 });
    let merged = send(&scene, Product::chatwoot(), &ask("contactMerge").at(scene.home).body(&both));
    assert_eq!((&merged["id"], &merged["email"]), (&json!(id), &json!("j@example.com")));
    let gates = send(&scene, Product::smartsender(), &ask("listContactGates").at(id));
    assert_eq!(gates["collection"].as_array().unwrap().len(), 2);
    let count =
        || send(&scene, Product::chatwoot(), &ask("contactList").at(scene.home))["meta"]["count"].clone();
    assert_eq!(count(), 1);
    let merger = desk.merge_history(cardex::ContactId(id)).unwrap()[0].id;
    desk.unmerge(merger).unwrap();
    assert_eq!(count(), 2);
    let info = send(&scene, Product::smartsender(), &ask("getContactInfo").at(twin.0));
    assert_eq!((&info["firstName"], &info["email"]), (&json!("Johnny"), &json!("j@example.com")));
    for id in [id, twin.0] {
        send(&scene, Product::smartsender(), &ask("deleteContact").at(id));
    }
    let empty = send(&scene, Product::chatwoot(), &ask("contactList").at(scene.home));
    assert_eq!(empty["meta"]["count"], 0);
}
