//! `tags`, `attributes`, `notes`, `channels`, `identities`, `funnels`, `find-or-create`, `events`, `fire`, `remove --purge`.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use serde_json::Value;

use super::{TestCli, exists};

const BOOK: &[&str] = &["--network", "BOOK"];

fn with_ada() -> (TestCli, String) {
    let cli = TestCli::new();
    let ada = cli.add(&[BOOK, &["--first", "Ada"]].concat());
    (cli, ada)
}

#[test]
fn contacts_are_tagged() {
    let (cli, ada) = with_ada();
    let vip = cli.json(&["tags", "add", "vip", "--rgb", "ff0000"]).remove(0);
    assert_eq!((&vip["tag"]["name"], &vip["tag"]["contacts"]), (&"vip".into(), &0.into()));
    assert_eq!(cli.fails(&["tags", "add", "VIP"])["code"], "exists");
    assert_eq!(cli.fails(&["tags", "set", &ada, "vip", "new"])["code"], "invalid");
    assert_eq!(cli.json(&["tags", "set", &ada, "vip", "new", "--create"]).len(), 2);
    assert_eq!(cli.json(&["tags", "of", &ada]).len(), 2);
    let id = vip["tag"]["id"].as_str().unwrap();
    assert_eq!(cli.json(&["tags", "edit", id, "--name", "gold"])[0]["tag"]["contacts"], 1);
    let listed = cli.ok(&["tags"]);
    assert!(listed.contains(&format!("gold\tff0000\t1\t{id}")), "{listed}");
    cli.ok(&["tags", "remove", id]);
    assert_eq!(cli.json(&["tags", "of", &ada])[0]["tag"]["name"], "new");
    assert_eq!(cli.ok(&["tags", "set", &ada]), "");
    assert_eq!(cli.ok(&["tags", "of", &ada]), "");
}

#[test]
fn contacts_have_values() {
    let (cli, ada) = with_ada();
    let plan =
        cli.json(&["attributes", "add", "plan", "--kind", "list", "--choice", "gold", "--choice", "lead"]);
    assert_eq!(plan[0]["attribute"]["choices"], serde_json::json!(["gold", "lead"]));
    assert_eq!(cli.ok(&["attributes", "set", &ada, "plan", "gold"]), "plan\t\"gold\"\n");
    assert_eq!(cli.fails(&["attributes", "set", &ada, "plan", "tin"])["code"], "invalid");
    let values = cli.json(&["attributes", "set", &ada, "age", "36"]);
    let value = |key: &str| values.iter().find(|value| value["key"] == key).unwrap()["value"].clone();
    assert_eq!((value("age"), value("plan")), (36.into(), Value::from("gold")), "JSON, or else a text");
    assert_eq!(cli.json(&["attributes", "unset", &ada, "age"]).len(), 1);
    let id = plan[0]["attribute"]["id"].as_str().unwrap();
    assert!(cli.ok(&["attributes"]).contains(&format!("gold, lead\t{id}")));
    cli.ok(&["attributes", "remove", id]);
    assert_eq!(cli.ok(&["attributes", "of", &ada]), "");
}

#[test]
fn contacts_are_on_channels_and_in_funnels() {
    let (cli, ada) = with_ada();
    let chat = cli.json(&["channels", "add", "telegram", "--name", "Shop"]).remove(0);
    let chat = chat["channel"]["id"].as_str().unwrap();
    let identity = cli.json(&["identities", "open", &ada, chat, "@ada"]).remove(0);
    assert_eq!(
        (&identity["identity"]["contact"], &identity["identity"]["unread"]),
        (&ada.as_str().into(), &0.into())
    );
    let id = identity["identity"]["id"].as_str().unwrap();
    assert_eq!(cli.ok(&["channels", "of", &ada]), format!("telegram\t@ada\t{chat}\n"));
    cli.ok(&["identities", "edit", id, "--unread", "3", "--subscribed", "false"]);
    let line = format!("{chat}\t@ada\t{ada}\tnot subscribed\t3\t{id}\n");
    assert_eq!(cli.ok(&["identities", "find", chat, "@ada"]), line);
    assert_eq!(cli.ok(&["identities", "of", &ada]), line);
    assert_eq!(cli.fails(&["identities", "find", chat, "@ADA"])["code"], "not-found");
    // Found by its identity, and added with one.
    let find_or_create = |identity: String| {
        cli.json(&[&["find-or-create", "--first", "Bea"], BOOK, &["--identity", &identity]].concat())
            .remove(0)
    };
    assert_eq!(find_or_create(format!("{chat}:@ada"))["contact"]["id"], ada.as_str());
    let new = find_or_create(format!("{chat}:@bea"));
    assert_eq!(find_or_create(format!("{chat}:@bea"))["contact"], new["contact"]);
    assert_eq!(cli.run(&[&["find-or-create"], BOOK, &["--identity", "@cid"]].concat()).code, Some(2));
    cli.ok(&["identities", "close", id]);
    assert_eq!(cli.ok(&["identities", "of", &ada]), "");
    cli.ok(&["channels", "edit", chat, "--active", "false"]);
    assert_eq!(cli.ok(&["channels"]), format!("telegram\tShop\tinactive\t{chat}\n"));

    let funnel = cli.json(&["funnels", "add", "welcome", "--name", "Welcome"]).remove(0);
    assert_eq!(funnel["funnel"]["serviceKey"], "welcome");
    let changed = |operation| cli.json(&["funnels", operation, &ada, "welcome"])[0]["changed"].clone();
    assert_eq!((changed("join"), changed("join")), (true.into(), false.into()));
    assert!(cli.ok(&["funnels", "of", &ada]).starts_with("welcome\tWelcome\t"));
    assert_eq!((changed("leave"), changed("leave")), (true.into(), false.into()));
    assert_eq!(cli.fails(&["funnels", "join", &ada, "Welcome"])["code"], "not-found");
    cli.ok(&["funnels", "remove", "welcome"]);
    assert_eq!(cli.ok(&["funnels"]), "");
}

