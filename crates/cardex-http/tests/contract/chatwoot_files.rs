//! Import and export of Chatwoot.

use super::chatwoot::{created, error_parts, on};
use super::client::Ask;
use super::fixture::{Fixture, ProductFixture};
use serde_json::{Value, json};

const KIND: &str = "multipart/form-data; boundary=xyz";

fn upload(fixture: &Fixture, operation: &str, name: &str, kind: &str, bytes: &[u8]) -> Ask {
    let head = format!(
        "--xyz\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"f\"\r\nContent-Type: {kind}\r\n\r\n"
    );
    let body = [head.as_bytes(), bytes, b"\r\n--xyz--\r\n"].concat();
    on(fixture, operation).bytes(body).kind(KIND)
}

fn import(fixture: &Fixture, csv: &[u8]) -> Ask {
    upload(fixture, "contactImport", "import_file", "text/csv", csv)
}

fn listed(fixture: &Fixture) -> Vec<Value> {
    let page = fixture.client.ok("admin", &on(fixture, "contactList").with("sort", "created_at"));
    page["payload"].as_array().unwrap().clone()
}

pub(crate) fn importing(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    let client = &fixture.client;
    created(
        &fixture,
        "ada",
        &json!({ "name": "Old", "email": "ann@example.com", "custom_attributes": { "kept": 1 } }),
    );
    let csv = "\u{feff}name,email,phone_number,identifier,company,city,plan\r\n\
        Ann,ANN@example.com,33612345678,,Acme,Paris,gold\r\n\
        \"Bob, Jr.\",bob@example.com,+33612345679,B-1,,,\r\n\
        Bobby,,,B-1,,Lyon,\r\n\
        Cid,no address,,,,,\r\n\
        ,,,,,,\r\n\
        Dan \u{1f600},dan@example.com,,,,,silver\r\n\
        Twin,dan@example.com,,,,,\r\n";
    let report = client.ok("admin", &import(&fixture, csv.as_bytes()));
    assert_eq!((&report["total_records"], &report["processed_records"]), (&json!(6), &json!(5)));
    assert_eq!(report["rejected"], json!([{ "record": 4, "errors": "Email is invalid" }]));
    let all = listed(&fixture);
    let names: Vec<_> = all.iter().map(|contact| contact["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Ann", "Bobby", "Twin"], "a row with a value of an earlier row is the same contact");
    let [ann, bob, dan] = all.as_slice() else { panic!() };
    assert_eq!(
        (&ann["phone_number"], &ann["additional_attributes"]["company_name"]),
        (&json!("+33612345678"), &json!("Acme"))
    );
    assert_eq!(
        ann["custom_attributes"],
        json!({ "kept": 1, "company": "Acme", "city": "Paris", "plan": "gold" })
    );
    assert_eq!(
        (&bob["email"], &bob["additional_attributes"]["city"]),
        (&json!("bob@example.com"), &json!("Lyon"))
    );
    assert_eq!(dan["custom_attributes"]["plan"], "silver");
    // Invalid bytes are left out.
    client.ok("admin", &import(&fixture, b"name,email\nE\xffva,eva@example.com\n"));
    assert_eq!(listed(&fixture)[3]["name"], "Eva");
    // The same file again changes nothing.
    client.ok("admin", &import(&fixture, csv.as_bytes()));
    assert_eq!(listed(&fixture).len(), 4);

    for (bytes, said) in [
        (b"name,email\n\"Fay,fay@example.com\n".as_slice(), "The CSV is malformed"),
        (b"", "File is blank"),
        (b"\n,\n", "File is blank"),
    ] {
        assert_eq!(error_parts(&fixture, "admin", &import(&fixture, bytes)).1, json!(said));
    }
    let other = upload(&fixture, "contactImport", "file", "text/csv", b"name\nx\n");
    assert_eq!(error_parts(&fixture, "admin", &other).1, json!("File is blank"));
    assert_eq!(error_parts(&fixture, "admin", &on(&fixture, "contactImport")).1, json!("File is blank"));
    assert_eq!(error_parts(&fixture, "ada", &import(&fixture, b"name\nx\n")).0, 401, "administrators only");
    assert_eq!(listed(&fixture).len(), 4);
}

pub(crate) fn exporting(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    let client = &fixture.client;
    let ann = json!({ "name": "Ann \"A\", Lee", "email": "ann@example.com", "additional_attributes": { "city": "Paris" } });
    let ann = created(&fixture, "ada", &ann);
    let bob =
        json!({ "name": "Bob", "phone_number": "+33612345678", "custom_attributes": { "plan": "gold" } });
    created(&fixture, "ada", &bob);
    created(&fixture, "ada", &json!({ "name": "Nothing identifies me" }));
    let label = on(&fixture, "contact-add-labels").at(&ann["id"]).body(&json!({ "labels": ["vip"] }));
    client.ok("ada", &label);
    let export = |body: Option<Value>| {
        let ask = on(&fixture, "contactExport");
        let reply = client.send("admin", &body.into_iter().fold(ask, |ask, body| ask.body(&body)));
        assert_eq!(reply.status, 200);
        let (kind, bytes) = reply.file.unwrap();
        assert_eq!(kind, "text/csv; charset=utf-8");
        String::from_utf8(bytes).unwrap()
    };
    let all = "id,name,email,phone_number\n1,\"Ann \"\"A\"\", Lee\",ann@example.com,\n2,Bob,,+33612345678\n";
    assert_eq!([export(None), export(Some(json!({ "column_names": null })))], [all, all]);
    let columns =
        json!({ "column_names": ["custom_attributes", "name", "secret", "location"], "payload": [] });
    let expected = "custom_attributes,name,location\n{},\"Ann \"\"A\"\", Lee\",Paris\n\"{\"\"plan\"\":\"\"gold\"\"}\",Bob,\n";
    assert_eq!(export(Some(columns)), expected);
    assert_eq!(export(Some(json!({ "column_names": ["id"], "label": "vip" }))), "id\n1\n");
    let filter = |operator: &str| {
        let condition = json!({ "attribute_key": "name", "filter_operator": operator, "values": ["bob"] });
        json!({ "column_names": "name", "payload": [condition], "label": "vip" })
    };
    assert_eq!(export(Some(filter("equal_to"))), "name\nBob\n", "the filter comes before the label");
    let bad = on(&fixture, "contactExport").body(&filter("like"));
    assert_eq!(error_parts(&fixture, "admin", &bad).0, 422);
    assert_eq!(error_parts(&fixture, "ada", &on(&fixture, "contactExport")).0, 401, "administrators only");
}
