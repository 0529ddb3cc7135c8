//! Arabic and Persian: interchangeable letters, and Latin queries by consonants.

use super::{FoundBy, check, texts};
use crate::text::fold::fold;
use crate::text::readings::{NamePart, phonetic_keys, query_phonetic_keys};

const FOUND: &[(&str, &str, FoundBy)] = &[
    ("محمد", "mohammad", FoundBy::Phonetic),
    ("محمد", "Muhammed", FoundBy::Phonetic),
    ("محمد", "mohamed", FoundBy::Phonetic),
    ("محمد", "Mehmed", FoundBy::Phonetic),
    ("محمد", "moh", FoundBy::Phonetic),
    ("خالد", "khaled", FoundBy::Phonetic),
    ("خالد", "Khalid", FoundBy::Phonetic),
    ("عمر", "omar", FoundBy::Phonetic),
    ("عمر", "Umar", FoundBy::Phonetic),
    ("يوسف", "yousef", FoundBy::Phonetic),
    ("يوسف", "Yusuf", FoundBy::Phonetic),
    ("يوسف", "jusuf", FoundBy::Phonetic),
    ("فاطمة", "fatima", FoundBy::Phonetic),
    ("فاطمة", "fatimah", FoundBy::Phonetic),
    ("عبدالله", "abdullah", FoundBy::Phonetic),
    ("جمال", "jamal", FoundBy::Phonetic),
    ("جمال", "gamal", FoundBy::Phonetic),
    ("مروان", "marwan", FoundBy::Phonetic),
    ("عائشة", "aisha", FoundBy::Phonetic),
    ("عائشة", "ayesha", FoundBy::Phonetic),
    ("فؤاد", "fouad", FoundBy::Phonetic),
    ("وليد", "waleed", FoundBy::Phonetic),
    ("عثمان", "othman", FoundBy::Phonetic),
    ("عثمان", "osman", FoundBy::Phonetic),
    ("ممدوح", "mamdouh", FoundBy::Phonetic),
    ("قاسم", "qasim", FoundBy::Phonetic),
    ("قاسم", "kassem", FoundBy::Phonetic),
    // Names that differ only in vowels match.
    ("محمد", "mahmoud", FoundBy::Phonetic),
    // With the article and without.
    ("الحسن", "حسن", FoundBy::Reading),
    ("حسن", "الحسن", FoundBy::Reading),
    ("الحسن", "hassan", FoundBy::Phonetic),
    ("الحسن", "al-Hassan", FoundBy::Phonetic),
    ("الحسن", "Alhassan", FoundBy::Phonetic),
    ("الحسن", "el hassan", FoundBy::Phonetic),
    // Abd is written together with the next word, or apart.
    ("عبدالرحمن", "abdulrahman", FoundBy::Phonetic),
    ("عبد الرحمن", "abdulrahman", FoundBy::Phonetic),
    ("عبد العزيز", "Abdelaziz", FoundBy::Phonetic),
    ("عبد الله", "abdullah", FoundBy::Phonetic),
    // Persian and Urdu.
    ("رضا", "reza", FoundBy::Phonetic),
    ("رضا", "rida", FoundBy::Phonetic),
    ("شیرین", "shirin", FoundBy::Phonetic),
    ("پرویز", "parviz", FoundBy::Phonetic),
    ("گلشیفته", "golshifteh", FoundBy::Phonetic),
    ("ژاله", "zhaleh", FoundBy::Phonetic),
    ("چنگیز", "changiz", FoundBy::Phonetic),
    // Keyboards, marks and digits.
    ("علي", "علی", FoundBy::Word),
    ("علی", "على", FoundBy::Word),
    ("كريم", "کریم", FoundBy::Word),
    ("فاطمة", "فاطمه", FoundBy::Word),
    ("أحمد", "احمد", FoundBy::Word),
    ("إبراهيم", "ابرا", FoundBy::Word),
    ("آدم", "ادم", FoundBy::Word),
    ("ٱلحسن", "الحسن", FoundBy::Word),
    ("فؤاد", "فواد", FoundBy::Word),
    ("علاء", "علا", FoundBy::Word),
    ("مُحَمَّد", "محمد", FoundBy::Word),
    ("مـحـمـد", "محمد", FoundBy::Word),
    ("ﻣﺤﻤﺪ", "محمد", FoundBy::Word),
    ("خانه ۱۲", "12", FoundBy::Word),
    ("بيت ١٢", "12", FoundBy::Word),
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
fn queries_match_names() {
    check(FOUND, NOT);
}

#[test]
fn phonetic_keys_are_consonants() {
    assert_eq!(phonetic_keys(&fold("محمد")), ["MHMD"]);
    assert_eq!(phonetic_keys(&fold("الحسن")), ["ALHSN", "HSN"]);
    assert_eq!(phonetic_keys(&fold("رضا")), ["RD", "RZ"]);
    assert!(query_phonetic_keys("moh").contains(&"MH".to_owned()));
    assert_eq!(texts("محمد", NamePart::Given), [""; 0]);
    assert_eq!(texts("الحسن", NamePart::Given), ["حسن"]);
}
