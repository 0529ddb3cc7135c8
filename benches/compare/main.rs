//! Cardex beside SQLite as its best users would use it: one book, one run, the same contacts.
//!
//! `cargo bench --bench compare -- --contacts 1000000` makes (or finds) a demo book of that size under `bench-data/` and
//! prints ratios. Times are medians and 99th percentiles over many queries, measured in turns.

#![allow(clippy::print_stdout, clippy::indexing_slicing, clippy::arithmetic_side_effects, missing_docs)]

mod measure;
mod reference;
#[allow(clippy::cast_precision_loss)]
mod ways;

use std::path::{Path, PathBuf};
use std::time::Instant;

use cardex::demo::Demo;
use cardex::{Actor, AdvisorId, BulkOptions, Network, Options, Outcome, Session, Store};

use measure::{Figures, Table, interleave};
use reference::Reference;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const PAGE: usize = 20;

struct Arguments {
    contacts: u64,
    queries: usize,
    fresh: bool,
}

fn arguments() -> Result<Arguments> {
    let mut parsed = Arguments { contacts: 100_000, queries: 400, fresh: false };
    let mut given = std::env::args().skip(1);
    while let Some(name) = given.next() {
        let mut number = || {
            given
                .next()
                .ok_or("a number is missing")?
                .parse::<u64>()
                .map_err(Box::<dyn std::error::Error>::from)
        };
        match name.as_str() {
            "--contacts" => parsed.contacts = number()?,
            "--queries" => parsed.queries = usize::try_from(number()?)?,
            "--fresh" => parsed.fresh = true,
            "--bench" => {} // what cargo passes
            other => return Err(format!("unknown argument {other}").into()),
        }
    }
    Ok(parsed)
}

fn main() -> Result<()> {
    let given: Vec<String> = std::env::args().collect();
    if let [_, flag, book] = given.as_slice()
        && flag == "--writer"
    {
        return ways::writer(book);
    }
    let arguments = arguments()?;
    let folder = PathBuf::from("bench-data");
    std::fs::create_dir_all(&folder)?;
    let book = folder.join(format!("demo-{}.cardex", arguments.contacts));
    let plain = folder.join(format!("plain-{}.sqlite", arguments.contacts));
    if arguments.fresh {
        for path in [&book, &plain] {
            reference::remove(path)?;
        }
    }
    println!("{} contacts, page of {PAGE}\n", arguments.contacts);
    import(&arguments, &book, &plain)?;
    let reference = Reference::open(&plain)?;
    search(&arguments, &book, &reference)?;
    opening(&book, &plain)?;
    ways::run(&arguments, &book)
}

fn demo(arguments: &Arguments) -> Demo {
    Demo::new(1, arguments.contacts)
}

/// Fills the book, then a plain database with the same rows.
fn import(arguments: &Arguments, book: &PathBuf, plain: &PathBuf) -> Result<()> {
    let demo = demo(arguments);
    let made = if book.exists() {
        None
    } else {
        let store = Options::new().id_seed(1).open(book)?;
        let session = store.session(Actor::System);
        session.add_advisors(demo.advisors())?;
        let start = Instant::now();
        let mut refused = 0;
        session.add_many(demo.contacts(), BulkOptions::new(), |_, outcome| {
            refused += u64::from(!matches!(outcome, Outcome::Added(_)));
        })?;
        let took = start.elapsed();
        if refused > 0 {
            return Err(format!("{refused} contacts were refused").into());
        }
        Some(took)
    };
    let copied = if plain.exists() { None } else { Some(reference::build(book, plain)?) };
    let bytes = |path: &PathBuf| std::fs::metadata(path).map(|meta| meta.len());
    println!("| bulk import | seconds | ratio |\n| --- | --- | --- |");
    if let (Some(made), Some(copied)) = (made, &copied) {
        let (ours, theirs) = (made.as_secs_f64(), copied.rows.as_secs_f64());
        println!(
            "| plain prepared inserts of the same rows and indexes, one transaction | {theirs:.1} | 1 |"
        );
        println!(
            "| cardex: checked, normalised, linked, indexed, committed | {ours:.1} | {:.2} |",
            ours / theirs
        );
    } else {
        println!("| (the books were there already; `--fresh` makes them anew) | | |");
    }
    println!(
        "\nfile: cardex {:.1} MB; plain rows, name B-tree and FTS5 {:.1} MB\n",
        mb(bytes(book)?),
        mb(bytes(plain)?)
    );
    Ok(())
}

