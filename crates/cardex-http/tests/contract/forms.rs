//! Chatwoot's forms, and pictures by their address.

use cardex::Actor;
use cardex::attributes::{AttributeKind, AttributeNamespace, NewAttribute};
use cardex_http::StaticTokens;
use serde_json::{Value, json};

use super::chatwoot::{created, error_parts, on};
use super::client::{Ask, ask};
use super::fixture::{Fixture, ProductFixture};
use super::product::Product;

const KIND: &str = "multipart/form-data; boundary=----x";

fn part(disposition: &str, content: &str) -> String {
    format!("------x\r\nContent-Disposition: form-data; {disposition}\r\n\r\n{content}\r\n")
}

/// A form with these fields.
fn form(fields: &[(&str, &str)]) -> String {
    let fields = fields.iter().map(|(name, text)| part(&format!("name=\"{name}\""), text));
    fields.collect::<String>() + "------x--\r\n"
}

fn create(fixture: &Fixture, kind: &str, body: &str) -> Ask {
    on(fixture, "contactCreate").bytes(body).kind(kind)
}

/// Regression test: a form was rejected as invalid JSON. Clients that send pictures send all fields in a form.
#[test]
fn a_contact_is_made_and_changed_by_a_form() {
    let product_fixture = ProductFixture::of(Product::chatwoot());
    let fixture = product_fixture.fixture();
    let plan = NewAttribute::new(AttributeNamespace::Custom, "seats", AttributeKind::Number);
    fixture.session.attributes().add(plan).unwrap();
    let body = form(&[
        ("name", "Jane Roe"),
        ("email", "Jane@Example.com"),
        ("phone_number", "+33612345678"),
        ("blocked", "true"),
        ("additional_attributes[city]", "Lyon"),
        ("additional_attributes[social_profiles][github]", "jane"),
        ("custom_attributes[seats]", "7"),
    ]);
    let made = fixture.client.ok("admin", &create(&fixture, KIND, &body))["payload"]["contact"].clone();
    assert_eq!((&made["name"], &made["email"]), (&json!("Jane Roe"), &json!("jane@example.com")));
    assert_eq!((&made["blocked"], &made["phone_number"]), (&json!(true), &json!("+33612345678")));
    let additional = json!({ "city": "Lyon", "social_profiles": { "github": "jane" } });
    assert_eq!(made["additional_attributes"], additional);
    assert_eq!(made["custom_attributes"]["seats"], json!("7"));

    let id = made["id"].as_i64().unwrap();
    for (operation, name) in [("contactUpdate", "Jane+Doe"), ("contactPatch", "Jane%20Poe")] {
        let body = format!("name={name}&email=&blocked=0");
        let change = on(&fixture, operation).at(id).bytes(body).kind("application/x-www-form-urlencoded");
        let changed = fixture.client.ok("admin", &change)["payload"].clone();
        assert_eq!(changed["name"], json!(name.replace('+', " ").replace("%20", " ")));
        assert_eq!((&changed["email"], &changed["blocked"]), (&Value::Null, &json!(false)));
        assert_eq!(changed["phone_number"], "+33612345678", "missing fields stay");
    }
}

#[test]
fn an_invalid_form_changes_nothing() {
    let product_fixture = ProductFixture::of(Product::chatwoot());
    let fixture = product_fixture.fixture();
    let whole = form(&[("name", "Jane")]);
    let file = part("name=\"avatar\"; filename=\"a.png\"\r\nContent-Type: image/png", "png") + &whole;
    for (kind, body, said) in [
        (KIND, &whole[..whole.len() - 4], "body: a form that breaks off, or is none"),
        (KIND, "{\"name\": \"Jane\"}", "body: a form that breaks off, or is none"),
        ("multipart/form-data", &whole, "body: a form without a boundary"),
        (KIND, &file, "Avatar filetype not supported"),
        (KIND, &file.replace("\"avatar\"", "\"picture\""), "picture: files are not kept"),
        (KIND, &form(&[("name", "Jane"), ("name", "Joan")]), "name: given twice"),
        (KIND, &form(&[("blocked", "perhaps")]), "blocked: must be true or false"),
        (KIND, &form(&[("inbox_id", "x")]), "inbox_id: must be a whole number"),
        (KIND, &form(&[("custom_attributes", "x")]), "custom_attributes: must be an object"),
        ("application/x-www-form-urlencoded", "name=%", "body: a percent sign needs two hexadecimal digits"),
        ("application/json", &whole, "body: not JSON"),
    ] {
        let reply = error_parts(&fixture, "admin", &create(&fixture, kind, body));
        assert_eq!((reply.0, &reply.1), (422, &json!(said)), "{kind}");
    }
    assert_eq!(fixture.session.contacts().total().unwrap(), 0);
    // A browser also sends an empty file field.
    let empty = part("name=\"avatar\"; filename=\"\"", "") + &whole;
    let made = fixture.client.ok("admin", &create(&fixture, KIND, &empty));
    assert_eq!(made["payload"]["contact"]["name"], "Jane");
}

/// Regression test: the address was ignored, and every contact had no picture.
#[test]
fn a_picture_is_an_external_address() {
    let product_fixture = ProductFixture::of(Product::chatwoot());
    let fixture = product_fixture.fixture();
    let address = "https://pictures.example/jane.png";
    let made = created(&fixture, "admin", &json!({ "name": "Jane", "avatar_url": address }));
    assert_eq!(made["thumbnail"], address);
    assert_eq!(made["additional_attributes"], json!({ "avatar_url": address }));
    let id = made["id"].as_i64().unwrap();
    let change = |body: Value| on(&fixture, "contactUpdate").at(id).body(&body);
    let long = format!("https://{}", "a".repeat(2_048));
    for bad in ["jane.png", "javascript:alert(1)", &long] {
        let refused = error_parts(&fixture, "admin", &change(json!({ "avatar_url": bad })));
        assert_eq!((refused.0, refused.2), (422, json!(["avatar_url"])), "{bad}");
    }
    // A value under this key is a picture only if it is a valid address.
    let odd = fixture.client.ok("admin", &change(json!({ "additional_attributes": { "avatar_url": 7 } })));
    assert_eq!(odd["payload"]["thumbnail"], "");
    fixture.client.ok("admin", &change(json!({ "avatar_url": address })));

    let others = ProductFixture::of(Product::smartsender());
    let tokens = StaticTokens::new().token("admin", Actor::Administrator(fixture.home));
    let sender = others.client(&fixture.store, tokens);
    let shown = sender.ok("admin", &ask("getContact").at(id));
    assert_eq!((&shown["photo"], &shown["thumb"]), (&json!(address), &json!(address)));
    assert_eq!(sender.ok("admin", &ask("getContactChat").at(id))["image"], address);

    for none in [json!(""), Value::Null] {
        let bare = fixture.client.ok("admin", &change(json!({ "avatar_url": none })));
        assert_eq!(bare["payload"]["thumbnail"], "");
        assert_eq!(bare["payload"]["additional_attributes"], json!({}));
        let new = created(&fixture, "admin", &json!({ "name": "Joan", "avatar_url": none }));
        assert_eq!(new["additional_attributes"], json!({}));
    }
    assert_eq!(sender.ok("admin", &ask("getContact").at(id))["photo"], Value::Null);
}
