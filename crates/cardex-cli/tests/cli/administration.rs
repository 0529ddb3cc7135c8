//! `tenants`, `groups`, `entitlements`, `permissions`, `numbers`, `networks open` and `close`.

use serde_json::json;

use super::TestCli;

const SMS: &[&str] = &["--network", "SMS-DIRECT"];

/// A book with the advisors Ada (7, ada@x) and Bob (8).
fn with_advisors() -> TestCli {
    let cli = TestCli::new();
    cli.ok(&["advisors", "add", "Ada", "Byron", "--id", "7", "--email", "ada@x"]);
    cli.ok(&["advisors", "add", "Bob", "Builder", "--id", "8"]);
    cli
}

fn on<'a>(arguments: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    [arguments, SMS, more].concat()
}

#[test]
fn tenants_and_their_policies() {
    let cli = TestCli::new();
    let added = cli.json(&["tenants", "add", "Acme"]);
    let id = added[0]["tenant"]["id"].as_str().unwrap();
    let listed = cli.ok(&["tenants"]);
    assert_eq!(listed.lines().count(), 2);
    assert_eq!(listed.lines().last().unwrap(), format!("Acme\tno\t\t{id}"));
    let policy = ["tenants", "policy", "--requires-entitlement", "yes", "--calling-code", "33"];
    let admin = format!("admin:{id}");
    cli.ok(&[&policy[..], &["--as", &admin]].concat());
    // Options that are not given stay; without any option the policy is shown.
    cli.ok(&["tenants", "policy", "--requires-entitlement", "no", "--as", &admin]);
    let shown = cli.json(&["tenants", "policy", "--as", &admin]);
    assert_eq!(shown[0]["tenant"]["policy"], json!({"requiresEntitlement": false, "callingCode": "33"}));
    assert_eq!(cli.json(&["tenants", "policy"])[0]["tenant"]["policy"]["callingCode"], "");
    assert_eq!(cli.fails(&["tenants", "policy", "--calling-code", "0"])["code"], "invalid");
    assert_eq!(cli.fails(&["tenants", "add", "Acme"])["code"], "exists");
    assert_eq!(cli.fails(&["tenants", "--as", "admin"])["code"], "forbidden");
    assert_eq!(cli.run(&["tenants", "policy", "--requires-entitlement", "perhaps"]).code, Some(2));
}

#[test]
fn advisors_are_entitled_and_withdrawn() {
    let cli = with_advisors();
    let given = cli.json(&on(&["entitlements", "add", "7"], &["--phone", "+33612345678"]));
    let entitlement = &given[0]["entitlement"];
    assert_eq!((&entitlement["status"], &entitlement["advisor"]["id"]), (&"ENTITLED".into(), &"7".into()));
    assert_eq!(entitlement["phone"]["normalized"], "+33612345678");
    assert_eq!(cli.json(&on(&["entitlements", "show", "ADA@x"], &[])), given);
    let again = cli.fails(&on(&["entitlements", "add", "ada@x"], &["--phone", "+33612345678"]));
    assert_eq!(again["code"], "entitlement-exists");
    assert_eq!(cli.fails(&on(&["entitlements", "add", "8"], &[]))["code"], "number-required");

    let more = ["--phone", "+33612345679", "--permission", "admin:list-customers"];
    cli.ok(&on(&["entitlements", "add", "8"], &more));
    let listed = cli.ok(&on(&["entitlements"], &[]));
    let rows: Vec<Vec<&str>> = listed.lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!((rows.len(), &rows[0][..4]), (2, &["Ada Byron", "ada@x", "entitled", "+33612345678"][..]));
    assert!(rows[1][5].ends_with("on-behalf:onboard, admin:list-customers"), "{rows:?}");
    assert_eq!(rows[1][6], "8");
    let page = cli.json(&on(&["entitlements"], &["--limit", "1"]));
    let after = page[1]["page"]["after"].as_str().unwrap();
    let page = cli.json(&on(&["entitlements"], &["--limit", "1", "--after", after]));
    assert_eq!(page[0]["entitlement"]["advisor"]["id"], "8");

    let withdrawn = cli.json(&on(&["entitlements", "withdraw", "8"], &[]));
    assert_eq!(withdrawn, [json!({"id": "8", "done": "withdrawn"})]);
    assert_eq!(cli.fails(&on(&["entitlements", "withdraw", "8"], &[]))["code"], "no-entitlement");
    assert_eq!(cli.run(&["entitlements"]).code, Some(2), "a network is required");
    assert_eq!(cli.fails(&on(&["entitlements"], &["--as", "advisor:7"]))["code"], "forbidden");

    let contact = cli.json(&on(&["add"], &["--first", "John", "--advisor", "8"]));
    let contact = contact[0]["contact"]["id"].as_str().unwrap();
    let of = cli.json(&["entitlements", "--of", contact]);
    assert_eq!(of[0]["entitlement"]["advisor"]["id"], "8");
    assert_eq!(of[0]["entitlement"].get("createdAt"), None, "never entitled there");
}

