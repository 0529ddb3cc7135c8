//! Contacts are saved, edited, noted and tagged; calls end in time.

use std::time::{Duration, Instant};

use cardex::Options;
use cardex_mcp::Server;
use serde_json::json;

use super::{Book, Client, Person};

#[test]
fn saving_twice_finds_the_contact() {
    let book = Book::new();
    let mut client = Client::new(book.as_ada());
    let john = json!({ "firstName": "John", "lastName": "Doe", "company": "Acme", "tags": ["vip"],
        "emails": [{ "text": "john@example.com", "label": "work" }], "phones": [{ "text": "+33612345678" }] });
    let first = client.call("save_contact", john.clone());
    assert_eq!((&first["added"], &first["contact"]["tags"]), (&json!(true), &json!(["vip"])));
    assert_eq!(first["contact"]["network"], "BOOK");
    assert_eq!(first["contact"]["emails"], json!([{ "text": "john@example.com", "label": "work" }]));
    let again = client.call("save_contact", john);
    assert_eq!((&again["added"], &again["contact"]["id"]), (&json!(false), &first["contact"]["id"]));
    assert_eq!(again["foundBy"], "email");
    // Nothing to look for.
    assert_eq!(client.fail("save_contact", json!({ "firstName": "Jane" }))["code"], "invalid");
    assert_eq!(client.call("save_contact", json!({ "mode": "add", "firstName": "Jane" }))["added"], true);
    let found = client.call("search_contacts", json!({ "text": "jan" }));
    assert_eq!(found["hits"].as_array().unwrap().len(), 1);
}

#[test]
fn an_edit_needs_the_version_that_was_read() {
    let book = Book::new();
    let john = book.add("John", "Doe");
    let mut client = Client::new(book.as_ada());
    let edit = json!({ "id": john.id, "version": 1, "company": "Acme", "lastName": "", "phones": [{ "text": "+33612345678" }] });
    let edited = client.call("edit_contact", edit.clone())["contact"].clone();
    assert_eq!((&edited["company"], &edited["version"]), (&"Acme".into(), &json!(2)));
    assert_eq!((&edited["displayName"], edited.get("lastName")), (&"John".into(), None));
    let report = client.fail("edit_contact", edit);
    assert_eq!((&report["code"], &report["version"]), (&"version-conflict".into(), &json!(2)));
    assert_eq!(
        client.fail("edit_contact", json!({ "id": john.id, "company": "x" }))["code"],
        "invalid-arguments"
    );
}

#[test]
fn notes_and_tags_are_added_to_the_others() {
    let book = Book::new();
    let john = book.add("John", "Doe");
    let mut client = Client::new(book.as_ada());
    client.call("note_and_tag", json!({ "id": john.id, "note": "first", "addTags": ["vip", "new"] }));
    let change = json!({ "id": john.id, "note": "second", "addTags": ["VIP", "paris"], "removeTags": ["new", "none"] });
    let contact = client.call("note_and_tag", change)["contact"].clone();
    assert_eq!(contact["tags"], json!(["paris", "vip"]));
    assert_eq!(
        (&contact["notes"][0]["text"], &contact["notes"][1]["text"]),
        (&"second".into(), &"first".into())
    );
    assert_eq!(contact["notes"][0]["advisor"], book.ada.id.to_string());
    assert_eq!(client.fail("note_and_tag", json!({ "id": john.id, "note": " " }))["code"], "invalid");
}

#[test]
fn a_call_ends_at_its_time_limit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    let book = Book::in_store(Options::new().busy_timeout(Duration::from_secs(60)).open(&path).unwrap());
    let server = Server::new(book.as_ada()).timeout(Duration::from_millis(300));
    let mut client = Client::with(server, Person::Absent);
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let begun = Instant::now();
    let report = client.fail("save_contact", json!({ "mode": "add", "firstName": "John" }));
    assert_eq!(report["code"], "deadline", "{report}");
    let took = begun.elapsed();
    assert!(took > Duration::from_millis(250) && took < Duration::from_secs(20), "{took:?}");
    // Reads go on meanwhile, and writes after it.
    assert_eq!(client.call("list_contacts", json!({}))["contacts"], json!([]));
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(client.call("save_contact", json!({ "mode": "add", "firstName": "John" }))["added"], true);
}
