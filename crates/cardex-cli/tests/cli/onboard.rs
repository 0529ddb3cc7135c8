//! `onboard`, `update`, `invite`, `confirm`, `offboard`, `companies`.

use super::TestCli;

#[test]
fn from_onboarding_to_offboarding() {
    let cli = TestCli::new();
    let added = cli.json(&["advisors", "add", "Ada", "Byron", "--email", "ada@bank.example"]);
    let ada = added[0]["advisor"]["id"].as_str().unwrap();
    let person = ["--first", "John", "--last", "Doe", "--phone", "+33612345678", "--company", "Acme"];
    let start = ["onboard", "--network", "LINE", "--onboarder", "ada@bank.example"];
    let bare = [&start[..], &person[..]].concat();
    let whole = [&bare[..], &["--email", "john@example.com"]].concat();
    assert_eq!(cli.fails(&bare)["field"], "email");
    let contact = cli.json(&whole)[0]["contact"].clone();
    let (id, code) = (contact["id"].as_str().unwrap(), contact["invitation"]["code"].as_str().unwrap());
    assert_eq!(contact["status"], "PENDING_CONFIRMATION");
    assert_eq!(cli.fails(&whole)["code"], "already-onboarded");

    assert!(cli.ok(&["show", id]).contains(&format!("invitation\t{code} until ")));
    let again = cli.json(&["invite", id, ada])[0]["invitation"]["code"].clone();
    assert_ne!(again, code);
    assert_eq!(cli.fails(&["confirm", code])["code"], "wrong-code", "the old code");
    let confirmed = cli.json(&["confirm", again.as_str().unwrap()]);
    assert_eq!(confirmed[0]["contact"]["status"], "CONFIRMED");

    // The code is shown with the contact until the invitation is confirmed.
    assert!(!cli.ok(&["show", id]).contains("invitation"), "the invitation is confirmed");

    let update = [&["update", id, "--advisor", ada], &person[..6], &["--company", "Acme Ltd"]].concat();
    assert_eq!(cli.json(&update)[0]["contact"]["company"], "Acme Ltd");
    assert_eq!(cli.ok(&["companies", "acm"]), "Acme Ltd\n");

    let report = cli.json(&["offboard", "--contact", id]);
    assert_eq!((report[0]["advisor"].as_str(), report[0]["status"].as_str()), (Some(ada), Some("SUCCESS")));
    let gone = cli.run(&["offboard", "--pair", &format!("{id}:{ada}")]);
    assert_eq!(gone.code, Some(1));
    assert!(gone.out.contains("no such link"), "{}", gone.out);
    assert_eq!(cli.run(&["offboard"]).code, Some(2), "one of three options is required");
}

/// Regression: many commands accepted only the id of an advisor.
#[test]
fn advisors_are_given_by_email_address() {
    let cli = TestCli::new();
    let mail = "ada@bank.example";
    let ada = cli.json(&["advisors", "add", "Ada", "Byron", "--email", mail])[0]["advisor"]["id"].clone();
    let john = ["--first", "John", "--last", "Doe", "--phone", "+33612345678", "--company", "Acme"];
    let john = [&john[..], &["--email", "john@example.com"]].concat();
    let onboard = [&["onboard", "--network", "LINE", "--onboarder", mail], &john[..]].concat();
    let id = cli.json(&onboard)[0]["contact"]["id"].as_str().unwrap().to_owned();
    cli.ok(&["invite", &id, mail]);
    cli.ok(&[&["update", &id, "--advisor", mail], &john[..]].concat());
    assert_eq!(cli.json(&["unlink", &id, mail])[0]["advisor"], ada);
    assert_eq!(cli.json(&["link", &id, mail])[0]["changed"], true);
    assert_eq!(cli.json(&["offboard", "--pair", &format!("{id}:{mail}")])[0]["advisor"], ada);
    cli.ok(&["link", &id, mail]);
    assert_eq!(cli.json(&["offboard", "--advisor", mail])[0]["contact"], id.as_str());
    cli.ok(&["blocks", mail, "add", "+33612345678"]);
    assert_eq!(cli.json(&["blocks", mail])[0]["block"]["advisor"], ada);
    assert_eq!(cli.json(&["blocks", mail, "remove", "+33612345678"])[0]["done"], "unblocked");

    let zoe = [&["--network", "BOOK", "--first", "Zoe", "--advisor", mail][..]].concat();
    let zoe = cli.json(&[&["add"], &zoe[..]].concat())[0]["contact"]["id"].clone();
    cli.ok(&[
        "find-or-create",
        "--network",
        "BOOK",
        "--first",
        "Max",
        "--email",
        "max@example.com",
        "--advisor",
        mail,
    ]);
    let cards = cli.file("people.vcf", "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Zora Quill\r\nEND:VCARD\r\n");
    cli.ok(&["import", &cards, "--network", "BOOK", "--advisor", mail]);
    assert_eq!(cli.json(&["list", "--network", "BOOK", "--advisor", mail]).len(), 3 + 1, "and the page");
    assert_eq!(cli.json(&["search", "zo", "--advisor", mail]).len(), 2 + 1);
    assert_eq!(cli.json(&["search", "--substring", "ora", "--advisor", mail]).len(), 1 + 1);
    cli.ok(&["bulk", "unlink", mail, "--where", "first = Zora"]);
    assert_eq!(cli.json(&["search", "zo", "--advisor", mail])[0]["contact"]["id"], zoe);
    cli.ok(&["bulk", "link", mail, "--where", "first = Zora"]);
    assert_eq!(cli.json(&["search", "zo", "--advisor", mail]).len(), 2 + 1);
    let conversation = cli.json(&["conversations", "add", "s1", "--network", "LINE", "--advisor", mail]);
    assert_eq!(conversation[0]["conversation"]["advisor"], ada);

    let unknown = "bob@bank.example";
    let named: [&[&str]; 7] = [
        &["list", "--advisor", unknown],
        &["search", "zo", "--advisor", unknown],
        &["search", "--substring", "zo", "--advisor", unknown],
        &["import", &cards, "--network", "BOOK", "--advisor", unknown],
        &["add", "--network", "BOOK", "--first", "Y", "--advisor", unknown],
        &["bulk", "link", unknown, "--where", "true"],
        &["conversations", "add", "other", "--network", "LINE", "--advisor", unknown],
    ];
    let calls = [&["invite", &id, unknown][..], &["blocks", unknown], &["offboard", "--advisor", unknown]];
    for call in calls.into_iter().chain(named) {
        assert_eq!(cli.fails(call)["code"], "no-advisor-with-email", "{call:?}");
    }
    let by_nobody = [&["onboard", "--network", "LINE", "--onboarder", unknown], &john[..]].concat();
    let message = cli.fails(&by_nobody)["message"].to_string();
    assert!(message.contains("the onboarder may not create contacts"), "{message}");
}
