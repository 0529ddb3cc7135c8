//! Latin letters that are typed as two, and those that the fold makes one.

use super::{Met, check, texts};
use crate::text::readings::{Part, sound, typed};

const FOUND: &[(&str, &str, Met)] = &[
    // German: without marks, with e, and with the marks where the name has e.
    ("Müller", "müller", Met::Word),
    ("Müller", "muller", Met::Word),
    ("Müller", "mueller", Met::Reading),
    ("Müller", "MUEL", Met::Reading),
    ("Mueller", "Müller", Met::Reading),
    ("Mueller", "mül", Met::Reading),
    ("Mu\u{308}ller", "muell", Met::Reading),
    ("Mueller", "Mu\u{308}l", Met::Reading),
    ("Jörg Äpfel", "joerg aepfel", Met::Reading),
    ("Jörg Äpfel", "aepf jor", Met::Reading),
    ("Öztürk", "oeztuerk", Met::Reading),
    ("Groß", "gross", Met::Word),
    ("Gross", "groß", Met::Word),
    ("Weiß-Müller", "mueller", Met::Reading),
    ("Weiß-Müller", "weissmueller", Met::Reading),
    // Nordic.
    ("Ångström", "aangstroem", Met::Reading),
    ("\u{212B}ngström", "aang", Met::Reading),
    ("Aagaard", "Ågård", Met::Reading),
    ("Bjørn", "bjoern", Met::Reading),
    ("Bjoern", "bjørn", Met::Reading),
    ("Bjorn", "bjørn", Met::Word),
    ("Søren Ødegård", "oedegaard soeren", Met::Reading),
    ("Ærø", "aeroe", Met::Reading),
    ("Þórður", "thordur", Met::Word),
    ("Guðrún", "gudrun", Met::Word),
    // Turkish: every i is one.
    ("İbrahim", "ibr", Met::Word),
    ("IBRAHIM", "ıbr", Met::Word),
    ("Işık", "ISIK", Met::Word),
    ("Ilgın", "İLGİN", Met::Word),
    // Azerbaijani, as at home and as abroad.
    ("Məmmədov", "memmedov", Met::Word),
    ("Məmmədov", "mammadov", Met::Reading),
    ("Cəfərov", "jafarov", Met::Reading),
    ("Mammadov", "Məmməd", Met::Reading),
    // Vietnamese, composed and not.
    ("Nguyễn", "nguyen", Met::Word),
    ("Nguye\u{302}\u{303}n", "nguyễ", Met::Word),
    ("Nguyễn", "nguye\u{302}", Met::Word),
    ("Đặng", "dang", Met::Word),
    ("Đa\u{323}\u{306}ng", "dang", Met::Word),
    ("Trương Ngọc", "truong ngoc", Met::Word),
    ("Tru\u{31B}o\u{31B}ng", "truong", Met::Word),
    // Croatian, Polish, Albanian, Dutch.
    ("Đoković", "dokovic", Met::Word),
    ("Đoković", "djokov", Met::Reading),
    ("Djoković", "đok", Met::Reading),
    ("Wałęsa", "walesa", Met::Word),
    ("Përparim", "perparim", Met::Word),
    ("Ĳsbrand", "ijs", Met::Word),
    // Ligatures and full width.
    ("ﬁnn Griﬃth", "finn griff", Met::Word),
    ("ＭÜＬＬＥＲ", "muller", Met::Word),
];

const NOT: &[(&str, &str)] = &[
    // Without the mark nobody knows that ue was one letter.
    ("Muller", "mueller"),
    ("Mueller", "muller"),
    // Neither an umlaut nor a Croatian letter.
    ("Agüero", "agueero"),
    ("Đặng", "djang"),
    ("Đa\u{323}\u{306}ng", "djang"),
    // Only with ə is a c a j.
    ("Coşkun", "joshkun"),
    ("Müller", "moeller"),
];

#[test]
fn what_is_typed_finds_the_name() {
    check(FOUND, NOT);
}

#[test]
fn a_word_has_at_most_one_other_spelling() {
    assert_eq!(texts("Müller", Part::Family), ["mueller"]);
    assert_eq!(texts("Öztürk", Part::Family), ["oeztuerk"]);
    for plain in ["Smith", "Dvořák", "Łukasz", "Zoë", "Nguyễn", "Đặng", "José", "Şahin"] {
        assert_eq!(texts(plain, Part::Given), [""; 0], "{plain}");
    }
    assert_eq!(spelled("Müller", "muller"), ["mueller"]);
    assert_eq!(spelled("mueller", "mueller"), [""; 0]);
}

/// What a word may stand for in its own script: a Latin one may also be a rough form of Korean, in capitals.
fn spelled(written: &str, folded: &str) -> Vec<String> {
    let mut forms = typed(written, folded);
    forms.retain(|form| !form.starts_with(char::is_uppercase));
    forms
}

#[test]
fn what_is_written_must_be_what_was_folded() {
    assert_eq!(spelled("Müller", "moller"), [""; 0]);
    assert_eq!(spelled("", "muller"), [""; 0]);
}

#[test]
fn latin_names_have_no_sound() {
    for name in ["mohammed", "muller", "a", ""] {
        assert_eq!(sound(name), [""; 0]);
    }
}
