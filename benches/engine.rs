//! The engine part by part, so that a change of speed names its place: `cargo bench --bench engine`. `CARDEX_CONTACTS` says
//! how many contacts the books of searches and lists have; 20,000 if it does not.

#![allow(missing_docs, clippy::unwrap_used, clippy::arithmetic_side_effects)]

use std::hint::black_box;
use std::io::Cursor as Bytes;
use std::sync::LazyLock;

use cardex::demo::Demo;
use cardex::exchange::{Format, ImportOptions, WriteOptions, Writer};
use cardex::{Actor, BulkOptions, ContactPatch, Durability, Network, NewContact, Options, Session, Store};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};

/// The book of searches and lists.
static BOOK: LazyLock<Book> = LazyLock::new(|| {
    Book::demo(std::env::var("CARDEX_CONTACTS").map_or(20_000, |number| number.parse().unwrap()))
});

/// A demo book in a folder that goes away with it.
struct Book {
    store: Store,
    _folder: tempfile::TempDir,
}

impl Book {
    fn empty(durability: Durability) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("book.cardex");
        let store = Options::new().durability(durability).id_seed(1).open(path).unwrap();
        Self { store, _folder: folder }
    }

    fn demo(contacts: u64) -> Self {
        let book = Self::empty(Durability::Commit);
        let demo = Demo::new(1, contacts);
        book.desk().add_advisors(demo.advisors()).unwrap();
        book.desk().add_many(demo.contacts(), BulkOptions::new(), |_, _| {}).unwrap();
        book
    }

    fn desk(&self) -> Session {
        self.store.session(Actor::System)
    }
}

fn search(c: &mut Criterion) {
    let desk = BOOK.desk();
    let mut group = c.benchmark_group("search");
    for text in ["a", "mar", "garcia", "мар", "王"] {
        group.bench_function(text, |b| {
            b.iter(|| desk.search(black_box(text)).network(Network::WHATSAPP).page().unwrap());
        });
    }
    group.bench_function("mar, one advisor", |b| {
        b.iter(|| desk.search("mar").network(Network::WHATSAPP).advisor(Demo::FIRST_ADVISOR).page().unwrap());
    });
    let first = desk.search("a").network(Network::WHATSAPP).page().unwrap();
    group.bench_function("a, second page", |b| {
        b.iter(|| desk.search("a").network(Network::WHATSAPP).after(first.after.clone()).page().unwrap());
    });
    group.bench_function("a, all networks", |b| b.iter(|| desk.search("a").page().unwrap()));
    group.finish();
}

fn substring(c: &mut Criterion) {
    let book = Book::demo(20_000);
    let desk = book.desk();
    while !desk.index_substrings(100_000).unwrap() {}
    let mut group = c.benchmark_group("substring");
    for text in ["a", "王", "ar", "rci", "gmail.com", "33612", "arciax"] {
        group.bench_function(text, |b| {
            b.iter(|| desk.containing(black_box(text)).page().unwrap());
        });
    }
    group.bench_function("ar, one advisor", |b| {
        b.iter(|| desk.containing("ar").advisor(Demo::FIRST_ADVISOR).page().unwrap());
    });
    group.finish();
}

fn list(c: &mut Criterion) {
    let desk = BOOK.desk();
    let list = || desk.contacts().network(Network::WHATSAPP).limit(20);
    let mut deep = list().page().unwrap();
    for _ in 0..50 {
        deep = list().after(deep.after).page().unwrap();
    }
    let mut group = c.benchmark_group("list");
    group.bench_function("first page", |b| b.iter(|| list().page().unwrap()));
    group.bench_function("page 51", |b| b.iter(|| list().after(deep.after.clone()).page().unwrap()));
    group.bench_function("page 49, backwards", |b| {
        b.iter(|| list().before(deep.before.clone()).page().unwrap());
    });
    group.bench_function("one advisor", |b| b.iter(|| list().advisor(Demo::FIRST_ADVISOR).page().unwrap()));
    let (here, end) = (deep.before.unwrap(), list().from_section("Z").page().unwrap().before.unwrap());
    group.bench_function("letters", |b| b.iter(|| list().sections().unwrap()));
    group.bench_function("letters, all networks", |b| b.iter(|| desk.contacts().sections().unwrap()));
    group.bench_function("letters, one advisor", |b| {
        b.iter(|| list().advisor(Demo::FIRST_ADVISOR).sections().unwrap());
    });
    group.bench_function("page from M", |b| b.iter(|| list().from_section("M").page().unwrap()));
    group
        .bench_function("position near the start", |b| b.iter(|| list().position(black_box(&here)).unwrap()));
    group.bench_function("position of Z", |b| b.iter(|| list().position(black_box(&end)).unwrap()));
    let end = desk.contacts().from_section("Z").page().unwrap().before.unwrap();
    group.bench_function("position of Z, all networks", |b| {
        b.iter(|| desk.contacts().position(black_box(&end)).unwrap());
    });
    group.bench_function("total", |b| b.iter(|| list().total().unwrap()));
    group.finish();
}

fn write(c: &mut Criterion) {
    let mut group = c.benchmark_group("write");
    for (name, durability) in [("add, durable", Durability::Commit), ("add, relaxed", Durability::Checkpoint)]
    {
        let book = Book::empty(durability);
        let desk = book.desk();
        let mut number = 0_u64;
        group.bench_function(name, |b| {
            b.iter(|| {
                number += 1;
                let phone = format!("+3361{number:07}");
                desk.add(NewContact::new(Network::SMS_DIRECT, "John", "Doe").phone(phone)).unwrap()
            });
        });
        let john = desk.add(NewContact::new(Network::SMS_DIRECT, "John", "Doe")).unwrap();
        group.bench_function(name.replace("add", "edit"), |b| {
            b.iter(|| {
                number += 1;
                desk.edit(john.id, ContactPatch::new().last_name(format!("Doe {number}"))).unwrap()
            });
        });
    }
    group.finish();
}

fn import(c: &mut Criterion) {
    let demo = Demo::new(1, 2_000);
    let mut group = c.benchmark_group("import");
    group.throughput(Throughput::Elements(2_000)).sample_size(10);
    group.bench_function("add_many", |b| {
        b.iter_batched(
            || {
                let book = Book::empty(Durability::Commit);
                book.desk().add_advisors(demo.advisors()).unwrap();
                book
            },
            |book| {
                book.desk().add_many(demo.contacts(), BulkOptions::new(), |_, _| {}).unwrap();
                book
            },
            BatchSize::PerIteration,
        );
    });
    let source = Book::demo(2_000);
    for format in [Format::VCard, Format::Csv, Format::JsonLines] {
        let mut writer = Writer::new(Vec::new(), format, WriteOptions::new());
        for contact in source.desk().contacts().limit(1_000).iter() {
            writer.write(&contact.unwrap(), None).unwrap();
        }
        let text = writer.finish().unwrap();
        group.bench_function(format.as_str(), |b| {
            b.iter_batched(
                || Book::empty(Durability::Commit),
                |book| {
                    let options = ImportOptions::new(format, Network::SMS);
                    book.desk().import(Bytes::new(&text), &options, |_| {}).unwrap();
                    book
                },
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

criterion_group!(benches, search, substring, list, write, import);
criterion_main!(benches);
