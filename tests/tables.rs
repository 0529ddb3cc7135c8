//! Facts from the tests of other projects: who is found by what, in which order, and under which section.
//!
//! `tests/fixtures/search_tables/SUITE.people.tsv` has the contacts of a suite, `SUITE.cases.tsv` its questions:
//!
//! - `tag`: `req` is expected of every address book; `gap` is a feature that only some have; `info` is only counted.
//! - `kind`: `search`, `list`, `label` (the section of the contact `query`) or `phone` (contacts with this number).
//! - `opts`: `names`, `words` or `substring`, `fuzzy`, `region=XX`, `locale=xx`, `limit=N`, `only=ID+ID` (a book of these contacts).
//! - `check`: `has` finds all of `expect`; `none` finds none of it; `set` finds exactly it; `first` begins with it; `order` has it in
//!   this order; `label` is one of the sections in it, separated by `|`.
//!
//! `exceptions.tsv` lists each `req` row that fails, with the reason. A listed row that passes fails the test.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::arithmetic_side_effects)]
#![allow(clippy::print_stdout)]

#[path = "tables/runner.rs"]
mod runner;

use std::collections::{BTreeMap, BTreeSet};

use runner::{Case, Suite, read_table};

/// The rows of the suites that begin with one of these names.
fn run(suites: &[&str]) {
    let exceptions: BTreeSet<(String, String, String, String)> = read_table("exceptions.tsv")
        .into_iter()
        .map(|row| (row["suite"].clone(), row["kind"].clone(), row["opts"].clone(), row["query"].clone()))
        .collect();
    let mut wrong = Vec::new();
    for name in suites {
        let mut suite = Suite::new(name);
        let mut counts: BTreeMap<String, (usize, usize)> = BTreeMap::new();
        for case in Case::all(name) {
            let got = suite.answer(&case);
            let passed = case.accepts(&got);
            let count = counts.entry(case.tag.clone()).or_default();
            count.0 += usize::from(passed);
            count.1 += 1;
            let listed = exceptions.contains(&(
                (*name).to_owned(),
                case.kind.clone(),
                case.opts.clone(),
                case.query.clone(),
            ));
            if case.tag == "req" && passed == listed {
                wrong.push(format!("{name}\t{case}\tgot {}", got.join(",")));
            }
            if case.tag == "gap" && !passed && std::env::var_os("CARDEX_GAPS").is_some() {
                println!("gap {name}\t{case}\tgot {}", got.join(","));
            }
        }
        println!("{name}: {counts:?}");
    }
    assert!(wrong.is_empty(), "{} rows:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn android() {
    run(&[
        "aosp_labels",
        "aosp_names",
        "aosp_phone",
        "aosp_phonecompare",
        "aosp_pinyin",
        "aosp_search",
        "smartdial",
    ]);
}

#[test]
fn icu() {
    run(&["icu_index", "libcore_labels"]);
}

#[test]
fn reports_of_users() {
    run(&["reports"]);
}

#[test]
fn chinese_surnames() {
    run(&["surnames_zh"]);
}

#[test]
fn desktops() {
    run(&["eds_labels", "eds_order", "eds_phone", "kiss", "qtcontacts", "qtcontacts_phone", "thunderbird"]);
}
