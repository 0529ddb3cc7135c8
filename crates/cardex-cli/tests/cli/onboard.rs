//! Onboarding by command.

use super::Desk;

#[test]
fn from_onboarding_to_offboarding() {
    let desk = Desk::new();
    let added = desk.json(&["advisors", "add", "Ada", "Byron", "--email", "ada@bank.example"]);
    let ada = added[0]["advisor"]["id"].as_str().unwrap();
    let person = ["--first", "John", "--last", "Doe", "--phone", "+33612345678", "--company", "Acme"];
    let start = ["onboard", "--network", "LINE", "--onboarder", "ada@bank.example"];
    let bare = [&start[..], &person[..]].concat();
    let whole = [&bare[..], &["--email", "john@example.com"]].concat();
    assert_eq!(desk.refused(&bare)["field"], "email");
    let contact = desk.json(&whole)[0]["contact"].clone();
    let (id, code) = (contact["id"].as_str().unwrap(), contact["invitation"]["code"].as_str().unwrap());
    assert_eq!(contact["status"], "PENDING_CONFIRMATION");
    assert_eq!(desk.refused(&whole)["code"], "already-onboarded");

    assert!(desk.ok(&["show", id]).contains(&format!("invitation\t{code} until ")));
    let again = desk.json(&["invite", id, ada])[0]["invitation"]["code"].clone();
    assert_ne!(again, code);
    assert_eq!(desk.refused(&["confirm", code])["code"], "wrong-code", "it is the old one");
    let confirmed = desk.json(&["confirm", again.as_str().unwrap()]);
    assert_eq!(confirmed[0]["contact"]["status"], "CONFIRMED");

    // Who wants to tell the code reads it from the contact.
    assert!(!desk.ok(&["show", id]).contains("invitation"), "it has been answered");

    let update = [&["update", id, "--advisor", ada], &person[..6], &["--company", "Acme Ltd"]].concat();
    assert_eq!(desk.json(&update)[0]["contact"]["company"], "Acme Ltd");
    assert_eq!(desk.ok(&["companies", "acm"]), "Acme Ltd\n");

    let report = desk.json(&["offboard", "--contact", id]);
    assert_eq!((report[0]["advisor"].as_str(), report[0]["status"].as_str()), (Some(ada), Some("SUCCESS")));
    let gone = desk.run(&["offboard", "--pair", &format!("{id}:{ada}")]);
    assert_eq!(gone.code, Some(1));
    assert!(gone.out.contains("no such link"), "{}", gone.out);
    assert_eq!(desk.run(&["offboard"]).code, Some(2), "one of three");
}

/// `onboard` took an advisor's address, and `invite`, `blocks`, `link` the id only; later `list`, `search`, `add`, `import`, `bulk`, `rooms`
/// did.
#[test]
fn advisors_are_named_by_their_address_too() {
    let desk = Desk::new();
    let mail = "ada@bank.example";
    let ada = desk.json(&["advisors", "add", "Ada", "Byron", "--email", mail])[0]["advisor"]["id"].clone();
    let john = ["--first", "John", "--last", "Doe", "--phone", "+33612345678", "--company", "Acme"];
    let john = [&john[..], &["--email", "john@example.com"]].concat();
    let onboard = [&["onboard", "--network", "LINE", "--onboarder", mail], &john[..]].concat();
    let id = desk.json(&onboard)[0]["contact"]["id"].as_str().unwrap().to_owned();
    desk.ok(&["invite", &id, mail]);
    desk.ok(&[&["update", &id, "--advisor", mail], &john[..]].concat());
    assert_eq!(desk.json(&["unlink", &id, mail])[0]["advisor"], ada);
    assert_eq!(desk.json(&["link", &id, mail])[0]["changed"], true);
    assert_eq!(desk.json(&["offboard", "--pair", &format!("{id}:{mail}")])[0]["advisor"], ada);
    desk.ok(&["link", &id, mail]);
    assert_eq!(desk.json(&["offboard", "--advisor", mail])[0]["contact"], id.as_str());
    desk.ok(&["blocks", mail, "add", "+33612345678"]);
    assert_eq!(desk.json(&["blocks", mail])[0]["block"]["advisor"], ada);
    assert_eq!(desk.json(&["blocks", mail, "remove", "+33612345678"])[0]["done"], "unblocked");

    let zoe = [&["--network", "BOOK", "--first", "Zoe", "--advisor", mail][..]].concat();
    let zoe = desk.json(&[&["add"], &zoe[..]].concat())[0]["contact"]["id"].clone();
    desk.ok(&[
        "ensure",
        "--network",
        "BOOK",
        "--first",
        "Max",
        "--email",
        "max@example.com",
        "--advisor",
        mail,
    ]);
    let cards = desk.file("people.vcf", "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Zora Quill\r\nEND:VCARD\r\n");
    desk.ok(&["import", &cards, "--network", "BOOK", "--advisor", mail]);
    assert_eq!(desk.json(&["list", "--network", "BOOK", "--advisor", mail]).len(), 3 + 1, "and the page");
    assert_eq!(desk.json(&["search", "zo", "--advisor", mail]).len(), 2 + 1);
    assert_eq!(desk.json(&["search", "--substring", "ora", "--advisor", mail]).len(), 1 + 1);
    desk.ok(&["bulk", "unlink", mail, "--where", "first = Zora"]);
    assert_eq!(desk.json(&["search", "zo", "--advisor", mail])[0]["contact"]["id"], zoe);
    desk.ok(&["bulk", "link", mail, "--where", "first = Zora"]);
    assert_eq!(desk.json(&["search", "zo", "--advisor", mail]).len(), 2 + 1);
    let room = desk.json(&["rooms", "add", "stream", "--network", "LINE", "--advisor", mail]);
    assert_eq!(room[0]["room"]["advisor"], ada);

    let nobody = "bob@bank.example";
    let named: [&[&str]; 7] = [
        &["list", "--advisor", nobody],
        &["search", "zo", "--advisor", nobody],
        &["search", "--substring", "zo", "--advisor", nobody],
        &["import", &cards, "--network", "BOOK", "--advisor", nobody],
        &["add", "--network", "BOOK", "--first", "Y", "--advisor", nobody],
        &["bulk", "link", nobody, "--where", "true"],
        &["rooms", "add", "other", "--network", "LINE", "--advisor", nobody],
    ];
    let unknown = [&["invite", &id, nobody][..], &["blocks", nobody], &["offboard", "--advisor", nobody]];
    for unknown in unknown.into_iter().chain(named) {
        assert_eq!(desk.refused(unknown)["code"], "no-advisor", "{unknown:?}");
    }
    let by_nobody = [&["onboard", "--network", "LINE", "--onboarder", nobody], &john[..]].concat();
    let message = desk.refused(&by_nobody)["message"].to_string();
    assert!(message.contains("the onboarder is no advisor who may create contacts"), "{message}");
}
