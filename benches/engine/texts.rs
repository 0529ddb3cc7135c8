//! Benchmarks of texts: the fold, the readings of names, phone numbers.

use std::hint::black_box;

use criterion::{Criterion, Throughput};

use crate::text::fold::{fold, variants};
use crate::text::phone::PhoneParser;
use crate::text::readings::{NamePart, phonetic_keys};
use crate::text::tokenizer::tokenize;

const NAMES: [(&str, &str); 6] = [
    ("Latin", "Jean-Luc Garcia"),
    ("marks", "Zoë Müller-Ångström"),
    ("Cyrillic", "Александр Иванов"),
    ("Han", "王小明"),
    ("Arabic", "محمد عبد الله"),
    ("Hangul", "김민준"),
];

const NUMBERS: [(&str, &str, Option<&str>); 4] = [
    ("with country code", "+33 6 12 34 56 78", None),
    ("French national", "06 12 34 56 78", Some("FR")),
    ("Brazilian national", "(11) 91234-5678", Some("BR")),
    ("not a number", "call the office", Some("FR")),
];

pub(crate) fn texts(c: &mut Criterion) {
    let mut group = c.benchmark_group("fold");
    for (script, name) in NAMES {
        group.throughput(Throughput::Bytes(name.len() as u64));
        group.bench_function(script, |b| b.iter(|| fold(black_box(name))));
    }
    group.finish();
    let mut group = c.benchmark_group("key");
    for (script, name) in NAMES {
        group.bench_function(format!("forms, {script}"), |b| b.iter(|| variants(black_box(name))));
        group.bench_function(format!("words and readings, {script}"), |b| {
            b.iter(|| tokenize(black_box(name), NamePart::Other));
        });
        let folded = fold(name);
        group.bench_function(format!("phonetic keys, {script}"), |b| {
            b.iter(|| phonetic_keys(black_box(&folded)));
        });
    }
    group.finish();
    let mut group = c.benchmark_group("phone parse");
    for (kind, text, region) in NUMBERS {
        let phones = PhoneParser::new(region).unwrap();
        group.bench_function(kind, |b| b.iter(|| phones.parse(black_box(text))));
    }
    group.finish();
}
