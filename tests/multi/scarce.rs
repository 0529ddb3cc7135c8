//! Scarce resources: file descriptors, file size, disk space, permission to write.

use std::path::{Path, PathBuf};
use std::process::Command;

use cardex::{Actor, Durability, Error, Store};

use crate::child::{Process, command};
use crate::support::invariants::{check_invariants, check_invariants_at, dump};
use crate::support::steps::MIXED;
use crate::support::{new, number, open, scratch, with_key};

/// The reports of a child that filled a store: the added contacts, and the final error.
fn filled(lines: &[String]) -> (usize, Option<String>) {
    let added = lines.iter().filter(|line| line.starts_with("added")).count();
    let failed = lines.iter().find_map(|line| line.strip_prefix("failed ").map(str::to_owned));
    (added, failed)
}

/// All acknowledged contacts are stored, and at most one more.
fn has_all(store: &Store, added: usize, context: &str) {
    let there = store.session(Actor::System).contacts().total().unwrap();
    assert!((added..=added + 1).contains(&usize::try_from(there).unwrap()), "{context}: {there} of {added}");
}

#[test]
fn missing_file_descriptors_are_an_error_and_lose_nothing() {
    let mut tried = [0, 0];
    for most in (4..40).step_by(number("CARDEX_STRIDE", 3)) {
        let home = tempfile::tempdir_in(scratch()).unwrap();
        let book = home.path().join("book");
        let limit = format!("ulimit -n {most}; exec \"$0\" \"$@\"");
        // With too few descriptors, the program itself does not start.
        let (lines, status, complaint) = Process::of(command(&["sh", "-c", &limit], "work", &book, 0)).end();
        assert!(!complaint.contains("panicked at src"), "{most} descriptors: {complaint}");
        let done = lines.iter().filter(|line| line.starts_with("done")).count();
        let whole = done == MIXED.steps.len() + 1;
        assert!(
            whole || !status.success() || lines.iter().any(|line| line.starts_with("failed")),
            "{lines:?}"
        );
        tried[usize::from(whole)] += 1;
        let store = MIXED.options(Durability::Commit).open(&book).unwrap();
        dump(&store).unwrap();
        check_invariants(&store);
    }
    println!("scarce, descriptors: {} times too few, {} times enough", tried[0], tried[1]);
    assert!(tried[0] > 0 && tried[1] > 0, "{tried:?}");
}

/// The system refuses to let any file grow beyond a size, as a quota does.
#[test]
fn a_file_size_limit_is_an_error_and_loses_nothing() {
    for kilobytes in [700, 1_000, 1_500] {
        let home = tempfile::tempdir_in(scratch()).unwrap();
        let book = home.path().join("book");
        // The limit is in blocks of 512 bytes. The signal is ignored, so that the call fails.
        let limit = format!("ulimit -f {}; trap '' XFSZ; exec \"$0\" \"$@\"", kilobytes * 2);
        let lines = Process::of(command(&["sh", "-c", &limit], "fill", &book, 0)).finish();
        let (added, failed) = filled(&lines);
        println!("scarce, {kilobytes} kB a file: {added} added, then {failed:?}");
        let context = format!("{kilobytes} kB");
        assert!(failed.is_some(), "{context}: there was room");
        let store = open(&book).unwrap();
        has_all(&store, added, &context);
        check_invariants_at(&store, &book);
        store.session(Actor::System).add(new("One", "More")).unwrap();
    }
}

/// A small file system in memory, mounted until this value is dropped.
struct Small(PathBuf);

impl Small {
    /// `None` if this user may not mount; a message says so.
    fn new(at: &Path) -> Option<Self> {
        std::fs::create_dir(at).unwrap();
        let mounted = mount(&["-t", "tmpfs", "-o", "size=1m", "tmpfs"], at);
        if !mounted {
            println!("scarce, disk: NOT TRIED, for this user may not mount");
        }
        mounted.then(|| Self(at.to_owned()))
    }

