//! Compares phone number parsers with libphonenumber: agreement and time. The parsers are the engine's, the crate `rlibphonenumber` and,
//! with `--features phonenumber`, the crate `phonenumber`, which is then also the backend of the engine.
//!
//! Each crate is compared with the oracle for its own metadata version.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]
#![allow(clippy::cast_precision_loss)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use rlibphonenumber::{PHONE_NUMBER_UTIL as RLIB, PhoneNumberFormat, Region};

mod error {
    pub(crate) use cardex::{Error, Result};
}
#[path = "../src/text/phone/mod.rs"]
#[allow(dead_code, unused_imports)] // the bench includes the module with its tests
mod phone;

/// The answer of a crate or the oracle to an input: E.164 form and validity; `None` if it rejects the input.
type Answer = Option<(String, bool)>;

struct Case {
    region: Option<String>,
    text: String,
    /// The oracle's answers for the newer and the older metadata.
    oracle: [Answer; 2],
    /// The E.164 form that the engine should give.
    expected: Option<String>,
}

fn cases() -> Vec<Case> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/phones/cases.tsv");
    let text = std::fs::read_to_string(path).unwrap();
    let (mut region, mut e164) = (String::new(), String::new());
    let mut cases = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let cells: Vec<&str> = line.split('\t').collect();
        if !cells[0].is_empty() {
            cells[0].clone_into(&mut region);
        }
        if !cells[2].is_empty() {
            cells[2].clone_into(&mut e164);
        }
        let answer = |number: &str, class: &str| {
            (class != "r").then(|| (number.to_owned(), matches!(class, "v" | "k")))
        };
        let new = answer(&e164, cells[3]);
        let old = if cells.len() > 4 { answer(cells[4], cells[5]) } else { new.clone() };
        cases.push(Case {
            region: (region != "-").then(|| region.clone()),
            text: cells[1].to_owned(),
            oracle: [new, old],
            expected: matches!(cells[3], "v" | "p").then(|| e164.clone()),
        });
    }
    cases
}

fn rlib(text: &str, region: Option<&str>) -> Answer {
    let number = RLIB.parse(text, region.and_then(|region| region.parse::<Region>().ok())).ok()?;
    Some((RLIB.format(&number, PhoneNumberFormat::E164).into_owned(), RLIB.is_valid_number(&number)))
}

#[cfg(feature = "phonenumber")]
fn phonenumber_answer(text: &str, region: Option<&str>) -> Answer {
    let number = phonenumber::parse(region.and_then(|region| region.parse().ok()), text).ok()?;
    Some((number.format().mode(phonenumber::Mode::E164).to_string(), number.is_valid()))
}

