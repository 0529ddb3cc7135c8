//! Copies of a store are complete or absent.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use cardex::{Actor, Options, Store};
use tempfile::tempdir;

use crate::support::{invariants, new, options, store_at};

fn names(store: &Store) -> Vec<String> {
    let session = store.session(Actor::System);
    session.contacts().limit(100).iter().map(|contact| contact.unwrap().first_name).collect()
}

fn numbered(store: &Store) -> Vec<usize> {
    let mut numbers: Vec<usize> = names(store).iter().map(|name| name[1..].parse().unwrap()).collect();
    numbers.sort_unstable();
    numbers
}

/// Each contact is one commit, so a copy of any moment has the first contacts without a gap.
#[test]
fn a_copy_during_writes_is_one_snapshot() {
    let folder = tempdir().unwrap();
    let (store, session) = store_at(&folder.path().join("book"));
    for n in 0..20 {
        session.add(new(&format!("n{n}"), "Roe")).unwrap();
    }
    let stop = AtomicBool::new(false);
    let copies: Vec<_> = (0..4).map(|n| folder.path().join(format!("copy{n}"))).collect();
    std::thread::scope(|threads| {
        threads.spawn(|| {
            let mut n = 20;
            while !stop.load(Ordering::Relaxed) {
                session.add(new(&format!("n{n}"), "Roe")).unwrap();
                n += 1;
            }
        });
        for copy in &copies {
            store.backup_to(copy).unwrap();
        }
        stop.store(true, Ordering::Relaxed);
    });
    let mut before = 20;
    for copy in copies {
        let copy = options(2).open(copy).unwrap();
        invariants::check_invariants(&copy);
        let there = numbered(&copy);
        assert!(there.len() >= before && there == (0..there.len()).collect::<Vec<_>>(), "{there:?}");
        before = there.len();
    }
}

#[test]
fn a_copy_replaces_nothing_and_is_restored_by_copying_it_back() {
    let folder = tempdir().unwrap();
    let (path, copy) = (folder.path().join("book"), folder.path().join("copy"));
    {
        let (store, session) = store_at(&path);
        session.add(new("Ada", "Byron")).unwrap();
        store.backup_to(&copy).unwrap();
        let bytes = fs::read(&copy).unwrap();
        session.add(new("Bea", "Adler")).unwrap();
        assert_eq!(store.backup_to(&copy).unwrap_err().code(), "io");
        assert!(bytes == fs::read(&copy).unwrap(), "the earlier copy is as it was");
        assert_eq!(store.backup_to(&path).unwrap_err().code(), "io");
    }
    fs::remove_file(&path).unwrap();
    Options::new().read_only(true).open(&copy).unwrap().backup_to(&path).unwrap();
    let (store, _) = store_at(&path);
    assert_eq!(names(&store), ["Ada"]);
    invariants::check_invariants(&store);
}

#[test]
fn a_failed_copy_leaves_no_file() {
    let folder = tempdir().unwrap();
    let (store, session) = store_at(&folder.path().join("book"));
    session.add(new("Ada", "Byron")).unwrap();
    assert!(store.backup_to(folder.path().join("no/folder")).is_err());
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|it| it.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| name.to_str().unwrap().starts_with("book")), "{left:?}");
}

fn pages(path: &Path) -> u64 {
    fs::metadata(path).unwrap().len() / 4_096
}

#[test]
fn a_vacuumed_store_is_smaller_and_equal() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book");
    let (store, session) = store_at(&path);
    let ids: Vec<_> = (0..200).map(|n| session.add(new(&format!("n{n}"), "Roe")).unwrap().id).collect();
    store.optimize().unwrap();
    for id in &ids[..180] {
        session.purge(*id).unwrap();
    }
    store.optimize().unwrap();
    let page = session.contacts().limit(5).page().unwrap();
    let said = invariants::dump(&store).unwrap();
    let before = session.stats().unwrap().bytes;
    store.vacuum().unwrap();
    let smaller = session.stats().unwrap().bytes;
    assert!(smaller < before, "{before} bytes, then {smaller}");
    let after = pages(&path);
    assert_eq!(invariants::dump(&store).unwrap(), said);
    invariants::check_invariants(&store);
    let next = session.contacts().limit(5).after(page.after).page().unwrap();
    assert_eq!(next.items.len(), 5, "cursors go on");
    store.vacuum().unwrap();
    assert_eq!(pages(&path), after, "nothing is left to give back");
    let copy = folder.path().join("copy");
    store.backup_to(&copy).unwrap();
    assert!(pages(&copy) <= after);
    let store = options(1).read_only(true).open(&path).unwrap();
    assert_eq!(store.vacuum().unwrap_err().code(), "read-only");
}
