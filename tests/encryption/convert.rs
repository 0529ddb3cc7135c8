//! Plain stores that are encrypted, and encrypted ones that are decrypted: everything stays, whatever happens.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cardex::{EncryptionKey, Error, Interrupt, MaintenanceStep, Options};
use rusqlite::types::Value;
use tempfile::tempdir;

use crate::books;
use crate::disk::{after_power_loss, write_image};
use crate::secret::{files_with_plaintext, fill, key};
use crate::support::invariants::{check_invariants, dump};
use crate::support::steps::ALL;
use crate::support::{Random, number, options, scratch};
use crate::vfs::{Fault, Op, Watched};

/// The rows of each table.
type Tables = BTreeMap<String, Vec<Vec<Value>>>;

/// Reads every table from outside, also those of the substring index and of sequences.
fn tables(path: &Path, key: Option<&str>) -> Tables {
    let sqlite = rusqlite::Connection::open(path).unwrap();
    if let Some(key) = key {
        sqlite.pragma_update(None, "key", key).unwrap();
    }
    let list = "SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0";
    let names: Vec<String> =
        sqlite.prepare(list).unwrap().query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let rows = |name: &String| {
        let mut rows = sqlite.prepare(&format!("SELECT * FROM \"{name}\"")).unwrap();
        let columns = rows.column_count();
        let row = |row: &rusqlite::Row<'_>| (0..columns).map(|at| row.get(at)).collect();
        rows.query_map([], row).unwrap().collect::<rusqlite::Result<_>>().unwrap()
    };
    let mut all: Tables = names.iter().map(|name| (name.clone(), rows(name))).collect();
    let header = ["application_id", "user_version"]
        .map(|name| sqlite.pragma_query_value(None, name, |row| row.get(0)).unwrap());
    all.insert("header".to_owned(), vec![header.into()]);
    all
}

fn raw(byte: &str) -> String {
    format!("x'{}'", byte.repeat(32))
}

/// A closed plain store, and its dump.
fn book(path: &Path) -> String {
    let store = options(1).open(path).unwrap();
    fill(&store);
    dump(&store).unwrap()
}

/// Whether the store is encrypted. The dump must be the same.
fn is_encrypted(path: &Path, said: &str) -> bool {
    let by = |options: Options| options.create(false).open(path);
    let (store, encrypted) = match (by(options(1)), by(options(1).encryption_key(key()))) {
        (Ok(store), Err(Error::NotEncrypted { .. })) => (store, false),
        (Err(Error::NotABook { .. }), Ok(store)) => (store, true),
        (plain, encrypted) => panic!("plain: {plain:?}, encrypted: {encrypted:?}"),
    };
    assert_eq!(dump(&store).unwrap(), said);
    check_invariants(&store);
    encrypted
}

#[test]
fn every_row_of_every_table_is_converted() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book");
    let mut filled = 0;
    let mut both_ways = |what: &str| {
        let before = tables(&path, None);
        filled = filled.max(before.values().filter(|rows| !rows.is_empty()).count());
        Options::new().encrypt(&path, &key()).unwrap();
        assert!(tables(&path, Some(&raw("09"))) == before, "{what}: encrypted");
        assert!(!fs::read(&path).unwrap().starts_with(b"SQLite"));
        Options::new().encryption_key(key()).decrypt(&path).unwrap();
        assert!(tables(&path, None) == before, "{what}: decrypted");
        let left: Vec<_> =
            fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert!(left.iter().all(|name| name == "book" || name == "copy"), "{what}: {left:?}");
    };
    for work in ALL {
        let _ = (fs::remove_file(&path), fs::remove_file(folder.path().join("copy")));
        let store = work.options(cardex::Durability::Commit).open(&path).unwrap();
        for step in work.steps {
            step(&store, &path).unwrap();
        }
        drop(store);
        both_ways(work.name);
        check_invariants(&work.options(cardex::Durability::Commit).open(&path).unwrap());
    }
    fs::remove_file(&path).unwrap();
    books::make(&path, 120).unwrap();
    let before = books::dump(&books::opened().open(&path).unwrap()).unwrap();
    both_ways("every kind of record");
    assert!(books::dump(&books::opened().open(&path).unwrap()).unwrap() == before);
    assert!(filled > 25, "{filled} tables had rows");
}

