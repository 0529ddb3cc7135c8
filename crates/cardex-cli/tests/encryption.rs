//! The program with keys.

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
    let desk = store.session(Actor::System);
    for n in 0..200 {
        desk.add(NewContact::new(Network::SMS_DIRECT, format!("Zebulon{n}"), "Quartermaine")).unwrap();
    }
}

/// The names that a book has.
fn names(store: &Store) -> Vec<String> {
    let desk = store.session(Actor::System);
    desk.contacts().limit(100).iter().map(|contact| contact.unwrap().first_name).collect()
}

/// A closed book under the old key, and the names that it has.
fn book(path: &Path) -> Vec<String> {
    let store = Options::new().encryption_key(key()).open(path).unwrap();
    fill(&store);
    names(&store)
}

/// Which key opens the book; it has the names it had.
fn opened_by(path: &Path, said: &[String]) -> &'static str {
    let by = |key: EncryptionKey| Options::new().encryption_key(key).create(false).open(path);
    let (store, which) = by(key())
        .map_or_else(|_| (by(EncryptionKey::raw([10; 32])).unwrap(), "the new"), |store| (store, "the old"));
    assert_eq!(names(&store), said);
    which
}

fn kills() -> u64 {
    std::env::var("CARDEX_KILLS").ok().map_or(12, |text| text.parse().unwrap())
}

/// A file with a key of 32 equal bytes that the program takes.
fn write_key(file: &Path, digits: &str) {
    fs::write(file, format!("hex:{}\n", digits.repeat(32))).unwrap();
    let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    fs::set_permissions(file, private).unwrap();
}

/// Runs the program on a book with a key of the environment; its output and what it refused with.
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
        let (_, told) = run(&book, key, arguments);
        assert!(told.contains(&format!("\"{code}\"")), "{arguments:?}: {told}");
        assert!(!told.contains("horse"), "{told}");
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
    // What is in the file goes before what is in the environment.
    assert!(run(&book, Some("a horse"), &["list", "--key-file", file_name]).0.contains("Zebulon"));
    let copy = folder.path().join("copy");
    run(&book, None, &["backup", copy.to_str().unwrap(), "--key-file", file_name]);
    assert!(run(&copy, None, &["list", "--key-file", file_name]).0.contains("Zebulon"));
    let new = folder.path().join("new");
    run(&book, None, &["salvage", copy.to_str().unwrap(), new.to_str().unwrap(), "--key-file", file_name]);
    assert!(run(&new, None, &["list", "--key-file", file_name]).0.contains("Zebulon"));

    fs::write(&file, "two\nlines\n").unwrap();
    fails(None, &["list", "--key-file", file_name], "key");
    fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o604)).unwrap();
    fails(None, &["list", "--key-file", file_name], "key");
    fails(None, &["list", "--key-file", folder.path().join("none").to_str().unwrap()], "io");
}

/// The process is killed at any moment.
#[test]
fn a_key_is_changed_or_not_by_a_process_that_is_killed() {
    let folder = tempdir().unwrap();
    let (path, old, new) = (folder.path().join("book"), folder.path().join("old"), folder.path().join("new"));
    let said = book(&path);
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
        by[usize::from(opened_by(&path, &said) == "the new")] += 1;
    }
    println!("kills, change of key: {by:?} with the old key and the new");
    assert!(by[0] > 0, "none was killed in time");
}

/// Where a process closes a file it has looked at by itself, the system takes the locks its SQLite has on that file. A book that was asked
/// for without its key was looked at so, while it was open with the key: others could then open it as if nobody had it.
#[test]
fn asking_without_the_key_takes_no_lock_from_an_open_book() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book");
    let store = Options::new().encryption_key(key()).open(&path).unwrap();
    fill(&store);
    assert_eq!(Options::new().open(&path).unwrap_err().code(), "not-a-book");
    assert_eq!(
        Options::new().encryption_key(EncryptionKey::raw([1; 32])).open(&path).unwrap_err().code(),
        "wrong-key"
    );
    // Another process needs the book for itself alone.
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
    let told = other.output().unwrap();
    assert!(String::from_utf8_lossy(&told.stderr).contains("\"busy\""), "{told:?}");
}
