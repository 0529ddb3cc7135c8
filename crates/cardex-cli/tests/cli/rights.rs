//! `tenants`, `groups`, `entitlements`, `permissions`, `numbers`, `networks open` and `close`.

use serde_json::json;

use super::Desk;

const SMS: &[&str] = &["--network", "SMS-DIRECT"];

/// A desk with Ada (7, ada@x) and Bob (8).
fn desk() -> Desk {
    let desk = Desk::new();
    desk.ok(&["advisors", "add", "Ada", "Byron", "--id", "7", "--email", "ada@x"]);
    desk.ok(&["advisors", "add", "Bob", "Builder", "--id", "8"]);
    desk
}

fn on<'a>(arguments: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    [arguments, SMS, more].concat()
}

#[test]
fn tenants_and_what_they_ask() {
    let desk = Desk::new();
    let added = desk.json(&["tenants", "add", "Acme"]);
    let id = added[0]["tenant"]["id"].as_str().unwrap();
    let listed = desk.ok(&["tenants"]);
    assert_eq!(listed.lines().count(), 2);
    assert_eq!(listed.lines().last().unwrap(), format!("Acme\tno\t\t{id}"));
    let policy = ["tenants", "policy", "--requires-entitlement", "yes", "--calling-code", "33"];
    let admin = format!("admin:{id}");
    desk.ok(&[&policy[..], &["--as", &admin]].concat());
    // What is not said stays; without anything said it is shown.
    desk.ok(&["tenants", "policy", "--requires-entitlement", "no", "--as", &admin]);
    let shown = desk.json(&["tenants", "policy", "--as", &admin]);
    assert_eq!(shown[0]["tenant"]["policy"], json!({"requiresEntitlement": false, "callingCode": "33"}));
    assert_eq!(desk.json(&["tenants", "policy"])[0]["tenant"]["policy"]["callingCode"], "");
    assert_eq!(desk.refused(&["tenants", "policy", "--calling-code", "0"])["code"], "invalid");
    assert_eq!(desk.refused(&["tenants", "add", "Acme"])["code"], "exists");
    assert_eq!(desk.refused(&["tenants", "--as", "admin"])["code"], "forbidden");
    assert_eq!(desk.run(&["tenants", "policy", "--requires-entitlement", "perhaps"]).code, Some(2));
}

#[test]
fn advisors_are_entitled_and_withdrawn() {
    let desk = desk();
    let given = desk.json(&on(&["entitlements", "add", "7"], &["--phone", "+33612345678"]));
    let entitlement = &given[0]["entitlement"];
    assert_eq!((&entitlement["status"], &entitlement["advisor"]["id"]), (&"ENTITLED".into(), &"7".into()));
    assert_eq!(entitlement["phone"]["normal"], "+33612345678");
    assert_eq!(desk.json(&on(&["entitlements", "show", "ADA@x"], &[])), given);
    let again = desk.refused(&on(&["entitlements", "add", "ada@x"], &["--phone", "+33612345678"]));
    assert_eq!(again["code"], "entitlement-exists");
    assert_eq!(desk.refused(&on(&["entitlements", "add", "8"], &[]))["code"], "number-required");

    let more = ["--phone", "+33612345679", "--permission", "admin:list-customers"];
    desk.ok(&on(&["entitlements", "add", "8"], &more));
    let listed = desk.ok(&on(&["entitlements"], &[]));
    let rows: Vec<Vec<&str>> = listed.lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!((rows.len(), &rows[0][..4]), (2, &["Ada Byron", "ada@x", "entitled", "+33612345678"][..]));
    assert!(rows[1][5].ends_with("on-behalf:onboard, admin:list-customers"), "{rows:?}");
    assert_eq!(rows[1][6], "8");
    let page = desk.json(&on(&["entitlements"], &["--limit", "1"]));
    let after = page[1]["page"]["after"].as_str().unwrap();
    let page = desk.json(&on(&["entitlements"], &["--limit", "1", "--after", after]));
    assert_eq!(page[0]["entitlement"]["advisor"]["id"], "8");

    let withdrawn = desk.json(&on(&["entitlements", "withdraw", "8"], &[]));
    assert_eq!(withdrawn, [json!({"id": "8", "done": "withdrawn"})]);
    assert_eq!(desk.refused(&on(&["entitlements", "withdraw", "8"], &[]))["code"], "no-entitlement");
    assert_eq!(desk.run(&["entitlements"]).code, Some(2), "of which network");
    assert_eq!(desk.refused(&on(&["entitlements"], &["--as", "advisor:7"]))["code"], "forbidden");

    let contact = desk.json(&on(&["add"], &["--first", "John", "--advisor", "8"]));
    let contact = contact[0]["contact"]["id"].as_str().unwrap();
    let of = desk.json(&["entitlements", "--of", contact]);
    assert_eq!(of[0]["entitlement"]["advisor"]["id"], "8");
    assert_eq!(of[0]["entitlement"].get("createdAt"), None, "never entitled there");
}

