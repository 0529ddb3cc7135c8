//! `blocks`, `rooms`, `copy`, `outbox`.

use serde_json::json;

use super::Desk;

const SMS: &[&str] = &["--network", "SMS-DIRECT"];
const PHONE: &str = "+33 6 12 34 56 78";

fn with_ada() -> Desk {
    let desk = Desk::new();
    desk.ok(&["advisors", "add", "Ada", "Byron", "--id", "7"]);
    desk
}

#[test]
fn numbers_are_blocked_and_unblocked() {
    let desk = with_ada();
    let anna = desk.add(&[SMS, &["--first", "Anna", "--phone", PHONE, "--advisor", "7"]].concat());
    desk.add(&[SMS, &["--first", "Beth", "--phone", "+33612345670", "--advisor", "7"]].concat());
    let told =
        desk.json(&["blocks", "7", "add", "+33-6-12-34-56-78", "--reason", "spam", "--comment", "at night"]);
    assert_eq!(told, [json!({ "phone": "+33-6-12-34-56-78", "done": "blocked" })]);
    let ran = desk.run(&["blocks", "7", "add", PHONE, "nobody", "+33612345679"]);
    assert_eq!(ran.code, Some(1));
    assert_eq!(ran.err.matches("blocked +33612345679").count(), 1, "the others are done: {}", ran.err);
    assert!(ran.err.contains("not a phone number") && ran.err.contains(&format!("updated {PHONE}")));
    let listed = desk.json(&["blocks", "7"]);
    assert_eq!((listed.len(), &listed[0]["block"]["advisor"]), (2, &json!("7")));
    assert_eq!(desk.ok(&["blocks", "7"]).lines().next().unwrap().split('\t').nth(1), Some("other"));

    for (option, name) in [("--blocked", "Anna"), ("--not-blocked", "Beth")] {
        let commands: [&[&str]; 2] = [&["list"], &["search", ""]];
        for command in commands {
            let found = desk.json(&[command, &[option, "--advisor", "7"]].concat());
            assert_eq!((found.len(), &found[0]["contact"]["displayName"]), (2, &json!(name)), "{command:?}");
        }
    }
    assert_eq!(desk.json(&["search", "--substring", "nn", "--blocked"])[0]["contact"]["id"], json!(anna));
    assert_eq!(desk.json(&["search", "--substring", "nn", "--not-blocked"]).len(), 1);
    let told = desk.json(&["blocks", "7", "remove", PHONE, "+33612345600"]);
    assert_eq!((&told[0]["done"], &told[1]["done"]), (&json!("unblocked"), &json!("not blocked")));

    desk.ok(&["blocks", "tenant", "add", PHONE]);
    assert_eq!(desk.json(&["blocks", "tenant"])[0]["block"]["advisor"], json!(null));
    assert_eq!(desk.json(&["list", "--blocked"]).len(), 2);
    assert_eq!(desk.json(&["blocks", "tenant", "remove", PHONE])[0]["done"], json!("unblocked"));
    assert_eq!(desk.refused(&["blocks", "8"])["code"], "no-advisor");
    assert_eq!(desk.refused(&["blocks", "tenant", "--as", "advisor:7"])["code"], "forbidden");
}

#[test]
fn rooms_are_told_of_and_shown() {
    let desk = with_ada();
    let anna = desk.add(&[SMS, &["--first", "Anna"]].concat());
    let beth = desk.add(&[SMS, &["--first", "Beth"]].concat());
    let add =
        ["rooms", "add", "s1", "--network", "SMS-DIRECT", "--advisor", "7", "--name", "Review", "--member"];
    let added = desk.json(&[&add[..], &[&anna]].concat());
    assert_eq!((&added[0]["room"]["stream"], &added[0]["room"]["members"]), (&json!("s1"), &json!(1)));
    assert_eq!(desk.json(&["rooms", "join", "s1", &beth])[0]["changed"], json!(true));
    let shown = desk.json(&["rooms", "show", "s1"]);
    assert_eq!(shown[0]["contacts"], json!([anna, beth]));
    assert!(desk.ok(&["rooms", "show", "s1"]).contains(&format!("contacts\t{anna} {beth}")));
    assert_eq!(desk.json(&["rooms", "leave", "s1", &anna])[0]["changed"], json!(true));
    assert_eq!(desk.json(&["rooms", "of", &anna]).len(), 0);
    assert_eq!(desk.ok(&["rooms", "of", &beth]), "s1\troom\tSMS-DIRECT\tReview\t1\n");
    assert_eq!(desk.json(&["rooms", "group", "s1"])[0]["room"]["group"], json!(null));
    desk.ok(&["rooms", "remove", "s1"]);
    assert_eq!(desk.refused(&["rooms", "show", "s1"])["code"], "no-room");
}

#[test]
fn a_copy_moves_rooms_and_the_outbox_says_what_to_do() {
    let desk = with_ada();
    let sue = ["--network", "SMS", "--first", "Sue", "--last", "Shared", "--company", "Acme"];
    let sue = [&sue[..], &["--email", "s@example.com", "--phone", PHONE, "--shared"]].concat();
    let old = desk.add(&sue);
    assert_eq!(desk.json(&["show", &old])[0]["contact"]["tenant"], json!(null));
    assert_eq!(desk.refused(&[&["add", "--as", "admin"], &sue[..]].concat())["code"], "forbidden");
    let tenant = desk.json(&["tenants"])[0]["tenant"]["id"].as_str().unwrap().to_owned();
    desk.ok(&["rooms", "add", "s1", "--network", "SMS", "--member", &old]);
    let copied = &desk.json(&["copy", &old])[0];
    let new = copied["contact"]["id"].as_str().unwrap();
    assert_eq!(copied["streams"], json!(["s1"]));
    assert_eq!(copied["newAddress"], json!(format!("SMS.33612345678.{tenant}@symphony.com")));
    assert_eq!(desk.refused(&["copy", &old])["code"], "already-copied");

    let pending = desk.json(&["outbox"]);
    assert_eq!(pending, desk.json(&["outbox", "list"]));
    assert_eq!((&pending[0]["effect"], &pending[0]["stream"]), (&json!("postMessage"), &json!("s1")));
    assert_eq!((&pending[1]["effect"], &pending[1]["to"]), (&json!("moveMember"), &json!(new)));
    let seq = pending[0]["seq"].to_string();
    desk.ok(&["outbox", "tried", &seq]);
    assert_eq!(desk.json(&["outbox"])[0]["attempts"], json!(1));
    let line = desk.ok(&["outbox", "list", "--limit", "1"]);
    assert!(line.contains("\t1\tpostMessage\t") && line.contains("stream=s1"), "{line}");
    desk.ok(&["outbox", "ack", &seq]);
    assert_eq!(desk.json(&["outbox"]).len(), 1);
    assert_eq!(desk.refused(&["outbox", "ack", &seq])["code"], "not-found");
    assert_eq!(desk.refused(&["outbox", "--as", "advisor:7"])["code"], "forbidden");
}
