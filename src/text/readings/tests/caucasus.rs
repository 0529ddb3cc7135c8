//! Armenian and Georgian.

use super::{Met, check, texts};
use crate::text::readings::Part;

const FOUND: &[(&str, &str, Met)] = &[
    ("Հարությունյան", "harutyunyan", Met::Reading),
    ("Հարությունյան", "harutiunian", Met::Sound),
    ("ՀԱՐՈՒԹՅՈՒՆՅԱՆ", "harut", Met::Reading),
    ("Գևորգյան", "gevorgyan", Met::Reading),
    ("Գեւորգյան", "Գևորգ", Met::Word),
    ("Ոսկանյան", "voskanyan", Met::Reading),
    ("Մկրտչյան", "mkrtchyan", Met::Reading),
    ("Ջիվան", "jivan", Met::Reading),
    ("Ջիվան", "dzhivan", Met::Sound),
    ("Եղիա", "yeghia", Met::Sound),
    ("Vardanyan", "Վարդան", Met::Reading),
    ("გიორგი", "giorgi", Met::Reading),
    ("ᲒᲘᲝᲠᲒᲘ", "giorgi", Met::Reading),
    ("ᲒᲘᲝᲠᲒᲘ", "გიორ", Met::Word),
    ("კვარაცხელია", "kvaratskhelia", Met::Reading),
    ("კვარაცხელია", "kvaratshelia", Met::Sound),
    ("წიკლაური", "tsiklauri", Met::Reading),
    ("ჯანაშია", "janashia", Met::Reading),
    ("ჯანაშია", "dzhanashia", Met::Sound),
    ("ყიფიანი", "kipiani", Met::Reading),
    ("Giorgi", "გიორგი", Met::Reading),
];

const NOT: &[(&str, &str)] = &[("Հարությունյան", "grigoryan"), ("გიორგი", "nino"), ("ნინო", "o")];

#[test]
fn what_is_typed_finds_the_name() {
    check(FOUND, NOT);
}

#[test]
fn a_word_has_one_reading() {
    assert_eq!(texts("Սարգսյան", Part::Family), ["sargsyan"]);
    assert_eq!(texts("მჭედლიშვილი", Part::Family), ["mchedlishvili"]);
}
