//! Filters, orders, counts, merges and find or create, in a store whose contacts have five attributes and three tags
//! each. Compared with the same rows in `PostgreSQL` and the queries of Chatwoot.
//!
//! `cargo bench --bench filter -- 1000000` creates such a store under `bench-data` the first time, and prints microseconds. With
//! `CARDEX_PG` set to a connection string for `psql` (a private server: the tables `contacts`, `tags`, `taggings` are made
//! anew), the second half is printed too. With `--fill` book and tables are made, and nothing is measured. A measurement of a
//! million takes some minutes: the server gets no query after five minutes.

#![allow(missing_docs, clippy::print_stdout, clippy::unwrap_used, clippy::arithmetic_side_effects)]
#![allow(clippy::indexing_slicing)]

mod server;

use std::path::Path;
use std::time::Instant;

use cardex::attributes::{AttributeKind, AttributeNamespace, NewAttribute};
use cardex::contacts::{AddManyOptions, MergeOptions};
use cardex::{Actor, Filter, NewContact, Options, Session, SortField, SortOrder};
use cardex_demo::Demo;

const CITIES: [&str; 7] = ["Lyon", "Osaka", "Quito", "Turku", "Graz", "Accra", "Poznań"];
const ATTRIBUTES: [(&str, AttributeKind); 5] = [
    ("plan", AttributeKind::Text),
    ("score", AttributeKind::Number),
    ("since", AttributeKind::Date),
    ("vip", AttributeKind::Checkbox),
    ("code", AttributeKind::Text),
];

/// Contacts on a page, as in Chatwoot.
const PAGE: usize = 15;

/// A condition, with Chatwoot's SQL for it.
pub(crate) struct Ask {
    pub(crate) filter: &'static str,
    pub(crate) sql: &'static str,
}

const fn ask(filter: &'static str, sql: &'static str) -> Ask {
    Ask { filter, sql }
}

macro_rules! tagged {
    ($name:literal) => {
        concat!(
            "id IN (SELECT taggable_id FROM taggings JOIN tags ON tags.id = tag_id WHERE taggable_type = 'Contact' \
             AND context = 'labels' AND tags.name = '",
            $name,
            "')"
        )
    };
}

/// Selectivities from a half to zero.
pub(crate) const ASKS: [Ask; 20] = [
    ask("tag = t0", tagged!("t0")),
    ask("tag = t4", tagged!("t4")),
    ask("tag = t299", tagged!("t299")),
    ask("tag = t0 and tag = t150", concat!(tagged!("t0"), " AND ", tagged!("t150"))),
    ask("tag = t299 or tag = t298", concat!("(", tagged!("t299"), " OR ", tagged!("t298"), ")")),
    ask("not tag = t0", concat!("NOT ", tagged!("t0"))),
    ask("@plan = plan0", "LOWER(custom_attributes ->> 'plan') = 'plan0'"),
    ask("@plan starts plan99", "LOWER(custom_attributes ->> 'plan') LIKE 'plan99%'"),
    ask("@score > 990", "(custom_attributes ->> 'score')::numeric > 990"),
    ask("@score > 10", "(custom_attributes ->> 'score')::numeric > 10"),
    ask(
        "@vip = true and tag = t100",
        concat!("(custom_attributes ->> 'vip')::boolean AND ", tagged!("t100")),
    ),
    ask("@code = code77", "LOWER(custom_attributes ->> 'code') = 'code77'"),
    ask("@code absent", "custom_attributes ->> 'code' IS NULL"),
    ask("@since absent", "custom_attributes ->> 'since' IS NULL"),
    ask(
        "company present and city = Lyon",
        "additional_attributes ->> 'company_name' <> '' AND LOWER(additional_attributes ->> 'city') = 'lyon'",
    ),
    ask("city = Quito", "LOWER(additional_attributes ->> 'city') = 'quito'"),
    ask("email contains nobody-has-this", "LOWER(email) LIKE '%nobody-has-this%'"),
    ask(
        "phone present and @score <= 5",
        "phone_number <> '' AND (custom_attributes ->> 'score')::numeric <= 5",
    ),
    ask(
        "created > 1 days ago and @plan = plan500",
        "created_at > now() - interval '1 day' AND LOWER(custom_attributes ->> 'plan') = 'plan500'",
    ),
    ask(
        "(tag = t3 or @plan = plan7) and not city = Graz",
        concat!(
            "(",
            tagged!("t3"),
            " OR LOWER(custom_attributes ->> 'plan') = 'plan7') AND LOWER(additional_attributes ->> 'city') <> 'graz'"
        ),
    ),
];

/// Fills a store. One in a hundred thousand contacts has no date.
fn fill(path: &Path, contacts: u64) {
    // A large page cache, because every contact writes pages of values and tags.
    let store = Options::new().id_seed(1).page_cache(512 << 20).open(path).unwrap();
    let session = store.session(Actor::System);
    let demo = Demo::new(1, contacts);
    session.directory().add_advisors(demo.advisors()).unwrap();
    for (key, kind) in ATTRIBUTES {
        session.attributes().add(NewAttribute::new(AttributeNamespace::Custom, key, kind)).unwrap();
    }
    let people = demo.contacts().enumerate().map(|(n, contact)| {
        let custom = |contact: NewContact, key, value: serde_json::Value| {
            contact.attribute(AttributeNamespace::Custom, key, value)
        };
        let mut contact = match n % 9 {
            city @ 0..7 => contact.city(CITIES[city]),
            _ => contact,
        };
        // Tags: one that half of all have, one of a hundred, one of two hundred.
        for tag in [n % 2 * 2, 3 + n % 97, 100 + n * 7 % 200] {
            contact = contact.tag(format!("t{tag}"));
        }
        contact = custom(contact, "plan", format!("plan{}", n % 1_000).into());
        contact = custom(contact, "score", (n * 31 % 1_000).into());
        contact = custom(contact, "vip", n.is_multiple_of(50).into());
        contact = custom(contact, "code", format!("code{n}").into());
        if n % 100_000 == 7 {
            return contact;
        }
        custom(contact, "since", format!("2025-{:02}-{:02}", 1 + n % 12, 1 + n % 28).into())
    });
    session.add_many(people, AddManyOptions::new(), |_, _| {}).unwrap();
    store.optimize().unwrap();
}

