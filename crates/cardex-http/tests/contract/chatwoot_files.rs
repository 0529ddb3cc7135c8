//! Files of Chatwoot: import, export and pictures.

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

pub(crate) fn avatars(product_fixture: &ProductFixture) {
    let fixture = product_fixture.fixture();
    let client = &fixture.client;
    let png = b"\x89PNG\r\n\x1a\n\0\r\n--xy".as_slice();
    let gif = b"GIF89a\xff".as_slice();
    // The type of the bytes counts, not the declared one.
    let head = b"--xyz\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nJane\r\n".as_slice();
    let avatar = |operation: &str, bytes: &[u8]| upload(&fixture, operation, "avatar", "image/jpeg", bytes);
    let body = [
        head,
        b"--xyz\r\nContent-Disposition: form-data; name=\"avatar\"; filename=\"a\"\r\n\r\n",
        png,
        b"\r\n--xyz--",
    ]
    .concat();
    let made = client.ok("ada", &on(&fixture, "contactCreate").bytes(body).kind(KIND));
    let made = made["payload"]["contact"].clone();
    let id = made["id"].as_i64().unwrap();
    let path = format!("/api/v1/accounts/{}/contacts/{id}/avatar", fixture.home);
    assert_eq!((&made["name"], &made["thumbnail"]), (&json!("Jane"), &json!(path)));
    assert_eq!(made["additional_attributes"], json!({}));
    let show = on(&fixture, "contactAvatar").at(id);
    let picture = || client.send("bob", &show).file;
    assert_eq!(picture(), Some(("image/png".to_owned(), png.to_vec())));
    let card = || -> Value {
        serde_json::from_str(&fixture.session.card(cardex::ContactId(id)).unwrap().unwrap()).unwrap()
    };
    assert!(card()["media"]["PHOTO-0"]["uri"].as_str().unwrap().starts_with("data:image/png;base64,"));

    // What else is in the card stays.
    let mut kept = card();
    kept["notes"] = json!({ "n": { "note": "kept" } });
    kept["media"]["logo"] = json!({ "@type": "Media", "kind": "logo", "uri": "https://x.example/logo" });
    let patch = cardex::ContactPatch::new().card(kept.to_string());
    fixture.session.edit(cardex::ContactId(id), patch).unwrap();
    for (operation, bytes, kind) in [("contactUpdate", gif, "image/gif"), ("contactPatch", png, "image/png")]
    {
        let changed = client.ok("ada", &avatar(operation, bytes).at(id));
        assert_eq!(
            (&changed["payload"]["name"], &changed["payload"]["thumbnail"]),
            (&json!("Jane"), &json!(path))
        );
        assert_eq!(picture(), Some((kind.to_owned(), bytes.to_vec())));
        assert_eq!(
            (&card()["notes"]["n"]["note"], &card()["media"]["logo"]["kind"]),
            (&json!("kept"), &json!("logo"))
        );
        let bad = avatar(operation, b"<svg/>").at(id);
        assert_eq!(
            error_parts(&fixture, "ada", &bad),
            (422, json!("Avatar filetype not supported"), json!(["avatar"]))
        );
    }
    // The last picture counts.
    let address = json!({ "avatar_url": "https://x.example/a.png" });
    let changed = client.ok("ada", &on(&fixture, "contactUpdate").at(id).body(&address));
    assert_eq!(changed["payload"]["thumbnail"], "https://x.example/a.png");
    let changed = client.ok("ada", &avatar("contactUpdate", gif).at(id));
    assert_eq!(
        (&changed["payload"]["thumbnail"], &changed["payload"]["additional_attributes"]),
        (&json!(path), &json!({}))
    );

    let delete = on(&fixture, "contactAvatarDelete").at(id);
    for _ in 0..2 {
        let bare = client.ok("ada", &delete)["payload"].clone();
        assert_eq!((&bare["thumbnail"], &bare["name"]), (&json!(""), &json!("Jane")));
        assert!(bare.get("contact_inboxes").is_none());
        assert_eq!(error_parts(&fixture, "ada", &show).0, 404);
    }
    assert_eq!(
        (&card()["notes"]["n"]["note"], &card()["media"]["logo"]["kind"]),
        (&json!("kept"), &json!("logo"))
    );
    for operation in ["contactAvatar", "contactAvatarDelete"] {
        assert_eq!(error_parts(&fixture, "ada", &on(&fixture, operation).at(999_999)).0, 404);
    }
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
