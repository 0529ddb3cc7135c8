//! `merge`, `unmerge`, `mergers`.

use serde_json::json;

use super::Desk;

const SMS: &[&str] = &["--network", "SMS-DIRECT"];

#[test]
fn contacts_are_merged_and_separated() {
    let desk = Desk::new();
    let add = |name: &str, crm: &str| desk.add(&[SMS, &["--first", name, "--identifier", crm]].concat());
    let (anna, beth) = (add("Anna", "crm:1"), add("Beth", "crm:2"));
    assert_eq!(desk.refused(&["merge", &anna, &beth])["code"], "different-identifiers");
    let merged = &desk.json(&["merge", &anna, &beth, "--force-identifiers"])[0];
    assert_eq!(merged["contact"]["identifiers"].as_array().unwrap().len(), 2);
    let refused = desk.refused(&["show", &beth]);
    assert_eq!((&refused["code"], &refused["into"]), (&json!("merged"), &json!(anna)));
    let merger = merged["merger"].as_str().unwrap();
    assert_eq!(desk.json(&["mergers", &beth])[0]["survivor"], json!(anna));
    desk.ok(&["unmerge", merger]);
    assert_eq!(desk.refused(&["unmerge", merger])["code"], "already-undone");
    assert_eq!(desk.json(&["show", &beth])[0]["contact"]["firstName"], json!("Beth"));
    let line = desk.ok(&["mergers", &anna]);
    assert!(line.starts_with(&format!("{merger}\t")) && line.ends_with("\tundone\n"), "{line}");
}
