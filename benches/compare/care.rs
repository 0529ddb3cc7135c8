//! Measurements once for each size: import, opening, check, sizes, memory.

use std::path::Path;
use std::process::Command;

use cardex::{Actor, SearchFields, Store};

use crate::books::{Books, bytes};
use crate::measure::{Figures, forget, resident, timed};
use crate::peers::sqlite;
use crate::report::{Cell, Report, Section};
use crate::search::{kinds, page};
use crate::{Result, floor};

/// The number of openings.
const OPENINGS: usize = 11;

/// The import of the store, measured at its creation.
pub(crate) fn import(books: &Books, report: &mut Report) -> Result<()> {
    let goal = "at most 2 times the plain inserts of the same rows and indexes";
    let mut section = Section::new("bulk import", "seconds, when the books were made", goal);
    let cells = [("cardex", "import"), ("plain inserts", "plain inserts")];
    let cells = cells.into_iter().filter_map(|(who, kept)| Some(Cell::one(who, *books.times.get(kept)?)));
    section.add("demo contacts, linked, indexed, committed", cells.collect());
    report.add(section)
}

pub(crate) fn run(books: &Books, report: &mut Report) -> Result<()> {
    opening(books, report)?;
    let mut section =
        Section::new("files", "MB", "at most 0.6 times the same rows with name B-trees and FTS5");
    #[allow(clippy::cast_precision_loss)]
    let mb = |path: &Path| bytes(path) as f64 / 1e6;
    let cells = vec![
        Cell::one("cardex", mb(&books.book)),
        Cell::one("plain rows, name B-trees, FTS5", mb(&books.plain)),
    ];
    section.add("the book", cells);
    report.add(section)?;
    let mut section = Section::new("check of the whole book", "seconds", "none");
    let mut check = Figures::default();
    let sound = timed(&mut check, || Ok(Store::open(&books.book)?.check()?.is_ok()))?;
    if !sound {
        return Err("the book is not sound".into());
    }
    section.add("check", vec![Cell::one("cardex", check.p50() / 1e6)]);
    report.add(section)
}

/// The resident memory after searches.
pub(crate) fn memory(books: &Books, report: &mut Report) -> Result<()> {
    let mut section = Section::new("memory", "MB", "under 100 MB resident at 1 M, default options");
    // In a separate process, because this one has had all engines in memory.
    let child =
        Command::new(std::env::current_exe()?).arg("--memory").arg(books.contacts.to_string()).output()?;
    let output = String::from_utf8(child.stdout)?;
    match output.trim().parse::<f64>() {
        Ok(kilobytes) => {
            section.add("resident after 2,000 searches", vec![Cell::one("cardex", kilobytes / 1e3)]);
        }
        Err(_) => report.skipped.push("resident memory: this system does not tell".to_owned()),
    }
    report.add(section)
}

/// Opening and the first answer, with cold and with warm file pages.
fn opening(books: &Books, report: &mut Report) -> Result<()> {
    let goal = "cold: at most 5,000 µs more than SQLite and one row";
    let mut section = Section::new("open and first answer", "µs p50 / p99", goal);
    for (name, cold) in [("file cache dropped", true), ("file cache warm", false)] {
        let (mut ours, mut theirs, mut dropped) = (Figures::default(), Figures::default(), true);
        for _ in 0..OPENINGS {
            dropped &= !cold || forget(&books.book)?;
            timed(&mut ours, || {
                let store = Store::open(&books.book)?;
                page(&store.session(Actor::System), "j", None, SearchFields::Everything, None).map(|_| store)
            })?;
            dropped &= !cold || forget(&books.plain)?;
            timed(&mut theirs, || {
                let plain = sqlite::open(&books.plain)?;
                let one: i64 = plain.query_row("SELECT max(id) / 2 FROM contact", [], |row| row.get(0))?;
                Ok(floor::by_key(&plain, &[one])?)
            })?;
        }
        if dropped {
            section.add(
                name,
                vec![Cell::new("cardex, one search", &ours), Cell::new("SQLite, one row by key", &theirs)],
            );
        } else {
            report.skipped.push("cold opening: there is no dd that drops pages from the cache".to_owned());
        }
    }
    report.add(section)
}

/// The separate process: searches of all kinds on a store with default options, then the resident memory.
pub(crate) fn searches(contacts: u64) -> Result<()> {
    let books = Books::ready(contacts, false, false)?;
    let store = Store::open(&books.book)?;
    let session = store.session(Actor::System);
    for asker in books.askers() {
        for kind in kinds(&books, &asker, 60) {
            for text in &kind.texts {
                page(&session, text, asker.advisor, SearchFields::Everything, None)?;
            }
        }
    }
    println!("{}", resident().map(|kilobytes| kilobytes.to_string()).unwrap_or_default());
    Ok(())
}
