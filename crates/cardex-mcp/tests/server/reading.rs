//! Searches, lists, contacts, changes, resources, and who may see what.

use cardex::{Actor, Network, NewContact};
use serde_json::{Value, json};

use super::{Book, Client};

fn names(result: &Value, list: &str) -> Vec<String> {
    let items = result[list].as_array().unwrap();
    items.iter().map(|item| item["displayName"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_search_goes_on_by_its_cursor() {
    let book = Book::new();
    for at in 0..7 {
        book.add("John", &format!("Doe{at}"));
    }
    let mut client = Client::new(book.as_ada());
    let (mut found, mut after) = (Vec::new(), Value::Null);
    for pages in 1.. {
        let mut arguments = json!({ "text": "joh", "limit": 3 });
        if after.is_string() {
            arguments["after"] = after;
        }
        let page = client.call("search_contacts", arguments);
        assert_eq!(page["hits"][0]["matched"], "firstName");
        found.extend(names(&page, "hits"));
        after = page["next"].clone();
        if after.is_null() {
            assert_eq!(pages, 3);
            break;
        }
    }
    found.sort();
    found.dedup();
    assert_eq!(found.len(), 7);
    let fuzzy = client.call("search_contacts", json!({ "text": "jhon doe3", "fuzzy": true }));
    assert!(names(&fuzzy, "hits").contains(&"John Doe3".to_owned()), "{fuzzy}");
    let none = client.call("search_contacts", json!({ "text": "jhon" }));
    assert_eq!(none["hits"], json!([]));
}

#[test]
fn a_list_has_conditions_an_order_and_a_count() {
    let book = Book::new();
    for (name, company) in [("Ann", "Acme"), ("Ben", "Acme"), ("Cid", "Other")] {
        book.as_ada().add(NewContact::new(Network::BOOK, name, "").company(company)).unwrap();
    }
    let mut client = Client::new(book.as_ada());
    let arguments = json!({ "filter": "company = acme", "sort": "-created", "count": true, "limit": 1 });
    let page = client.call("list_contacts", arguments.clone());
    assert_eq!(names(&page, "contacts"), ["Ben"]);
    assert_eq!(page["count"], json!({ "contacts": 2, "exact": true }));
    let mut arguments = arguments;
    arguments["after"] = page["next"].clone();
    let page = client.call("list_contacts", arguments.clone());
    assert_eq!(names(&page, "contacts"), ["Ann"]);
    assert!(page.get("next").is_none());
    arguments["sort"] = "name".into();
    assert_eq!(client.fail("list_contacts", arguments)["code"], "cursor-mismatch");
    let recent = client.call("list_contacts", json!({ "filter": "updated >= 7 days ago" }));
    assert_eq!(names(&recent, "contacts").len(), 3);
}

#[test]
fn a_contact_has_everything_that_belongs_to_it() {
    let book = Book::new();
    let new = NewContact::new(Network::BOOK, "John", "Doe")
        .phone("+33 6 12 34 56 78")
        .email("john@example.com")
        .identifier("crm", "a-17")
        .tag("vip");
    let john = book.as_ada().add(new).unwrap();
    for at in 0..12 {
        book.as_ada().notes(john.id).add(&format!("{at} {}", "x".repeat(2_500))).unwrap();
    }
    let mut client = Client::new(book.as_ada());
    let contact = client.call("get_contact", json!({ "id": john.id }))["contact"].clone();
    assert_eq!(contact["id"], john.id.to_string());
    assert_eq!(contact["phones"], json!([{ "text": "+33 6 12 34 56 78" }]));
    assert_eq!(contact["emails"], json!([{ "text": "john@example.com" }]));
    assert_eq!(contact["identifiers"], json!([{ "namespace": "crm", "value": "a-17" }]));
    assert_eq!(contact["tags"], json!(["vip"]));
    assert_eq!(contact["advisors"], json!([book.ada.id.to_string()]));
    assert_eq!(contact["notes"].as_array().unwrap().len(), 10);
    assert_eq!(contact["notes"][0]["text"].as_str().unwrap().len(), 2_000);
    assert_eq!((&contact["notes"][0]["cut"], &contact["moreNotes"]), (&json!(true), &json!(true)));
}

#[test]
fn an_advisor_sees_only_their_own_contacts() {
    let book = Book::new();
    let theirs = book.store.session(Actor::Advisor(book.bob.id));
    let hidden = theirs.add(NewContact::new(Network::BOOK, "Hidden", "One")).unwrap();
    let own = book.add("Own", "One");
    let mut client = Client::new(book.as_ada());
    assert_eq!(client.call("search_contacts", json!({ "text": "hidden" }))["hits"], json!([]));
    assert_eq!(names(&client.call("list_contacts", json!({})), "contacts"), ["Own One"]);
    let id = json!({ "id": hidden.id });
    for tool in ["get_contact", "delete_contact"] {
        assert_eq!(client.fail(tool, id.clone())["code"], "no-contact", "{tool}");
    }
    let edit = json!({ "id": hidden.id, "version": 1, "company": "x" });
    assert_eq!(client.fail("edit_contact", edit)["code"], "no-contact");
    assert_eq!(client.fail("note_and_tag", json!({ "id": hidden.id, "note": "x" }))["code"], "no-contact");
    let merge = json!({ "survivor": own.id, "absorbed": hidden.id });
    assert_eq!(client.fail("merge_contacts", merge)["code"], "no-contact");
    for extension in ["vcf", "json"] {
        let uri = format!("cardex://contact/{}.{extension}", hidden.id);
        let answer = client.request("resources/read", json!({ "uri": uri }));
        assert_eq!(answer["error"]["data"]["code"], "no-contact", "{answer}");
    }
    let answers = client.seen.join("\n");
    assert!(!answers.contains("Hidden"), "{answers}");
    assert!(theirs.get(hidden.id).unwrap().unwrap().trashed_at.is_none());
}

#[test]
fn changes_are_the_newest_and_then_those_after_them() {
    let book = Book::new();
    for at in 0..5 {
        book.add("John", &format!("Doe{at}"));
    }
    let mut client = Client::new(book.administrator());
    let page = client.call("recent_changes", json!({ "limit": 2 }));
    assert_eq!(names(&page, "changes"), ["John Doe3", "John Doe4"]);
    assert_eq!((&page["changes"][1]["kind"], &page["changes"][1]["origin"]), (&"add".into(), &"mcp".into()));
    let next = page["next"].clone();
    assert_eq!(client.call("recent_changes", json!({ "after": next }))["changes"], json!([]));
    book.add("Jane", "Roe");
    let page = client.call("recent_changes", json!({ "after": next }));
    assert_eq!(names(&page, "changes"), ["Jane Roe"]);
    assert_eq!(client.fail("recent_changes", json!({ "after": "x" }))["code"], "invalid-arguments");
}

#[test]
fn a_contact_is_a_card_in_two_formats() {
    let book = Book::new();
    let new =
        NewContact::new(Network::BOOK, "John", "Doe").phone("+33 6 12 34 56 78").email("john@example.com");
    let picture = format!("data:image/png;base64,{}", "A".repeat(40_000));
    let card = json!({ "@type": "Card", "version": "1.0", "media": { "p": { "kind": "photo", "uri": picture } },
        "anniversaries": { "b": { "kind": "birth", "date": { "@type": "PartialDate", "year": 1990, "month": 2, "day": 3 } } } });
    let john = book.as_ada().add(new.card(card.to_string())).unwrap();
    let mut client = Client::new(book.as_ada());
    let templates =
        client.request("resources/templates/list", json!({}))["result"]["resourceTemplates"].clone();
    assert_eq!(templates[0]["uriTemplate"], "cardex://contact/{id}.vcf");
    assert_eq!(templates[1]["uriTemplate"], "cardex://contact/{id}.json");
    let vcard = client.resource(&format!("cardex://contact/{}.vcf", john.id));
    for line in ["BEGIN:VCARD", "FN:John Doe", "N:Doe;John;;;", "EMAIL:john@example.com"] {
        assert!(vcard.lines().any(|other| other == line), "{line}\n{vcard}");
    }
    assert!(vcard.lines().any(|line| line.starts_with("BDAY") && line.ends_with(":19900203")), "{vcard}");
    let text = client.resource(&format!("cardex://contact/{}.json", john.id));
    let card: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&card["@type"], &card["name"]["full"]), (&"Card".into(), &"John Doe".into()));
    assert!(text.contains("john@example.com") && text.contains("1990") && text.len() < 4_000, "{text}");
    assert!(vcard.len() < 4_000);
    for uri in
        ["cardex://contact/x.vcf", "cardex://contact/7.gif", "file:///etc/passwd", "cardex://contact/7"]
    {
        let answer = client.request("resources/read", json!({ "uri": uri }));
        assert_eq!(answer["error"]["code"], -32002, "{answer}");
    }
}

#[test]
fn figures_of_the_book() {
    let book = Book::new();
    let john = book.add("John", "Doe");
    book.as_ada().tags().set(john.id, &["vip"], cardex::tags::UnknownTagPolicy::Create).unwrap();
    for session in [book.as_ada(), book.administrator(), book.system()] {
        let mut client = Client::new(session);
        let resources = client.request("resources/list", json!({}))["result"]["resources"].clone();
        assert_eq!(resources[0]["uri"], "cardex://figures");
        let figures: Value = serde_json::from_str(&client.resource("cardex://figures")).unwrap();
        assert_eq!(figures["tags"], json!([{ "name": "vip", "contacts": 1 }]));
        let contacts = figures["contacts"].get("contacts").unwrap_or(&figures["contacts"]);
        assert_eq!(contacts, 1, "{figures}");
    }
}

#[test]
fn duplicates_are_proposed_with_what_agrees() {
    let book = Book::new();
    let mut ids = Vec::new();
    for name in ["Jon", "John", "Mary"] {
        let new = NewContact::new(Network::BOOK, name, "Doe").email("doe@example.com");
        ids.push(book.as_ada().add(new).unwrap().id.to_string());
    }
    book.store
        .session(Actor::Advisor(book.bob.id))
        .add(NewContact::new(Network::BOOK, "Jon", "Doe").email("doe@example.com"))
        .unwrap();
    let mut client = Client::new(book.as_ada());
    let found = client.call("find_duplicates", json!({}));
    let group = &found["groups"][0];
    assert_eq!(names(group, "contacts"), ["Jon Doe", "John Doe"], "{found}");
    let pair = &group["pairs"][0];
    assert_eq!((&pair["first"], &pair["second"]), (&ids[0].clone().into(), &ids[1].clone().into()));
    assert_eq!(pair["evidence"], json!(["sameEmail", "similarName"]));
    assert_eq!(found["groups"].as_array().unwrap().len(), 1);
    assert_eq!(client.call("find_duplicates", json!({ "minScore": 1 }))["groups"], json!([]));
}
