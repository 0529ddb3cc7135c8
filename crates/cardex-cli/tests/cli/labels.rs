//! `tags`, `attributes`, `notes`; `ensure`; `events` and `fire`; a purge that scrubs.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use serde_json::Value;

use super::{Desk, exists};

const BOOK: &[&str] = &["--network", "BOOK"];

fn with_ada() -> (Desk, String) {
    let desk = Desk::new();
    let ada = desk.add(&[BOOK, &["--first", "Ada"]].concat());
    (desk, ada)
}

#[test]
fn contacts_are_tagged() {
    let (desk, ada) = with_ada();
    let vip = desk.json(&["tags", "add", "vip", "--rgb", "ff0000"]).remove(0);
    assert_eq!((&vip["tag"]["name"], &vip["tag"]["contacts"]), (&"vip".into(), &0.into()));
    assert_eq!(desk.refused(&["tags", "add", "VIP"])["code"], "exists");
    assert_eq!(desk.refused(&["tags", "set", &ada, "vip", "new"])["code"], "invalid");
    assert_eq!(desk.json(&["tags", "set", &ada, "vip", "new", "--make"]).len(), 2);
    assert_eq!(desk.json(&["tags", "of", &ada]).len(), 2);
    let id = vip["tag"]["id"].as_str().unwrap();
    assert_eq!(desk.json(&["tags", "edit", id, "--name", "gold"])[0]["tag"]["contacts"], 1);
    let listed = desk.ok(&["tags"]);
    assert!(listed.contains(&format!("gold\tff0000\t1\t{id}")), "{listed}");
    desk.ok(&["tags", "remove", id]);
    assert_eq!(desk.json(&["tags", "of", &ada])[0]["tag"]["name"], "new");
    assert_eq!(desk.ok(&["tags", "set", &ada]), "");
    assert_eq!(desk.ok(&["tags", "of", &ada]), "");
}

#[test]
fn contacts_have_values() {
    let (desk, ada) = with_ada();
    let plan =
        desk.json(&["attributes", "add", "plan", "--kind", "list", "--choice", "gold", "--choice", "lead"]);
    assert_eq!(plan[0]["attribute"]["choices"], serde_json::json!(["gold", "lead"]));
    assert_eq!(desk.ok(&["attributes", "set", &ada, "plan", "gold"]), "plan\t\"gold\"\n");
    assert_eq!(desk.refused(&["attributes", "set", &ada, "plan", "tin"])["code"], "invalid");
    let values = desk.json(&["attributes", "set", &ada, "age", "36"]);
    let value = |key: &str| values.iter().find(|value| value["key"] == key).unwrap()["value"].clone();
    assert_eq!((value("age"), value("plan")), (36.into(), Value::from("gold")), "JSON, or else a text");
    assert_eq!(desk.json(&["attributes", "unset", &ada, "age"]).len(), 1);
    let id = plan[0]["attribute"]["id"].as_str().unwrap();
    assert!(desk.ok(&["attributes"]).contains(&format!("gold, lead\t{id}")));
    desk.ok(&["attributes", "remove", id]);
    assert_eq!(desk.ok(&["attributes", "of", &ada]), "");
}

#[test]
fn contacts_are_on_channels_and_in_funnels() {
    let (desk, ada) = with_ada();
    let chat = desk.json(&["channels", "add", "telegram", "--name", "Shop"]).remove(0);
    let chat = chat["channel"]["id"].as_str().unwrap();
    let gate = desk.json(&["gates", "open", &ada, chat, "@ada"]).remove(0);
    assert_eq!((&gate["gate"]["contact"], &gate["gate"]["unread"]), (&ada.as_str().into(), &0.into()));
    let id = gate["gate"]["id"].as_str().unwrap();
    assert_eq!(desk.ok(&["channels", "of", &ada]), format!("telegram\t@ada\t{chat}\n"));
    desk.ok(&["gates", "edit", id, "--unread", "3", "--subscribed", "false"]);
    let line = format!("{chat}\t@ada\t{ada}\tnot subscribed\t3\t{id}\n");
    assert_eq!(desk.ok(&["gates", "find", chat, "@ada"]), line);
    assert_eq!(desk.ok(&["gates", "of", &ada]), line);
    assert_eq!(desk.refused(&["gates", "find", chat, "@ADA"])["code"], "not-found");
    // Found by its gate, and added with one.
    let ensure = |gate: String| {
        desk.json(&[&["ensure", "--first", "Bea"], BOOK, &["--gate", &gate]].concat()).remove(0)
    };
    assert_eq!(ensure(format!("{chat}:@ada"))["contact"]["id"], ada.as_str());
    let new = ensure(format!("{chat}:@bea"));
    assert_eq!(ensure(format!("{chat}:@bea"))["contact"], new["contact"]);
    assert_eq!(desk.run(&[&["ensure"], BOOK, &["--gate", "@cid"]].concat()).code, Some(2));
    desk.ok(&["gates", "close", id]);
    assert_eq!(desk.ok(&["gates", "of", &ada]), "");
    desk.ok(&["channels", "edit", chat, "--active", "false"]);
    assert_eq!(desk.ok(&["channels"]), format!("telegram\tShop\tout of use\t{chat}\n"));

    let funnel = desk.json(&["funnels", "add", "welcome", "--name", "Welcome"]).remove(0);
    assert_eq!(funnel["funnel"]["serviceKey"], "welcome");
    let changed = |verb| desk.json(&["funnels", verb, &ada, "welcome"])[0]["changed"].clone();
    assert_eq!((changed("join"), changed("join")), (true.into(), false.into()));
    assert!(desk.ok(&["funnels", "of", &ada]).starts_with("welcome\tWelcome\t"));
    assert_eq!((changed("leave"), changed("leave")), (true.into(), false.into()));
    assert_eq!(desk.refused(&["funnels", "join", &ada, "Welcome"])["code"], "not-found");
    desk.ok(&["funnels", "remove", "welcome"]);
    assert_eq!(desk.ok(&["funnels"]), "");
}

