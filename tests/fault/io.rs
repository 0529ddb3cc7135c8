//! Each disk call fails in turn, once or from then on. The library returns an error or succeeds, and loses nothing.

use std::path::Path;

use cardex::{Durability, Error, Store};
use rusqlite::ffi::{SQLITE_FULL, SQLITE_IOERR};

use crate::support::invariants::{check_invariants, check_invariants_at, dump};
use crate::support::steps::{IMPORTS, MAINTENANCE, MERGES, MIXED, Work, is_disk_or_memory_error};
use crate::support::{number, scratch};
use crate::vfs::{Fault, Watched};
use crate::work::{Snapshot, run};

/// The counters of a sweep.
#[derive(Debug, Default)]
struct Counts {
    calls: usize,
    faults: usize,
    /// Faults that a call of the library returned as an error.
    reported: usize,
}

/// Runs the steps until one fails. Returns the number of completed steps, the open store, and the error.
fn until_failure(path: &Path, work: Work) -> (usize, Option<Store>, Option<Error>) {
    let store = match work.options(Durability::Commit).open(path) {
        Ok(store) => store,
        Err(error) => return (0, None, Some(error)),
    };
    for (at, step) in work.steps.iter().enumerate() {
        // The dump keeps the clock equal to the run without faults.
        if let Err(error) = dump(&store).and_then(|_| step(&store, path)) {
            return (at + 1, Some(store), Some(error));
        }
    }
    (work.steps.len() + 1, Some(store), None)
}

fn sweep(work: Work, stride: usize) {
    let what = work.name;
    let scratch = scratch();
    let Snapshot(all) = {
        let home = tempfile::tempdir_in(&scratch).unwrap();
        run(&home.path().join("book"), &Watched::new(home.path()), Durability::Commit, work).unwrap()
    };
    for (code, for_good) in
        [(SQLITE_IOERR, false), (SQLITE_IOERR, true), (SQLITE_FULL, false), (SQLITE_FULL, true)]
    {
        let mut met = Counts::default();
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
            met.reported += usize::from(failed.is_some());
            disk.fail(None);
            if let Some(error) = failed {
                assert!(is_disk_or_memory_error(&error), "{what}, call {after}, code {code}: {error:?}");
            }
            // The failed step can be done or not; earlier steps are done.
            let may_say = &all[done.saturating_sub(1)..(done + 1).min(all.len())];
            let whole = |store: &Store, when: &str| {
                let now =
                    dump(store).unwrap_or_else(|error| panic!("{what}, call {after}, {when}: {error:?}"));
                assert!(may_say.contains(&now), "{what}, call {after}, code {code}, {when}: another book");
            };
            if let Some(store) = store {
                whole(&store, "the same handle");
            }
            let store = work.options(Durability::Commit).open(&path);
            let store = store.unwrap_or_else(|error| panic!("{what}, call {after}: {error:?}"));
            whole(&store, "opened again");
            // A complete verification takes ten times as long.
            if (after / stride).is_multiple_of(8) {
                check_invariants_at(&store, &path);
            } else {
                check_invariants(&store);
            }
            let left: Vec<_> =
                std::fs::read_dir(home.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
            assert!(left.iter().all(|name| !name.to_string_lossy().contains(".part")), "{left:?}");
        }
        println!("disk, {what}, code {code}, for good {for_good}: {met:?}");
        assert!(met.reported > 0 && met.reported <= met.faults);
    }
}

/// Regression test: closing a connection ignores a failed checkpoint. A new store was then linked to its name without
/// its log, and was refused as damaged.
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
    sweep(MERGES, number("CARDEX_STRIDE", 61));
}

/// Regression test: a disk error during the check of a copy was reported as damage. A disk error while deleting a log
/// left the log beside the copy.
#[test]
fn no_failing_disk_call_damages_maintenance() {
    sweep(MAINTENANCE, number("CARDEX_STRIDE", 83));
}
