//! `blocks`, `conversations`, `copy`, `outbox`.

use serde_json::json;

use super::TestCli;

const SMS: &[&str] = &["--network", "SMS-DIRECT"];
const PHONE: &str = "+33 6 12 34 56 78";

fn with_ada() -> TestCli {
    let cli = TestCli::new();
    cli.ok(&["advisors", "add", "Ada", "Byron", "--id", "7"]);
    cli
}

#[test]
fn numbers_are_blocked_and_unblocked() {
    let cli = with_ada();
    let anna = cli.add(&[SMS, &["--first", "Anna", "--phone", PHONE, "--advisor", "7"]].concat());
    cli.add(&[SMS, &["--first", "Beth", "--phone", "+33612345670", "--advisor", "7"]].concat());
    let reported =
        cli.json(&["blocks", "7", "add", "+33-6-12-34-56-78", "--reason", "spam", "--comment", "at night"]);
    assert_eq!(reported, [json!({ "phone": "+33-6-12-34-56-78", "done": "blocked" })]);
    let ran = cli.run(&["blocks", "7", "add", PHONE, "nobody", "+33612345679"]);
    assert_eq!(ran.code, Some(1));
    assert_eq!(ran.err.matches("blocked +33612345679").count(), 1, "the others are blocked: {}", ran.err);
    assert!(ran.err.contains("not a phone number") && ran.err.contains(&format!("updated {PHONE}")));
    let listed = cli.json(&["blocks", "7"]);
    assert_eq!((listed.len(), &listed[0]["block"]["advisor"]), (2, &json!("7")));
    assert_eq!(cli.ok(&["blocks", "7"]).lines().next().unwrap().split('\t').nth(1), Some("other"));

    for (option, name) in [("--blocked", "Anna"), ("--not-blocked", "Beth")] {
        let commands: [&[&str]; 2] = [&["list"], &["search", ""]];
        for command in commands {
            let found = cli.json(&[command, &[option, "--advisor", "7"]].concat());
            assert_eq!((found.len(), &found[0]["contact"]["displayName"]), (2, &json!(name)), "{command:?}");
        }
    }
    assert_eq!(cli.json(&["search", "--substring", "nn", "--blocked"])[0]["contact"]["id"], json!(anna));
    assert_eq!(cli.json(&["search", "--substring", "nn", "--not-blocked"]).len(), 1);
    let reported = cli.json(&["blocks", "7", "remove", PHONE, "+33612345600"]);
    assert_eq!((&reported[0]["done"], &reported[1]["done"]), (&json!("unblocked"), &json!("not blocked")));

    cli.ok(&["blocks", "tenant", "add", PHONE]);
    assert_eq!(cli.json(&["blocks", "tenant"])[0]["block"]["advisor"], json!(null));
    assert_eq!(cli.json(&["list", "--blocked"]).len(), 2);
    assert_eq!(cli.json(&["blocks", "tenant", "remove", PHONE])[0]["done"], json!("unblocked"));
    assert_eq!(cli.fails(&["blocks", "8"])["code"], "no-advisor");
    assert_eq!(cli.fails(&["blocks", "tenant", "--as", "advisor:7"])["code"], "forbidden");
}

#[test]
fn conversations_are_reported_and_shown() {
    let cli = with_ada();
    let anna = cli.add(&[SMS, &["--first", "Anna"]].concat());
    let beth = cli.add(&[SMS, &["--first", "Beth"]].concat());
    let add = [
        "conversations",
        "add",
        "s1",
        "--network",
        "SMS-DIRECT",
        "--advisor",
        "7",
        "--name",
        "Review",
        "--member",
    ];
    let added = cli.json(&[&add[..], &[&anna]].concat());
    assert_eq!(
        (&added[0]["conversation"]["externalId"], &added[0]["conversation"]["members"]),
        (&json!("s1"), &json!(1))
    );
    assert_eq!(cli.json(&["conversations", "join", "s1", &beth])[0]["changed"], json!(true));
    let shown = cli.json(&["conversations", "show", "s1"]);
    assert_eq!(shown[0]["contacts"], json!([anna, beth]));
    assert!(cli.ok(&["conversations", "show", "s1"]).contains(&format!("contacts\t{anna} {beth}")));
    assert_eq!(cli.json(&["conversations", "leave", "s1", &anna])[0]["changed"], json!(true));
    assert_eq!(cli.json(&["conversations", "of", &anna]).len(), 0);
    assert_eq!(cli.ok(&["conversations", "of", &beth]), "s1\tmulti-party\tSMS-DIRECT\tReview\t1\n");
    assert_eq!(cli.json(&["conversations", "group", "s1"])[0]["conversation"]["group"], json!(null));
    cli.ok(&["conversations", "remove", "s1"]);
    assert_eq!(cli.fails(&["conversations", "show", "s1"])["code"], "no-conversation");
}

#[test]
fn a_copy_moves_conversations_through_the_outbox() {
    let cli = with_ada();
    let sue = ["--network", "SMS", "--first", "Sue", "--last", "Shared", "--company", "Acme"];
    let sue = [&sue[..], &["--email", "s@example.com", "--phone", PHONE, "--shared"]].concat();
    let old = cli.add(&sue);
    assert_eq!(cli.json(&["show", &old])[0]["contact"]["tenant"], json!(null));
    assert_eq!(cli.fails(&[&["add", "--as", "admin"], &sue[..]].concat())["code"], "forbidden");
    let tenant = cli.json(&["tenants"])[0]["tenant"]["id"].as_str().unwrap().to_owned();
    cli.ok(&["conversations", "add", "s1", "--network", "SMS", "--member", &old]);
    let copied = &cli.json(&["copy", &old])[0];
    let new = copied["contact"]["id"].as_str().unwrap();
    assert_eq!(copied["conversations"], json!(["s1"]));
    assert_eq!(copied["newExportAddress"], json!(format!("SMS.33612345678.{tenant}@symphony.com")));
    assert_eq!(cli.fails(&["copy", &old])["code"], "already-copied");

    let pending = cli.json(&["outbox"]);
    assert_eq!(pending, cli.json(&["outbox", "list"]));
    assert_eq!((&pending[0]["effect"], &pending[0]["conversation"]), (&json!("postMessage"), &json!("s1")));
    assert_eq!((&pending[1]["effect"], &pending[1]["to"]), (&json!("replaceMember"), &json!(new)));
    let seq = pending[0]["seq"].to_string();
    cli.ok(&["outbox", "attempt", &seq]);
    assert_eq!(cli.json(&["outbox"])[0]["attempts"], json!(1));
    let line = cli.ok(&["outbox", "list", "--limit", "1"]);
    assert!(line.contains("\t1\tpostMessage\t") && line.contains("conversation=s1"), "{line}");
    cli.ok(&["outbox", "ack", &seq]);
    assert_eq!(cli.json(&["outbox"]).len(), 1);
    assert_eq!(cli.fails(&["outbox", "ack", &seq])["code"], "not-found");
    assert_eq!(cli.fails(&["outbox", "--as", "advisor:7"])["code"], "forbidden");
}
