//! Armenian and Georgian.

use super::{FoundBy, check, texts};
use crate::text::readings::NamePart;

const FOUND: &[(&str, &str, FoundBy)] = &[
    ("Հարությունյան", "harutyunyan", FoundBy::Reading),
    ("Հարությունյան", "harutiunian", FoundBy::Phonetic),
    ("ՀԱՐՈՒԹՅՈՒՆՅԱՆ", "harut", FoundBy::Reading),
    ("Գևորգյան", "gevorgyan", FoundBy::Reading),
    ("Գեւորգյան", "Գևորգ", FoundBy::Word),
    ("Ոսկանյան", "voskanyan", FoundBy::Reading),
    ("Մկրտչյան", "mkrtchyan", FoundBy::Reading),
    ("Ջիվան", "jivan", FoundBy::Reading),
    ("Ջիվան", "dzhivan", FoundBy::Phonetic),
    ("Եղիա", "yeghia", FoundBy::Phonetic),
    ("Vardanyan", "Վարդան", FoundBy::Reading),
    ("გიორგი", "giorgi", FoundBy::Reading),
    ("ᲒᲘᲝᲠᲒᲘ", "giorgi", FoundBy::Reading),
    ("ᲒᲘᲝᲠᲒᲘ", "გიორ", FoundBy::Word),
    ("კვარაცხელია", "kvaratskhelia", FoundBy::Reading),
    ("კვარაცხელია", "kvaratshelia", FoundBy::Phonetic),
    ("წიკლაური", "tsiklauri", FoundBy::Reading),
    ("ჯანაშია", "janashia", FoundBy::Reading),
    ("ჯანაშია", "dzhanashia", FoundBy::Phonetic),
    ("ყიფიანი", "kipiani", FoundBy::Reading),
    ("Giorgi", "გიორგი", FoundBy::Reading),
];

const NOT: &[(&str, &str)] = &[("Հարությունյան", "grigoryan"), ("გიორგი", "nino"), ("ნინო", "o")];

#[test]
fn queries_match_names() {
    check(FOUND, NOT);
}

#[test]
fn a_word_has_one_reading() {
    assert_eq!(texts("Սարգսյան", NamePart::Family), ["sargsyan"]);
    assert_eq!(texts("მჭედლიშვილი", NamePart::Family), ["mchedlishvili"]);
}
