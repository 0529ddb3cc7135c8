//! Measurements: match rates of a larger list, false matches, and time. `cargo test --lib readings -- --ignored --nocapture`.

use std::collections::{BTreeMap, BTreeSet};
use std::hint::black_box;
use std::time::Instant;

use super::{FoundBy, find_in_name};
use crate::text::fold::fold;
use crate::text::readings::script::Script;
use crate::text::readings::{NamePart, name_readings, phonetic_keys, query_phonetic_keys, query_readings};

/// The names of the demo books: script, native form, romanised form.
fn names() -> Vec<(Script, String, String)> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/crates/cardex-demo/src/names.tsv");
    let text = std::fs::read_to_string(path).unwrap();
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let cells: Vec<_> = line.split('\t').collect();
            let native = cells.get(4)?.replace('|', "");
            let roman = cells.get(5).map(|roman| roman.replace('|', "")).filter(|roman| !roman.is_empty());
            Some((Script::of(&fold(&native)), native.clone(), roman.unwrap_or(native)))
        })
        .collect()
}

#[test]
#[ignore = "a measurement"]
fn match_rates() {
    let mut rates: BTreeMap<String, BTreeMap<Option<FoundBy>, Vec<String>>> = BTreeMap::new();
    for (script, native, roman) in
        names().into_iter().filter(|name| !matches!(name.0, Script::Latin | Script::Other))
    {
        let rate = rates.entry(format!("{script:?}")).or_default();
        rate.entry(find_in_name(&native, &roman)).or_default().push(format!("{native} {roman}"));
    }
    for (script, found) in rates {
        let count = |how| found.get(&how).map_or(0, Vec::len);
        let all: usize = found.values().map(Vec::len).sum();
        let (by_reading, by_key) =
            (count(Some(FoundBy::Reading)) + count(Some(FoundBy::Word)), count(Some(FoundBy::Phonetic)));
        println!(
            "{script:10} {all:4}: {by_reading:4} by a reading, {by_key:3} by a phonetic key, not {:?}",
            found.get(&None)
        );
    }
}

#[test]
#[ignore = "a measurement"]
fn false_phonetic_matches() {
    let mut queries = BTreeSet::new();
    let mut natives: BTreeMap<String, (Script, Vec<String>, BTreeSet<String>)> = BTreeMap::new();
    for (script, native, roman) in names() {
        if !matches!(script, Script::Latin | Script::Other) {
            let keys = fold(&native).split(' ').flat_map(phonetic_keys).collect();
            natives.entry(native).or_insert((script, keys, BTreeSet::new())).2.insert(fold(&roman));
        }
        queries.extend(fold(&roman).split(' ').filter(|word| word.is_ascii()).map(str::to_owned));
    }
    for letters in [3, 4, 99] {
        let prefixes: BTreeSet<String> = queries
            .iter()
            .filter(|query| query.len() >= letters.min(4))
            .map(|query| query.chars().take(letters).collect())
            .collect();
        let (mut wrong, mut key_count, mut unmatched) = (BTreeMap::<String, usize>::new(), 0, 0);
        for query in &prefixes {
            let query_keys = query_phonetic_keys(query);
            key_count += query_keys.len();
            let matches_by_key = |names: &[String]| {
                names.iter().any(|key| query_keys.iter().any(|query| key.starts_with(query.as_str())))
            };
            let matched: Vec<_> = natives
                .iter()
                .filter(|(native, (_, keys, romans))| {
                    !romans.iter().any(|roman| roman.starts_with(query.as_str()))
                        && matches_by_key(keys)
                        && find_in_name(native, query) == Some(FoundBy::Phonetic)
                })
                .collect();
            unmatched += usize::from(matched.is_empty());
            for (_, (script, ..)) in matched {
                *wrong.entry(format!("{script:?}")).or_default() += 1;
            }
        }
        let each = |count: usize| count as f64 / prefixes.len() as f64;
        let all: usize = wrong.values().sum();
        println!(
            "{letters} letters: {} queries with {:.2} keys match {:.2} of {} names wrongly, {:.0} % match none; {:?}",
            prefixes.len(),
            each(key_count),
            each(all),
            natives.len(),
            100.0 * each(unmatched),
            wrong.iter().map(|(script, count)| format!("{script} {:.2}", each(*count))).collect::<Vec<_>>()
        );
    }
}

#[test]
#[ignore = "a measurement; run with --release"]
fn time() {
    fn ns(what: impl Fn()) -> f64 {
        let rounds = 100_000_u32;
        let start = Instant::now();
        (0..rounds).for_each(|_| what());
        start.elapsed().as_secs_f64() * 1e9 / f64::from(rounds)
    }
    for name in
        ["Smith", "Dvořák", "Müller", "Иванов", "Юлия", "Παπαδόπουλος", "محمد", "الحسن", "כהן", "चौधरी"]
    {
        let folded = fold(name);
        println!(
            "{name:12} fold {:5.0} readings {:5.0} keys {:5.0} query readings {:5.0} query keys {:5.0}",
            ns(|| drop(black_box(fold(black_box(name))))),
            ns(|| drop(black_box(name_readings(black_box(name), &folded, NamePart::Family)))),
            ns(|| drop(black_box(phonetic_keys(black_box(&folded))))),
            ns(|| drop(black_box(query_readings(black_box(name), &folded)))),
            ns(|| drop(black_box(query_phonetic_keys(black_box(&folded))))),
        );
    }
}
