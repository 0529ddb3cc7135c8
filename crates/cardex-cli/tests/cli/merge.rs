//! `merge`, `merge log`, `unmerge`.

use serde_json::json;

use super::TestCli;

const SMS: &[&str] = &["--network", "SMS-DIRECT"];

#[test]
fn contacts_are_merged_and_separated() {
    let cli = TestCli::new();
    let add = |name: &str, crm: &str| cli.add(&[SMS, &["--first", name, "--identifier", crm]].concat());
    let (anna, beth) = (add("Anna", "crm:1"), add("Beth", "crm:2"));
    assert_eq!(cli.fails(&["merge", &anna, &beth])["code"], "different-identifiers");
    let merged = &cli.json(&["merge", &anna, &beth, "--force-identifiers"])[0];
    assert_eq!(merged["contact"]["identifiers"].as_array().unwrap().len(), 2);
    let refused = cli.fails(&["show", &beth]);
    assert_eq!((&refused["code"], &refused["into"]), (&json!("merged"), &json!(anna)));
    let merge = merged["merge"].as_str().unwrap();
    assert_eq!(cli.json(&["merge", "log", &beth])[0]["survivor"], json!(anna));
    cli.ok(&["unmerge", merge]);
    assert_eq!(cli.fails(&["unmerge", merge])["code"], "already-undone");
    assert_eq!(cli.json(&["show", &beth])[0]["contact"]["firstName"], json!("Beth"));
    assert_eq!(cli.run(&["merge", &anna]).code, Some(2), "two contacts are required");
    let line = cli.ok(&["merge", "log", &anna]);
    assert!(line.starts_with(&format!("{merge}\t")) && line.ends_with("\tundone\n"), "{line}");
}
