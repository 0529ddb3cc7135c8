//! Each allocation of SQLite fails in turn, once or from then on. The call returns an error or the correct answer. It
//! does not panic and loses nothing, and the store stays usable.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use cardex::{Actor, Clock, Durability, Result, Store, Timestamp};

use crate::memory;
use crate::queries::QUERIES;
use crate::support::invariants::{check_invariants, check_invariants_at, dump};
use crate::support::steps::{self, COPY, MIXED, Work, is_disk_or_memory_error};
use crate::support::{Random, START, new, number, scratch};

/// A clock that does not advance, so that a failed attempt changes nothing.
#[derive(Debug)]
struct Stopped;

impl Clock for Stopped {
    fn now(&self) -> Timestamp {
        Timestamp(START + 1_000_000_000)
    }
}

/// The counters of a sweep.
#[derive(Debug, Default)]
struct Counts {
    /// Allocations that can fail.
    allocations: usize,
    /// Calls with a failed allocation.
    calls: usize,
    /// Calls that returned an error.
    reported: usize,
}

/// A call of the library that returns its complete answer as text.
type Call<'a> = &'a dyn Fn(&Store, &Path) -> Result<String>;

/// A store in the state before a call.
struct Fixture<'a> {
    what: String,
    work: Work,
    /// The files before the call; a missing file if the call creates the store.
    before: &'a Path,
    /// The path of the store.
    path: PathBuf,
    /// The number of allocations to try, if not all.
    points: usize,
    /// If set, only this number of allocations at the end of the call, where it commits.
    last: Option<usize>,
    /// Whether the countdown starts at opening the store, which takes thousands of allocations, or at the call.
    from_the_start: bool,
}

impl Fixture<'_> {
    fn write_image(&self) {
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{end}", self.path.display()));
        }
        let _ = std::fs::remove_file(self.path.with_file_name(COPY));
        if self.before.exists() {
            std::fs::copy(self.before, &self.path).unwrap();
        }
    }

    fn open(&self) -> Result<Store> {
        self.work.options(Durability::Checkpoint).clock(Stopped).open(&self.path)
    }

    /// The store with open connections.
    fn open_warm(&self) -> Store {
        let store = self.open().unwrap();
        dump(&store).unwrap();
        store
    }

    /// Fails every allocation, or some of them, of opening the store or of the call.
    fn sweep(&self, call: Call<'_>, met: &mut Counts) {
        self.write_image();
        let was = self.before.exists().then(|| dump(&self.open().unwrap()).unwrap());
        let ((allocations, answer), store) = if self.from_the_start {
            let (allocations, store) = memory::count(|| self.open().unwrap());
            ((allocations, call(&store, &self.path)), store)
        } else {
            let store = self.open_warm();
            (memory::count(|| call(&store, &self.path)), store)
        };
        let expected = answer.unwrap();
        let then = dump(&store).unwrap();
        drop(store);
        let all = self.last.is_some();
        let some = (allocations / number("CARDEX_POINTS", self.points)).max(1);
        let stride = if all { 1 } else { number("CARDEX_STRIDE", some) };
        met.allocations += allocations;
        for for_good in [false, true] {
            // Each call fails at different allocations.
            let first = match self.last {
                Some(last) => allocations.saturating_sub(last),
                None if stride == 1 => 0,
                None => Random::new(allocations as u64).below(stride),
            };
            for after in (first..).step_by(stride) {
                let context = format!("{}, allocation {after}, for good: {for_good}", self.what);
                self.write_image();
                let open_warm = (!self.from_the_start).then(|| self.open_warm());
                memory::refuse(after, for_good);
                let done = catch_unwind(AssertUnwindSafe(|| {
                    let store = open_warm.map_or_else(|| self.open(), Ok);
                    let answer = store.as_ref().ok().map(|store| call(store, &self.path));
                    (store, answer)
                }));
                let refused = memory::allow();
                let Ok((store, answer)) = done else { panic!("{context}: a panic") };
                if refused == 0 {
                    assert_eq!(answer.unwrap().unwrap(), expected, "{context}: nothing was refused");
                    break;
                }
                met.calls += 1;
                let mut may_say: Vec<_> = was.iter().chain([&then]).collect();
                match (store.as_ref(), answer.as_ref()) {
                    (_, Some(Ok(answer))) => {
                        assert_eq!(*answer, expected, "{context}: another answer");
                        may_say = vec![&then];
                    }
                    (Err(error), _) | (_, Some(Err(error))) if is_disk_or_memory_error(error) => {
                        met.reported += 1;
                    }
                    (Err(error), _) | (_, Some(Err(error))) => panic!("{context}: {error:?}"),
                    (Ok(_), None) => unreachable!("an open book was asked"),
                }
                if let Ok(store) = store {
                    let now =
                        dump(&store).unwrap_or_else(|error| panic!("{context}, the same handle: {error:?}"));
                    assert!(may_say.contains(&&now), "{context}, the same handle: another book");
                    may_say.retain(|said| **said == now);
                }
                self.verify_reopened(&may_say, &context, met.calls.is_multiple_of(32));
            }
        }
    }

    /// Reopens the store and verifies it.
    fn verify_reopened(&self, may_say: &[&String], context: &str, thorough: bool) {
        let store = self.open().unwrap_or_else(|error| panic!("{context}, opened again: {error:?}"));
        let now = dump(&store).unwrap_or_else(|error| panic!("{context}, opened again: {error:?}"));
        assert!(may_say.iter().any(|said| **said == now), "{context}, opened again: another book");
        if thorough {
            check_invariants_at(&store, &self.path);
        } else {
            check_invariants(&store);
        }
        let left = std::fs::read_dir(self.path.parent().unwrap()).unwrap();
        let parts = left.filter(|entry| entry.as_ref().unwrap().path().to_string_lossy().contains(".part"));
        assert_eq!(parts.count(), 0, "{context}: an unexpected file is left");
    }
}