    fn again(&self, options: &str) {
        assert!(mount(&["-o", &format!("remount,{options}")], &self.0), "mounted again, {options}");
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

fn mount(words: &[&str], at: &Path) -> bool {
    Command::new("mount").args(words).arg(at).output().is_ok_and(|done| done.status.success())
}

#[test]
fn a_full_disk_is_an_error_and_writes_continue_with_more_space() {
    let home = tempfile::tempdir().unwrap();
    let Some(disk) = Small::new(&home.path().join("disk")) else { return };
    let book = disk.0.join("book");
    let lines = Process::start("fill", &book, 0).finish();
    let (added, failed) = filled(&lines);
    println!("scarce, disk of a megabyte: {added} added, then {failed:?}");
    assert_eq!(failed.as_deref(), Some("disk-full"));
    assert!(lines.contains(&format!("left {added}")), "{lines:?}");
    {
        // A full disk can be read and emptied.
        let store = open(&book).unwrap();
        has_all(&store, added, "as it is");
        assert!(store.check().unwrap().is_ok());
        std::fs::write(disk.0.join("book.junk"), vec![0; 1 << 20]).unwrap_err();
        let error = store.backup_to(disk.0.join("copy")).unwrap_err();
        assert!(matches!(error, Error::DiskFull | Error::Io(_)), "{error:?}");
        let names: Vec<_> =
            std::fs::read_dir(&disk.0).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert!(
            names
                .iter()
                .all(|name| name.to_string_lossy().starts_with("book")
                    && !name.to_string_lossy().contains("part")),
            "{names:?}"
        );
    }
    disk.again("size=16m");
    let store = open(&book).unwrap();
    has_all(&store, added, "with more room");
    store.session(Actor::System).add(new("One", "More")).unwrap();
    store.optimize().unwrap();
    check_invariants_at(&store, &book);
}

/// Regression test: a disk that was full at open was reported as `storage`.
#[test]
fn a_disk_that_is_full_at_open_is_named_in_the_error() {
    let home = tempfile::tempdir().unwrap();
    let Some(disk) = Small::new(&home.path().join("disk")) else { return };
    disk.again("size=4m");
    let (book, junk) = (disk.0.join("book"), disk.0.join("junk"));
    open(&book).unwrap().session(Actor::System).add(new("Ada", "Byron")).unwrap();
    let fill = || {
        // A write that does not fit is cut off, so that the last byte is used too.
        for bytes in [1 << 16, 1 << 12, 1] {
            let mut file = std::fs::File::options().append(true).create(true).open(&junk).unwrap();
            while std::io::Write::write_all(&mut file, &vec![0; bytes]).is_ok() {}
        }
    };
    fill();
    for (path, what) in [(&book, "a book"), (&disk.0.join("other"), "a new book")] {
        for read_only in [false, true] {
            match with_key(cardex::Options::new().read_only(read_only)).open(path) {
                Ok(store) => {
                    // What needs no room works.
                    let session = store.session(Actor::System);
                    assert_eq!(session.search("ada").page().unwrap().items.len(), 1, "{what}");
                    let code = session.add(new("Bea", "")).unwrap_err().code();
                    assert_eq!(code, if read_only { "read-only" } else { "disk-full" }, "{what}");
                }
                Err(error) if read_only => {
                    assert!(["disk-full", "no-book"].contains(&error.code()), "{what}: {error:?}");
                }
                Err(error) => assert_eq!(error.code(), "disk-full", "{what}: {error:?}"),
            }
        }
    }
    let left = std::fs::read_dir(&disk.0).unwrap().map(|entry| entry.unwrap().file_name());
    let parts = left.filter(|name| name.to_string_lossy().contains(".part"));
    assert_eq!(parts.count(), 0);
    std::fs::remove_file(&junk).unwrap();
    let store = open(&book).unwrap();
    store.session(Actor::System).add(new("Bea", "")).unwrap();
    check_invariants(&store);
}

/// Regression test: on a read-only disk SQLite could not create its lock file, so that the store was not readable.
#[test]
fn a_store_on_a_read_only_disk_is_readable() {
    let home = tempfile::tempdir().unwrap();
    let Some(disk) = Small::new(&home.path().join("disk")) else { return };
    disk.again("size=16m");
    let book = disk.0.join("book");
    let store = open(&book).unwrap();
    store.session(Actor::System).add(new("Ada", "Byron")).unwrap();
    drop(store);
    disk.again("ro");
    for read_only in [true, false] {
        let store = match with_key(cardex::Options::new().read_only(read_only)).open(&book) {
            Ok(store) => store,
            Err(error) => panic!("read only: {read_only}: {error:?}"),
        };
        let session = store.session(Actor::System);
        assert_eq!(session.search("ada").page().unwrap().items.len(), 1);
        assert!(matches!(session.add(new("Bea", "")).unwrap_err(), Error::ReadOnly));
        assert!(store.check().unwrap().is_ok());
    }
    let error = open(disk.0.join("new")).unwrap_err();
    assert!(matches!(error, Error::ReadOnly | Error::Io(_) | Error::Storage(_)), "{error:?}");
    disk.again("rw");
    let store = open(&book).unwrap();
    store.session(Actor::System).add(new("Bea", "")).unwrap();
    check_invariants(&store);
}
