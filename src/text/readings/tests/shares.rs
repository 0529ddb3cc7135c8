//! Which share of common names is found by the romanised form that a list gives for it.

use std::collections::BTreeMap;

use super::*;

const NAMES: &str = include_str!("../../../../tests/fixtures/names/cjk.csv");

/// Country, part, native form and romanised forms.
fn rows() -> impl Iterator<Item = (&'static str, Part, &'static str, Vec<&'static str>)> {
    NAMES.lines().skip(1).map(|line| {
        let [country, part, native, romanised] = line.split(',').collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        let part = if part == "family" { Part::Family } else { Part::Given };
        (country, part, native, romanised.split('/').collect())
    })
}

#[test]
fn every_name_is_found_by_its_own_start() {
    for (_, part, native, _) in rows() {
        for (end, _) in native.char_indices().skip(1).chain([(native.len(), ' ')]) {
            assert!(finds(&[(part, native)], &native[..end]), "{native}");
        }
    }
}

/// Found and all pairs of a native and a romanised form, and names that none of their forms finds; by country, part and
/// script. What is missing is listed: a change of a table is to be seen here.
#[test]
fn romanised_names() {
    let mut counts: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut missing: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (country, part, native, romanised) in rows() {
        let script = super::super::east_asian(&fold(native)).unwrap();
        let group = format!("{country} {part:?} {script:?}");
        for form in romanised {
            let found = finds(&[(part, native)], form) && finds(&[(part, native)], &form.replace('-', ""));
            let count = counts.entry(group.clone()).or_default();
            count.0 += usize::from(found);
            count.1 += 1;
            if !found {
                missing.entry(group.clone()).or_default().push(format!("{native} {form}"));
            }
        }
    }
    for (group, (found, all)) in &counts {
        println!(
            "{group}: {found} of {all}; not {}",
            missing.get(group).map_or(String::new(), |names| names.join(", "))
        );
    }
}
