//! The program with encryption keys.

#![cfg(all(feature = "encryption", unix))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::arithmetic_side_effects, clippy::missing_panics_doc)]
#![allow(clippy::print_stdout)]

use std::fs;
use std::path::Path;
use std::process::Command;

use cardex::{Actor, EncryptionKey, Network, NewContact, Options, Store};
use tempfile::tempdir;

fn key() -> EncryptionKey {
    EncryptionKey::raw([9; 32])
}

fn fill(store: &Store) {
    let session = store.session(Actor::System);
    for n in 0..200 {
        session.add(NewContact::new(Network::SMS_DIRECT, format!("Zebulon{n}"), "Quartermaine")).unwrap();
    }
}

/// The first names in a book.
fn names(store: &Store) -> Vec<String> {
    let session = store.session(Actor::System);
    session.contacts().limit(100).iter().map(|contact| contact.unwrap().first_name).collect()
}

/// Creates a book with the old key, and returns its names.
fn book(path: &Path) -> Vec<String> {
    let store = Options::new().encryption_key(key()).open(path).unwrap();
    fill(&store);
    names(&store)
}

/// Opens the book and returns which key opens it. Checks the names.
fn opened_by(path: &Path, expected: &[String]) -> &'static str {
    let by = |key: EncryptionKey| Options::new().encryption_key(key).create(false).open(path);
    let (store, which) = by(key())
        .map_or_else(|_| (by(EncryptionKey::raw([10; 32])).unwrap(), "the new"), |store| (store, "the old"));
    assert_eq!(names(&store), expected);
    which
}

fn kills() -> u64 {
    std::env::var("CARDEX_KILLS").ok().map_or(12, |text| text.parse().unwrap())
}

/// Writes a key file with 32 equal bytes and private permissions.
fn write_key(file: &Path, digits: &str) {
    fs::write(file, format!("hex:{}\n", digits.repeat(32))).unwrap();
    let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    fs::set_permissions(file, private).unwrap();
}

/// Runs the program with a key in the environment; returns its output and its errors.
fn run(book: &Path, key: Option<&str>, arguments: &[&str]) -> (String, String) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_cardex"));
    program.env_remove("CARDEX_KEY").arg("--json").arg("--book").arg(book).args(arguments);
    if let Some(key) = key {
        program.env("CARDEX_KEY", key);
    }
    let output = program.output().unwrap();
    let [out, err] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    assert_eq!(output.status.success(), err.is_empty(), "{err}");
    (out, err)
}

#[test]
fn the_key_comes_from_a_file_or_the_environment() {
    let folder = tempdir().unwrap();
    let (book, file) = (folder.path().join("book"), folder.path().join("key"));
    let file_name = file.to_str().unwrap();
    let fails = |key, arguments: &[&str], code: &str| {
        let (_, error) = run(&book, key, arguments);
        assert!(error.contains(&format!("\"{code}\"")), "{arguments:?}: {error}");
        assert!(!error.contains("horse"), "{error}");
    };
    run(&book, Some("a horse"), &["add", "--network", "SMS-DIRECT", "--first", "Zebulon"]);
    assert!(run(&book, Some("a horse"), &["list"]).0.contains("Zebulon"));
    fails(None, &["list"], "not-a-book");
    fails(Some("another horse"), &["list"], "wrong-key");
    fails(Some("hex:0a"), &["list"], "key");

    write_key(&file, "0b");
    let changed = run(&book, Some("a horse"), &["key", "change", "--to", file_name]).0;
    assert_eq!(changed, "{\"changed\":true}\n");
    fails(Some("a horse"), &["list"], "wrong-key");
    // The key file has precedence over the environment.
    assert!(run(&book, Some("a horse"), &["list", "--key-file", file_name]).0.contains("Zebulon"));
    let copy = folder.path().join("copy");
    run(&book, None, &["backup", copy.to_str().unwrap(), "--key-file", file_name]);
    assert!(run(&copy, None, &["list", "--key-file", file_name]).0.contains("Zebulon"));
    let new = folder.path().join("new");
    run(&book, None, &["recover", copy.to_str().unwrap(), new.to_str().unwrap(), "--key-file", file_name]);
    assert!(run(&new, None, &["list", "--key-file", file_name]).0.contains("Zebulon"));

    fs::write(&file, "two\nlines\n").unwrap();
    fails(None, &["list", "--key-file", file_name], "key");
    for mode in [0o604, 0o640, 0o620, 0o601] {
        write_key(&file, "0b");
        fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
        fails(None, &["list", "--key-file", file_name], "key");
    }
    fails(None, &["list", "--key-file", folder.path().join("none").to_str().unwrap()], "io");
}

/// The process is killed at any moment.
#[test]
fn a_killed_key_change_is_complete_or_has_no_effect() {
    let folder = tempdir().unwrap();
    let (path, old, new) = (folder.path().join("book"), folder.path().join("old"), folder.path().join("new"));
    let expected = book(&path);
    let bytes = fs::read(&path).unwrap();
    write_key(&old, "09");
    write_key(&new, "0a");
    let mut by = [0, 0];
    for n in 0..kills() {
        for end in ["-wal", "-shm"] {
            let _ = fs::remove_file(folder.path().join(format!("book{end}")));
        }
        fs::write(&path, &bytes).unwrap();
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_cardex"));
        child.arg("--book").arg(&path).arg("--key-file").arg(&old).args(["key", "change", "--to"]).arg(&new);
        let mut child = child.stderr(std::process::Stdio::null()).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(20 * (n % 25)));
        child.kill().unwrap();
        child.wait().unwrap();
        by[usize::from(opened_by(&path, &expected) == "the new")] += 1;
    }
    println!("killed key changes: {by:?} books with the old and with the new key");
    assert!(by[0] > 0, "no process was killed in time");
}

/// When a process closes a file, the system drops all locks of the process on that file, also those of its SQLite.
/// Regression: opening without the key read and closed the file of a book that was open with the key, so that other
/// processes could open it exclusively.
#[test]
fn opening_without_the_key_keeps_the_locks_of_an_open_book() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book");
    let store = Options::new().encryption_key(key()).open(&path).unwrap();
    fill(&store);
    assert_eq!(Options::new().open(&path).unwrap_err().code(), "not-a-book");
    assert_eq!(
        Options::new().encryption_key(EncryptionKey::raw([1; 32])).open(&path).unwrap_err().code(),
        "wrong-key"
    );
    // The other process needs exclusive access to the book.
    let file = folder.path().join("key");
    write_key(&file, "09");
    let mut other = std::process::Command::new(env!("CARGO_BIN_EXE_cardex"));
    other
        .arg("--book")
        .arg(&path)
        .arg("--key-file")
        .arg(&file)
        .args(["--json", "key", "change", "--to"])
        .arg(&file);
    let output = other.output().unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("\"busy\""), "{output:?}");
}
