//! A writing process is killed at any moment: what it has said is done is there, and of what was under way a part at most that is
//! whole in itself.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use cardex::{Actor, Store};

use crate::child::Process;
use crate::support::invariants::{everybody, hold, hold_at};
use crate::support::{Dice, number, scratch};

/// What a child has said.
#[derive(Default)]
struct Heard {
    /// First names that must be there.
    there: BTreeSet<String>,
    /// What is under way: names that may be gone, and names that may be there.
    may_be_gone: BTreeSet<String>,
    may_be_there: BTreeSet<String>,
    acknowledged: usize,
}

impl Heard {
    fn hear(&mut self, line: &str) {
        let mut words = line.split(' ');
        let (verb, mut name) = (words.next().unwrap(), || words.next().unwrap().to_owned());
        match verb {
            "begin" => {
                let (what, name) = (name(), name());
                match what.as_str() {
                    "import" => self.may_be_there = (0..10).map(|n| format!("{name}i{n}")).collect(),
                    "add" => self.may_be_there = [name].into(),
                    "purge" => self.may_be_gone = [name].into(),
                    "rename" => {
                        self.may_be_gone = [name].into();
                        self.may_be_there = [words.next().unwrap().to_owned()].into();
                    }
                    other => panic!("{other}"),
                }
                return;
            }
            "imported" => {
                self.there.insert(name());
                // More of it are under way.
                self.acknowledged += 1;
                return;
            }
            "added" => drop(self.there.insert(name())),
            "purged" => assert!(self.there.remove(&name())),
            "renamed" => {
                assert!(self.there.remove(&name()));
                self.there.insert(name());
            }
            other => panic!("{other}"),
        }
        self.acknowledged += 1;
        (self.may_be_gone, self.may_be_there) = Default::default();
    }

    /// Holds the book against what was heard, and takes what is there for known.
    fn judge(&mut self, store: &Store, story: &str) {
        let desk = store.session(Actor::System);
        let names = |trash| everybody(&desk, trash).unwrap().into_iter().map(|contact| contact.first_name);
        let (listed, trashed): (BTreeSet<_>, BTreeSet<_>) = (names(false).collect(), names(true).collect());
        for name in &self.there {
            assert!(
                listed.contains(name) || self.may_be_gone.contains(name),
                "{story}: {name} was acknowledged, and is gone"
            );
        }
        for name in &listed {
            assert!(
                self.there.contains(name) || self.may_be_there.contains(name),
                "{story}: {name} is there"
            );
        }
        assert!(trashed.is_subset(&self.may_be_gone), "{story}: in the trash");
        let import = self.may_be_there.iter().filter(|name| listed.contains(*name)).count();
        assert!(import % 5 == 0 || self.may_be_there.len() == 1, "{story}: half a transaction");
        self.there = listed;
        (self.may_be_gone, self.may_be_there) = Default::default();
        for contact in everybody(&desk, true).unwrap() {
            desk.purge(contact.id).unwrap();
        }
    }
}

/// One child after the other writes to one book, each is killed.
fn kill(book: &Path, seed: u64, kills: usize) -> usize {
    let mut dice = Dice::new(seed);
    let mut heard = Heard::default();
    for round in 0..kills {
        let story = format!("CARDEX_SEED={seed}, kill {round}");
        let mut child = Process::start("write for good", book, round);
        // From its start, in which a book may be made, to many writes: by what it has done, and a moment more.
        for _ in 0..dice.below(60) {
            let line = child.hear().unwrap_or_else(|| panic!("{story}: it ended by itself"));
            heard.hear(&line);
        }
        std::thread::sleep(Duration::from_micros(dice.below(8_000) as u64));
        child.kill();
        let (lines, status, complaint) = child.end();
        assert!(!status.success() && complaint.is_empty(), "{story}: {complaint}");
        for line in &lines {
            heard.hear(line);
        }
        let store = Store::open(book).unwrap_or_else(|error| panic!("{story}: {error:?}"));
        heard.judge(&store, &story);
        if round % 10 == 9 {
            hold_at(&store, book);
        } else {
            hold(&store);
        }
    }
    heard.acknowledged
}

#[test]
fn a_killed_writer_loses_no_acknowledged_write() {
    let (seed, kills) = (number("CARDEX_SEED", 1) as u64, number("CARDEX_RANDOM_KILLS", 50));
    let mut acknowledged = 0;
    // A book a hundred kills: it grows, and all of it is looked at every time.
    for (nth, some) in (0..kills).step_by(100).enumerate() {
        let home = tempfile::tempdir_in(scratch()).unwrap();
        acknowledged += kill(&home.path().join("book"), seed + nth as u64, (kills - some).min(100));
    }
    println!("kill, at random: {kills} kills, {acknowledged} writes acknowledged (CARDEX_SEED={seed})");
    assert!(acknowledged > kills);
}
