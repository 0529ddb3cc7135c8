//! Requests as clients of Chatwoot write them, and the product's own errors.

use http::{Method, Request};
use serde_json::{Value, json};

use super::chatwoot::{created, on};
use super::client::Reply;
use super::fixture::{Fixture, ProductFixture};
use super::product::Product;

fn fixture() -> Fixture {
    ProductFixture::of(Product::chatwoot()).fixture()
}

#[test]
fn numbers_flags_and_lists_have_several_forms() {
    let fixture = fixture();
    let client = &fixture.client;
    let session = fixture.session.clone().in_tenant(fixture.home);
    let inbox = session.channels().add("api", "Web").unwrap().id;
    let sent = json!({
        "name": 7, "identifier": 42, "phone_number": "+33612345678", "blocked": "true", "inbox_id": inbox.to_string(),
        "source_id": 9, "email": null, "custom_attributes": null, "additional_attributes": { "n": 1 },
    });
    let made = client.ok("ada", &on(&fixture, "contactCreate").body(&sent))["payload"].clone();
    let contact = &made["contact"];
    assert_eq!((&contact["name"], &contact["identifier"]), (&json!("7"), &json!("42")));
    assert_eq!((&contact["blocked"], &made["contact_inbox"]["source_id"]), (&json!(true), &json!("9")));
    assert_eq!(contact["additional_attributes"], json!({ "n": 1 }), "attributes keep their types");
    let update = |body: Value| {
        client.ok("ada", &on(&fixture, "contactUpdate").at(&contact["id"]).body(&body))["payload"].clone()
    };
    for (flag, blocked) in
        [(json!("f"), false), (json!(1), true), (json!(0), false), (json!("on"), true), (Value::Null, true)]
    {
        assert_eq!(update(json!({ "blocked": flag }))["blocked"], blocked, "{flag}");
    }
    let labels = |labels: Value| {
        let set = on(&fixture, "contact-add-labels").at(&contact["id"]).body(&json!({ "labels": labels }));
        client.ok("ada", &set)["payload"].clone()
    };
    assert_eq!([labels(json!("vip")), labels(json!([7, "x"]))], [json!(["vip"]), json!(["7", "x"])]);
    let filter = |values: Value| {
        let condition = json!({ "attribute_key": "name", "filter_operator": "equal_to", "values": values });
        client.ok("ada", &on(&fixture, "contactFilter").body(&json!({ "payload": [condition] })))["meta"]["count"].clone()
    };
    assert_eq!([filter(json!("7")), filter(json!([7])), filter(json!(7)), filter(json!("8"))], [1, 1, 1, 0]);
    let note =
        on(&fixture, "contactNoteCreate").at(&contact["id"]).body(&json!({ "note": { "content": 5 } }));
    assert_eq!(client.ok("ada", &note)["content"], "5");
}

#[test]
fn a_page_that_is_none_is_the_first() {
    let fixture = fixture();
    for n in 0..16 {
        created(&fixture, "ada", &json!({ "name": n, "email": format!("{n}@example.com") }));
    }
    for (page, number, count) in [
        ("0", "1", 15),
        ("abc", "1", 15),
        ("", "1", 15),
        ("-3", "1", 15),
        ("2", "2", 1),
        ("99999999999999999999", "18446744073709551615", 0),
    ] {
        let reply = fixture.client.ok("ada", &on(&fixture, "contactList").with("page", page));
        assert_eq!(reply["meta"]["current_page"], json!(number), "{page:?}");
        assert_eq!(reply["payload"].as_array().unwrap().len(), count, "{page:?}");
    }
}

#[test]
fn errors_of_the_router_have_the_form_of_the_product() {
    let fixture = fixture();
    let send = |method: Method, path: &str, token: &str| -> Reply {
        let request = Request::builder().method(method).uri(path).header("api_access_token", token);
        fixture.client.call(request.body(Vec::new()).unwrap())
    };
    let contacts = format!("/api/v1/accounts/{}/contacts", fixture.home);
    for token in ["", "unknown", "admin"] {
        let reply = send(Method::GET, &format!("{contacts}/1/unheard_of"), token);
        assert_eq!((reply.status, reply.body), (404, json!({ "status": 404, "error": "Not Found" })));
    }
    let error = |reply: Reply| (reply.status, reply.body["error"].clone());
    let said = "You need to sign in or sign up before continuing.";
    let bare = Request::builder().method(Method::PUT).uri(&contacts).body(Vec::new()).unwrap();
    assert_eq!(error(fixture.client.call(bare)), (401, json!(said)), "the token comes before the method");
    assert_eq!(error(send(Method::PUT, &contacts, "unknown")).0, 401);
    assert_eq!(error(send(Method::PUT, &contacts, "admin")).0, 405);
    assert_eq!(send(Method::OPTIONS, &contacts, "").status, 204);
}

#[test]
fn errors_of_filters_name_what_is_allowed() {
    let fixture = fixture();
    let error = |key: &str, operator: &str, values: Value| {
        let condition = json!({ "attribute_key": key, "filter_operator": operator, "values": values });
        let reply = fixture
            .client
            .send("ada", &on(&fixture, "contactFilter").body(&json!({ "payload": [condition] })));
        assert_eq!(reply.status, 422);
        reply.body["error"].as_str().unwrap().to_owned()
    };
    for (key, operators) in [
        ("name", "equal_to,not_equal_to,contains,does_not_contain"),
        ("phone_number", "equal_to,not_equal_to,contains,does_not_contain,starts_with"),
        ("identifier", "equal_to,not_equal_to"),
        ("labels", "equal_to,not_equal_to,is_present,is_not_present"),
        ("created_at", "is_greater_than,is_less_than,days_before"),
    ] {
        let expected = format!("Invalid operator. The allowed operators for {key} are [{operators}].");
        assert_eq!(error(key, "like", json!(["x"])), expected);
    }
    let keys = "name,email,city,company,phone_number,identifier,country_code,blocked,labels,created_at,last_activity_at";
    let expected = format!(
        "Invalid attribute key - [age]. The key should be one of [{keys}] or a custom attribute defined in the account."
    );
    assert_eq!(error("age", "equal_to", json!(["x"])), expected);
    let expected = "Invalid value. The values provided for name are invalid";
    assert_eq!([error("name", "equal_to", json!([])), error("name", "equal_to", Value::Null)], [expected; 2]);
}