/// Fails the allocations of every step of the work.
fn sweep_steps(work: Work) {
    memory::install();
    let home = tempfile::tempdir_in(scratch()).unwrap();
    let (live, before) = (home.path().join("live"), home.path().join("before"));
    std::fs::create_dir(&live).unwrap();
    std::fs::create_dir(home.path().join("at")).unwrap();
    let store = work.options(Durability::Checkpoint).open(live.join("book")).unwrap();
    let mut met = Counts::default();
    for (at, step) in work.steps.iter().enumerate() {
        let _ = std::fs::remove_file(&before);
        store.backup_to(&before).unwrap();
        let what = format!("{}, step {at}", work.name);
        let fixture = Fixture {
            what,
            work,
            before: &before,
            path: home.path().join("at/book"),
            points: 6,
            last: None,
            from_the_start: false,
        };
        fixture.sweep(&|store, path| step(store, path).map(|()| String::new()), &mut met);
        step(&store, &live.join("book")).unwrap();
    }
    println!("memory, {}: {met:?}", work.name);
    assert!(met.reported > met.calls / 2 && met.reported <= met.calls, "{met:?}");
}

#[test]
fn no_lack_of_memory_damages_edits() {
    sweep_steps(steps::MIXED);
}

#[test]
fn no_lack_of_memory_damages_an_import() {
    sweep_steps(steps::IMPORTS);
}

#[test]
fn no_lack_of_memory_damages_merges_or_jobs() {
    sweep_steps(steps::MERGES);
}

/// Regression test: missing memory during the check of a copy was reported as damage.
#[test]
fn no_lack_of_memory_damages_maintenance() {
    sweep_steps(steps::MAINTENANCE);
}

#[test]
fn a_new_file_is_complete_or_absent_without_memory() {
    memory::install();
    let home = tempfile::tempdir_in(scratch()).unwrap();
    let before = home.path().join("before");
    for what in ["first open", "open"] {
        first_open(what, &before, home.path());
        drop(MIXED.options(Durability::Commit).open(&before).unwrap());
    }
}

fn first_open(what: &str, before: &Path, home: &Path) {
    std::fs::create_dir(home.join(what)).unwrap();
    let fixture = Fixture {
        what: what.to_owned(),
        work: MIXED,
        before,
        path: home.join(what).join("book"),
        from_the_start: true,
        last: None,
        points: 25,
    };
    let mut met = Counts::default();
    fixture.sweep(&|_, _| Ok(String::new()), &mut met);
    println!("memory, {what}: {met:?}");
    assert!(met.reported > met.calls / 2, "{met:?}");
}

/// A commit needs memory, because FTS5 writes its pending data then. A failed commit must be reported.
#[test]
fn a_commit_without_memory_is_not_reported_as_done() {
    memory::install();
    let home = tempfile::tempdir_in(scratch()).unwrap();
    let before = home.path().join("before");
    std::fs::create_dir(home.path().join("at")).unwrap();
    let store = MIXED.options(Durability::Checkpoint).open(home.path().join("book")).unwrap();
    assert!(store.session(Actor::System).substring_index().build(1_000).unwrap());
    store.backup_to(&before).unwrap();
    let mut met = Counts::default();
    let (what, path) = ("commit".to_owned(), home.path().join("at/book"));
    let last = Some(number("CARDEX_POINTS", 12));
    let fixture =
        Fixture { what, work: MIXED, before: &before, path, points: 1, last, from_the_start: false };
    let add = |store: &Store, _: &Path| {
        let added = store.session(Actor::System).add(new("Ada", "Byron").company("Analytical"))?;
        Ok(added.display_name)
    };
    fixture.sweep(&add, &mut met);
    println!("memory, commit: {met:?}");
    assert!(met.reported > met.calls / 2, "{met:?}");
}

/// A query without memory must not return an empty answer. Regression test: missing memory for a text caused a panic.
#[test]
fn every_query_is_correct_or_an_error_without_memory() {
    memory::install();
    let home = tempfile::tempdir_in(scratch()).unwrap();
    let before = home.path().join("before");
    std::fs::create_dir(home.path().join("at")).unwrap();
    let store = MIXED.options(Durability::Checkpoint).open(home.path().join("book")).unwrap();
    for step in MIXED.steps {
        step(&store, &home.path().join("book")).unwrap();
    }
    store.backup_to(&before).unwrap();
    let mut met = Counts::default();
    for (name, question) in QUERIES {
        let what = (*name).to_owned();
        let path = home.path().join("at/book");
        let fixture = Fixture {
            what,
            work: MIXED,
            before: &before,
            path,
            points: 6,
            last: None,
            from_the_start: false,
        };
        fixture.sweep(&|store, _| question(store), &mut met);
    }
    println!("memory, questions: {met:?}");
    assert!(met.reported > met.calls / 2, "{met:?}");
}
