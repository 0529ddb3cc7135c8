//! Searches, by the start of names and by substrings.

use std::hint::black_box;

use cardex::Network;
use cardex_demo::Demo;
use criterion::Criterion;

use crate::book::{BOOK, Book};

pub(crate) fn search(c: &mut Criterion) {
    let session = BOOK.session();
    let mut group = c.benchmark_group("search");
    for text in ["a", "mar", "garcia", "мар", "王"] {
        group.bench_function(text, |b| {
            b.iter(|| session.search(black_box(text)).network(Network::WHATSAPP).page().unwrap());
        });
    }
    group.bench_function("mar, one advisor", |b| {
        b.iter(|| {
            session.search("mar").network(Network::WHATSAPP).advisor(Demo::FIRST_ADVISOR).page().unwrap()
        });
    });
    let first = session.search("a").network(Network::WHATSAPP).page().unwrap();
    group.bench_function("a, second page", |b| {
        b.iter(|| session.search("a").network(Network::WHATSAPP).after(first.after.clone()).page().unwrap());
    });
    group.bench_function("a, all networks", |b| b.iter(|| session.search("a").page().unwrap()));
    group.finish();
}

pub(crate) fn substring(c: &mut Criterion) {
    let book = Book::demo(20_000);
    let session = book.session();
    while !session.substring_index().build(100_000).unwrap() {}
    let mut group = c.benchmark_group("substring");
    for text in ["a", "王", "ar", "rci", "gmail.com", "33612", "arciax"] {
        group.bench_function(text, |b| {
            b.iter(|| session.search_substring(black_box(text)).page().unwrap());
        });
    }
    group.bench_function("ar, one advisor", |b| {
        b.iter(|| session.search_substring("ar").advisor(Demo::FIRST_ADVISOR).page().unwrap());
    });
    group.finish();
}
