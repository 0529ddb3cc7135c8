//! Imports by stage: reading a format, checking and indexing, and the whole.

use std::io::Cursor as Bytes;

use cardex::contacts::AddManyOptions;
use cardex::{Durability, Network};
use cardex_demo::Demo;
use cardex_exchange::{Format, ImportOptions, Reader, WriteOptions, Writer};
use criterion::{BatchSize, Criterion, Throughput};

use crate::book::Book;

pub(crate) fn import(c: &mut Criterion) {
    let demo = Demo::new(1, 2_000);
    let mut group = c.benchmark_group("import");
    group.throughput(Throughput::Elements(2_000)).sample_size(10);
    group.bench_function("add_many", |b| {
        b.iter_batched(
            || {
                let book = Book::empty(Durability::Commit);
                book.session().directory().add_advisors(demo.advisors()).unwrap();
                book
            },
            |book| {
                book.session().add_many(demo.contacts(), AddManyOptions::new(), |_, _| {}).unwrap();
                book
            },
            BatchSize::PerIteration,
        );
    });
    let source = Book::demo(2_000);
    for format in [Format::VCard, Format::Csv, Format::JsonLines] {
        let mut writer = Writer::new(Vec::new(), format, WriteOptions::new());
        for contact in source.session().contacts().limit(1_000).iter() {
            writer.write(&contact.unwrap(), None).unwrap();
        }
        let text = writer.finish().unwrap();
        let name = format.as_str();
        group.bench_function(format!("{name}: read"), |b| {
            b.iter(|| Reader::new(Bytes::new(&text), format, Network::SMS).flatten().count());
        });
        let book = Book::empty(Durability::Commit);
        group.bench_function(format!("{name}: dry run, nothing kept"), |b| {
            let options = ImportOptions::new(format, Network::SMS).dry_run(true);
            b.iter(|| cardex_exchange::import(&book.session(), Bytes::new(&text), &options, |_| {}).unwrap());
        });
        group.bench_function(name, |b| {
            b.iter_batched(
                || Book::empty(Durability::Commit),
                |book| {
                    let options = ImportOptions::new(format, Network::SMS);
                    cardex_exchange::import(&book.session(), Bytes::new(&text), &options, |_| {}).unwrap();
                    book
                },
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}
