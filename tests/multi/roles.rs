//! What the other processes do: they tell of what is done once it is done, and a parent holds the book against that.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use cardex::contacts::{AddManyOptions, ImportOutcome};
use cardex::{Actor, ContactId, ContactPatch, Durability, Error, Options, Session, Store};

use crate::child::tell;
use crate::support::invariants::told;
use crate::support::steps::ALL;
use crate::support::{Dice, new};

/// Contacts of one transaction.
pub(crate) const BATCH: usize = 20;
/// Transactions of a writer.
pub(crate) const BATCHES: usize = 12;
/// What each process adds to the counter.
pub(crate) const COUNTS: usize = 25;

pub(crate) fn play(role: &str, book: &Path, number: usize) {
    match role {
        "work" => work(book, number),
        "write for good" => write_for_good(book, number),
        "batches" => batches(book, number),
        "count" => count(book),
        "read" => read(book),
        "optimize" => repeat(&open(book), Store::optimize),
        "scrub" => {
            let store = options().secure_delete(true).open(book).unwrap();
            repeat(&store, Store::erase_deleted_data);
        }
        "relist" => relist(book),
        "fill" => fill(book),
        other => panic!("{other} is no role"),
    }
}

fn options() -> Options {
    Options::new().busy_timeout(Duration::from_secs(20)).durability(Durability::Checkpoint)
}

fn open(book: &Path) -> Store {
    options().open(book).unwrap()
}

fn desk(store: &Store) -> Session {
    store.session(Actor::System)
}

/// A piece of work, step by step, until one fails.
fn work(book: &Path, number: usize) {
    let work = ALL[number];
    let run = || -> cardex::Result<()> {
        let store = work.options(Durability::Commit).open(book)?;
        told(&store)?;
        tell("done 1");
        for (at, step) in work.steps.iter().enumerate() {
            step(&store, book)?;
            told(&store)?;
            tell(&format!("done {}", at + 2));
        }
        Ok(())
    };
    if let Err(error) = run() {
        tell(&format!("failed {}: {error:?}", error.code()));
    }
}

/// Adds, imports, edits and removes without end. Before each it tells what it is about to do, and after it that it is done.
fn write_for_good(book: &Path, round: usize) {
    let store = Options::new().open(book).unwrap();
    let desk = desk(&store);
    let mut dice = Dice::new(round as u64);
    let mut mine: Vec<(String, ContactId)> = Vec::new();
    for n in 0.. {
        let name = format!("K{round:04}x{n:05}");
        match dice.below(12) {
            0 => {
                tell(&format!("begin import {name}"));
                let people = (0..10).map(|i| new(&format!("{name}i{i}"), "Many"));
                desk.add_many(people, AddManyOptions::new().batch(5), |at, outcome| {
                    assert!(matches!(outcome, ImportOutcome::Added(_)), "{outcome:?}");
                    tell(&format!("imported {name}i{at}"));
                })
                .unwrap();
            }
            1 => store.optimize().unwrap(),
            2 if mine.len() > 3 => {
                let (name, id) = mine.swap_remove(dice.below(mine.len()));
                tell(&format!("begin purge {name}"));
                desk.remove(id).unwrap();
                desk.purge(id).unwrap();
                tell(&format!("purged {name}"));
            }
            3 if mine.len() > 3 => {
                let at = dice.below(mine.len());
                let (old, id) = mine[at].clone();
                tell(&format!("begin rename {old} {name}"));
                desk.edit(id, ContactPatch::new().first_name(name.as_str())).unwrap();
                tell(&format!("renamed {old} {name}"));
                mine[at].0 = name;
            }
            _ => {
                tell(&format!("begin add {name}"));
                let id = desk.add(new(&name, "One").phone(format!("+3361{round:04}{n:04}"))).unwrap().id;
                tell(&format!("added {name}"));
                mine.push((name, id));
            }
        }
    }
}

