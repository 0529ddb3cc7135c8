//! What is readable with the key, and that nothing is readable without it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use cardex::{Actor, Durability, EncryptionKey, Options, Store};
use tempfile::tempdir;

use crate::support::invariants::{check_invariants, check_invariants_at, dump};
use crate::support::steps::ALL;
use crate::support::{ENCRYPTED, new, options};

pub(crate) fn key() -> EncryptionKey {
    EncryptionKey::raw([9; 32])
}

/// Every file of a folder with its bytes.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    entries.map(|e| (e.file_name().into_string().unwrap(), fs::read(e.path()).unwrap())).collect()
}

/// Adds contacts whose names are in the rows, the search index and the log.
pub(crate) fn fill(store: &Store) {
    let session = store.session(Actor::System);
    for n in 0..200 {
        session
            .add(new(&format!("Zebulon{n}"), "Quartermaine").email(format!("zeb{n}@quarter.example")))
            .unwrap();
    }
}

/// The files of a folder that contain one of the texts, in any case.
pub(crate) fn files_with_plaintext(folder: &Path) -> Vec<String> {
    let texts = ["zebulon", "quartermaine", "quarter.example", "sqlite format", "create table"];
    let has = |bytes: &[u8]| {
        let lower = bytes.to_ascii_lowercase();
        texts.iter().any(|text| lower.windows(text.len()).any(|part| part == text.as_bytes()))
    };
    files(folder).into_iter().filter(|(_, bytes)| has(bytes)).map(|(name, _)| name).collect()
}

#[test]
fn file_log_and_copy_contain_no_plaintext() {
    for encrypted in [false, true] {
        let folder = tempdir().unwrap();
        let options = || if encrypted { options(1).encryption_key(key()) } else { options(1) };
        let store = options().open(folder.path().join("book")).unwrap();
        fill(&store);
        store.optimize().unwrap();
        store.backup_to(folder.path().join("copy")).unwrap();
        fill_more(&store);
        let open: Vec<_> = files(folder.path()).into_keys().collect();
        assert_eq!(open, ["book", "book-shm", "book-wal", "copy"]);
        let expected: &[&str] = if encrypted { &[] } else { &["book", "book-wal", "copy"] };
        assert_eq!(files_with_plaintext(folder.path()), expected, "open");
        drop(store);
        assert_eq!(
            files_with_plaintext(folder.path()),
            expected.iter().filter(|name| **name != "book-wal").copied().collect::<Vec<_>>()
        );
        // With the key, the names are in the copy. This proves that the search above works.
        let store = options().open(folder.path().join("copy")).unwrap();
        assert_eq!(
            store.session(Actor::System).search("zebulon1").limit(500).page().unwrap().items.len(),
            111
        );
    }
}

fn fill_more(store: &Store) {
    store.session(Actor::System).add(new("Zebulon", "Quartermaine")).unwrap();
}

/// Opens a file in every mode. It must fail with `code` and change no byte.
fn refused(path: &Path, key: Option<&EncryptionKey>, code: &str) {
    let folder = path.parent().unwrap();
    let before = files(folder);
    for (read_only, create) in [(false, true), (false, false), (true, false)] {
        let options = options(1).read_only(read_only).create(create);
        let options = key.into_iter().fold(options, |options, key| options.encryption_key(key.clone()));
        let error = options.open(path).map(drop).unwrap_err();
        assert_eq!(error.code(), code, "{error:?}");
        assert!(files(folder) == before, "{code}: the bytes");
    }
}

#[test]
fn a_wrong_key_is_an_error_and_changes_nothing() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book");
    for right in [key(), EncryptionKey::passphrase("correct horse 'battery' ☂")] {
        let _ = fs::remove_file(&path);
        drop(options(1).encryption_key(right.clone()).open(&path).unwrap());
        for wrong in [
            EncryptionKey::raw([8; 32]),
            EncryptionKey::passphrase("correct horse"),
            EncryptionKey::passphrase(" "),
        ] {
            refused(&path, Some(&wrong), "wrong-key");
        }
        refused(&path, None, "not-a-book");
        assert!(options(1).encryption_key(right).create(false).open(&path).is_ok());
    }
    fs::write(&path, vec![b'x'; 20_000]).unwrap();
    refused(&path, Some(&key()), "wrong-key");
    fs::remove_file(&path).unwrap();
    drop(options(1).open(&path).unwrap());
    refused(&path, Some(&key()), "not-encrypted");
    assert_eq!(
        options(1).encryption_key(key()).create(false).open(folder.path().join("none")).unwrap_err().code(),
        "no-book"
    );
}

#[test]
fn a_key_that_cannot_be_used_is_refused() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book");
    let raw = format!("x'{}'", "07".repeat(32));
    for text in ["", "a\0b", &"a".repeat(1_001), &raw] {
        assert_eq!(
            options(1).encryption_key(EncryptionKey::passphrase(text)).open(&path).unwrap_err().code(),
            "bad-option",
            "{text:?}"
        );
    }
    assert_eq!(options(1).encryption_key(key()).open_in_memory().unwrap_err().code(), "bad-option");
    assert!(!path.exists());
    assert!(options(1).encryption_key(EncryptionKey::passphrase("a".repeat(1_000))).open(&path).is_ok());
}

#[test]
fn a_key_is_not_in_debug_output() {
    let reported = format!(
        "{:?} {:?}",
        EncryptionKey::passphrase("horse"),
        Options::new().encryption_key(EncryptionKey::raw([0xab; 32]))
    );
    assert!(!["horse", "abab", "171, 171"].iter().any(|text| reported.contains(text)), "{reported}");
}

/// Runs the work of the fault tests on an encrypted store, without faults.
#[test]
fn every_operation_works_on_an_encrypted_store() {
    for work in ALL {
        let [plain, secret] = [false, true].map(|encrypted| {
            ENCRYPTED.set(encrypted);
            let folder = tempdir().unwrap();
            let path = folder.path().join("book");
            let options = work.options(Durability::Commit);
            let store = options.clone().open(&path).unwrap();
            for step in work.steps {
                step(&store, &path).unwrap();
            }
            drop(store);
            let store = options.open(&path).unwrap();
            check_invariants_at(&store, &path);
            assert_eq!(fs::read(&path).unwrap().starts_with(b"SQLite format 3"), !encrypted);
            dump(&store).unwrap()
        });
        assert_eq!(plain, secret, "{}", work.name);
    }
}

#[test]
fn an_encrypted_store_is_copied_restored_vacuumed_and_checked() {
    let folder = tempdir().unwrap();
    let (path, copy, back) =
        (folder.path().join("book"), folder.path().join("copy"), folder.path().join("back"));
    let store = options(1).encryption_key(EncryptionKey::passphrase("ä 漢")).open(&path).unwrap();
    fill(&store);
    let said = dump(&store).unwrap();
    store.backup_to(&copy).unwrap();
    store.vacuum().unwrap();
    assert!(store.check().unwrap().is_ok());
    assert_eq!(dump(&store).unwrap(), said);
    refused(&copy, Some(&key()), "wrong-key");
    let restored = options(1).encryption_key(EncryptionKey::passphrase("ä 漢"));
    restored.clone().read_only(true).open(&copy).unwrap().backup_to(&back).unwrap();
    let restored = restored.open(&back).unwrap();
    assert_eq!(dump(&restored).unwrap(), said);
    check_invariants(&restored);
}
