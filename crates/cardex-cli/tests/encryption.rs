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

#[test]
fn a_book_is_encrypted_and_decrypted() {
    let folder = tempdir().unwrap();
    let (book, file) = (folder.path().join("book"), folder.path().join("key"));
    let file_name = file.to_str().unwrap();
    write_key(&file, "0b");
    run(&book, None, &["add", "--network", "SMS-DIRECT", "--first", "Zebulon"]);
    let listed = run(&book, None, &["list"]).0;
    let encrypted = run(&book, None, &["key", "encrypt", "--to", file_name]).0;
    assert_eq!(encrypted, "{\"encrypted\":true}\n");
    assert!(run(&book, None, &["list"]).1.contains("\"not-a-book\""));
    assert_eq!(run(&book, None, &["list", "--key-file", file_name]).0, listed, "ids and times too");
    assert!(run(&book, None, &["key", "decrypt"]).1.contains("\"bad-option\""));
    let decrypted = run(&book, None, &["key", "decrypt", "--key-file", file_name]).0;
    assert_eq!(decrypted, "{\"encrypted\":false}\n");
    assert_eq!(run(&book, None, &["list"]).0, listed);
}

/// The system calls that change a file or a folder.
#[cfg(target_os = "linux")]
const CALLS: [&str; 6] = ["pwrite64", "fsync", "fdatasync", "ftruncate", "rename", "unlink"];

/// Runs a conversion under `strace`, which kills it at call number `nth` of a kind. Returns whether it was killed.
#[cfg(target_os = "linux")]
fn killed_at(book: &Path, arguments: &[&str], call: &str, nth: usize) -> bool {
    use std::os::unix::process::ExitStatusExt as _;
    let inject = format!("inject={call}:signal=SIGKILL:when={nth}");
    let mut traced = Command::new("strace");
    traced.args(["-f", "-qq", "-o", "/dev/null", "-e", &format!("trace={call}"), "-e", &inject]);
    traced.arg(env!("CARGO_BIN_EXE_cardex")).arg("--book").arg(book).args(arguments);
    let output = traced.env_remove("CARDEX_KEY").output().expect("strace: apt-get install -y strace");
    let killed = output.status.signal() == Some(9) || output.status.code() == Some(137);
    assert!(killed || output.status.success(), "{call} {nth}: {output:?}");
    killed
}

/// The process is killed at each system call of a kind, or at every few of them.
#[cfg(target_os = "linux")]
#[test]
fn a_killed_conversion_is_complete_or_has_no_effect() {
    let folder = tempdir().unwrap();
    let (path, key_file) = (folder.path().join("book"), folder.path().join("key"));
    let key_name = key_file.to_str().unwrap();
    write_key(&key_file, "09");
    let store = Store::open(&path).unwrap();
    fill(&store);
    let expected = names(&store);
    drop(store);
    let plain = fs::read(&path).unwrap();
    run(&path, None, &["key", "encrypt", "--to", key_name]);
    let encrypted = fs::read(&path).unwrap();
    let mut ends = [0, 0];
    for to_encrypted in [true, false] {
        let arguments: &[&str] = if to_encrypted {
            &["key", "encrypt", "--to", key_name]
        } else {
            &["--key-file", key_name, "key", "decrypt"]
        };
        for call in CALLS {
            let stride = if call == "pwrite64" { usize::try_from(600 / kills()).unwrap().max(1) } else { 1 };
            for nth in (1..).step_by(stride) {
                for left in fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()) {
                    if left != key_file {
                        fs::remove_file(left).unwrap();
                    }
                }
                fs::write(&path, if to_encrypted { &plain } else { &encrypted }).unwrap();
                let killed = killed_at(&path, arguments, call, nth);
                let options = Options::new().create(false);
                let store = options.clone().open(&path);
                let (store, is_encrypted) = store.map_or_else(
                    |_| (options.encryption_key(key()).open(&path).unwrap(), true),
                    |it| (it, false),
                );
                assert_eq!(names(&store), expected, "{call} {nth}");
                assert!(store.check().unwrap().is_ok(), "{call} {nth}");
                let converted = is_encrypted == to_encrypted;
                assert!(killed || converted, "{call} {nth}");
                if !killed {
                    break;
                }
                ends[usize::from(converted)] += 1;
            }
        }
    }
    println!("killed conversions: {ends:?} books unchanged and converted");
    assert!(ends[0] > 20 && ends[1] > 0, "{ends:?}");
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
