//! Key changes: either the old or the new key opens the store, whatever happens.

use std::fs;
use std::path::Path;

use cardex::{EncryptionKey, Error, Options};
use tempfile::tempdir;

use crate::disk::{after_power_loss, write_image};
use crate::secret::{fill, key};
use crate::support::invariants::{check_invariants, dump};
use crate::support::{Random, number, options, scratch};
use crate::vfs::{Fault, Op, Watched};

fn other() -> EncryptionKey {
    EncryptionKey::raw([10; 32])
}

/// A closed store with the old key, and its dump.
fn book(path: &Path) -> String {
    let store = options(1).encryption_key(key()).open(path).unwrap();
    fill(&store);
    dump(&store).unwrap()
}

/// Which key opens the store. The dump must be the same.
fn opened_by(path: &Path, said: &str) -> &'static str {
    let by = |key: EncryptionKey| options(1).encryption_key(key).create(false).open(path);
    let (store, name) = match (by(key()), by(other())) {
        (Ok(store), Err(Error::WrongKey { .. })) => (store, "the old"),
        (Err(Error::WrongKey { .. }), Ok(store)) => (store, "the new"),
        (old, new) => panic!("the old key: {old:?}, the new one: {new:?}"),
    };
    assert_eq!(dump(&store).unwrap(), said);
    check_invariants(&store);
    name
}

#[test]
fn a_key_is_changed() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book");
    let said = book(&path);
    options(1).encryption_key(key()).change_key(&path, &other()).unwrap();
    assert_eq!(opened_by(&path, &said), "the new");
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["book"]);
    let text = EncryptionKey::passphrase("a text this time");
    options(1).encryption_key(other()).change_key(&path, &text).unwrap();
    options(1).encryption_key(text.clone()).change_key(&path, &key()).unwrap();
    assert_eq!(opened_by(&path, &said), "the old");
    assert!(matches!(options(1).encryption_key(text).open(&path), Err(Error::WrongKey { .. })));
}

#[test]
fn a_key_change_needs_the_old_key_and_a_closed_store() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book");
    let said = book(&path);
    let change = |options: Options| options.change_key(&path, &other()).unwrap_err().code();
    let quick = || options(1).busy_timeout(std::time::Duration::from_millis(50));
    let before = fs::read(&path).unwrap();
    assert_eq!(change(quick().encryption_key(other())), "wrong-key");
    assert_eq!(change(quick()), "bad-option");
    assert_eq!(change(quick().encryption_key(key()).read_only(true)), "read-only");
    assert_eq!(
        quick().encryption_key(key()).change_key(&path, &EncryptionKey::passphrase("")).unwrap_err().code(),
        "bad-option"
    );
    assert_eq!(
        quick().encryption_key(key()).change_key(folder.path().join("none"), &other()).unwrap_err().code(),
        "no-book"
    );
    assert!(fs::read(&path).unwrap() == before);
    for read_only in [false, true] {
        let store = options(1).encryption_key(key()).read_only(read_only).open(&path).unwrap();
        assert_eq!(change(quick().encryption_key(key())), "busy", "read-only: {read_only}");
        assert_eq!(dump(&store).unwrap(), said);
    }
    assert_eq!(opened_by(&path, &said), "the old");
}

/// Power loss at every disk call.
#[test]
fn a_key_change_survives_power_loss() {
    let home = tempfile::tempdir_in(scratch()).unwrap();
    let (live, left) = (home.path().join("live"), home.path().join("left"));
    fs::create_dir(&live).unwrap();
    let disk = Watched::new(&live);
    let said = book(&live.join("book"));
    disk.mark(1);
    options(1).encryption_key(key()).change_key(live.join("book"), &other()).unwrap();
    disk.mark(2);
    let log = disk.log();
    let [from, to] = [1, 2].map(|mark| log.iter().position(|op| *op == Op::Mark(mark)).unwrap());
    let (mut images, mut by) = (0, [0, 0]);
    let stride = number("CARDEX_STRIDE", 23);
    for position in (from..=to).step_by(stride).chain([to]) {
        for seed in 0..number("CARDEX_SEEDS", 2) {
            write_image(
                &after_power_loss(&log, position, &mut Random::new((position * 64 + seed) as u64)),
                &left,
            );
            images += 1;
            let new = opened_by(&left.join("book"), &said) == "the new";
            by[usize::from(new)] += 1;
            assert!(new || position < to, "what was acknowledged");
        }
    }
    println!(
        "power, change of key: {} calls, {images} images, {by:?} with the old key and the new",
        to - from
    );
    assert!(by[0] > 0 && by[1] > 0, "{by:?}");
}

/// Each disk call fails in turn.
#[test]
fn a_failing_disk_call_fails_the_key_change() {
    let home = tempfile::tempdir_in(scratch()).unwrap();
    let path = home.path().join("book");
    let said = book(&path);
    let bytes = fs::read(&path).unwrap();
    let (mut reported, mut changed) = (0, 0);
    for (code, for_good) in [(rusqlite::ffi::SQLITE_IOERR, true), (rusqlite::ffi::SQLITE_FULL, false)] {
        for after in (0..).step_by(number("CARDEX_STRIDE", 29)) {
            let _ = fs::remove_file(home.path().join("book-wal"));
            fs::write(&path, &bytes).unwrap();
            let disk = Watched::new(home.path());
            disk.fail(Some(Fault { after, for_good, code }));
            let done = options(1).encryption_key(key()).change_key(&path, &other());
            if disk.calls().1 == 0 {
                done.unwrap();
                break;
            }
            disk.fail(None);
            let by = opened_by(&path, &said);
            match done {
                Ok(()) => assert_eq!(by, "the new", "call {after}, code {code}"),
                Err(_) => reported += 1,
            }
            changed += usize::from(by == "the new");
        }
    }
    println!("disk, change of key: {reported} failures reported, {changed} changed nevertheless");
    assert!(reported > 10);
}
