//! A call of the disk fails, each in turn, once or from then on: an error or none, and nothing lost.

use std::path::Path;

use cardex::{Durability, Store};
use rusqlite::ffi::{SQLITE_FULL, SQLITE_IOERR};

use crate::number;
use crate::support::invariants::{hold, told};
use crate::vfs::{Fault, Watched};
use crate::work::{IMPORTS, MIXED, Step, Told, opened, run};

/// What a sweep met.
#[derive(Debug, Default)]
struct Met {
    calls: usize,
    faults: usize,
    /// Faults that a call of the library told of.
    told: usize,
}

/// Does the steps until one fails; how many were done, and the book if it is open.
fn until_failure(path: &Path, steps: &[Step]) -> (usize, Option<Store>, bool) {
    let Ok(store) = opened(Durability::Commit).open(path) else { return (0, None, true) };
    for (at, step) in steps.iter().enumerate() {
        // As in the run without faults, so that the clock shows the same.
        if told(&store).is_err() || step(&store).is_err() {
            return (at + 1, Some(store), true);
        }
    }
    (steps.len() + 1, Some(store), false)
}

fn sweep(what: &str, steps: &[Step], stride: usize) {
    let scratch = crate::scratch();
    let Told(all) = {
        let home = tempfile::tempdir_in(&scratch).unwrap();
        run(&home.path().join("book"), &Watched::new(home.path()), Durability::Commit, steps).unwrap()
    };
    for (code, for_good) in
        [(SQLITE_IOERR, false), (SQLITE_IOERR, true), (SQLITE_FULL, false), (SQLITE_FULL, true)]
    {
        let mut met = Met::default();
        for after in (0..).step_by(stride) {
            let home = tempfile::tempdir_in(&scratch).unwrap();
            let (path, disk) = (home.path().join("book"), Watched::new(home.path()));
            disk.fail(Some(Fault { after, for_good, code }));
            let (done, store, failed) = until_failure(&path, steps);
            let (calls, faults) = disk.calls();
            if faults == 0 && calls <= after {
                met.calls = calls;
                break;
            }
            met.faults += usize::from(faults > 0);
            met.told += usize::from(failed);
            disk.fail(None);
            // What was under way may be done, or not; what was done before is.
            let may_say = &all[done.saturating_sub(1)..(done + 1).min(all.len())];
            let whole = |store: &Store, when: &str| {
                let now =
                    told(store).unwrap_or_else(|error| panic!("{what}, call {after}, {when}: {error:?}"));
                assert!(may_say.contains(&now), "{what}, call {after}, code {code}, {when}: another book");
            };
            if let Some(store) = store {
                whole(&store, "the same handle");
            }
            let store = opened(Durability::Commit).open(&path);
            let store = store.unwrap_or_else(|error| panic!("{what}, call {after}: {error:?}"));
            whole(&store, "opened again");
            hold(&store);
            let left: Vec<_> =
                std::fs::read_dir(home.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
            assert!(left.iter().all(|name| !name.to_string_lossy().contains(".part")), "{left:?}");
        }
        println!("{what}, code {code}, for good {for_good}: {met:?}");
        assert!(met.told > 0 && met.told <= met.faults);
    }
}

/// A new book was closed, flushed and given its name, and the log that closing had failed to fold into it was thrown away: a
/// closing connection does not tell. What was left was refused as damaged.
#[test]
fn no_failing_call_of_the_disk_loses_anything() {
    sweep("mixed edits", MIXED, number("CARDEX_STRIDE", 29));
}

#[test]
fn no_failing_call_of_the_disk_spoils_an_import() {
    sweep("imports", IMPORTS, number("CARDEX_STRIDE", 41));
}
