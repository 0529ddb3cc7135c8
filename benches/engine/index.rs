//! The index and paging: seeking a block, reading rows, refreshing the memtable, compaction, cursors.

use std::hint::black_box;
use std::time::{Duration, Instant};

use cardex::contacts::AddManyOptions;
use cardex::{Actor, ContactPatch, Cursor, Network, SearchFields, Store};
use cardex_demo::Demo;
use criterion::{BatchSize, Criterion};

use crate::book::{BOOK, Book};

pub(crate) fn index(c: &mut Criterion) {
    let session = BOOK.session();
    let mut group = c.benchmark_group("part seek");
    // One hit, or none: the rest of the time is the seek.
    for (name, text) in [("one hit", "mar"), ("no hit", "qqqqq")] {
        let search = session.search(text).network(Network::WHATSAPP).fields(SearchFields::Names).limit(1);
        group.bench_function(name, |b| b.iter(|| black_box(&search).page().unwrap()));
    }
    group.finish();
    let mut group = c.benchmark_group("hydrate");
    let first = session.contacts().limit(1).page().unwrap().items.remove(0).id;
    group.bench_function("contact by id", |b| b.iter(|| session.get(black_box(first)).unwrap()));
    for rows in [1, 20, 200] {
        let list = session.contacts().network(Network::WHATSAPP).limit(rows);
        group.bench_function(format!("list of {rows}"), |b| b.iter(|| black_box(&list).page().unwrap()));
    }
    group.finish();
    let mut group = c.benchmark_group("cursor");
    let cursor = session.search("a").page().unwrap().after.unwrap();
    let text = cursor.to_string();
    group.bench_function("write", |b| b.iter(|| black_box(&cursor).to_string()));
    group.bench_function("read", |b| b.iter(|| black_box(&text).parse::<Cursor>().unwrap()));
    group.finish();
    delta(c);
    merge(c);
}

/// A search after a write of another connection; only the search is timed.
fn delta(c: &mut Criterion) {
    let mut group = c.benchmark_group("delta refresh");
    for (name, edits) in [("after 1 edit", 1_u64), ("after 100 edits", 100)] {
        let book = Book::demo(2_000);
        let session = book.session();
        let other = Store::open(book.path()).unwrap();
        let writer = other.session(Actor::System);
        let id = writer.contacts().limit(1).page().unwrap().items.remove(0).id;
        let mut number = 0_u64;
        group.sample_size(10).bench_function(name, |b| {
            b.iter_custom(|rounds| {
                let mut took = Duration::ZERO;
                for _ in 0..rounds {
                    for _ in 0..edits {
                        number += 1;
                        writer.edit(id, ContactPatch::new().last_name(format!("Doe {number}"))).unwrap();
                    }
                    let start = Instant::now();
                    black_box(session.search("qqqqq").network(Network::WHATSAPP).page().unwrap());
                    took += start.elapsed();
                }
                took
            });
        });
    }
    group.finish();
}

/// Compaction of several segments into one.
fn merge(c: &mut Criterion) {
    let mut group = c.benchmark_group("merge");
    group.sample_size(10).bench_function("4 segments of 1,000 contacts", |b| {
        b.iter_batched(
            || {
                let book = Book::demo(1_000);
                let demo = Demo::new(1, 4_000).with_advisors(0);
                for at in 1..4 {
                    let part = (at * 1_000..(at + 1) * 1_000).map(|index| demo.contact(index));
                    book.session().add_many(part, AddManyOptions::new(), |_, _| {}).unwrap();
                }
                book
            },
            |book| {
                book.store.optimize().unwrap();
                book
            },
            BatchSize::PerIteration,
        );
    });
    group.finish();
}
