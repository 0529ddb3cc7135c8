//! Lists: pages, letters, positions.

use std::hint::black_box;

use cardex::Network;
use cardex_demo::Demo;
use criterion::Criterion;

use crate::book::BOOK;

pub(crate) fn list(c: &mut Criterion) {
    let session = BOOK.session();
    let list = || session.contacts().network(Network::WHATSAPP).limit(20);
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
    group.bench_function("letters, all networks", |b| b.iter(|| session.contacts().sections().unwrap()));
    group.bench_function("letters, one advisor", |b| {
        b.iter(|| list().advisor(Demo::FIRST_ADVISOR).sections().unwrap());
    });
    group.bench_function("page from M", |b| b.iter(|| list().from_section("M").page().unwrap()));
    group
        .bench_function("position near the start", |b| b.iter(|| list().position(black_box(&here)).unwrap()));
    group.bench_function("position of Z", |b| b.iter(|| list().position(black_box(&end)).unwrap()));
    let end = session.contacts().from_section("Z").page().unwrap().before.unwrap();
    group.bench_function("position of Z, all networks", |b| {
        b.iter(|| session.contacts().position(black_box(&end)).unwrap());
    });
    group.bench_function("total", |b| b.iter(|| list().total().unwrap()));
    group.finish();
}
