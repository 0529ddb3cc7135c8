//! A book and a log beside it that is damaged, missing, cut, older, another book's or another program's.
//!
//! SQLite ties a log to its file by nothing but the name. A log of another book is folded into this one: what is left to us is that
//! what contacts say then is one of the states that there were, or that somebody tells.

use std::fs;
use std::path::Path;

use cardex::{Actor, ContactPatch};
use tempfile::tempdir;

use crate::books::{Told, files, make, opened, told};
use crate::corruption::{look, watched};
use crate::number;
use crate::support::{Dice, new};

/// A book whose last writes are in its log alone: the bytes of both, and what it said after each write.
struct Logged {
    file: Vec<u8>,
    log: Vec<u8>,
    states: Vec<Told>,
}

fn logged(path: &Path, contacts: usize) -> Logged {
    make(path, contacts).unwrap();
    let store = opened().open(path).unwrap();
    let desk = store.session(Actor::System);
    let mut states = vec![told(&store).unwrap()];
    let ids: Vec<_> = states[0].keys().copied().take(6).collect();
    for (n, id) in ids.into_iter().enumerate() {
        if desk.edit(id, ContactPatch::new().company(format!("Logged{n}"))).is_err() {
            desk.add(new("Logged", &n.to_string())).unwrap(); // the one in the trash
        }
        states.push(told(&store).unwrap());
    }
    let [file, log, _] = files(path).map(|name| fs::read(name).unwrap_or_default());
    assert!(log.len() > 4_096, "the log is there");
    drop((desk, store));
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
    watched("logs", cases, move |seed| {
        let mut dice = Dice::new(seed);
        let mut log = book.log.clone();
        let what = match dice.below(8) {
            0..=2 => {
                let (at, bit) = (dice.below(log.len()), dice.below(8));
                log[at] ^= 1 << bit;
                "a bit flipped"
            }
            3 => {
                log.truncate(dice.below(book.log.len()));
                "cut"
            }
            4 => {
                log.clear();
                "empty"
            }
            5 => {
                let at = dice.below(log.len() / 512) * 512;
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
        let came = look(&path, &book.states, seed.is_multiple_of(4));
        if what == "another program's" {
            assert_eq!(came, "refused");
        }
        format!("{what}: {came}")
    });
}

/// The newest writes are lost with it, which nobody can know; all else is right.
#[test]
fn without_its_log_a_store_has_the_last_checkpoint() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    let book = logged(&path, 40);
    for name in files(&path) {
        let _ = fs::remove_file(name);
    }
    fs::write(&path, &book.file).unwrap();
    let said = told(&opened().open(&path).unwrap()).unwrap();
    assert!(book.states.contains(&said));
}
