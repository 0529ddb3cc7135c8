//! Deletions and merges: nothing happens before a person agreed, and all can be undone.

use cardex::ContactPatch;
use cardex_mcp::Server;
use serde_json::{Value, json};

use super::{Book, Client, Person};

#[test]
fn a_client_that_cannot_ask_calls_twice() {
    let book = Book::new();
    let (john, jane) = (book.add("John", "Doe"), book.add("Jane", "Roe"));
    let mut client = Client::new(book.as_ada());
    let first = client.call("delete_contact", json!({ "id": john.id }));
    assert_eq!(first["status"], "confirmation-required");
    assert!(first["question"].as_str().unwrap().contains("“John Doe”"), "{first}");
    assert!(book.as_ada().get(john.id).unwrap().unwrap().trashed_at.is_none());
    let token = first["confirmation"].clone();
    // It is not for another contact.
    let other = json!({ "id": jane.id, "confirmation": token });
    assert_eq!(client.fail("delete_contact", other)["code"], "unknown-confirmation");
    let second = json!({ "id": john.id, "confirmation": token });
    let done = client.call("delete_contact", second.clone());
    assert_eq!(done["status"], "done");
    assert!(book.as_ada().get(john.id).unwrap().unwrap().trashed_at.is_some());
    let undone = client.call("undo", done["undo"].clone());
    assert_eq!(undone["contacts"][0]["displayName"], "John Doe");
    // It is for one call.
    assert_eq!(client.fail("delete_contact", second)["code"], "unknown-confirmation");
    assert!(book.as_ada().get(john.id).unwrap().unwrap().trashed_at.is_none());
    let invented = json!({ "id": john.id, "confirmation": "0".repeat(32) });
    assert_eq!(client.fail("delete_contact", invented)["code"], "unknown-confirmation");
}

#[test]
fn a_confirmation_is_for_what_the_person_saw() {
    let book = Book::new();
    let john = book.add("John", "Doe");
    let mut client = Client::new(book.as_ada());
    let first = client.call("delete_contact", json!({ "id": john.id }));
    book.as_ada().edit(john.id, ContactPatch::new().company("Acme")).unwrap();
    let second = json!({ "id": john.id, "confirmation": first["confirmation"] });
    assert_eq!(client.fail("delete_contact", second)["code"], "version-conflict");
    assert!(book.as_ada().get(john.id).unwrap().unwrap().trashed_at.is_none());
}

#[test]
fn a_client_that_can_ask_is_asked() {
    let book = Book::new();
    let john = book.add("John", "Doe");
    let mut client = Client::with(Server::new(book.as_ada()), Person::Declines);
    assert_eq!(client.call("delete_contact", json!({ "id": john.id }))["status"], "declined");
    assert!(client.questions[0].starts_with("Delete the contact “John Doe”"), "{:?}", client.questions);
    assert!(book.as_ada().get(john.id).unwrap().unwrap().trashed_at.is_none());
    let mut client = Client::with(Server::new(book.as_ada()), Person::Accepts);
    assert_eq!(client.call("delete_contact", json!({ "id": john.id }))["status"], "done");
    assert_eq!(client.questions.len(), 1);
    assert!(book.as_ada().get(john.id).unwrap().unwrap().trashed_at.is_some());
    assert_eq!(client.fail("delete_contact", json!({ "id": john.id }))["code"], "in-trash");
}

#[test]
fn contacts_are_merged_and_separated() {
    let book = Book::new();
    let (john, jon) = (book.add("John", "Doe"), book.add("Jon", "Doe"));
    book.as_ada().edit(jon.id, ContactPatch::new().company("Acme")).unwrap();
    // An administrator: the permission to merge is not one of an advisor without more.
    let mut client = Client::with(Server::new(book.administrator()), Person::Accepts);
    let arguments = json!({ "survivor": john.id, "absorbed": jon.id });
    let merged = client.call("merge_contacts", arguments.clone());
    assert_eq!((&merged["status"], &merged["contact"]["company"]), (&"done".into(), &"Acme".into()));
    assert!(client.questions[0].contains("“Jon Doe”") && client.questions[0].contains("“John Doe”"));
    let report = client.fail("get_contact", json!({ "id": jon.id }));
    assert_eq!((&report["code"], &report["into"]), (&"merged".into(), &john.id.to_string().into()));
    let undone = client.call("undo", merged["undo"].clone());
    let names: Vec<_> =
        undone["contacts"].as_array().unwrap().iter().map(|contact| &contact["displayName"]).collect();
    assert_eq!(names, ["John Doe", "Jon Doe"]);
    assert!(undone["contacts"][0].get("company").is_none());
    assert_eq!(client.fail("undo", merged["undo"].clone())["code"], "already-undone");
    let same = json!({ "survivor": john.id, "absorbed": john.id });
    assert_eq!(client.fail("merge_contacts", same)["code"], "same-contact");
    let mut client = Client::with(Server::new(book.administrator()), Person::Declines);
    assert_eq!(client.call("merge_contacts", arguments)["status"], "declined");
    assert!(book.system().get(jon.id).is_ok());
}

/// What a request of the protocol of 2026-07-28 says about its client.
fn stateless(parameters: Value, elicitation: bool) -> Value {
    let capabilities = if elicitation { json!({ "elicitation": { "form": {} } }) } else { json!({}) };
    let mut parameters = parameters;
    parameters["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": capabilities,
    });
    parameters
}

#[test]
fn a_client_without_a_session_is_asked_by_a_result() {
    let book = Book::new();
    let john = book.add("John", "Doe");
    let mut client = Client::silent(Server::new(book.as_ada()), Person::Absent);
    let found = client.request("server/discover", stateless(json!({}), true));
    assert!(
        found["result"]["supportedVersions"].as_array().unwrap().contains(&"2026-07-28".into()),
        "{found}"
    );
    let call = json!({ "name": "delete_contact", "arguments": { "id": john.id } });
    for (action, status) in [("decline", "declined"), ("accept", "done")] {
        let asked = client.request("tools/call", stateless(call.clone(), true))["result"].clone();
        assert_eq!(asked["resultType"], "input_required", "{asked}");
        let question = &asked["inputRequests"]["confirm"]["params"]["message"];
        assert!(question.as_str().unwrap().contains("John Doe"), "{asked}");
        let mut again = call.clone();
        again["requestState"] = asked["requestState"].clone();
        again["inputResponses"] = json!({ "confirm": { "action": action, "content": {} } });
        let done = client.request("tools/call", stateless(again.clone(), true))["result"].clone();
        assert_eq!(done["structuredContent"]["status"], status, "{done}");
        let twice = client.request("tools/call", stateless(again, true))["result"].clone();
        assert_eq!(twice["isError"], true, "{twice}");
    }
    assert!(book.as_ada().get(john.id).unwrap().unwrap().trashed_at.is_some());
    let mut forged = json!({ "name": "undo", "arguments": { "action": "delete", "id": john.id } });
    let undone = client.request("tools/call", stateless(forged.clone(), true));
    assert_eq!(undone["result"]["isError"], false, "{undone}");
    forged = call;
    forged["requestState"] = "0".repeat(32).into();
    forged["inputResponses"] = json!({ "confirm": { "action": "accept" } });
    let answer = client.request("tools/call", stateless(forged, true));
    assert_eq!(answer["result"]["isError"], true, "{answer}");
    assert!(book.as_ada().get(john.id).unwrap().unwrap().trashed_at.is_none());
}
