//! How many common names match the romanised forms that a list gives for them.

use std::collections::BTreeMap;

use super::*;

const NAMES: &str = include_str!("../../../../../tests/fixtures/names/cjk.csv");

/// Country, part, native form and romanised forms.
fn rows() -> impl Iterator<Item = (&'static str, NamePart, &'static str, Vec<&'static str>)> {
    NAMES.lines().skip(1).map(|line| {
        let [country, part, native, romanised] = line.split(',').collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        let part = if part == "family" { NamePart::Family } else { NamePart::Given };
        (country, part, native, romanised.split('/').collect())
    })
}

#[test]
fn every_name_matches_its_own_prefixes() {
    for (_, part, native, _) in rows() {
        for (end, _) in native.char_indices().skip(1).chain([(native.len(), ' ')]) {
            assert!(finds(&[(part, native)], &native[..end]), "{native}");
        }
    }
}

/// By country, part and script: the number of pairs of native and romanised form that match, the number of all pairs, and the pairs that
/// do not match. Han of Korea and Vietnam has only Mandarin readings, so its list is long and omitted.
const SHARES: &[(&str, usize, usize, &str)] = &[
    ("CN Family Han", 60, 60, ""),
    ("CN Given Han", 20, 20, ""),
    ("JP Family Han", 112, 112, ""),
    ("JP Given Han", 38, 38, ""),
    ("JP Given Kana", 1, 1, ""),
    ("KR Family Han", 25, 146, "…"),
    (
        "KR Family Hangul",
        139,
        155,
        "정 Young, 류 Liu, 류 Lau, 류 Yau, 유 Liu, 유 Lau, 유 Yau, 허 Hui, 남 Nan, 남 Nham, 심 Shen, 성 Shong, 주 Zhu, 주 Zuu, 주 Juu, 진 Jean",
    ),
    ("KR Given Hangul", 20, 20, ""),
    (
        "TW Family Han",
        77,
        126,
        "陳 Can, 陳 Chun, 陳 Ting, 陈 Can, 陈 Chun, 陈 Ting, 林 Lum, 黃 Wang, 黃 Vang, 黃 Eng, 黃 Ung, 黄 Wang, 黄 Vang, 黄 Eng, 黄 Ung, 張 Zoeng, 張 Cheong, 張 Tiu, 張 Tiong, 张 Zoeng, 张 Cheong, 张 Tiu, 张 Tiong, 王 Vong, 吳 Ngô͘, 吳 Gouw, 吴 Ngô͘, 吴 Gouw, 劉 Lao, 劉 Lou, 刘 Lao, 刘 Lou, 蔡 Coi, 蔡 Choy, 蔡 Toy, 蔡 Chhoà, 蔡 Choa, 蔡 Tsay, 蔡 Chai, 楊 Joeng, 楊 Yeong, 楊 Ieong, 楊 Iû, 楊 Eaw, 杨 Joeng, 杨 Yeong, 杨 Ieong, 杨 Iû, 杨 Eaw",
    ),
    ("TW Given Han", 20, 20, ""),
    ("VN Family Han", 2, 46, "…"),
];

#[test]
fn romanised_names() {
    let mut shares: BTreeMap<String, (usize, usize, Vec<String>)> = BTreeMap::new();
    for (country, part, native, romanised) in rows() {
        let script = Script::of(&fold(native));
        let share = shares.entry(format!("{country} {part:?} {script:?}")).or_default();
        for form in romanised {
            share.1 += 1;
            // As given, and without hyphens.
            if finds(&[(part, native)], form) && finds(&[(part, native)], &form.replace('-', "")) {
                share.0 += 1;
            } else {
                share.2.push(format!("{native} {form}"));
            }
        }
    }
    let shares: Vec<_> = shares
        .into_iter()
        .map(|(group, (found, all, missed))| (group, found, all, missed.join(", ")))
        .collect();
    for (group, found, all, missed) in &shares {
        println!("{group}: {found} of {all}; not {missed}");
    }
    assert_eq!(shares.len(), SHARES.len());
    for ((group, found, all, missed), expected) in shares.iter().zip(SHARES) {
        let listed = if expected.3 == "…" { "…" } else { missed };
        assert_eq!((group.as_str(), *found, *all, listed), *expected);
    }
}