#[allow(clippy::cast_precision_loss)]
fn mb(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// What people type: the first letters of first or last names that are in the book.
fn queries(arguments: &Arguments, letters: usize) -> Vec<String> {
    let demo = demo(arguments);
    let mut found = Vec::new();
    let mut at = 7_u64;
    while found.len() < arguments.queries {
        at = at.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let contact = demo.contact((at >> 20) % arguments.contacts);
        let (first, last) = contact.names();
        let name = if at & 1 << 50 == 0 { first } else { last };
        if name.chars().count() >= letters {
            found.push(name.chars().take(letters).collect());
        }
    }
    found
}

fn search(arguments: &Arguments, book: &PathBuf, reference: &Reference) -> Result<()> {
    let store = Store::open(book)?;
    let everyone = store.session(Actor::System);
    let advisor = Demo::FIRST_ADVISOR;
    let mut table = Table::new(&["letters", "who", "cardex", "rows by key", "B-tree, ids", "FTS5", "LIKE"]);
    for (who, advisor) in [("everyone", None), ("one advisor", Some(advisor))] {
        for letters in [1, 2, 3, 5] {
            let queries = queries(arguments, letters);
            let page = |text: &str| page(&everyone, text, advisor);
            // What the reference reads by key is what cardex found.
            let found: Vec<Vec<i64>> = queries
                .iter()
                .map(|text| Ok(page(text)?.items.iter().map(|hit| hit.contact.id.0).collect()))
                .collect::<Result<_>>()?;
            let local = reference.local_ids(&found)?;
            let some = queries.len().min(60);
            let few = queries.len().min(if arguments.contacts > 200_000 { 6 } else { 40 });
            let figures = interleave(&mut [
                (&mut |at| Ok(page(&queries[at])?.items.len()), queries.len()),
                (&mut |at| reference.by_key(&local[at]), queries.len()),
                (&mut |at| reference.btree(&queries[at], advisor), queries.len()),
                (&mut |at| reference.fts(&queries[at], advisor), some),
                (&mut |at| reference.like(&queries[at], advisor), few),
            ])?;
            table.row(&letters.to_string(), who, &figures);
        }
    }
    println!(
        "search, first page on WHATSAPP, warm; microseconds p50 / p99, and the p50 as a multiple of reading the rows\n"
    );
    table.print();
    Ok(())
}

fn page(session: &Session, text: &str, advisor: Option<AdvisorId>) -> Result<cardex::Page<cardex::Hit>> {
    let mut search = session.search(text).network(Network::WHATSAPP).limit(PAGE);
    if let Some(advisor) = advisor {
        search = search.advisor(advisor);
    }
    Ok(search.page()?)
}

/// Opening and the first answer, each in a state as cold as a process can make it by itself.
fn opening(book: &Path, plain: &Path) -> Result<()> {
    let mut ours = Figures::default();
    let mut theirs = Figures::default();
    for _ in 0..9 {
        measure::forget(book)?;
        let start = Instant::now();
        let store = Store::open(book)?;
        page(&store.session(Actor::System), "j", None)?;
        ours.add(start.elapsed());
        drop(store);
        measure::forget(plain)?;
        let start = Instant::now();
        Reference::open_and_read_one(plain)?;
        theirs.add(start.elapsed());
    }
    println!("\n| open and first answer, file cache dropped | ms, median |\n| --- | --- |");
    println!("| SQLite, one row by key | {:.1} |", theirs.p50().as_secs_f64() * 1e3);
    println!("| cardex, one search | {:.1} |", ours.p50().as_secs_f64() * 1e3);
    Ok(())
}
