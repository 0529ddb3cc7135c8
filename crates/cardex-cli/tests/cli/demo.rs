//! `demo`.

use super::{TestCli, lines};

#[test]
fn the_same_seed_generates_the_same_book() {
    let list = |seed: &str| {
        let cli = TestCli::new();
        cli.ok(&["demo", "--contacts", "200", "--seed", seed]);
        cli.ok(&["list", "--limit", "200", "--json"]) + &cli.ok(&["advisors", "--json"])
    };
    let first = list("1");
    assert_eq!(list("1"), first);
    assert_ne!(list("2"), first);
}

#[test]
fn a_demo_reports_its_counts() {
    let cli = TestCli::new();
    let ran = cli.run(&["demo", "--contacts", "100", "--advisors", "3", "--json"]);
    assert_eq!(ran.code, Some(0));
    let report = &lines(&ran.out)[0];
    assert_eq!(
        (&report["added"], &report["refused"], &report["advisors"]),
        (&100.into(), &0.into(), &3.into())
    );
    assert!(
        ran.err.starts_with("100 contacts and 3 advisors in ") && ran.err.contains("contacts/s"),
        "{}",
        ran.err
    );
}

#[test]
fn a_second_demo_adds_no_advisors_again() {
    let cli = TestCli::new();
    cli.ok(&["demo", "--contacts", "100", "--advisors", "3"]);
    let again = cli.run(&["demo", "--contacts", "100", "--advisors", "3", "--json"]);
    assert_eq!(again.code, Some(1));
    assert_eq!(lines(&again.out)[0]["advisors"], 0);
    assert_eq!(lines(again.err.lines().last().unwrap())[0]["code"], "refused");
}
