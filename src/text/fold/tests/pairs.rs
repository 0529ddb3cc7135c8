//! Names, with typed prefixes that must match and must not match.

use super::forms;
use crate::text::fold::fold;

/// (Stored name, typed prefix that must match one of its forms.)
const MATCH: &[(&str, &str)] = &[
    // German.
    ("Müller", "mull"),
    ("Muller", "Müll"),
    ("Groß", "gross"),
    ("GROSSMANN", "groß"),
    ("STRAẞE", "stras"),
    ("Jörg Äpfel", "jorg apf"),
    ("Mu\u{308}ller", "mül"),
    // Polish.
    ("Łukasz", "luk"),
    ("Wałęsa", "wale"),
    ("Żółć", "zolc"),
    ("Wisława Szymborska", "wisława szy"),
    // Nordic.
    ("Bjørn", "bjorn"),
    ("Åse Ødegård", "ase odeg"),
    ("Ærø", "aero"),
    ("Ängström", "angs"),
    ("Angström", "ång"),
    ("Čáhppe Ŋuorra", "cahppe nuo"),
    ("Ruođur", "ruodu"),
    // Icelandic.
    ("Þórður", "thord"),
    ("Guðrún", "gudr"),
    ("Sæunn", "saeu"),
    // Turkish and Azeri: every i is equal.
    ("İbrahim", "ibr"),
    ("İbrahim", "ıbr"),
    ("Işık", "isik"),
    ("IŞIK", "ışı"),
    ("Şükrü Çağlar", "sukru cag"),
    ("Əliyev", "eliy"),
    ("Məmmədov", "memm"),
    // Vietnamese, with stacked marks, composed or decomposed.
    ("Nguyễn", "nguye"),
    ("Nguyễn", "nguyê"),
    ("Nguye\u{302}\u{303}n", "nguyễ"),
    ("Đặng Thị Ánh", "dang thi a"),
    ("Phượng", "phuong"),
    // Romanian: comma and cedilla.
    ("Ștefan", "ste"),
    ("Ștefan", "şte"),
    ("Şerban", "șer"),
    ("Țiriac", "ţir"),
    // Croatian, Czech, Slovak, Hungarian.
    ("Đoković", "dokov"),
    ("ǅemal", "dzem"),
    ("Ǉubica", "lju"),
    ("Dvořák", "dvor"),
    ("Ľubomír Šťastný", "lubomir sta"),
    ("Kőszegi", "kosz"),
    // Maltese, Welsh, Catalan, Portuguese, Dutch, Latvian, Greenlandic.
    ("Ħal Għaxaq", "hal gha"),
    ("Ġorġ Żammit", "gorg zam"),
    ("Siân Tŷ Gŵyr", "sian ty gwyr"),
    ("Gal·la", "galla"),
    ("Gal·la", "gal l"),
    ("João Conceição", "joao conceicao"),
    ("M.ª José", "m a jos"),
    ("Ĳsbrand", "ijs"),
    ("Ķēniņš", "kenin"),
    ("Noĸ", "noq"),
    // Ligatures, long s, full width, letters of mathematics.
    ("Griﬃth", "griff"),
    ("ﬁnn", "fin"),
    ("Weiſs", "weiss"),
    ("ＳＭＩＴＨ\u{3000}Ｊｏｈｎ", "smith jo"),
    ("𝓐𝓷𝓷𝓪", "ann"),
    // Apostrophes, hyphens, full stops.
    ("O’Neill", "oneil"),
    ("O’Neill", "o'nei"),
    ("O'Neill", "o nei"),
    ("D´Angelo", "d`ang"),
    ("Hawaiʻi", "hawaii"),
    ("Jean-Luc", "jeanl"),
    ("Jean-Luc", "jean l"),
    ("Jean‑Luc", "jean-l"),
    ("J. R. Smith", "j r sm"),
    ("J.R. Smith", "jr sm"),
    ("AC/DC", "acd"),
    // Greek: tonos, dialytika, polytonic, final sigma, capitals.
    ("Γιώργος", "γιωργ"),
    ("ΓΙΩΡΓΟΣ", "γιώργος"),
    ("Οδυσσέας", "ΟΔΥΣ"),
    ("Οδυς", "οδυσ"),
    ("Οδυσσέας", "οδυς"),
    ("Μαΐου", "μαι"),
    ("Προϋπολογισμός", "πρου"),
    ("Ἀθηνᾶ", "αθηνα"),
    ("ᾠδή", "ωδ"),
    ("Ὅμηρος", "ομηρ"),
    // Cyrillic.
    ("Соловьёв", "соловьев"),
    ("Соловьев", "соловьё"),
    ("ЁЛКИН", "елк"),
    ("Андрей", "андре"),
    ("Андреи\u{306}", "андрей"),
    ("Ґудзь", "гуд"),
    ("Їжакевич", "іжак"),
    ("Євген", "ЄВГ"),
    ("В'ячеслав", "вяч"),
    ("В’ячеслав", "в'яч"),
    ("Ђорђе", "ђор"),
    ("Ћосић", "ЋОС"),
    ("Ѓорѓи", "горги"),
    ("Ќосев", "косе"),
    ("Ѝордан", "иордан"),
    ("Қасым-Жомарт Тоқаев", "қасым жомарт тоқ"),
    ("Әлия", "ӘЛИ"),
    // Hebrew, Arabic, half-width kana.
    ("שָׁלוֹם", "שלום"),
    ("אברהם", "אברהמ"),
    ("מרים", "מרימ"),
    ("כץ", "כצ"),
    ("ײדיש", "ייד"),
    ("أَحْمَد", "احمد"),
    ("ٱلحسن", "الحسن"),
    ("علی", "علي"),
    ("على", "علي"),
    ("کریم", "كري"),
    ("فاطمة", "فاطمه"),
    ("چوہدری", "چوه"),
    ("علاء", "علا"),
    ("مسؤول", "مسوول"),
    // Digits of every script.
    ("١٢٣", "123"),
    ("۴۵۶", "456"),
    ("७८९", "789"),
    ("០១២", "012"),
    ("３４", "34"),
    ("12", "१२"),
    ("ｽｽﾞｷ", "スズ"),
    ("スズキ", "すず"),
    ("すずき", "ｽｽﾞ"),
    // Incomplete Hangul.
    ("각", "가"),
    ("김철수", "김처"),
    ("김철수", "ㄱ"),
];

