//! Substring search: the cost and the effect of its index, compared with `LIKE` over the same rows.
//!
//! `cargo bench --bench substring -- 100000` creates two stores of that size in a temporary folder, with and without
//! the index, in alternating tenths. It prints bytes, seconds and microseconds.

#![allow(missing_docs, clippy::print_stdout, clippy::unwrap_used, clippy::arithmetic_side_effects)]
#![allow(clippy::indexing_slicing, clippy::cast_possible_truncation, clippy::cast_precision_loss)]

use std::time::{Duration, Instant};

use cardex::contacts::AddManyOptions;
use cardex::{Actor, NewContact, Options, Session, Store};
use cardex_demo::Demo;

struct Book {
    store: Store,
    path: std::path::PathBuf,
    import: Duration,
}

impl Book {
    fn new(folder: &std::path::Path, name: &str, demo: &Demo) -> Self {
        let path = folder.join(name);
        let store = Options::new().id_seed(1).open(&path).unwrap();
        store.session(Actor::System).directory().add_advisors(demo.advisors()).unwrap();
        Self { store, path, import: Duration::ZERO }
    }

    fn session(&self) -> Session {
        self.store.session(Actor::System)
    }

    fn import(&mut self, contacts: &[NewContact]) {
        let begun = Instant::now();
        self.session().add_many(contacts.to_vec(), AddManyOptions::new(), |_, _| {}).unwrap();
        self.import += begun.elapsed();
    }

    fn bytes(&self) -> i64 {
        self.session().stats().unwrap().bytes
    }
}

/// Texts of a length from the names of contacts throughout the store.
fn texts(names: &[String], length: usize) -> Vec<String> {
    let mut number = 7_usize;
    let mut some = |end: usize| {
        number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (number >> 33) % end.max(1)
    };
    let mut texts = Vec::new();
    while texts.len() < 200 {
        let name: Vec<char> = names[some(names.len())].chars().collect();
        if name.len() >= length {
            let at = some(name.len() - length + 1);
            let text: String = name[at..at + length].iter().collect();
            if text.trim().chars().count() == length && text.chars().all(|c| c.is_alphanumeric() || c == ' ')
            {
                texts.push(text);
            }
        }
    }
    texts
}

fn times(texts: &[String], mut run: impl FnMut(&str) -> usize) -> String {
    let mut micros: Vec<u128> = Vec::new();
    let mut hits = 0;
    for text in texts {
        let begun = Instant::now();
        hits += run(text);
        micros.push(begun.elapsed().as_micros());
    }
    micros.sort_unstable();
    let at = |percent: usize| micros[(micros.len() * percent / 100).min(micros.len() - 1)];
    format!("{:>9} / {:>9} ({:.1} hits)", at(50), at(99), hits as f64 / texts.len() as f64)
}

fn main() {
    let contacts = std::env::args().skip(1).find_map(|text| text.parse().ok()).unwrap_or(100_000);
    let folder = tempfile::tempdir().unwrap();
    let demo = Demo::new(1, contacts);
    let mut with = Book::new(folder.path(), "with.cardex", &demo);
    let mut without = Book::new(folder.path(), "without.cardex", &demo);
    assert!(with.session().substring_index().build(0).unwrap());
    let mut names = Vec::new();
    let mut source = demo.contacts();
    loop {
        let tenth: Vec<NewContact> = source.by_ref().take((contacts / 10).max(1) as usize).collect();
        if tenth.is_empty() {
            break;
        }
        without.import(&tenth);
        with.import(&tenth);
    }
    let mut sum = 0_usize;
    for contact in without.session().contacts().limit(1_000).iter() {
        sum += 1;
        if sum.is_multiple_of(50) {
            names.push(contact.unwrap().display_name);
        }
    }
    let (on, off) = (with.bytes(), without.bytes());
    println!("{contacts} contacts");
    println!(
        "import: {:.1} s without, {:.1} s with",
        without.import.as_secs_f64(),
        with.import.as_secs_f64()
    );
    println!("bytes: {off} without, {on} with: {} a contact", (on - off) / contacts.cast_signed());
    let begun = Instant::now();
    while !without.session().substring_index().build(100_000).unwrap() {}
    println!("made afterwards: {:.1} s", begun.elapsed().as_secs_f64());
    without.session().substring_index().drop().unwrap();

    let sqlite = rusqlite::Connection::open(&without.path).unwrap();
    let sql = "SELECT id FROM contact WHERE trashed_at IS NULL AND (display_name LIKE '%' || ?1 || '%'
        OR company LIKE '%' || ?1 || '%' OR nickname LIKE '%' || ?1 || '%' OR contact_methods LIKE '%' || ?1 || '%')
        ORDER BY id LIMIT 21";
    let mut like = sqlite.prepare(sql).unwrap();
    let advisor = Demo::FIRST_ADVISOR;
    println!("first page of 20, µs p50 / p99");
    let mut sets: Vec<(String, Vec<String>)> =
        [1, 2, 3, 6].into_iter().map(|length| (format!("{length}"), texts(&names, length))).collect();
    sets.push(("digits".to_owned(), (0..200).map(|i| format!("{}", 10_203 + 37 * i)).collect()));
    sets.push(("absent".to_owned(), (0..200).map(|i| format!("anna{i}maria")).collect()));
    for (name, texts) in sets {
        println!(
            "{name:>7} index:       {}",
            times(&texts, |text| with.session().search_substring(text).page().unwrap().items.len())
        );
        let one =
            |text: &str| with.session().search_substring(text).advisor(advisor).page().unwrap().items.len();
        println!("{name:>7} one advisor: {}", times(&texts, one));
        println!(
            "{name:>7} no index:    {}",
            times(&texts[..50], |text| without.session().search_substring(text).page().unwrap().items.len())
        );
        let rows = |text: &str| like.query_map([text], |row| row.get::<_, i64>(0)).unwrap().count();
        println!("{name:>7} LIKE:        {}", times(&texts[..50], rows));
    }
}
