//! Filters, orders, counts and numbered pages of a book whose contacts have five attributes and three tags each, beside the same
//! pages by `ORDER BY … LIMIT … OFFSET` on the same rows.
//!
//! `cargo bench --bench filter -- 100000` makes such a book in a temporary folder and prints microseconds.

#![allow(missing_docs, clippy::print_stdout, clippy::unwrap_used, clippy::arithmetic_side_effects)]
#![allow(clippy::indexing_slicing)]

use std::path::Path;
use std::time::Instant;

use cardex::demo::Demo;
use cardex::{
    Actor, AttributeKind, AttributeSpace, BulkOptions, Filter, NewAttribute, Options, Order, Session, Sort,
    TagPatch,
};
use rusqlite::Connection;

const CITIES: [&str; 7] = ["Lyon", "Osaka", "Quito", "Turku", "Graz", "Accra", "Poznań"];
const ATTRIBUTES: [(&str, AttributeKind); 5] = [
    ("plan", AttributeKind::Text),
    ("score", AttributeKind::Number),
    ("since", AttributeKind::Date),
    ("vip", AttributeKind::Checkbox),
    ("code", AttributeKind::Text),
];
const FILTERS: [&str; 20] = [
    "tag = t0",
    "tag = t2",
    "tag = t299",
    "tag = t0 and tag = t150",
    "tag = t299 or tag = t298",
    "not tag = t0",
    "@plan = plan0",
    "@plan = plan999",
    "@plan starts plan99",
    "@score > 990",
    "@score > 10",
    "@vip = true and tag = t100",
    "@code = code77",
    "@code absent",
    "company present and city = Lyon",
    "city = Quito",
    "email contains nobody-has-this",
    "phone present and @score <= 5",
    "created > 1 days ago and @plan = plan500",
    "(tag = t3 or @plan = plan7) and not city = Graz",
];

/// Fills a book. What single contacts get afterwards is put there in one go, beside the library: a million transactions would be
/// what is measured else.
fn fill(path: &Path, contacts: u64) -> Session {
    let store = Options::new().id_seed(1).open(path).unwrap();
    let desk = store.session(Actor::System);
    let demo = Demo::new(1, contacts);
    desk.add_advisors(demo.advisors()).unwrap();
    let people = demo.contacts().enumerate().map(|(n, contact)| match n % 9 {
        city @ 0..7 => contact.city(CITIES[city]),
        _ => contact,
    });
    desk.add_many(people, BulkOptions::new(), |_, _| {}).unwrap();
    for (key, kind) in ATTRIBUTES {
        desk.add_attribute(NewAttribute::new(AttributeSpace::Custom, key, kind)).unwrap();
    }
    for n in 0..300 {
        desk.add_tag(TagPatch::new().name(format!("t{n}"))).unwrap();
    }
    let sqlite = Connection::open(path).unwrap();
    // Tags: one that half of all have, one of a hundred, one of two hundred.
    sqlite
        .execute_batch(
            "BEGIN IMMEDIATE;
            INSERT INTO contact_tag (contact, tag) SELECT id, 1 + id % 2 * 2 FROM contact;
            INSERT INTO contact_tag (contact, tag) SELECT id, 4 + id % 97 FROM contact;
            INSERT INTO contact_tag (contact, tag) SELECT id, 101 + id * 7 % 200 FROM contact;
            UPDATE tag SET contacts = (SELECT count(*) FROM contact_tag WHERE tag = tag.id);
            INSERT INTO attribute SELECT id, 1, '\"plan' || (id % 1000) || '\"', 'plan' || (id % 1000) FROM contact;
            INSERT INTO attribute SELECT id, 2, id * 31 % 1000, CAST(id * 31 % 1000 AS REAL) FROM contact;
            INSERT INTO attribute SELECT id, 3, '\"2025-01-01\"', 1735689600000 + id % 365 * 86400000 FROM contact;
            INSERT INTO attribute SELECT id, 4, iif(id % 50, 'false', 'true'), id % 50 = 0 FROM contact;
            INSERT INTO attribute SELECT id, 5, '\"code' || id || '\"', 'code' || id FROM contact;
            COMMIT",
        )
        .unwrap();
    desk
}

/// Microseconds, p50 and p99 of some runs, with what the last one gave.
fn timed(mut run: impl FnMut() -> String) -> String {
    let mut last = String::new();
    let mut micros: Vec<u128> = (0..30)
        .map(|_| {
            let begun = Instant::now();
            last = run();
            begun.elapsed().as_micros()
        })
        .collect();
    micros.sort_unstable();
    format!("{:>8} / {:>8}  {last}", micros[15], micros[29])
}

fn main() {
    let contacts = std::env::args().skip(1).find_map(|text| text.parse().ok()).unwrap_or(100_000);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    let desk = fill(&path, contacts);
    let sqlite = Connection::open(&path).unwrap();
    println!("{contacts} contacts, pages of 15, µs p50 / p99");
    let pages = contacts / 15;
    for sort in Sort::ALL {
        for number in [1, 1_000.min(pages), pages / 2, pages] {
            let list = || desk.contacts().order(Order::from(sort)).limit(15);
            let page = || format!("{} contacts", list().numbered(number).unwrap().items.len());
            println!("{:>9} page {number:>6}: {}", Order::from(sort), timed(page));
        }
        let list = || desk.contacts().order(sort.descending()).limit(15);
        let walk = list().page().unwrap().after;
        let next = || format!("{} contacts", list().after(walk.clone()).page().unwrap().items.len());
        println!("{:>9} by cursor, down: {}", Order::from(sort), timed(next));
    }
    let sql =
        "SELECT id FROM contact WHERE trashed_at IS NULL ORDER BY lower(last_name), id LIMIT 15 OFFSET 15000";
    let mut offset = sqlite.prepare(sql).unwrap();
    let rows = || format!("{} rows", offset.query_map([], |row| row.get::<_, i64>(0)).unwrap().count());
    println!("OFFSET, page 1000, no index: {}", timed(rows));
    sqlite.execute_batch("CREATE INDEX by_company ON contact (lower(company), id)").unwrap();
    let sql =
        "SELECT * FROM contact WHERE trashed_at IS NULL ORDER BY lower(company), id LIMIT 15 OFFSET 15000";
    let mut offset = sqlite.prepare(sql).unwrap();
    let rows = || format!("{} rows", offset.query_map([], |row| row.get::<_, i64>(0)).unwrap().count());
    println!("OFFSET, page 1000, by index: {}", timed(rows));
    for text in FILTERS {
        let list = desk.contacts().filter(text.parse::<Filter>().unwrap()).limit(15);
        let page = || {
            let page = list.page().unwrap();
            format!("{} contacts{}", page.items.len(), if page.refine { ", refine" } else { "" })
        };
        println!("{text:>48} page:  {}", timed(page));
        let count = || list.count().map(|total| format!("{total:?}")).unwrap();
        println!("{:>48} count: {}", "", timed(count));
    }
}
