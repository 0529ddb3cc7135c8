//! The roles of child processes. They report completed work, and the parent compares the store with the reports.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use cardex::contacts::{AddManyOptions, ImportOutcome};
use cardex::{Actor, ContactId, ContactPatch, Durability, Error, Options, Session, Store};

use crate::child::report_line;
use crate::contention;
use crate::support::invariants::dump;
use crate::support::steps::ALL;
use crate::support::{self, Random, new, with_key};

/// Contacts of one transaction.
pub(crate) const BATCH: usize = 20;
/// Transactions of a writer.
pub(crate) const BATCHES: usize = 12;
/// The amount that each process adds to the counter.
pub(crate) const COUNTS: usize = 25;

pub(crate) fn run_role(role: &str, book: &Path, number: usize) {
    match role {
        "work" => work(book, number),
        "write for good" => write_forever(book, number),
        "batches" => batches(book, number),
        "count" => count(book),
        "read" => read(book),
        "optimize" => repeat(&open(book), Store::optimize),
        "scrub" => {
            let store = options().secure_delete(true).open(book).unwrap();
            repeat(&store, Store::erase_deleted_data);
        }
        "relist" => relocalize(book),
        "fill" => fill(book),
        "contend" => contention::contend(book, number),
        other => panic!("{other} is no role"),
    }
}

fn options() -> Options {
    with_key(Options::new().busy_timeout(Duration::from_secs(20)).durability(Durability::Checkpoint))
}

fn open(book: &Path) -> Store {
    options().open(book).unwrap()
}

fn system_session(store: &Store) -> Session {
    store.session(Actor::System)
}

/// Runs a piece of work until a step fails.
fn work(book: &Path, number: usize) {
    let work = ALL[number];
    let run = || -> cardex::Result<()> {
        let store = work.options(Durability::Commit).open(book)?;
        dump(&store)?;
        report_line("done 1");
        for (at, step) in work.steps.iter().enumerate() {
            step(&store, book)?;
            dump(&store)?;
            report_line(&format!("done {}", at + 2));
        }
        Ok(())
    };
    if let Err(error) = run() {
        report_line(&format!("failed {}: {error:?}", error.code()));
    }
}

/// Adds, imports, edits and removes without end. Reports each operation before and after it.
fn write_forever(book: &Path, round: usize) {
    let store = support::open(book).unwrap();
    let session = system_session(&store);
    let mut random = Random::new(round as u64);
    let mut mine: Vec<(String, ContactId)> = Vec::new();
    for n in 0.. {
        let name = format!("K{round:04}x{n:05}");
        match random.below(12) {
            0 => {
                report_line(&format!("begin import {name}"));
                let people = (0..10).map(|i| new(&format!("{name}i{i}"), "Many"));
                session
                    .add_many(people, AddManyOptions::new().batch(5), |at, outcome| {
                        assert!(matches!(outcome, ImportOutcome::Added(_)), "{outcome:?}");
                        report_line(&format!("imported {name}i{at}"));
                    })
                    .unwrap();
            }
            1 => store.optimize().unwrap(),
            2 if mine.len() > 3 => {
                let (name, id) = mine.swap_remove(random.below(mine.len()));
                report_line(&format!("begin purge {name}"));
                session.remove(id).unwrap();
                session.purge(id).unwrap();
                report_line(&format!("purged {name}"));
            }
            3 if mine.len() > 3 => {
                let at = random.below(mine.len());
                let (old, id) = mine[at].clone();
                report_line(&format!("begin rename {old} {name}"));
                session.edit(id, ContactPatch::new().first_name(name.as_str())).unwrap();
                report_line(&format!("renamed {old} {name}"));
                mine[at].0 = name;
            }
            _ => {
                report_line(&format!("begin add {name}"));
                let id = session.add(new(&name, "One").phone(format!("+3361{round:04}{n:04}"))).unwrap().id;
                report_line(&format!("added {name}"));
                mine.push((name, id));
            }
        }
    }
}

