//! Compares cardex with alternatives: one store, one run, the same contacts, in alternation.
//!
//! `cargo bench --bench compare -- --contacts 10000,100000,1000000` makes (or finds) demo books of these sizes under
//! `bench-data/`, prints a table with ratios, keeps it as `bench-data/compare-N.json`, and `--draw` draws `benches/figures/` of
//! all that is kept. `--verify` shows that all answer alike. The rows are those of docs/benchmarks.md.

#![allow(clippy::print_stdout, clippy::indexing_slicing, clippy::arithmetic_side_effects, missing_docs)]

mod arguments;
mod books;
mod care;
mod charts;
mod draw;
#[path = "../common/floor.rs"]
mod floor;
mod list;
mod measure;
mod names;
mod peers;
mod plain;
mod report;
mod search;
#[path = "../common/text.rs"]
mod text;
mod verify;
#[allow(clippy::cast_precision_loss)]
mod ways;
#[allow(clippy::cast_precision_loss)]
mod write;

use arguments::Arguments;
use books::Books;
use peers::Peer;
use report::Report;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Contacts of a page.
const PAGE: usize = 20;

fn main() -> Result<()> {
    let given: Vec<String> = std::env::args().skip(1).collect();
    match given.as_slice() {
        [flag, book] if flag == "--writer" => return ways::writer(book),
        [flag, contacts] if flag == "--memory" => return care::searches(contacts.parse()?),
        _ => {}
    }
    let arguments = Arguments::read(given.into_iter())?;
    for contacts in &arguments.contacts {
        let books = Books::ready(*contacts, arguments.fresh, arguments.wants_others())?;
        if arguments.verify {
            let (mut peers, skipped) = peers(&books)?;
            for why in &skipped {
                println!("left out: {why}");
            }
            verify::run(&books, arguments.queries, &mut peers)?;
        } else {
            compare(&arguments, &books)?;
        }
    }
    if arguments.draw {
        draw::all(&Report::all()?)?;
    }
    Ok(())
}

/// Measures one size.
fn compare(arguments: &Arguments, books: &Books) -> Result<()> {
    let mut report = Report::new(books.contacts, arguments.queries);
    println!("\n# {} contacts, {} questions of a kind, load {}", books.contacts, report.queries, report.load);
    if arguments.wants("import") {
        care::import(books, &mut report)?;
    }
    if arguments.wants("search") {
        let (mut peers, skipped) = peers(books)?;
        report.skipped.extend(skipped);
        search::run(books, arguments.queries, &mut peers, &mut report)?;
    }
    if arguments.wants("list") {
        list::run(books, arguments.queries, &mut report)?;
    }
    if arguments.wants("write") {
        write::run(books, arguments.queries, &mut report)?;
    }
    if arguments.wants("care") {
        care::run(books, &mut report)?;
    }
    if arguments.wants("memory") {
        care::memory(books, &mut report)?;
    }
    if arguments.wants("ways") {
        ways::run(books, arguments.queries.min(100), &mut report)?;
    }
    for why in &report.skipped {
        println!("left out: {why}");
    }
    Ok(())
}

/// The other engines.
type Peers = Vec<Box<dyn Peer>>;

/// All other engines that this machine has, and the reasons why others are missing.
fn peers(books: &Books) -> Result<(Peers, Vec<String>)> {
    let plain = || peers::sqlite::open(&books.plain);
    let mut skipped = Vec::new();
    let mut all: Peers = vec![
        Box::new(peers::sqlite::BTree { sqlite: plain()?, rows: false }),
        Box::new(peers::sqlite::BTree { sqlite: plain()?, rows: true }),
        Box::new(peers::sqlite::Fts5(plain()?)),
        Box::new(peers::sqlite::Like(plain()?)),
        Box::new(peers::memory::Memory::load(&plain()?)?),
    ];
    match peers::tantivy::Tantivy::start(&books.of("tantivy"), &plain()?)? {
        Ok(tantivy) => all.push(Box::new(tantivy)),
        Err(why) => skipped.push(why),
    }
    match peers::postgres::Postgres::start(&books.of("postgres"), &plain()?)? {
        Ok(both) => all.extend(both.map(|postgres| Box::new(postgres) as Box<dyn Peer>)),
        Err(why) => skipped.push(why),
    }
    Ok((all, skipped))
}
