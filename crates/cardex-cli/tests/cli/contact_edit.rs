//! `add`, `edit`, `remove`, `restore`, `link`, `unlink`, `advisors`, `networks`.

use super::TestCli;

const SMS: &[&str] = &["--network", "SMS-DIRECT"];

#[test]
fn a_contact_is_added_with_all_its_fields() {
    let cli = TestCli::new();
    let advisor =
        cli.json(&["advisors", "add", "Ada", "Lovelace", "--email", "ada@example.com", "--id", "7"]);
    assert_eq!(advisor[0]["advisor"]["id"], "7");
    let fields =
        ["--first", "John", "--last", "Doe", "--display", "Johnny", "--nickname", "JD", "--company", "Acme"];
    let more =
        ["--language", "en", "--phone", "+33612345678", "--phone", "+33612345679", "--email", "j@x.example"];
    let rest = ["--identifier", "crm:4:2", "--identifier", "plain", "--uid", "u1", "--advisor", "7"];
    let id = cli.add(&[SMS, &fields, &more, &rest].concat());
    let shown = &cli.json(&["show", &id])[0];
    assert_eq!(shown["advisors"][0]["firstName"], "Ada");
    let contact = &shown["contact"];
    for (field, value) in [
        ("firstName", "John"),
        ("lastName", "Doe"),
        ("displayName", "Johnny"),
        ("nickname", "JD"),
        ("company", "Acme"),
        ("language", "en"),
        ("uid", "u1"),
        ("network", "SMS-DIRECT"),
    ] {
        assert_eq!(contact[field], value, "{field}");
    }
    assert_eq!(contact["phones"][1]["normalized"], "+33612345679");
    assert_eq!(
        contact["identifiers"],
        serde_json::json!([{"namespace": "crm", "value": "4:2"}, {"value": "plain"}])
    );
    let plain = cli.ok(&[&["add"], SMS, &["--first", "Jane"]].concat());
    assert!(plain.starts_with("Jane\t\t\tSMS-DIRECT\t"), "{plain}");
}

#[test]
fn the_region_completes_national_numbers() {
    let cli = TestCli::new();
    let id = cli.add(&[SMS, &["--first", "A", "--phone", "06 12 34 56 78", "--region", "FR"]].concat());
    assert_eq!(cli.json(&["show", &id])[0]["contact"]["phones"][0]["normalized"], "+33612345678");
}

#[test]
fn an_edit_changes_the_given_fields() {
    let cli = TestCli::new();
    let id = cli.add(&[SMS, &["--first", "John", "--last", "Doe", "--phone", "+33612345678"]].concat());
    let edited = cli.json(&["edit", &id, "--last", "Smith", "--expect-version", "1"]);
    let contact = &edited[0]["contact"];
    assert_eq!(contact["displayName"], "John Smith");
    assert_eq!(contact["phones"].as_array().unwrap().len(), 1);
    let conflict = cli.fails(&["edit", &id, "--last", "Doe", "--expect-version", "1"]);
    assert_eq!(conflict["code"], "version-conflict");

    let phones = ["--phone", "+33612345679", "--phone", "+33612345670", "--identifier", "crm:1"];
    let edited = cli.json(&[&["edit", id.as_str()][..], &phones].concat());
    assert_eq!(edited[0]["contact"]["phones"][0]["text"], "+33612345679");
    let edited = cli.json(&["edit", &id, "--phone", "", "--identifier", ""]);
    assert_eq!(edited[0]["contact"]["phones"], serde_json::json!([]));
    assert_eq!(edited[0]["contact"].get("identifiers"), None);
    assert!(cli.ok(&["edit", &id, "--company", "Acme"]).starts_with("John Smith\tAcme\t\t"));
}

