//! Measurements: shares of a wider list, names met wrongly, and time. `cargo test --lib readings -- --ignored --nocapture`.

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
fn shares() {
    let mut shares: BTreeMap<String, BTreeMap<Option<FoundBy>, Vec<String>>> = BTreeMap::new();
    for (script, native, roman) in
        names().into_iter().filter(|name| !matches!(name.0, Script::Latin | Script::Other))
    {
        let of = shares.entry(format!("{script:?}")).or_default();
        of.entry(find_in_name(&native, &roman)).or_default().push(format!("{native} {roman}"));
    }
    for (script, met) in shares {
        let count = |how| met.get(&how).map_or(0, Vec::len);
        let all: usize = met.values().map(Vec::len).sum();
        let (read, sounds) =
            (count(Some(FoundBy::Reading)) + count(Some(FoundBy::Word)), count(Some(FoundBy::Phonetic)));
        println!("{script:10} {all:4}: {read:4} by a reading, {sounds:3} by sound, not {:?}", met.get(&None));
    }
}

#[test]
#[ignore = "a measurement"]
fn false_phonetic_matches() {
    let mut queries = BTreeSet::new();
    let mut natives: BTreeMap<String, (Script, Vec<String>, BTreeSet<String>)> = BTreeMap::new();
    for (script, native, roman) in names() {
        if !matches!(script, Script::Latin | Script::Other) {
            let sounds = fold(&native).split(' ').flat_map(phonetic_keys).collect();
            natives.entry(native).or_insert((script, sounds, BTreeSet::new())).2.insert(fold(&roman));
        }
        queries.extend(fold(&roman).split(' ').filter(|word| word.is_ascii()).map(str::to_owned));
    }
    for letters in [3, 4, 99] {
        let cut: BTreeSet<String> = queries
            .iter()
            .filter(|query| query.len() >= letters.min(4))
            .map(|query| query.chars().take(letters).collect())
            .collect();
        let (mut wrong, mut sounds, mut quiet) = (BTreeMap::<String, usize>::new(), 0, 0);
        for query in &cut {
            let heard = query_phonetic_keys(query);
            sounds += heard.len();
            let meets_by_sound = |names: &[String]| {
                names.iter().any(|sound| heard.iter().any(|heard| sound.starts_with(heard.as_str())))
            };
            let met: Vec<_> = natives
                .iter()
                .filter(|(native, (_, sounds, romans))| {
                    !romans.iter().any(|roman| roman.starts_with(query.as_str()))
                        && meets_by_sound(sounds)
                        && find_in_name(native, query) == Some(FoundBy::Phonetic)
                })
                .collect();
            quiet += usize::from(met.is_empty());
            for (_, (script, ..)) in met {
                *wrong.entry(format!("{script:?}")).or_default() += 1;
            }
        }
        let each = |count: usize| count as f64 / cut.len() as f64;
        let all: usize = wrong.values().sum();
        println!(
            "{letters} letters: {} queries of {:.2} sounds meet {:.2} of {} names, {:.0} % none; {:?}",
            cut.len(),
            each(sounds),
            each(all),
            natives.len(),
            100.0 * each(quiet),
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
            "{name:12} fold {:5.0} readings {:5.0} sound {:5.0} typed {:5.0} heard {:5.0}",
            ns(|| drop(black_box(fold(black_box(name))))),
            ns(|| drop(black_box(name_readings(black_box(name), &folded, NamePart::Family)))),
            ns(|| drop(black_box(phonetic_keys(black_box(&folded))))),
            ns(|| drop(black_box(query_readings(black_box(name), &folded)))),
            ns(|| drop(black_box(query_phonetic_keys(black_box(&folded))))),
        );
    }
}