#[test]
fn contacts_have_notes() {
    let (cli, ada) = with_ada();
    let first = cli.json(&["notes", "add", &ada, "Likes tea"]).remove(0);
    let id = first["note"]["id"].as_str().unwrap();
    cli.ok(&["notes", "add", &ada, "Moved"]);
    cli.ok(&["notes", "edit", &ada, id, "Likes coffee"]);
    let notes = cli.json(&["notes", "of", &ada, "--limit", "5"]);
    let texts: Vec<_> = notes.iter().filter_map(|note| note["note"]["content"].as_str()).collect();
    assert_eq!(texts, ["Moved", "Likes coffee"], "newest first");
    cli.ok(&["notes", "remove", &ada, id]);
    assert_eq!(cli.fails(&["notes", "remove", &ada, id])["code"], "not-found");
    assert_eq!(cli.ok(&["notes", "of", &ada]).lines().count(), 1);
}

#[test]
fn a_contact_is_found_or_added() {
    let cli = TestCli::new();
    let find_or_create =
        [&["find-or-create"], BOOK, &["--first", "Ada", "--identifier", "shop:a-17"]].concat();
    let added = cli.json(&find_or_create).remove(0);
    let found = cli.json(&find_or_create).remove(0);
    assert_eq!((&added["foundBy"], &found["foundBy"]), (&Value::Null, &"identifier".into()));
    assert_eq!(added["contact"]["id"], found["contact"]["id"]);
    assert_eq!(cli.json(&["list", "--count"])[0], serde_json::json!({ "exact": 1 }));
}

#[test]
fn events_are_declared_and_fired() {
    let (cli, ada) = with_ada();
    assert_eq!(cli.fails(&["fire", &ada, "paid"])["code"], "not-declared");
    cli.ok(&["events", "declare", "paid"]);
    assert_eq!(cli.ok(&["events", "names"]), "paid\n");
    let fired = cli.json(&["fire", &ada, "paid", "--payload", "{\"sum\":3}"]);
    assert_eq!(fired[0]["payload"]["sum"], 3);
    assert!(cli.ok(&["events", "of", &ada]).contains("{\"sum\":3}"));
    assert_eq!(cli.fails(&["fire", &ada, "paid", "--payload", "{"])["code"], "invalid");
    let once = ["fire", &ada, "paid", "--idempotency-key", "order 7"];
    assert_eq!(cli.json(&once), cli.json(&once));
    assert_eq!(cli.fails(&[&once[..], &["--payload", "1"]].concat())["code"], "idempotency-key-reused");
    cli.ok(&["events", "withdraw", "paid"]);
    assert_eq!(cli.fails(&["events", "withdraw", "paid"])["code"], "not-declared");
}

#[test]
fn a_purge_can_erase_the_data() {
    let cli = TestCli::new();
    let id = cli.add(&[BOOK, &["--first", "Xyzzyplugh"]].concat());
    let is_on_disk = || {
        ["book.cardex", "book.cardex-wal"].iter().any(|name| {
            let path = cli.path(name);
            exists(&path) && std::fs::read(path).unwrap().windows(10).any(|part| part == b"Xyzzyplugh")
        })
    };
    assert!(is_on_disk());
    cli.ok(&["remove", "--purge", "--erase-deleted", &id]);
    assert!(!is_on_disk(), "neither in the file nor in its write-ahead log");
    assert_eq!(cli.fails(&["show", &id])["code"], "no-contact");
    assert_eq!(cli.run(&["remove", "--erase-deleted", &id]).code, Some(2), "only with --purge");
}

/// Regression: `changes --follow` did not print the changes it had read at the start until another change or a minute later.
#[test]
fn a_follower_prints_changes_of_another_process_at_once() {
    let (cli, ada) = with_ada();
    cli.ok(&["events", "declare", "paid"]);
    let mut follower =
        cli.command(&["changes", "--follow", "--json"]).stdout(Stdio::piped()).spawn().unwrap();
    let (sender, lines) = mpsc::channel();
    let output = BufReader::new(follower.stdout.take().unwrap());
    thread::spawn(move || output.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
    // Less than the minute that it waits for changes.
    let next =
        || lines.recv_timeout(Duration::from_secs(45)).map(|line| serde_json::from_str(&line).unwrap());
    let first: Result<Value, _> = next();
    let results = first.map(|first| {
        cli.ok(&["fire", &ada, "paid"]);
        let event: Value = next().unwrap();
        cli.ok(&["edit", &ada, "--company", "Acme"]);
        let edit: Value = next().unwrap();
        (first, event, edit)
    });
    follower.kill().unwrap();
    follower.wait().unwrap();
    let (first, event, edit) = results.unwrap();
    assert_eq!((&first["kind"], &first["contact"]), (&"add".into(), &ada.as_str().into()));
    assert_eq!((&event["name"], &edit["fields"][0]), (&"paid".into(), &"company".into()));
}