/// The surname of a transaction's contacts.
pub(crate) fn surname(writer: usize, batch: usize) -> String {
    format!("Batch{writer}x{batch:03}")
}

/// Writes some transactions and reports each.
fn batches(book: &Path, writer: usize) {
    let store = open(book);
    for batch in 0..BATCHES {
        let people = (0..BATCH).map(|n| new(&format!("W{n:02}"), &surname(writer, batch)));
        let added = |_, outcome| assert!(matches!(outcome, ImportOutcome::Added(_)), "{outcome:?}");
        system_session(&store).add_many(people, AddManyOptions::new(), added).unwrap();
        report_line(&surname(writer, batch));
    }
}

/// Increments the counter contact by reading and writing it.
fn count(book: &Path) {
    let store = open(book);
    let mut lost = 0;
    for _ in 0..COUNTS {
        loop {
            let counter = system_session(&store).search("counter").page().unwrap().items.remove(0).contact;
            let next = counter.company.parse::<usize>().unwrap() + 1;
            let patch = ContactPatch::new().company(next.to_string()).expect_version(counter.version);
            match system_session(&store).edit(counter.id, patch) {
                Ok(_) => break,
                Err(Error::VersionConflict { .. }) => lost += 1,
                Err(error) => panic!("{error:?}"),
            }
        }
    }
    report_line(&format!("counted, {lost} conflicts"));
}

/// Set when the parent asks for the end.
pub(crate) fn stop_flag() -> Arc<AtomicBool> {
    let over = Arc::new(AtomicBool::new(false));
    let set = Arc::clone(&over);
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        set.store(true, Ordering::Relaxed);
    });
    over
}

/// Repeats an operation until the parent asks for the end. `Busy` is the only permitted error.
fn repeat(store: &Store, thing: impl Fn(&Store) -> cardex::Result<()>) {
    let (over, mut done, mut busy) = (stop_flag(), 0, 0);
    while !over.load(Ordering::Relaxed) {
        match thing(store) {
            Ok(()) => done += 1,
            Err(Error::Busy) => busy += 1,
            Err(error) => panic!("{error:?}"),
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    report_line(&format!("{done} done, {busy} busy"));
}

/// Reads repeatedly: the store has only complete transactions, and never fewer than before.
fn read(book: &Path) {
    let store = open(book);
    let over = stop_flag();
    let (mut seen, mut looks) = (0, 0);
    while !over.load(Ordering::Relaxed) {
        let listed = system_session(&store).contacts().total().unwrap();
        let found = system_session(&store).search("batch").limit(1_000).page().unwrap().items.len();
        assert_eq!(found % BATCH, 0, "half a transaction");
        // The counter contact is in no transaction of the batches.
        assert_eq!(listed % BATCH as u64, 1, "half a transaction");
        assert!(found >= seen && found as u64 + 1 >= listed, "back in time: {seen}, {listed}, {found}");
        (seen, looks) = (found, looks + 1);
    }
    report_line(&format!("{looks} looks"));
}

/// Relocalizes the lists again and again, each time completely, until the parent asks for the end.
fn relocalize(book: &Path) {
    let (over, mut done) = (stop_flag(), 0);
    while !over.load(Ordering::Relaxed) {
        let store = options().locale(["sv", "de"][done % 2]).open(book).unwrap();
        while !store.maintain(Duration::ZERO).unwrap() {}
        done += 1;
    }
    report_line(&format!("{done} done"));
}

/// Adds contacts until the disk is full. Then reports the error and ends.
fn fill(book: &Path) {
    let store = support::open(book).unwrap();
    for n in 0..100_000 {
        match system_session(&store).add(new(&format!("F{n:05}"), "Full")) {
            Ok(_) => report_line(&format!("added F{n:05}")),
            Err(error) => {
                report_line(&format!("failed {}", error.code()));
                // The same handle still returns all acknowledged contacts.
                report_line(&format!("left {}", system_session(&store).contacts().total().unwrap()));
                return;
            }
        }
    }
}
