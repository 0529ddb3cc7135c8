//! A writing process is killed at a random moment. Acknowledged writes are stored. Of the write in progress, only
//! complete transactions are stored.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use cardex::{Actor, Store};

use crate::child::Process;
use crate::support::invariants::{all_contacts, check_invariants, check_invariants_at};
use crate::support::{Random, number, open, scratch};

/// The reports of a child process.
#[derive(Default)]
struct Received {
    /// First names that must be stored.
    there: BTreeSet<String>,
    /// The write in progress: names that can be missing, and names that can be stored.
    may_be_gone: BTreeSet<String>,
    may_be_there: BTreeSet<String>,
    acknowledged: usize,
}

impl Received {
    fn read_line(&mut self, line: &str) {
        let mut words = line.split(' ');
        let (operation, mut name) = (words.next().unwrap(), || words.next().unwrap().to_owned());
        match operation {
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
                // The rest of the import is in progress.
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

    /// Compares the store with the reports, and takes its state as the new expected state.
    fn verify(&mut self, store: &Store, context: &str) {
        let session = store.session(Actor::System);
        let names =
            |trash| all_contacts(&session, trash).unwrap().into_iter().map(|contact| contact.first_name);
        let (listed, trashed): (BTreeSet<_>, BTreeSet<_>) = (names(false).collect(), names(true).collect());
        for name in &self.there {
            assert!(
                listed.contains(name) || self.may_be_gone.contains(name),
                "{context}: {name} was acknowledged, and is gone"
            );
        }
        for name in &listed {
            assert!(
                self.there.contains(name) || self.may_be_there.contains(name),
                "{context}: {name} is there"
            );
        }
        assert!(trashed.is_subset(&self.may_be_gone), "{context}: in the trash");
        let import = self.may_be_there.iter().filter(|name| listed.contains(*name)).count();
        assert!(import % 5 == 0 || self.may_be_there.len() == 1, "{context}: half a transaction");
        self.there = listed;
        (self.may_be_gone, self.may_be_there) = Default::default();
        for contact in all_contacts(&session, true).unwrap() {
            session.purge(contact.id).unwrap();
        }
    }
}

/// Kills one child after the other while it writes to one store.
fn kill(book: &Path, seed: u64, kills: usize) -> usize {
    let mut random = Random::new(seed);
    let mut received = Received::default();
    for round in 0..kills {
        let context = format!("CARDEX_SEED={seed}, kill {round}");
        let mut child = Process::start("write for good", book, round);
        // The kill happens between the start and many writes: after a number of reports and a short delay.
        for _ in 0..random.below(60) {
            let line = child.read_line().unwrap_or_else(|| panic!("{context}: it ended by itself"));
            received.read_line(&line);
        }
        std::thread::sleep(Duration::from_micros(random.below(8_000) as u64));
        child.kill();
        let (lines, status, complaint) = child.end();
        assert!(!status.success() && complaint.is_empty(), "{context}: {complaint}");
        for line in &lines {
            received.read_line(line);
        }
        let store = open(book).unwrap_or_else(|error| panic!("{context}: {error:?}"));
        received.verify(&store, &context);
        if round % 10 == 9 {
            check_invariants_at(&store, book);
        } else {
            check_invariants(&store);
        }
    }
    received.acknowledged
}

#[test]
fn a_killed_writer_loses_no_acknowledged_write() {
    let (seed, kills) = (number("CARDEX_SEED", 1) as u64, number("CARDEX_RANDOM_KILLS", 50));
    let mut acknowledged = 0;
    // Each store gets at most a hundred kills, because it grows and is verified every time.
    for (nth, some) in (0..kills).step_by(100).enumerate() {
        let home = tempfile::tempdir_in(scratch()).unwrap();
        acknowledged += kill(&home.path().join("book"), seed + nth as u64, (kills - some).min(100));
    }
    println!("kill, at random: {kills} kills, {acknowledged} writes acknowledged (CARDEX_SEED={seed})");
    assert!(acknowledged > kills);
}