#[test]
fn a_converted_store_has_no_plaintext_and_keeps_its_names_and_mode() {
    let folder = tempdir().unwrap();
    let (path, link) = (folder.path().join("book"), folder.path().join("link"));
    let said = book(&path);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("book", &link).unwrap();
        let shared = std::os::unix::fs::PermissionsExt::from_mode(0o640);
        fs::set_permissions(&path, shared).unwrap();
    }
    let at = if cfg!(unix) { &link } else { &path };
    options(1).encrypt(at, &EncryptionKey::passphrase("correct horse")).unwrap();
    assert_eq!(files_with_plaintext(folder.path()), [""; 0]);
    options(1).encryption_key(EncryptionKey::passphrase("correct horse")).change_key(&path, &key()).unwrap();
    assert!(is_encrypted(at, &said));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    }
}

#[test]
fn a_conversion_needs_the_right_options_and_a_closed_store() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book");
    let said = book(&path);
    let quick = || options(1).busy_timeout(Duration::from_millis(50));
    let encrypt = |options: Options| options.encrypt(&path, &key()).unwrap_err().code();
    let decrypt = |options: Options| options.decrypt(&path).unwrap_err().code();
    let before = fs::read(&path).unwrap();
    assert_eq!(encrypt(quick().encryption_key(key())), "bad-option");
    assert_eq!(encrypt(quick().read_only(true)), "read-only");
    assert_eq!(quick().encrypt(&path, &EncryptionKey::passphrase("")).unwrap_err().code(), "bad-option");
    assert_eq!(quick().encrypt(folder.path().join("none"), &key()).unwrap_err().code(), "no-book");
    assert_eq!(decrypt(quick()), "bad-option");
    assert_eq!(decrypt(quick().encryption_key(key())), "not-encrypted");
    let stop = Interrupt::new();
    stop.interrupt();
    assert_eq!(encrypt(quick().maintenance_interrupted_by(&stop)), "interrupted");
    assert_eq!(encrypt(quick().maintenance_deadline(Duration::ZERO)), "deadline");
    for read_only in [false, true] {
        let store = options(1).read_only(read_only).open(&path).unwrap();
        assert_eq!(encrypt(quick()), "busy", "read-only: {read_only}");
        assert_eq!(dump(&store).unwrap(), said);
    }
    assert!(!is_encrypted(&path, &said));
    drop(before);
    options(1).encrypt(&path, &key()).unwrap();
    assert_eq!(encrypt(quick()), "not-a-book");
    assert_eq!(encrypt(quick().encryption_key(key())), "bad-option");
    assert_eq!(decrypt(quick().encryption_key(EncryptionKey::raw([1; 32]))), "wrong-key");
    let store = options(1).encryption_key(key()).open(&path).unwrap();
    assert_eq!(decrypt(quick().encryption_key(key())), "busy");
    drop(store);
    assert!(is_encrypted(&path, &said));
}

#[test]
fn a_conversion_reports_its_progress() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book");
    book(&path);
    let rows = Arc::new(AtomicU64::new(0));
    let seen = Arc::clone(&rows);
    let watched = options(1).on_progress(move |progress| {
        if progress.step == MaintenanceStep::Convert {
            seen.store(progress.done, Ordering::Relaxed);
        }
    });
    watched.encrypt(&path, &key()).unwrap();
    assert!(rows.load(Ordering::Relaxed) > 100, "{rows:?}");
}

/// A process that opened the plain file and waits must not write into it after it has lost its name.
#[test]
fn a_writer_that_waited_does_not_write_into_the_old_file() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book");
    let said = book(&path);
    // It has not read yet, so it has no lock and knows nothing of the file.
    let waiting = rusqlite::Connection::open(&path).unwrap();
    options(1).encrypt(&path, &key()).unwrap();
    let wrote = waiting.execute("UPDATE metadata SET locale = 'sv'", []);
    let code = wrote.unwrap_err().sqlite_error().unwrap().extended_code;
    assert_eq!(code, rusqlite::ffi::SQLITE_READONLY_DBMOVED);
    drop(waiting);
    assert!(is_encrypted(&path, &said));
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["book"]);
}