/// The surname of the contacts of a transaction.
pub(crate) fn surname(writer: usize, batch: usize) -> String {
    format!("Batch{writer}x{batch:03}")
}

/// A number of transactions, each told of.
fn batches(book: &Path, writer: usize) {
    let store = open(book);
    for batch in 0..BATCHES {
        let people = (0..BATCH).map(|n| new(&format!("W{n:02}"), &surname(writer, batch)));
        let added = |_, outcome| assert!(matches!(outcome, ImportOutcome::Added(_)), "{outcome:?}");
        desk(&store).add_many(people, AddManyOptions::new(), added).unwrap();
        tell(&surname(writer, batch));
    }
}

/// Counts on in the one contact that is called so, by reading and writing it back.
fn count(book: &Path) {
    let store = open(book);
    let mut lost = 0;
    for _ in 0..COUNTS {
        loop {
            let counter = desk(&store).search("counter").page().unwrap().items.remove(0).contact;
            let next = counter.company.parse::<usize>().unwrap() + 1;
            let patch = ContactPatch::new().company(next.to_string()).expect_version(counter.version);
            match desk(&store).edit(counter.id, patch) {
                Ok(_) => break,
                Err(Error::VersionConflict { .. }) => lost += 1,
                Err(error) => panic!("{error:?}"),
            }
        }
    }
    tell(&format!("counted, {lost} conflicts"));
}

/// Whether the parent has asked for an end.
pub(crate) fn end() -> Arc<AtomicBool> {
    let over = Arc::new(AtomicBool::new(false));
    let set = Arc::clone(&over);
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        set.store(true, Ordering::Relaxed);
    });
    over
}

/// Does a thing over and over until the parent asks for an end. It may find the book busy, and nothing else.
fn repeat(store: &Store, thing: impl Fn(&Store) -> cardex::Result<()>) {
    let (over, mut done, mut busy) = (end(), 0, 0);
    while !over.load(Ordering::Relaxed) {
        match thing(store) {
            Ok(()) => done += 1,
            Err(Error::Busy) => busy += 1,
            Err(error) => panic!("{error:?}"),
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    tell(&format!("{done} done, {busy} busy"));
}

/// Looks at the book over and over: only whole transactions, and never fewer than before.
fn read(book: &Path) {
    let store = open(book);
    let over = end();
    let (mut seen, mut looks) = (0, 0);
    while !over.load(Ordering::Relaxed) {
        let listed = desk(&store).contacts().total().unwrap();
        let found = desk(&store).search("batch").limit(1_000).page().unwrap().items.len();
        assert_eq!(found % BATCH, 0, "half a transaction");
        // The counter is the one that is in no transaction of many.
        assert_eq!(listed % BATCH as u64, 1, "half a transaction");
        assert!(found >= seen && found as u64 + 1 >= listed, "back in time: {seen}, {listed}, {found}");
        (seen, looks) = (found, looks + 1);
    }
    tell(&format!("{looks} looks"));
}

/// Gives the lists one language after the other, each made whole, until the parent asks for an end.
fn relist(book: &Path) {
    let (over, mut done) = (end(), 0);
    while !over.load(Ordering::Relaxed) {
        let store = options().locale(["sv", "de"][done % 2]).open(book).unwrap();
        while !store.maintain(Duration::ZERO).unwrap() {}
        done += 1;
    }
    tell(&format!("{done} done"));
}

/// Adds contacts until there is no room, then tells of the error and ends.
fn fill(book: &Path) {
    let store = Options::new().open(book).unwrap();
    for n in 0..100_000 {
        match desk(&store).add(new(&format!("F{n:05}"), "Full")) {
            Ok(_) => tell(&format!("added F{n:05}")),
            Err(error) => {
                tell(&format!("failed {}", error.code()));
                // The same handle still answers, with all that was acknowledged.
                tell(&format!("left {}", desk(&store).contacts().total().unwrap()));
                return;
            }
        }
    }
}
