//! A store with a log that is damaged, missing, truncated, older, or of another database.
//!
//! SQLite connects a log with its file by the name only. So the log of another store can be checkpointed into this one.
//! Contact data must then equal an earlier state, or an error must be reported.

use std::fs;
use std::path::Path;

use cardex::{Actor, ContactPatch};
use tempfile::tempdir;

use crate::books::{Snapshot, dump, files, make, opened};
use crate::corruption::{run_with_watchdog, verify_damaged};
use crate::number;
use crate::support::{Random, new};

/// A store whose last writes are only in its log: the bytes of both files, and a dump after each write.
struct Logged {
    file: Vec<u8>,
    log: Vec<u8>,
    states: Vec<Snapshot>,
}

fn logged(path: &Path, contacts: usize) -> Logged {
    make(path, contacts).unwrap();
    let store = opened().open(path).unwrap();
    let session = store.session(Actor::System);
    let mut states = vec![dump(&store).unwrap()];
    let ids: Vec<_> = states[0].keys().copied().take(6).collect();
    for (n, id) in ids.into_iter().enumerate() {
        if session.edit(id, ContactPatch::new().company(format!("Logged{n}"))).is_err() {
            session.add(new("Logged", &n.to_string())).unwrap(); // the contact in the trash
        }
        states.push(dump(&store).unwrap());
    }
    let [file, log, _] = files(path).map(|name| fs::read(name).unwrap_or_default());
    assert!(log.len() > 4_096, "the log is there");
    drop((session, store));
    Logged { file, log, states }
}

#[test]
fn a_damaged_log_gives_an_earlier_state() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    let book = logged(&path, 40);
    let other = logged(&folder.path().join("other.cardex"), 43);
    let foreign = {
        let path = folder.path().join("foreign.db");
        let sqlite = rusqlite::Connection::open(&path).unwrap();
        sqlite.pragma_update(None, "journal_mode", "WAL").unwrap();
        sqlite.execute_batch("CREATE TABLE t (a); INSERT INTO t VALUES (randomblob(9000))").unwrap();
        fs::read(&files(&path)[1]).unwrap()
    };
    let cases = number("CARDEX_CASES", 500) / 5;
    run_with_watchdog("logs", cases, move |seed| {
        let mut random = Random::new(seed);
        let mut log = book.log.clone();
        let what = match random.below(8) {
            0..=2 => {
                let (at, bit) = (random.below(log.len()), random.below(8));
                log[at] ^= 1 << bit;
                "a bit flipped"
            }
            3 => {
                log.truncate(random.below(book.log.len()));
                "cut"
            }
            4 => {
                log.clear();
                "empty"
            }
            5 => {
                let at = random.below(log.len() / 512) * 512;
                let end = (at + 4_096).min(log.len());
                log[at..end].fill(0);
                "a piece zeroed"
            }
            6 => {
                log.clone_from(&other.log);
                "another book's"
            }
            _ => {
                log.clone_from(&foreign);
                "another program's"
            }
        };
        for name in files(&path) {
            let _ = fs::remove_file(name);
        }
        fs::write(&path, &book.file).unwrap();
        fs::write(&files(&path)[1], &log).unwrap();
        let came = verify_damaged(&path, &book.states, seed.is_multiple_of(4));
        if what == "another program's" {
            assert_eq!(came, "refused");
        }
        format!("{what}: {came}")
    });
}

/// Without its log, a store loses the newest writes. This cannot be detected.
#[test]
fn without_its_log_a_store_has_the_last_checkpoint() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    let book = logged(&path, 40);
    for name in files(&path) {
        let _ = fs::remove_file(name);
    }
    fs::write(&path, &book.file).unwrap();
    let contents = dump(&opened().open(&path).unwrap()).unwrap();
    assert!(book.states.contains(&contents));
}