/// Like `phonenumber_answer`, but formats E.164 directly, because the crate's formatter and validation compile patterns.
#[cfg(feature = "phonenumber")]
fn phonenumber_parse(text: &str, region: Option<&str>) -> Option<String> {
    let number = phonenumber::parse(region.and_then(|region| region.parse().ok()), text).ok()?;
    Some(format!("+{}{}", number.code().value(), number.national()))
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

fn agreement(name: &str, cases: &[Case], oracle: usize, parse: impl Fn(&str, Option<&str>) -> Answer) {
    let (mut parsed, mut number, mut valid, mut plus, mut kept) = (0_u32, 0_u32, 0_u32, 0_u32, 0_u32);
    for case in cases {
        let found = parse(&case.text, case.region.as_deref());
        let oracle = &case.oracle[oracle];
        parsed += u32::from(found.is_some() == oracle.is_some());
        number += u32::from(found.as_ref().map(|it| &it.0) == oracle.as_ref().map(|it| &it.0));
        valid += u32::from(found.as_ref().is_some_and(|it| it.1) == oracle.as_ref().is_some_and(|it| it.1));
        if let (true, Some(oracle)) = (case.text.starts_with('+'), oracle) {
            plus += 1;
            kept +=
                u32::from(found.is_some_and(|it| it.0 == oracle.0 || digits(&it.0) == digits(&case.text)));
        }
    }
    let all = u32::try_from(cases.len()).unwrap();
    let share = |good: u32, of: u32| 100.0 * f64::from(good) / f64::from(of);
    println!(
        "{name:<34} {:>8.2} {:>8.2} {:>8.2} {:>8.2}",
        share(parsed, all),
        share(number, all),
        share(valid, all),
        share(kept, plus)
    );
}

fn engine_agreement(cases: &[Case]) {
    let parsers: std::collections::HashMap<_, _> = cases
        .iter()
        .map(|case| (&case.region, phone::PhoneParser::new(case.region.as_deref()).unwrap()))
        .collect();
    let same = |case: &&Case| parsers[&case.region].parse(&case.text).and_then(|it| it.e164) == case.expected;
    let good = cases.iter().filter(same).count();
    println!(
        "\nengine with {}: expected E.164 form for {good} of {} ({:.2} %)",
        phone::BACKEND_VERSION,
        cases.len(),
        100.0 * good as f64 / cases.len() as f64
    );
}

/// The best of five rounds over the inputs, in microseconds for each input. A round stops after four seconds.
fn time<I, T>(name: &str, inputs: &[I], parse: impl Fn(&I) -> T) {
    let mut best = f64::MAX;
    for _ in 0..5 {
        let start = Instant::now();
        let mut done = 0_u32;
        for case in inputs {
            black_box(parse(case));
            done += 1;
            if start.elapsed() > Duration::from_secs(4) {
                break;
            }
        }
        best = best.min(start.elapsed().as_secs_f64() * 1e6 / f64::from(done));
    }
    println!("{name:<58} {best:>9.2} µs");
}

fn main() {
    // `cargo test --benches` only checks that the bench starts.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let cases = cases();
    let start = Instant::now();
    black_box(rlib("+33612345678", None));
    println!("first call of rlibphonenumber: {:.1} ms", start.elapsed().as_secs_f64() * 1e3);
    #[cfg(feature = "phonenumber")]
    {
        let start = Instant::now();
        black_box(phonenumber_answer("+33612345678", None));
        println!("first call of phonenumber: {:.1} ms", start.elapsed().as_secs_f64() * 1e3);
    }

    println!("\n{:<34} {:>8} {:>8} {:>8} {:>8}", "agreement, percent", "parses", "E.164", "valid", "+ kept");
    agreement("rlibphonenumber 9.0.42", &cases, 0, rlib);
    #[cfg(feature = "phonenumber")]
    agreement("phonenumber 9.0.33", &cases, 1, phonenumber_answer);
    engine_agreement(&cases);

    let mixed: Vec<&Case> = cases
        .iter()
        .filter(|case| case.text.starts_with('+') && Some(&case.text) == case.expected.as_ref())
        .collect();
    // The fixture is sorted by country, a book is not: shuffle.
    let mixed: Vec<&Case> = (0..mixed.len()).map(|at| mixed[at * 7_919 % mixed.len()]).collect();
    let national: Vec<&Case> = cases
        .iter()
        .filter(|case| case.region.is_some() && !case.text.starts_with('+') && case.expected.is_some())
        .collect();
    let national: Vec<&Case> = (0..national.len()).map(|at| national[at * 7_919 % national.len()]).collect();
    let hinted: Vec<(phone::PhoneParser, &str)> = national
        .iter()
        .map(|case| (phone::PhoneParser::new(case.region.as_deref()).unwrap(), case.text.as_str()))
        .collect();
    println!("\n{} `+` numbers and {} national numbers of all countries, mixed", mixed.len(), national.len());

    let none = phone::PhoneParser::new(None).unwrap();
    time("engine, + numbers", &mixed, |case| {
        none.parse(&case.text).map(|it| it.normalized().len() + it.digits.len())
    });
    time("engine, national numbers", &hinted, |(parser, text)| parser.parse(text));
    let hint = |case: &Case| case.region.as_deref().and_then(|region| region.parse::<Region>().ok());
    time("rlibphonenumber, parse, +", &mixed, |case| RLIB.parse(&case.text, None).is_ok());
    time("rlibphonenumber, parse + valid + E.164, +", &mixed, |case| rlib(&case.text, None));
    time("rlibphonenumber, parse, national", &national, |case| RLIB.parse(&case.text, hint(case)).is_ok());
    #[cfg(feature = "phonenumber")]
    for cache in [100_usize, 100_000] {
        phonenumber::metadata::DATABASE.cache().lock().unwrap().set_capacity(cache);
        let before = resident();
        time(&format!("phonenumber, cache of {cache}, parse, +"), &mixed, |case| {
            phonenumber_parse(&case.text, None)
        });
        time(&format!("phonenumber, cache of {cache}, parse + valid + E.164, +"), &mixed, |case| {
            phonenumber_answer(&case.text, None)
        });
        time(&format!("phonenumber, cache of {cache}, parse, national"), &national, |case| {
            phonenumber_parse(&case.text, case.region.as_deref())
        });
        println!("  memory added by these three: {} MB", resident().saturating_sub(before) >> 10);
    }
}

/// The resident memory in KiB; 0 if the system does not report it.
#[cfg(feature = "phonenumber")]
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
