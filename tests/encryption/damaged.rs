//! Damaged encrypted stores: damage is detected, and recovery reads everything except the damaged pages.

use std::fs;

use cardex::{Actor, EncryptionKey, Error};
use tempfile::tempdir;

use crate::secret::{fill, key};
use crate::support::invariants::{check_invariants, dump};
use crate::support::{Random, number, options};

const PAGE: usize = 4_096;

/// Flips a bit in each page in turn. Each page has a checksum, so no answer is wrong.
#[test]
fn every_change_of_a_page_is_detected() {
    let folder = tempdir().unwrap();
    let (path, harmed) = (folder.path().join("book"), folder.path().join("harmed"));
    let store = options(1).encryption_key(key()).open(&path).unwrap();
    fill(&store);
    store.optimize().unwrap();
    store.vacuum().unwrap();
    drop(store);
    let bytes = fs::read(&path).unwrap();
    let mut random = Random::new(5);
    let mut refused = 0;
    for page in (0..bytes.len() / PAGE).step_by(number("CARDEX_STRIDE", 7)) {
        let mut changed = bytes.clone();
        changed[page * PAGE + random.below(PAGE)] ^= 1 << random.below(8);
        fs::write(&harmed, &changed).unwrap();
        match options(1).encryption_key(key()).open(&harmed) {
            Ok(store) => match store.check() {
                Ok(report) => assert!(!report.is_ok(), "page {page}"),
                Err(error) => assert!(matches!(error, Error::Damaged { .. }), "page {page}: {error:?}"),
            },
            Err(error) => {
                refused += 1;
                assert!(
                    matches!(error, Error::Damaged { .. } | Error::WrongKey { .. }),
                    "page {page}: {error:?}"
                );
            }
        }
    }
    assert!(refused > 0, "the first page");
}

/// Regression test: a checkpoint writes the salt at the beginning of the file. After a power loss it can be garbage,
/// and no key opened the file. The log also contains the salt.
#[test]
fn the_log_replaces_a_lost_file_header() {
    let folder = tempdir().unwrap();
    let (path, torn) = (folder.path().join("book"), folder.path().join("torn"));
    let store = options(1).encryption_key(EncryptionKey::passphrase("horse")).open(&path).unwrap();
    fill(&store);
    let said = dump(&store).unwrap();
    let mut bytes = fs::read(&path).unwrap();
    bytes[..512].fill(0xa5);
    fs::write(&torn, &bytes).unwrap();
    fs::copy(folder.path().join("book-wal"), folder.path().join("torn-wal")).unwrap();
    assert_eq!(
        options(1).encryption_key(EncryptionKey::passphrase("cart")).open(&torn).unwrap_err().code(),
        "wrong-key"
    );
    let mended = options(1).encryption_key(EncryptionKey::passphrase("horse")).open(&torn).unwrap();
    assert_eq!(dump(&mended).unwrap(), said);
    drop(mended);
    let mended = options(1).encryption_key(EncryptionKey::passphrase("horse")).open(&torn).unwrap();
    check_invariants(&mended);
    assert!(
        !folder.path().join("torn-wal").exists()
            || fs::metadata(folder.path().join("torn-wal")).unwrap().len() == 0
    );
}

/// SQLite checkpoints any file that has the name of the log.
#[test]
fn the_log_of_another_file_is_refused_and_nothing_changes() {
    let folder = tempdir().unwrap();
    let (path, other) = (folder.path().join("book"), folder.path().join("other"));
    drop(options(1).encryption_key(key()).open(&path).unwrap());
    let store = options(2).encryption_key(key()).open(&other).unwrap();
    fill(&store);
    let log = folder.path().join("book-wal");
    fs::copy(folder.path().join("other-wal"), &log).unwrap();
    let before = [&path, &log].map(|file| fs::read(file).unwrap());
    assert_eq!(options(1).encryption_key(key()).open(&path).unwrap_err().code(), "wrong-key");
    assert!(before == [&path, &log].map(|file| fs::read(file).unwrap()));
    fs::remove_file(&log).unwrap();
    check_invariants(&options(1).encryption_key(key()).open(&path).unwrap());
}

#[test]
fn a_damaged_store_is_recovered_with_its_key() {
    let folder = tempdir().unwrap();
    let (path, new) = (folder.path().join("book"), folder.path().join("new"));
    let store = options(1).encryption_key(key()).open(&path).unwrap();
    fill(&store);
    let said = dump(&store).unwrap();
    drop(store);
    let whole = options(2).encryption_key(key()).recover(&path, &new).unwrap();
    assert!(whole.is_complete(), "{whole:?}");
    let store = options(1).encryption_key(key()).open(&new).unwrap();
    assert_eq!(dump(&store).unwrap(), said);
    drop(store);
    let bytes = fs::read(&path).unwrap();
    let (mut books, mut most) = (0, 0);
    for page in (1..bytes.len() / PAGE).step_by(number("CARDEX_STRIDE", 11)) {
        fs::remove_file(&new).unwrap();
        let mut changed = bytes.clone();
        changed[page * PAGE + 100] ^= 4;
        fs::write(&path, &changed).unwrap();
        let report = options(2).encryption_key(key()).recover(&path, &new).unwrap();
        assert!(fs::read(&path).unwrap() == changed, "the damaged book is not written to");
        assert!(report.contacts == 200 || !report.is_complete(), "page {page}: {report:?}");
        let store = options(1).encryption_key(key()).open(&new).unwrap();
        check_invariants(&store);
        let there = store.session(Actor::System).contacts().total().unwrap();
        assert_eq!(there, report.contacts, "page {page}");
        books += 1;
        most += u64::from(there > 150);
    }
    println!("recovery: {books} books without a page, {most} with three quarters of the contacts or more");
    assert!(books > 10 && most * 10 > books * 6);
    assert_eq!(
        options(2)
            .encryption_key(EncryptionKey::raw([1; 32]))
            .recover(&path, folder.path().join("x"))
            .unwrap_err()
            .code(),
        "wrong-key"
    );
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
}
