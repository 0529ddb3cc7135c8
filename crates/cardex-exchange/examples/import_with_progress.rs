//! Imports a file and reports every record.
//!
//! `cargo run -p cardex-exchange --example import_with_progress -- examples/people.vcf`

#![allow(clippy::print_stdout, clippy::arithmetic_side_effects)]

use std::fs::File;
use std::io::BufReader;

use cardex::{Actor, Network, Options};
use cardex_exchange::{Format, ImportOptions, import};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("name a .vcf, .csv or .jsonl file")?;
    let format = Format::from_path(&path).ok_or("the extension names no format")?;

    let store = Options::new().open_in_memory()?;
    let session = store.session(Actor::System);
    let options = ImportOptions::new(format, Network::BOOK);
    let report = import(&session, BufReader::new(File::open(&path)?), &options, |progress| {
        // The record is stored or rejected. A rejected record does not stop the others.
        println!("line {}: {:?}, {} warnings", progress.line, progress.outcome, progress.warnings.len());
    })?;
    println!("{} added, {} updated, {} records", report.added, report.updated, report.records());
    Ok(())
}
