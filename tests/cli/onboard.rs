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

    let again = desk.json(&["invite", id, ada])[0]["invitation"]["code"].clone();
    assert_ne!(again, code);
    assert_eq!(desk.refused(&["confirm", code])["code"], "wrong-code", "it is the old one");
    let confirmed = desk.json(&["confirm", again.as_str().unwrap()]);
    assert_eq!(confirmed[0]["contact"]["status"], "CONFIRMED");

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
