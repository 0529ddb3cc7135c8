//! A call of the disk fails, each in turn, once or from then on: an error or none, and nothing lost.

use std::path::Path;

use cardex::{Durability, Error, Store};
use rusqlite::ffi::{SQLITE_FULL, SQLITE_IOERR};

use crate::support::invariants::{hold, hold_at, told};
use crate::support::steps::{CARE, IMPORTS, MERGERS, MIXED, Work, is_of_the_machine};
use crate::support::{number, scratch};
use crate::vfs::{Fault, Watched};
use crate::work::{Told, run};

/// What a sweep met.
#[derive(Debug, Default)]
struct Met {
    calls: usize,
    faults: usize,
    /// Faults that a call of the library told of.
    told: usize,
}

/// Does the steps until one fails; how many were done, the book if it is open, and what failed.
fn until_failure(path: &Path, work: Work) -> (usize, Option<Store>, Option<Error>) {
    let store = match work.options(Durability::Commit).open(path) {
        Ok(store) => store,
        Err(error) => return (0, None, Some(error)),
    };
    for (at, step) in work.steps.iter().enumerate() {
        // As in the run without faults, so that the clock shows the same.
        if let Err(error) = told(&store).and_then(|_| step(&store, path)) {
            return (at + 1, Some(store), Some(error));
        }
    }
    (work.steps.len() + 1, Some(store), None)
}

fn sweep(work: Work, stride: usize) {
    let what = work.name;
    let scratch = scratch();
    let Told(all) = {
        let home = tempfile::tempdir_in(&scratch).unwrap();
        run(&home.path().join("book"), &Watched::new(home.path()), Durability::Commit, work).unwrap()
    };
    for (code, for_good) in
        [(SQLITE_IOERR, false), (SQLITE_IOERR, true), (SQLITE_FULL, false), (SQLITE_FULL, true)]
    {
        let mut met = Met::default();
        for after in (0..).step_by(stride) {
            let home = tempfile::tempdir_in(&scratch).unwrap();
            let (path, disk) = (home.path().join("book"), Watched::new(home.path()));
            disk.fail(Some(Fault { after, for_good, code }));
            let (done, store, failed) = until_failure(&path, work);
            let (calls, faults) = disk.calls();
            if faults == 0 && calls <= after {
                met.calls = calls;
                break;
            }
            met.faults += usize::from(faults > 0);
            met.told += usize::from(failed.is_some());
            disk.fail(None);
            if let Some(error) = failed {
                assert!(is_of_the_machine(&error), "{what}, call {after}, code {code}: {error:?}");
            }
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
            let store = work.options(Durability::Commit).open(&path);
            let store = store.unwrap_or_else(|error| panic!("{what}, call {after}: {error:?}"));
            whole(&store, "opened again");
            // A thorough look takes ten times as long.
            if (after / stride).is_multiple_of(8) {
                hold_at(&store, &path);
            } else {
                hold(&store);
            }
            let left: Vec<_> =
                std::fs::read_dir(home.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
            assert!(left.iter().all(|name| !name.to_string_lossy().contains(".part")), "{left:?}");
        }
        println!("disk, {what}, code {code}, for good {for_good}: {met:?}");
        assert!(met.told > 0 && met.told <= met.faults);
    }
}

/// A new book was closed, flushed and given its name, and the log that closing had failed to fold into it was thrown away: a
/// closing connection does not tell. What was left was refused as damaged.
#[test]
fn no_failing_disk_call_loses_edits() {
    sweep(MIXED, number("CARDEX_STRIDE", 37));
}

#[test]
fn no_failing_disk_call_damages_an_import() {
    sweep(IMPORTS, number("CARDEX_STRIDE", 53));
}

#[test]
fn no_failing_disk_call_damages_merges_or_jobs() {
    sweep(MERGERS, number("CARDEX_STRIDE", 61));
}

/// A backup whose disk failed while the copy was checked said that the book is damaged; and one whose disk failed to delete a log,
/// which no one is told of, left that file beside the copy.
#[test]
fn no_failing_disk_call_damages_maintenance() {
    sweep(CARE, number("CARDEX_STRIDE", 83));
}
