//! Opening damaged files.

use crate::open::{book, refused, with_sqlite};
use crate::support::{Random, SMS, found, options};
use cardex::{Actor, Error, NewContact, Options, Store};
use std::fs;
use tempfile::tempdir;

#[test]
fn a_book_with_a_damaged_header_is_refused() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    book(&path);
    let sound = fs::read(&path).unwrap();
    // The magic text, the page size, the file format, the schema format.
    for (at, value) in [(0, b'X'), (16, 3), (19, 9), (21, 1), (47, 9)] {
        let mut bytes = sound.clone();
        bytes[at] = value;
        fs::write(&path, &bytes).unwrap();
        let error = Store::open(&path).and_then(|store| store.check());
        let error = error.err().unwrap_or_else(|| panic!("byte {at} passed"));
        assert!(["damaged", "not-a-book", "storage"].contains(&error.code()), "byte {at}: {error:?}");
        assert!(fs::read(&path).unwrap() == bytes, "byte {at}: the file changed");
    }
}

/// An unreadable file with a valid beginning is reported as a damaged store, so that users recover it instead of
/// deleting it. Other unreadable files are foreign.
#[test]
fn a_damaged_store_and_a_foreign_file_have_different_errors() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    let harmed = |code: &str| {
        let mut bytes = fs::read(&path).unwrap();
        bytes[100..4_096].fill(0xFF);
        fs::write(&path, &bytes).unwrap();
        refused(&path, code);
        fs::remove_file(&path).unwrap();
    };
    book(&path);
    harmed("damaged");
    with_sqlite(&path, |db| db.execute_batch("CREATE TABLE t (a); INSERT INTO t VALUES (zeroblob(9000))"));
    harmed("not-a-book");
    // The application id without the magic text.
    let mut bytes = vec![0xFF; 8_192];
    bytes[68..72].copy_from_slice(b"CRDX");
    fs::write(&path, bytes).unwrap();
    refused(&path, "not-a-book");
}

/// Calls everything on a damaged store. Errors are permitted, panics are not.
pub(crate) fn use_everything(store: &Store) -> Result<(), Error> {
    let session = store.session(Actor::System);
    session.search("a").page()?;
    session.search("").limit(1).page()?;
    let page = session.contacts().page()?;
    if let Some(contact) = page.items.first() {
        session.get(contact.id)?;
        session.directory().advisors_of(contact.id).page()?;
    }
    session.contacts().network(SMS).sections()?;
    session.stats()?;
    session.changes().limit(10).page()?;
    session.find_by_phone(&SMS, "+33612345677", None)?;
    store.check()?;
    Ok(())
}

#[test]
fn a_truncated_file_is_an_error_and_does_not_change() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    book(&path);
    let sound = fs::read(&path).unwrap();
    for pages in 0..sound.len() / 4_096 {
        for extra in [100, 2_000, 4_096] {
            let length = pages * 4_096 + extra;
            if length >= sound.len() {
                continue;
            }
            fs::write(&path, &sound[..length]).unwrap();
            // An error, or an error in the check report; nothing, if the missing bytes are unused space of a page.
            let reported = options(1).open(&path).and_then(|store| {
                let report = store.check()?;
                use_everything(&store)?;
                Ok((report.is_ok(), found(&store.session(Actor::System), "")))
            });
            match reported {
                Ok((sound, names)) => assert!(!sound || names.len() == 3, "{length} bytes pass: {names:?}"),
                Err(error) => {
                    assert!(["damaged", "not-a-book"].contains(&error.code()), "{length}: {error:?}");
                }
            }
            assert!(fs::read(&path).unwrap() == sound[..length], "{length} bytes: the file changed");
        }
    }
}

#[test]
fn flipped_bits_are_errors_or_answers_but_no_panic() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    book(&path);
    let sound = fs::read(&path).unwrap();
    let seeds = std::env::var("CARDEX_FLIPS").ok().and_then(|n| n.parse().ok()).unwrap_or(150);
    for seed in 0..seeds {
        let mut random = Random::new(seed);
        let mut bytes = sound.clone();
        for _ in 0..=random.below(8) {
            // Half of the flips are in the pages with most of the data.
            let at = if random.below(2) == 0 { random.below(bytes.len()) } else { random.below(8_192) };
            bytes[at] ^= 1 << random.below(8);
        }
        fs::write(&path, &bytes).unwrap();
        for name in ["book.cardex-wal", "book.cardex-shm"] {
            let _ = fs::remove_file(folder.path().join(name));
        }
        if let Ok(store) = options(1).open(&path) {
            let _ = use_everything(&store);
            let _ = store.session(Actor::System).add(NewContact::new(SMS, "Dan", "Dorn"));
            let _ = store.optimize();
            let _ = store.rebuild_index();
        } else {
            assert!(fs::read(&path).unwrap() == bytes, "seed {seed}: refused, but the file changed");
        }
    }
}

/// Regression test: a power loss while a store left write-ahead logging destroyed the first page. The journal repairs
/// it, but the file was looked at without its journal, and was refused.
#[test]
fn a_journal_repairs_the_first_page_when_the_store_is_opened() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    book(&path);
    let (torn, live) = (folder.path().join("torn"), folder.path().join("live"));
    fs::copy(&path, &live).unwrap();
    let sqlite = rusqlite::Connection::open(&live).unwrap();
    sqlite.pragma_update_and_check(None, "journal_mode", "DELETE", |row| row.get::<_, String>(0)).unwrap();
    // Without flushes, the journal is valid as soon as it has the page.
    sqlite.pragma_update(None, "synchronous", "OFF").unwrap();
    sqlite.execute_batch("BEGIN; PRAGMA user_version = 1").unwrap();
    fs::copy(folder.path().join("live-journal"), folder.path().join("torn-journal")).unwrap();
    let mut bytes = fs::read(&live).unwrap();
    bytes[..512].fill(0xA5);
    fs::write(&torn, &bytes).unwrap();
    let read_only = Options::new().read_only(true).open(&torn).unwrap_err();
    assert_eq!(read_only.code(), "read-only", "a reader may not repair the file");
    assert!(fs::read(&torn).unwrap() == bytes);
    let store = Store::open(&torn).unwrap();
    assert!(store.check().unwrap().is_ok());
    assert!(!folder.path().join("torn-journal").exists());
}
