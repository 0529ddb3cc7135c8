//! Arabic and Persian: letters that are one, and Latin typing by consonants.

use super::{Met, check, texts};
use crate::text::fold::fold;
use crate::text::readings::{Part, heard, sound};

const FOUND: &[(&str, &str, Met)] = &[
    ("محمد", "mohammad", Met::Sound),
    ("محمد", "Muhammed", Met::Sound),
    ("محمد", "mohamed", Met::Sound),
    ("محمد", "Mehmed", Met::Sound),
    ("محمد", "moh", Met::Sound),
    ("خالد", "khaled", Met::Sound),
    ("خالد", "Khalid", Met::Sound),
    ("عمر", "omar", Met::Sound),
    ("عمر", "Umar", Met::Sound),
    ("يوسف", "yousef", Met::Sound),
    ("يوسف", "Yusuf", Met::Sound),
    ("يوسف", "jusuf", Met::Sound),
    ("فاطمة", "fatima", Met::Sound),
    ("فاطمة", "fatimah", Met::Sound),
    ("عبدالله", "abdullah", Met::Sound),
    ("جمال", "jamal", Met::Sound),
    ("جمال", "gamal", Met::Sound),
    ("مروان", "marwan", Met::Sound),
    ("عائشة", "aisha", Met::Sound),
    ("عائشة", "ayesha", Met::Sound),
    ("فؤاد", "fouad", Met::Sound),
    ("وليد", "waleed", Met::Sound),
    ("عثمان", "othman", Met::Sound),
    ("عثمان", "osman", Met::Sound),
    ("ممدوح", "mamdouh", Met::Sound),
    ("قاسم", "qasim", Met::Sound),
    ("قاسم", "kassem", Met::Sound),
    // What only vowels tell apart is one.
    ("محمد", "mahmoud", Met::Sound),
    // With the article and without.
    ("الحسن", "حسن", Met::Reading),
    ("حسن", "الحسن", Met::Reading),
    ("الحسن", "hassan", Met::Sound),
    ("الحسن", "al-Hassan", Met::Sound),
    ("الحسن", "Alhassan", Met::Sound),
    ("الحسن", "el hassan", Met::Sound),
    // Abd is written with what follows it or apart.
    ("عبدالرحمن", "abdulrahman", Met::Sound),
    ("عبد الرحمن", "abdulrahman", Met::Sound),
    ("عبد العزيز", "Abdelaziz", Met::Sound),
    ("عبد الله", "abdullah", Met::Sound),
    // Persian and Urdu.
    ("رضا", "reza", Met::Sound),
    ("رضا", "rida", Met::Sound),
    ("شیرین", "shirin", Met::Sound),
    ("پرویز", "parviz", Met::Sound),
    ("گلشیفته", "golshifteh", Met::Sound),
    ("ژاله", "zhaleh", Met::Sound),
    ("چنگیز", "changiz", Met::Sound),
    // Keyboards, marks and digits.
    ("علي", "علی", Met::Word),
    ("علی", "على", Met::Word),
    ("كريم", "کریم", Met::Word),
    ("فاطمة", "فاطمه", Met::Word),
    ("أحمد", "احمد", Met::Word),
    ("إبراهيم", "ابرا", Met::Word),
    ("آدم", "ادم", Met::Word),
    ("ٱلحسن", "الحسن", Met::Word),
    ("فؤاد", "فواد", Met::Word),
    ("علاء", "علا", Met::Word),
    ("مُحَمَّد", "محمد", Met::Word),
    ("مـحـمـد", "محمد", Met::Word),
    ("ﻣﺤﻤﺪ", "محمد", Met::Word),
    ("خانه ۱۲", "12", Met::Word),
    ("بيت ١٢", "12", Met::Word),
];

const NOT: &[(&str, &str)] = &[
    ("محمد", "m"),
    ("محمد", "mo"),
    ("خالد", "walid"),
    ("عمر", "amin"),
    ("الحسن", "hussam"),
    ("Mohammed", "محمد"),
    ("علي", "لي"),
    ("ال", "a"),
];

#[test]
fn what_is_typed_finds_the_name() {
    check(FOUND, NOT);
}

#[test]
fn sounds_are_consonants() {
    assert_eq!(sound(&fold("محمد")), ["MHMD"]);
    assert_eq!(sound(&fold("الحسن")), ["ALHSN", "HSN"]);
    assert_eq!(sound(&fold("رضا")), ["RD", "RZ"]);
    assert!(heard("moh").contains(&"MH".to_owned()));
    assert_eq!(texts("محمد", Part::Given), [""; 0]);
    assert_eq!(texts("الحسن", Part::Given), ["حسن"]);
}