/// Microseconds of consecutive runs.
fn timed(runs: usize, run: impl FnMut(usize) -> String) -> String {
    timed_after(runs, || {}, run)
}

/// Microseconds, p50 and maximum, of runs with a preparation before each; and the result of the last run.
fn timed_after(runs: usize, mut before: impl FnMut(), mut run: impl FnMut(usize) -> String) -> String {
    let mut last = String::new();
    let mut micros: Vec<u128> = (0..runs)
        .map(|n| {
            before();
            let begun = Instant::now();
            last = run(n);
            begun.elapsed().as_micros()
        })
        .collect();
    micros.sort_unstable();
    format!("{:>8} / {:>8}  {last}", micros[runs / 2], micros[runs - 1])
}

/// Reads second pages of other lists, so that no cached offset of the measured list remains.
fn forget(session: &Session, sort: SortField) {
    for other in SortField::ALL.into_iter().filter(|other| *other != sort) {
        for order in [SortOrder::from(other), other.descending()] {
            session.contacts().order(order).limit(PAGE).page_number(2).unwrap();
        }
    }
}

fn lists(session: &Session, contacts: u64) {
    let pages = contacts / 15;
    for sort in SortField::ALL {
        let list = || session.contacts().order(SortOrder::from(sort)).limit(PAGE);
        let page = |number| format!("{} contacts", list().page_number(number).unwrap().items.len());
        println!("{:>9} page {:>6}: {}", SortOrder::from(sort), 1, timed(30, |_| page(1)));
        for number in [1_000.min(pages), pages / 2, pages] {
            let jump = timed_after(30, || forget(session, sort), |_| page(number));
            println!("{:>9} page {number:>6}: {jump}", SortOrder::from(sort));
        }
        page(pages / 4);
        let walk = timed(30, |n| page(pages / 4 + 1 + n as u64));
        println!("{:>9} pages that follow by number: {walk}", SortOrder::from(sort));
        let middle = list().page_number(pages / 2).unwrap().after;
        let next = |_| format!("{} contacts", list().after(middle.clone()).page().unwrap().items.len());
        println!("{:>9} the next one by cursor: {}", SortOrder::from(sort), timed(30, next));
    }
}

fn filters(session: &Session) {
    for Ask { filter, .. } in ASKS {
        let list = session.contacts().filter(filter.parse::<Filter>().unwrap()).limit(PAGE);
        let shown = |page: cardex::Page<cardex::Contact>| {
            format!("{} contacts{}", page.items.len(), if page.incomplete { ", refine" } else { "" })
        };
        println!("{filter:>48} page:  {}", timed(30, |_| shown(list.page().unwrap())));
        let last = session
            .contacts()
            .filter(filter.parse::<Filter>().unwrap())
            .order(SortField::Activity.descending());
        let last = last.limit(PAGE);
        println!("{:>48} newest: {}", "", timed(30, |_| shown(last.page().unwrap())));
        let count = |_| list.count().map(|count| count.to_string()).unwrap();
        println!("{:>48} count: {}", "", timed(10, count));
    }
}

/// Each write waits for the disk.
fn writes(session: &Session, run: u128) {
    let add = |n: usize| {
        let email = format!("bench-{run}-{n}@example.com");
        session.find_or_create(NewContact::new(cardex::Network::BOOK, "Bench", "").email(email)).unwrap()
    };
    println!("find or create, not there: {}", timed(60, |n| format!("{:?}", add(n).found_by)));
    println!("find or create, there: {}", timed(60, |n| format!("{:?}", add(n).found_by)));
    let merge = |n: usize| {
        let (survivor, absorbed) = (add(2 * n).contact.id, add(2 * n + 1).contact.id);
        session.merge(survivor, absorbed, MergeOptions::new()).unwrap();
        "with two look-ups".to_owned()
    };
    println!("merge: {}", timed(30, merge));
}

fn main() {
    let contacts = std::env::args().skip(1).find_map(|text| text.parse().ok()).unwrap_or(100_000);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../bench-data");
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(format!("filter-{contacts}.cardex"));
    if !path.exists() {
        let part = folder.join("filter-part.cardex");
        let _ = std::fs::remove_file(&part); // a file of an interrupted run
        let begun = Instant::now();
        fill(&part, contacts);
        std::fs::rename(&part, &path).unwrap();
        println!("filled in {} s", begun.elapsed().as_secs());
    }
    if std::env::args().any(|text| text == "--fill") {
        return server::make(&path, contacts);
    }
    let store = Options::new().open(&path).unwrap();
    let session = store.session(Actor::System);
    let megabytes = std::fs::metadata(&path).unwrap().len() / 1_000_000;
    println!("{contacts} contacts, {megabytes} MB, pages of {PAGE}, µs p50 / greatest");
    lists(&session, contacts);
    filters(&session);
    writes(&session, std::time::UNIX_EPOCH.elapsed().unwrap().as_millis());
    server::compare(&path, contacts);
}