/// (Stored name, typed text that must not match.)
const NO_MATCH: &[(&str, &str)] = &[
    ("ガ", "カ"),
    ("パ", "ハ"),
    ("Андрей", "андреи"),
    ("йод", "и"),
    ("हिन्दी", "हन"),
    ("กี", "กิ"),
    ("Ђорђе", "д"),
    ("Қазақ", "к"),
    ("Щукин", "ш"),
    ("Anna", "ana"),
    ("Anna Maria", "annam"),
    ("ضيف", "صيف"),
    ("گل", "كل"),
    ("פז", "בז"),
    ("٣", "2"),
    ("가", "각"),
    ("각", "거"),
    ("かつ", "かっ"),
    ("Έλενα", "e"),
];

fn matches(name: &str, typed: &str) -> bool {
    let typed = fold(typed);
    forms(name).iter().any(|form| form.starts_with(&typed))
}

#[test]
fn typed_text_matches_the_name() {
    for (name, typed) in MATCH {
        assert!(matches(name, typed), "{name:?} by {typed:?}: {:?} by {:?}", forms(name), fold(typed));
    }
    assert!(MATCH.len() >= 90);
}

#[test]
fn other_names_do_not_match() {
    for (name, typed) in NO_MATCH {
        assert!(!matches(name, typed), "{name:?} by {typed:?}: {:?} by {:?}", forms(name), fold(typed));
    }
}
