//! Single writes, durable and relaxed.

use cardex::{ContactPatch, Durability, Network, NewContact};
use criterion::Criterion;

use crate::book::Book;

pub(crate) fn write(c: &mut Criterion) {
    let mut group = c.benchmark_group("write");
    for (name, durability) in [("add, durable", Durability::Commit), ("add, relaxed", Durability::Checkpoint)]
    {
        let book = Book::empty(durability);
        let session = book.session();
        let mut number = 0_u64;
        group.bench_function(name, |b| {
            b.iter(|| {
                number += 1;
                let phone = format!("+3361{number:07}");
                session.add(NewContact::new(Network::SMS_DIRECT, "John", "Doe").phone(phone)).unwrap()
            });
        });
        let john = session.add(NewContact::new(Network::SMS_DIRECT, "John", "Doe")).unwrap();
        group.bench_function(name.replace("add", "edit"), |b| {
            b.iter(|| {
                number += 1;
                session.edit(john.id, ContactPatch::new().last_name(format!("Doe {number}"))).unwrap()
            });
        });
    }
    group.finish();
}