#[test]
fn who_is_none_yet_is_waited_for() {
    let desk = desk();
    let add = on(&["entitlements", "add", "new@x"], &["--phone", "+33612345678"]);
    assert_eq!(desk.json(&add)[0]["entitlement"]["status"], "PRE_ENTITLED");
    assert_eq!(desk.refused(&add)["code"], "entitlement-exists");
    assert_eq!(desk.ok(&on(&["entitlements"], &[])), "");
    desk.ok(&["advisors", "add", "New", "One", "--email", "new@x", "--id", "9"]);
    assert_eq!(desk.json(&on(&["entitlements"], &[]))[0]["entitlement"]["advisor"]["id"], "9");
}

#[test]
fn permissions_are_shown_granted_and_revoked() {
    let desk = desk();
    let shown = desk.ok(&["permissions", "--network", "WECHAT"]);
    assert_eq!(shown.lines().count(), 9);
    assert!(shown.contains("create:room\tyes\n") && shown.contains("create:contact\tno\n"), "{shown}");
    desk.ok(&["entitlements", "add", "7", "--network", "SMS"]);
    let sms = ["--network", "SMS"];
    let granted = ["permissions", "grant", "admin:list-customers", "7", "8", "9"];
    let ran = desk.run(&[&granted[..], &sms, &["--json"]].concat());
    assert_eq!(ran.code, Some(1));
    assert_eq!(super::lines(&ran.out), [json!({"id": "7", "done": "granted"})]);
    let codes: Vec<_> = super::lines(&ran.err).iter().map(|report| report["code"].clone()).collect();
    assert_eq!(codes, ["no-entitlement", "no-advisor"], "of each that cannot have it");
    let held = desk.json(&[&["permissions", "ada@x"][..], &sms].concat());
    assert_eq!(held[8], json!({"permission": "admin:list-customers", "held": true}));
    let revoke = [&["permissions", "revoke", "admin:list-customers", "ada@x"][..], &sms].concat();
    desk.ok(&revoke);
    let again = desk.refused(&revoke);
    assert_eq!((&again["code"], &again["id"]), (&"no-permission".into(), &"ada@x".into()));
    assert_eq!(desk.run(&["permissions", "grant", "fly", "7", "--network", "SMS"]).code, Some(2));
    assert_eq!(desk.refused(&["permissions", "--network", "NOPE"])["code"], "no-network");
}

#[test]
fn groups_and_who_works_in_them() {
    let desk = desk();
    let id = |name: &str| {
        let added = desk.json(&["groups", "add", name]);
        added[0]["group"]["id"].as_str().unwrap().to_owned()
    };
    let (north, south) = (id("north"), id("south"));
    let page = desk.json(&["groups", "--limit", "1"]);
    let after = page[1]["page"]["after"].as_str().unwrap();
    assert_eq!(desk.json(&["groups", "--limit", "1", "--after", after])[0]["group"]["name"], "south");
    desk.ok(&["networks", "close", "sms", "--group", &south]);
    assert!(desk.ok(&["groups"]).starts_with("north\tWHATSAPP, SMS, WECHAT"));
    desk.ok(&["entitlements", "add", "7", "--network", "SMS", "--group", &north]);
    let group = || {
        let shown = desk.json(&["entitlements", "show", "7", "--network", "SMS"]);
        shown[0]["entitlement"].get("group").cloned()
    };
    assert_eq!(group(), Some(north.as_str().into()));
    let to = |group: &str| {
        ["groups", "move", "7", "--network", "SMS", "--group", group].map(str::to_owned).to_vec()
    };
    let refused = to(&south);
    let refused: Vec<&str> = refused.iter().map(String::as_str).collect();
    assert_eq!(desk.refused(&refused)["code"], "group-closed");
    desk.ok(&["networks", "open", "sms", "--group", &south]);
    assert_eq!(desk.json(&refused), [json!({"id": "7", "done": "moved"})]);
    assert_eq!(group(), Some(south.as_str().into()));
    desk.ok(&["groups", "move", "7", "--network", "SMS", "--default"]);
    assert_eq!(group(), None);
    assert_eq!(desk.run(&["groups", "move", "7", "--network", "SMS"]).code, Some(2), "where to");
}

#[test]
fn a_network_can_be_closed_to_a_tenant() {
    let desk = desk();
    let closed = desk.json(&["networks", "close", "SMS"]);
    assert_eq!(closed, [json!({"network": "SMS", "group": null, "open": false})]);
    assert_eq!(desk.refused(&["entitlements", "add", "7", "--network", "SMS"])["code"], "network-closed");
    desk.ok(&["networks", "open", "SMS"]);
    desk.ok(&["entitlements", "add", "7", "--network", "SMS"]);
}

#[test]
fn numbers_are_given_from_the_pool() {
    let desk = desk();
    let added = desk.json(&on(&["numbers", "add", "+33612345678", "+33612345679"], &[]));
    assert_eq!(added, [json!({"added": 2})]);
    desk.ok(&on(&["entitlements", "add", "7"], &[]));
    assert_eq!(desk.ok(&on(&["numbers"], &[])), "+33612345678\ttaken\n+33612345679\tfree\n");
    assert_eq!(desk.json(&on(&["numbers", "remove", "+33612345679"], &[])), [json!({"removed": 1})]);
    assert_eq!(desk.refused(&on(&["entitlements", "add", "8"], &[]))["code"], "no-number-left");
    assert_eq!(desk.json(&on(&["numbers"], &[])).len(), 1);
    assert_eq!(desk.refused(&["numbers", "add", "+331", "--network", "SMS"])["code"], "number-not-supported");
}