#[test]
fn contacts_have_notes() {
    let (desk, ada) = with_ada();
    let first = desk.json(&["notes", "add", &ada, "Likes tea"]).remove(0);
    let id = first["note"]["id"].as_str().unwrap();
    desk.ok(&["notes", "add", &ada, "Moved"]);
    desk.ok(&["notes", "edit", &ada, id, "Likes coffee"]);
    let notes = desk.json(&["notes", "of", &ada, "--limit", "5"]);
    let texts: Vec<_> = notes.iter().filter_map(|note| note["note"]["content"].as_str()).collect();
    assert_eq!(texts, ["Moved", "Likes coffee"], "newest first");
    desk.ok(&["notes", "remove", &ada, id]);
    assert_eq!(desk.refused(&["notes", "remove", &ada, id])["code"], "not-found");
    assert_eq!(desk.ok(&["notes", "of", &ada]).lines().count(), 1);
}

#[test]
fn a_contact_is_found_or_added() {
    let desk = Desk::new();
    let ensure = [&["ensure"], BOOK, &["--first", "Ada", "--identifier", "shop:a-17"]].concat();
    let added = desk.json(&ensure).remove(0);
    let found = desk.json(&ensure).remove(0);
    assert_eq!((&added["foundBy"], &found["foundBy"]), (&Value::Null, &"identifier".into()));
    assert_eq!(added["contact"]["id"], found["contact"]["id"]);
    assert_eq!(desk.json(&["list", "--count"])[0], serde_json::json!({ "count": 1, "exact": true }));
}

#[test]
fn events_are_declared_and_fired() {
    let (desk, ada) = with_ada();
    assert_eq!(desk.refused(&["fire", &ada, "paid"])["code"], "not-declared");
    desk.ok(&["events", "declare", "paid"]);
    assert_eq!(desk.ok(&["events", "names"]), "paid\n");
    let fired = desk.json(&["fire", &ada, "paid", "--payload", "{\"sum\":3}"]);
    assert_eq!(fired[0]["payload"]["sum"], 3);
    assert!(desk.ok(&["events", "of", &ada]).contains("{\"sum\":3}"));
    assert_eq!(desk.refused(&["fire", &ada, "paid", "--payload", "{"])["code"], "invalid");
    desk.ok(&["events", "withdraw", "paid"]);
    assert_eq!(desk.refused(&["events", "withdraw", "paid"])["code"], "not-declared");
}

#[test]
fn a_purge_scrubs() {
    let desk = Desk::new();
    let id = desk.add(&[BOOK, &["--first", "Xyzzyplugh"]].concat());
    let left = || {
        ["book.cardex", "book.cardex-wal"].iter().any(|name| {
            let path = desk.path(name);
            exists(&path) && std::fs::read(path).unwrap().windows(10).any(|part| part == b"Xyzzyplugh")
        })
    };
    assert!(left());
    desk.ok(&["remove", "--purge", "--scrub", &id]);
    assert!(!left(), "neither in the file nor in its log");
    assert_eq!(desk.refused(&["show", &id])["code"], "no-contact");
    assert_eq!(desk.run(&["remove", "--scrub", &id]).code, Some(2), "only with --purge");
}

/// `changes --follow` held back what it had read at first until something else happened or a minute was over: a follower that
/// started beside a writer told of its first change only then.
#[test]
fn a_follower_tells_at_once_what_another_process_did() {
    let (desk, ada) = with_ada();
    desk.ok(&["events", "declare", "paid"]);
    let mut follower =
        desk.command(&["changes", "--follow", "--json"]).stdout(Stdio::piped()).spawn().unwrap();
    let (sender, lines) = mpsc::channel();
    let output = BufReader::new(follower.stdout.take().unwrap());
    thread::spawn(move || output.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
    // Less than the minute it waits for more.
    let next =
        || lines.recv_timeout(Duration::from_secs(45)).map(|line| serde_json::from_str(&line).unwrap());
    let first: Result<Value, _> = next();
    let told = first.map(|first| {
        desk.ok(&["fire", &ada, "paid"]);
        let event: Value = next().unwrap();
        desk.ok(&["edit", &ada, "--company", "Acme"]);
        let edit: Value = next().unwrap();
        (first, event, edit)
    });
    follower.kill().unwrap();
    follower.wait().unwrap();
    let (first, event, edit) = told.unwrap();
    assert_eq!((&first["kind"], &first["contact"]), (&"add".into(), &ada.as_str().into()));
    assert_eq!((&event["name"], &edit["fields"][0]), (&"paid".into(), &"company".into()));
}
