//! Common names in their own script and romanised: how many match a romanised query.

use super::{FoundBy, find_in_name};
use crate::text::fold::fold;

/// A native form and its romanised form.
type Row = (&'static str, &'static str);

fn rows(csv: &'static str) -> Vec<Row> {
    csv.lines()
        .skip(1)
        .map(|line| {
            let cells: Vec<_> = line.split(',').collect();
            let [_, _, native, roman] = cells[..] else { panic!("four cells: {line}") };
            (native, roman)
        })
        .collect()
}

macro_rules! names {
    ($script:literal) => {
        rows(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/names/", $script, ".csv")))
    };
}

/// Checks the names of a script. Every prefix of a native form must match it. The romanised form must match, except for those in
/// `lost`, as "native roman".
fn check(script: &str, rows: &[Row], lost: &[&str]) {
    for (native, _) in rows {
        for (at, c) in native.char_indices() {
            let prefix = &native[..at + c.len_utf8()];
            assert_eq!(find_in_name(native, prefix), Some(FoundBy::Word), "{native} by {prefix}");
        }
    }
    let matches: Vec<_> = rows.iter().map(|(native, roman)| find_in_name(native, roman)).collect();
    let count = |expected| matches.iter().filter(|found| **found == expected).count();
    let not_found: Vec<_> = rows
        .iter()
        .zip(&matches)
        .filter(|(_, found)| found.is_none())
        .map(|((native, roman), _)| format!("{} {}", native, fold(roman)))
        .collect();
    println!(
        "{script:11} {:4} names: {:4} by a reading, {:3} by a phonetic key, {:3} not found",
        rows.len(),
        count(Some(FoundBy::Reading)) + count(Some(FoundBy::Word)),
        count(Some(FoundBy::Phonetic)),
        not_found.len()
    );
    assert_eq!(not_found, lost, "{script}");
}

#[test]
fn latin() {
    check(
        "latin",
        &names!("latin"),
        &[
            "Giorgia georgia",
            "Jakob jakov",
            "Quliyev guliyev",
            "Ó Murchú murphy",
            "Ó Ceallaigh okelly",
            "Ó Súilleabháin osullivan",
            "Breathnach walsh",
            "Mac Gabhann smith",
            "Ó Briain obrien",
            "Ó Broin obyrne",
            "Ó Riain oryan",
            "Ó Conchúir oconnor",
            "Ó Néill oneill",
            "Ó Raghallaigh oreilly",
            "Ó Dubhghaill doyle",
            "Mac Cárthaigh mccarthy",
            "Ó Gallchóir ogallagher",
            "Ó Dochartaigh odoherty",
            "Ó Cinnéide kennedy",
            "Ó Loingsigh lynch",
            "Ó Muireadhaigh murray",
            "Ó Cuinn oquinn",
            "Ó Mórdha omoore",
        ],
    );
}

#[test]
fn cyrillic() {
    check(
        "cyrillic",
        &names!("cyrillic"),
        &[
            "Дария dragana",
            "Медина madina",
            "Рамада\u{301}н ramazan",
            "Козлов kazlou",
            "Ковалёв kavaliou",
            "Козловский kazlouski",
        ],
    );
}

#[test]
fn greek() {
    check("greek", &names!("greek"), &["Γεωργία gogo"]);
}

#[test]
fn arabic() {
    check("arabic", &names!("arabic"), &[]);
}

#[test]
fn hebrew() {
    check("hebrew", &names!("hebrew"), &[]);
}

#[test]
fn armenian() {
    check("armenian", &names!("armenian"), &[]);
}

#[test]
fn georgian() {
    check("georgian", &names!("georgian"), &["მათე gabor"]);
}

#[test]
fn devanagari() {
    check("devanagari", &names!("devanagari"), &["क्षेत्री chhetri"]);
}

#[test]
fn bengali() {
    check("bengali", &names!("bengali"), &[]);
}

#[test]
fn khmer() {
    check(
        "khmer",
        &names!("khmer"),
        &[
            "កែវ keo",
            "ចន\u{17d2}ទ chhan",
            "ចាប bird",
            "ឆន chhorn",
            "ឈ\u{17b7}ត chhet",
            "ញ\u{17b9}ក nhek",
            "តក\u{17cb} droplets",
            "តា\u{17c6}ង taing",
            "ប\u{17d2}រាក\u{17cb} khmer",
            "ពេជ\u{17d2}រ means",
            "មា ma",
            "ស sor",
            "សរ sor",
            "ស\u{17ba}ន son",
            "ស\u{17bd}ន soun",
            "អៀម eam",
            "អៀវ iv",
        ],
    );
}