#[test]
fn an_unknown_address_is_pre_entitled() {
    let cli = with_advisors();
    let add = on(&["entitlements", "add", "new@x"], &["--phone", "+33612345678"]);
    assert_eq!(cli.json(&add)[0]["entitlement"]["status"], "PRE_ENTITLED");
    assert_eq!(cli.fails(&add)["code"], "entitlement-exists");
    assert_eq!(cli.ok(&on(&["entitlements"], &[])), "");
    cli.ok(&["advisors", "add", "New", "One", "--email", "new@x", "--id", "9"]);
    assert_eq!(cli.json(&on(&["entitlements"], &[]))[0]["entitlement"]["advisor"]["id"], "9");
}

#[test]
fn permissions_are_shown_granted_and_revoked() {
    let cli = with_advisors();
    let shown = cli.ok(&["permissions", "--network", "WECHAT"]);
    assert_eq!(shown.lines().count(), 9);
    assert!(shown.contains("create:room\tyes\n") && shown.contains("create:contact\tno\n"), "{shown}");
    cli.ok(&["entitlements", "add", "7", "--network", "SMS"]);
    let sms = ["--network", "SMS"];
    let granted = ["permissions", "grant", "admin:list-customers", "7", "8", "9"];
    let ran = cli.run(&[&granted[..], &sms, &["--json"]].concat());
    assert_eq!(ran.code, Some(1));
    assert_eq!(super::lines(&ran.out), [json!({"id": "7", "done": "granted"})]);
    let codes: Vec<_> = super::lines(&ran.err).iter().map(|report| report["code"].clone()).collect();
    assert_eq!(codes, ["no-entitlement", "no-advisor"], "one report for each rejected advisor");
    let granted = cli.json(&[&["permissions", "ada@x"][..], &sms].concat());
    assert_eq!(granted[8], json!({"permission": "admin:list-customers", "held": true}));
    let revoke = [&["permissions", "revoke", "admin:list-customers", "ada@x"][..], &sms].concat();
    cli.ok(&revoke);
    let again = cli.fails(&revoke);
    assert_eq!((&again["code"], &again["id"]), (&"no-permission".into(), &"ada@x".into()));
    assert_eq!(cli.run(&["permissions", "grant", "fly", "7", "--network", "SMS"]).code, Some(2));
    assert_eq!(cli.fails(&["permissions", "--network", "NOPE"])["code"], "no-network");
}

#[test]
fn groups_and_their_advisors() {
    let cli = with_advisors();
    let id = |name: &str| {
        let added = cli.json(&["groups", "add", name]);
        added[0]["group"]["id"].as_str().unwrap().to_owned()
    };
    let (north, south) = (id("north"), id("south"));
    let page = cli.json(&["groups", "--limit", "1"]);
    let after = page[1]["page"]["after"].as_str().unwrap();
    assert_eq!(cli.json(&["groups", "--limit", "1", "--after", after])[0]["group"]["name"], "south");
    cli.ok(&["networks", "close", "sms", "--group", &south]);
    assert!(cli.ok(&["groups"]).starts_with("north\tWHATSAPP, SMS, WECHAT"));
    cli.ok(&["entitlements", "add", "7", "--network", "SMS", "--group", &north]);
    let group = || {
        let shown = cli.json(&["entitlements", "show", "7", "--network", "SMS"]);
        shown[0]["entitlement"].get("group").cloned()
    };
    assert_eq!(group(), Some(north.as_str().into()));
    let to = |group: &str| {
        ["groups", "move", "7", "--network", "SMS", "--group", group].map(str::to_owned).to_vec()
    };
    let command = to(&south);
    let command: Vec<&str> = command.iter().map(String::as_str).collect();
    assert_eq!(cli.fails(&command)["code"], "group-closed");
    cli.ok(&["networks", "open", "sms", "--group", &south]);
    assert_eq!(cli.json(&command), [json!({"id": "7", "done": "moved"})]);
    assert_eq!(group(), Some(south.as_str().into()));
    cli.ok(&["groups", "move", "7", "--network", "SMS", "--default"]);
    assert_eq!(group(), None);
    assert_eq!(cli.run(&["groups", "move", "7", "--network", "SMS"]).code, Some(2), "a group is required");
}

#[test]
fn a_network_can_be_closed_to_a_tenant() {
    let cli = with_advisors();
    let closed = cli.json(&["networks", "close", "SMS"]);
    assert_eq!(closed, [json!({"network": "SMS", "group": null, "open": false})]);
    assert_eq!(cli.fails(&["entitlements", "add", "7", "--network", "SMS"])["code"], "network-closed");
    cli.ok(&["networks", "open", "SMS"]);
    cli.ok(&["entitlements", "add", "7", "--network", "SMS"]);
}

#[test]
fn numbers_are_given_from_the_pool() {
    let cli = with_advisors();
    let added = cli.json(&on(&["numbers", "add", "+33612345678", "+33612345679"], &[]));
    assert_eq!(added, [json!({"added": 2})]);
    cli.ok(&on(&["entitlements", "add", "7"], &[]));
    assert_eq!(cli.ok(&on(&["numbers"], &[])), "+33612345678\tassigned\n+33612345679\tfree\n");
    assert_eq!(cli.json(&on(&["numbers", "remove", "+33612345679"], &[])), [json!({"removed": 1})]);
    assert_eq!(cli.fails(&on(&["entitlements", "add", "8"], &[]))["code"], "no-number-left");
    assert_eq!(cli.json(&on(&["numbers"], &[])).len(), 1);
    assert_eq!(cli.fails(&["numbers", "add", "+331", "--network", "SMS"])["code"], "number-not-supported");
}
