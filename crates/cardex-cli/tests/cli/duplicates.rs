//! `duplicates` and its commands.

use serde_json::json;

use super::TestCli;

const SMS: &[&str] = &["--network", "SMS-DIRECT", "--email", "doe@example.com"];

#[test]
fn duplicates_are_listed_dismissed_merged_and_separated() {
    let cli = TestCli::new();
    let add = |first: &str| cli.add(&[SMS, &["--first", first, "--last", "Doe"]].concat());
    let (john, jon, same) = (add("John"), add("Jon"), add("John"));
    let group = &cli.json(&["duplicates"])[0];
    assert_eq!(group["contacts"].as_array().unwrap().len(), 3);
    let first = &group["pairs"][0];
    assert_eq!(
        (&first["first"], &first["second"], &first["score"]),
        (&json!(john), &json!(jon), &json!(0.96))
    );
    assert_eq!(first["evidence"][1], json!({ "kind": "similarName", "fields": ["firstName"] }));
    let table = cli.ok(&["duplicates", "--kind", "sameName"]);
    assert_eq!(table, format!("{john}\tJohn Doe\t{same}\tJohn Doe\t0.99\tsameEmail sameName\t\texact\n"));
    assert_eq!(cli.json(&["duplicates", "--min-score", "0.99"])[0]["contacts"].as_array().unwrap().len(), 2);
    assert_eq!(cli.run(&["duplicates", "--kind", "nothing"]).code, Some(2));
    assert_eq!(cli.json(&["duplicates", "--skipped"])[0]["skippedValues"], json!(0));

    cli.ok(&["duplicates", "dismiss", &john, &jon]);
    cli.ok(&["duplicates", "dismiss", &jon, &same]);
    assert_eq!(cli.json(&["duplicates"])[0]["pairs"].as_array().unwrap().len(), 1);
    assert_eq!(cli.json(&["duplicates", "undismiss", &jon, &same])[0]["changed"], json!(true));

    let tried = &cli.json(&["duplicates", "merge-exact", "--dry-run"])[0];
    assert_eq!((&tried["done"], &tried["dryRun"]), (&json!(1), &json!(true)));
    let job = &cli.json(&["duplicates", "merge-exact"])[0];
    assert_eq!((&job["done"], &job["action"]), (&json!(1), &json!("mergeDuplicates")));
    assert_eq!(cli.fails(&["show", &same])["code"], "merged");
    assert_eq!(cli.json(&["merge", "log", &john])[0]["job"], job["id"]);
    let undone = &cli.json(&["duplicates", "undo", job["id"].as_str().unwrap()])[0];
    assert_eq!((&undone["done"], &undone["job"]), (&json!(1), &job["id"]));
    assert_eq!(cli.json(&["show", &same])[0]["contact"]["firstName"], json!("John"));
}
