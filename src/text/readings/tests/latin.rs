//! Latin letters typed as two letters, and letters that the fold makes equal.

use super::{FoundBy, check, texts};
use crate::text::readings::{NamePart, phonetic_keys, query_readings};

const FOUND: &[(&str, &str, FoundBy)] = &[
    // German: without marks, with e, and with the marks where the name has e.
    ("Müller", "müller", FoundBy::Word),
    ("Müller", "muller", FoundBy::Word),
    ("Müller", "mueller", FoundBy::Reading),
    ("Müller", "MUEL", FoundBy::Reading),
    ("Mueller", "Müller", FoundBy::Reading),
    ("Mueller", "mül", FoundBy::Reading),
    ("Mu\u{308}ller", "muell", FoundBy::Reading),
    ("Mueller", "Mu\u{308}l", FoundBy::Reading),
    ("Jörg Äpfel", "joerg aepfel", FoundBy::Reading),
    ("Jörg Äpfel", "aepf jor", FoundBy::Reading),
    ("Öztürk", "oeztuerk", FoundBy::Reading),
    ("Groß", "gross", FoundBy::Word),
    ("Gross", "groß", FoundBy::Word),
    ("Weiß-Müller", "mueller", FoundBy::Reading),
    ("Weiß-Müller", "weissmueller", FoundBy::Reading),
    // Nordic.
    ("Ångström", "aangstroem", FoundBy::Reading),
    ("\u{212B}ngström", "aang", FoundBy::Reading),
    ("Aagaard", "Ågård", FoundBy::Reading),
    ("Bjørn", "bjoern", FoundBy::Reading),
    ("Bjoern", "bjørn", FoundBy::Reading),
    ("Bjorn", "bjørn", FoundBy::Word),
    ("Søren Ødegård", "oedegaard soeren", FoundBy::Reading),
    ("Ærø", "aeroe", FoundBy::Reading),
    ("Þórður", "thordur", FoundBy::Word),
    ("Guðrún", "gudrun", FoundBy::Word),
    // Turkish: every i is equal.
    ("İbrahim", "ibr", FoundBy::Word),
    ("IBRAHIM", "ıbr", FoundBy::Word),
    ("Işık", "ISIK", FoundBy::Word),
    ("Ilgın", "İLGİN", FoundBy::Word),
    // Azerbaijani, in its own and in international spelling.
    ("Məmmədov", "memmedov", FoundBy::Word),
    ("Məmmədov", "mammadov", FoundBy::Reading),
    ("Cəfərov", "jafarov", FoundBy::Reading),
    ("Mammadov", "Məmməd", FoundBy::Reading),
    // Vietnamese, composed and decomposed.
    ("Nguyễn", "nguyen", FoundBy::Word),
    ("Nguye\u{302}\u{303}n", "nguyễ", FoundBy::Word),
    ("Nguyễn", "nguye\u{302}", FoundBy::Word),
    ("Đặng", "dang", FoundBy::Word),
    ("Đa\u{323}\u{306}ng", "dang", FoundBy::Word),
    ("Trương Ngọc", "truong ngoc", FoundBy::Word),
    ("Tru\u{31B}o\u{31B}ng", "truong", FoundBy::Word),
    // Croatian, Polish, Albanian, Dutch.
    ("Đoković", "dokovic", FoundBy::Word),
    ("Đoković", "djokov", FoundBy::Reading),
    ("Djoković", "đok", FoundBy::Reading),
    ("Wałęsa", "walesa", FoundBy::Word),
    ("Përparim", "perparim", FoundBy::Word),
    ("Ĳsbrand", "ijs", FoundBy::Word),
    // Ligatures and full width.
    ("ﬁnn Griﬃth", "finn griff", FoundBy::Word),
    ("ＭÜＬＬＥＲ", "muller", FoundBy::Word),
];

const NOT: &[(&str, &str)] = &[
    // Without the mark, ue may be two letters.
    ("Muller", "mueller"),
    ("Mueller", "muller"),
    // Not an umlaut, not a Croatian letter.
    ("Agüero", "agueero"),
    ("Đặng", "djang"),
    ("Đa\u{323}\u{306}ng", "djang"),
    // A c is a j only in a word with ə.
    ("Coşkun", "joshkun"),
    ("Müller", "moeller"),
];

#[test]
fn queries_match_names() {
    check(FOUND, NOT);
}

#[test]
fn a_word_has_at_most_one_other_spelling() {
    assert_eq!(texts("Müller", NamePart::Family), ["mueller"]);
    assert_eq!(texts("Öztürk", NamePart::Family), ["oeztuerk"]);
    for plain in ["Smith", "Dvořák", "Łukasz", "Zoë", "Nguyễn", "Đặng", "José", "Şahin"] {
        assert_eq!(texts(plain, NamePart::Given), [""; 0], "{plain}");
    }
    assert_eq!(latin_readings("Müller", "muller"), ["mueller"]);
    assert_eq!(latin_readings("mueller", "mueller"), [""; 0]);
}

/// The readings of a query word without the rough forms of Korean, which have capitals.
fn latin_readings(written: &str, folded: &str) -> Vec<String> {
    let mut forms = query_readings(written, folded);
    forms.retain(|form| !form.starts_with(char::is_uppercase));
    forms
}

#[test]
fn written_and_folded_word_must_agree() {
    assert_eq!(latin_readings("Müller", "moller"), [""; 0]);
    assert_eq!(latin_readings("", "muller"), [""; 0]);
}

#[test]
fn latin_names_have_no_phonetic_keys() {
    for name in ["mohammed", "muller", "a", ""] {
        assert_eq!(phonetic_keys(name), [""; 0]);
    }
}