#[test]
fn trash_restore_and_purge() {
    let cli = TestCli::new();
    let one = cli.add(&[SMS, &["--first", "One"]].concat());
    let two = cli.add(&[SMS, &["--first", "Two"]].concat());
    let removed = cli.json(&["remove", &one, &two]);
    assert_eq!(removed[1], serde_json::json!({"id": two, "done": "trashed"}));
    assert_eq!(cli.ok(&["list"]), "");
    let restored = cli.json(&["restore", &one]);
    assert_eq!(restored, [serde_json::json!({"id": one, "done": "restored"})]);
    cli.ok(&["remove", &two, "--purge"]);

    // An unknown contact does not stop the others.
    let ran = cli.run(&["remove", &two, &one, "--json"]);
    assert_eq!(ran.code, Some(1));
    let report = &super::lines(&ran.err)[0];
    assert_eq!((&report["code"], &report["id"]), (&"no-contact".into(), &two.as_str().into()));
    assert_eq!(super::lines(&ran.out)[0]["id"], one);
    assert_eq!(cli.json(&["list", "--trash"]).len(), 2);
}

#[test]
fn links_and_advisors() {
    let cli = TestCli::new();
    cli.ok(&["advisors", "add", "Ada", "Lovelace", "--id", "7"]);
    cli.ok(&["advisors", "add", "Bob", "Builder", "--id", "8"]);
    let id = cli.add(&[SMS, &["--first", "John"]].concat());
    assert_eq!(cli.json(&["link", &id, "7"])[0]["changed"], true);
    assert_eq!(cli.json(&["link", &id, "7"])[0]["changed"], false);
    assert_eq!(cli.ok(&["advisors", "--of", &id]), "Ada Lovelace\t\t7\n");
    let all = cli.json(&["advisors", "--limit", "1"]);
    assert_eq!(all[0]["advisor"]["id"], "7");
    let after = all[1]["page"]["after"].as_str().unwrap();
    assert_eq!(cli.json(&["advisors", "--limit", "1", "--after", after])[0]["advisor"]["id"], "8");
    assert_eq!(cli.json(&["unlink", &id, "7"])[0]["changed"], true);
    assert_eq!(cli.json(&["unlink", &id, "7"])[0]["changed"], false);
    assert_eq!(cli.fails(&["link", &id, "9"])["code"], "no-advisor");
    assert_eq!(cli.fails(&["advisors", "add", "Ada", "Again", "--id", "7"])["code"], "exists");
}

#[test]
fn networks_have_policies() {
    let cli = TestCli::new();
    let added = cli.json(&[
        "networks",
        "add",
        "signal",
        "--requires-company",
        "--conversation-on-create",
        "--shared-phones",
    ]);
    let policy = &added[0];
    assert_eq!((&policy["network"], &policy["requiresCompany"]), (&"SIGNAL".into(), &true.into()));
    assert_eq!(
        (&policy["conversationOnCreate"], &policy["uniquePhone"]),
        (&"optional".into(), &false.into())
    );
    assert_eq!(cli.json(&["networks"]).len(), 8);
    assert_eq!(cli.ok(&["networks"]).lines().last().unwrap(), "SIGNAL\tcompany\t\tno\tno\tno\tyes");
    let refused = cli.fails(&["add", "--network", "signal", "--first", "A"]);
    assert_eq!((&refused["code"], &refused["field"]), (&"invalid".into(), &"company".into()));
    assert_eq!(cli.fails(&["networks", "add", "SMS"])["code"], "exists");
}

#[test]
fn an_advisor_sees_own_contacts() {
    let cli = TestCli::new();
    cli.ok(&["advisors", "add", "Ada", "Lovelace", "--id", "7"]);
    cli.add(&[SMS, &["--first", "Other"]].concat());
    let own = cli.add(&[SMS, &["--first", "Own", "--as", "advisor:7"]].concat());
    let seen = cli.json(&["list", "--as", "advisor:7"]);
    assert_eq!((seen.len(), &seen[0]["contact"]["id"]), (2, &own.into()));
    assert_eq!(cli.json(&["list", "--as", "admin"]).len(), 3);
    assert_eq!(cli.fails(&["stats", "--as", "advisor:7"])["code"], "forbidden");
    assert_eq!(cli.fails(&["list", "--as", "advisor:9"])["code"], "no-advisor");
}