/// Power loss at every disk call, while encrypting and while decrypting.
#[test]
fn a_conversion_survives_power_loss() {
    let home = tempfile::tempdir_in(scratch()).unwrap();
    let (live, left) = (home.path().join("live"), home.path().join("left"));
    fs::create_dir(&live).unwrap();
    let path = live.join("book");
    let mut said = String::new();
    for to_encrypted in [true, false] {
        let disk = Watched::new(&live);
        if to_encrypted {
            said = book(&path);
        } else {
            // The recorded file system must have seen each file from its beginning.
            drop(disk);
            fs::remove_file(&path).unwrap();
        }
        let disk = Watched::new(&live);
        if to_encrypted {
            fs::remove_file(&path).unwrap();
            assert_eq!(book(&path), said);
        } else {
            let store = options(1).encryption_key(key()).open(&path).unwrap();
            fill(&store);
            assert_eq!(dump(&store).unwrap(), said);
        }
        disk.mark(1);
        if to_encrypted {
            options(1).encrypt(&path, &key()).unwrap();
        } else {
            options(1).encryption_key(key()).decrypt(&path).unwrap();
        }
        disk.replaced("book");
        let log = disk.log();
        let from = log.iter().position(|op| *op == Op::Mark(1)).unwrap();
        let (mut images, mut by) = (0, [0, 0]);
        for position in (from..=log.len()).step_by(number("CARDEX_STRIDE", 5)).chain([log.len()]) {
            for seed in 0..number("CARDEX_SEEDS", 2) {
                let mut random = Random::new((position * 64 + seed) as u64);
                write_image(&after_power_loss(&log, position, &mut random), &left);
                images += 1;
                let converted = is_encrypted(&left.join("book"), &said) == to_encrypted;
                by[usize::from(converted)] += 1;
                assert_eq!(converted, position == log.len(), "{position} of {}", log.len());
            }
        }
        println!(
            "power, conversion, encrypted {to_encrypted}: {} calls, {images} images, {by:?} old and new",
            log.len() - from
        );
    }
}

/// Each disk call fails in turn.
#[test]
fn a_failing_disk_call_fails_the_conversion() {
    let home = tempfile::tempdir_in(scratch()).unwrap();
    let path = home.path().join("book");
    let said = book(&path);
    let plain = fs::read(&path).unwrap();
    options(1).encrypt(&path, &key()).unwrap();
    let encrypted = fs::read(&path).unwrap();
    let codes = Mutex::new(BTreeMap::new());
    for to_encrypted in [true, false] {
        for (code, for_good) in [(rusqlite::ffi::SQLITE_IOERR, true), (rusqlite::ffi::SQLITE_FULL, false)] {
            for after in (0..).step_by(number("CARDEX_STRIDE", 29)) {
                for end in ["-wal", "-journal"] {
                    let _ = fs::remove_file(home.path().join(format!("book{end}")));
                }
                fs::write(&path, if to_encrypted { &plain } else { &encrypted }).unwrap();
                let disk = Watched::new(home.path());
                disk.fail(Some(Fault { after, for_good, code }));
                let done = if to_encrypted {
                    options(1).encrypt(&path, &key())
                } else {
                    options(1).encryption_key(key()).decrypt(&path)
                };
                if disk.calls().1 == 0 {
                    done.unwrap();
                    break;
                }
                disk.fail(None);
                let context = format!("call {after}, code {code}, encrypted {to_encrypted}: {done:?}");
                assert_eq!(is_encrypted(&path, &said) == to_encrypted, done.is_ok(), "{context}");
                if let Err(error) = &done {
                    assert!(crate::support::steps::is_disk_or_memory_error(error), "{context}");
                    *codes.lock().unwrap().entry((code, error.code())).or_insert(0) += 1;
                }
                let left = fs::read_dir(home.path()).unwrap().map(|entry| entry.unwrap().file_name());
                let parts = left.filter(|name| name.to_string_lossy().contains(".part"));
                assert_eq!(parts.count(), 0, "{context}");
            }
        }
    }
    println!("disk, conversion: {:?} reported", codes.lock().unwrap());
    assert!(codes.lock().unwrap().values().sum::<i32>() > 10);
}
