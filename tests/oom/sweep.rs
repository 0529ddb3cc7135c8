//! Each allocation of SQLite's is refused in turn, once or from then on: an error or the right answer, no panic, nothing lost, and a
//! book that goes on.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use cardex::{Actor, Clock, Durability, Result, Store, Timestamp};

use crate::memory;
use crate::questions::QUESTIONS;
use crate::support::invariants::{hold, hold_at, told};
use crate::support::steps::{self, COPY, MIXED, Work, is_of_the_machine};
use crate::support::{Dice, START, new, number, scratch};

/// A clock that stands, so that an attempt which failed leaves no trace.
#[derive(Debug)]
struct Stopped;

impl Clock for Stopped {
    fn now(&self) -> Timestamp {
        Timestamp(START + 1_000_000_000)
    }
}

/// What a sweep met.
#[derive(Debug, Default)]
struct Met {
    /// Allocations there were to refuse.
    allocations: usize,
    /// Calls with an allocation refused.
    calls: usize,
    /// Those that told.
    told: usize,
}

/// A call of the library, with all that it answers.
type Call<'a> = &'a dyn Fn(&Store, &Path) -> Result<String>;

/// A book in the state before a call.
struct Scene<'a> {
    what: String,
    work: Work,
    /// The state, or no file where the book is yet to be made.
    before: &'a Path,
    /// Where it is laid out.
    path: PathBuf,
    /// How many allocations are tried, if not all.
    points: usize,
    /// Only so many allocations at the end of the call, where it commits, each of them.
    last: Option<usize>,
    /// Whether allocations are refused from when the book is opened, which takes thousands, or of the call alone.
    from_the_start: bool,
}

impl Scene<'_> {
    fn lay_out(&self) {
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

    /// The book with its connections open.
    fn warm(&self) -> Store {
        let store = self.open().unwrap();
        told(&store).unwrap();
        store
    }

    /// Refuses every allocation, or every so many, of opening the book or of the call.
    fn sweep(&self, call: Call<'_>, met: &mut Met) {
        self.lay_out();
        let was = self.before.exists().then(|| told(&self.open().unwrap()).unwrap());
        let ((allocations, answer), store) = if self.from_the_start {
            let (allocations, store) = memory::count(|| self.open().unwrap());
            ((allocations, call(&store, &self.path)), store)
        } else {
            let store = self.warm();
            (memory::count(|| call(&store, &self.path)), store)
        };
        let expected = answer.unwrap();
        let then = told(&store).unwrap();
        drop(store);
        let all = self.last.is_some();
        let some = (allocations / number("CARDEX_POINTS", self.points)).max(1);
        let stride = if all { 1 } else { number("CARDEX_STRIDE", some) };
        met.allocations += allocations;
        for for_good in [false, true] {
            // Not the same allocations of every call.
            let first = match self.last {
                Some(last) => allocations.saturating_sub(last),
                None if stride == 1 => 0,
                None => Dice::new(allocations as u64).below(stride),
            };
            for after in (first..).step_by(stride) {
                let story = format!("{}, allocation {after}, for good: {for_good}", self.what);
                self.lay_out();
                let warm = (!self.from_the_start).then(|| self.warm());
                memory::refuse(after, for_good);
                let done = catch_unwind(AssertUnwindSafe(|| {
                    let store = warm.map_or_else(|| self.open(), Ok);
                    let answer = store.as_ref().ok().map(|store| call(store, &self.path));
                    (store, answer)
                }));
                let refused = memory::allow();
                let Ok((store, answer)) = done else { panic!("{story}: a panic") };
                if refused == 0 {
                    assert_eq!(answer.unwrap().unwrap(), expected, "{story}: nothing was refused");
                    break;
                }
                met.calls += 1;
                let mut may_say: Vec<_> = was.iter().chain([&then]).collect();
                match (store.as_ref(), answer.as_ref()) {
                    (_, Some(Ok(answer))) => {
                        assert_eq!(*answer, expected, "{story}: another answer");
                        may_say = vec![&then];
                    }
                    (Err(error), _) | (_, Some(Err(error))) if is_of_the_machine(error) => met.told += 1,
                    (Err(error), _) | (_, Some(Err(error))) => panic!("{story}: {error:?}"),
                    (Ok(_), None) => unreachable!("an open book was asked"),
                }
                if let Ok(store) = store {
                    let now =
                        told(&store).unwrap_or_else(|error| panic!("{story}, the same handle: {error:?}"));
                    assert!(may_say.contains(&&now), "{story}, the same handle: another book");
                    may_say.retain(|said| **said == now);
                }
                self.look_again(&may_say, &story, met.calls.is_multiple_of(32));
            }
        }
    }

    /// Opens the book once more.
    fn look_again(&self, may_say: &[&String], story: &str, thorough: bool) {
        let store = self.open().unwrap_or_else(|error| panic!("{story}, opened again: {error:?}"));
        let now = told(&store).unwrap_or_else(|error| panic!("{story}, opened again: {error:?}"));
        assert!(may_say.iter().any(|said| **said == now), "{story}, opened again: another book");
        if thorough {
            hold_at(&store, &self.path);
        } else {
            hold(&store);
        }
        let left = std::fs::read_dir(self.path.parent().unwrap()).unwrap();
        let parts = left.filter(|entry| entry.as_ref().unwrap().path().to_string_lossy().contains(".part"));
        assert_eq!(parts.count(), 0, "{story}: a file that nobody asked for is left");
    }
}

/// Refuses the allocations of every step of a piece of work.
fn sweep_steps(work: Work) {
    memory::install();
    let home = tempfile::tempdir_in(scratch()).unwrap();
    let (live, before) = (home.path().join("live"), home.path().join("before"));
    std::fs::create_dir(&live).unwrap();
    std::fs::create_dir(home.path().join("at")).unwrap();
    let store = work.options(Durability::Checkpoint).open(live.join("book")).unwrap();
    let mut met = Met::default();
    for (at, step) in work.steps.iter().enumerate() {
        let _ = std::fs::remove_file(&before);
        store.backup_to(&before).unwrap();
        let what = format!("{}, step {at}", work.name);
        let scene = Scene {
            what,
            work,
            before: &before,
            path: home.path().join("at/book"),
            points: 6,
            last: None,
            from_the_start: false,
        };
        scene.sweep(&|store, path| step(store, path).map(|()| String::new()), &mut met);
        step(&store, &live.join("book")).unwrap();
    }
    println!("memory, {}: {met:?}", work.name);
    assert!(met.told > met.calls / 2 && met.told <= met.calls, "{met:?}");
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
    sweep_steps(steps::MERGERS);
}

/// A backup that lacked memory while the copy was checked said that the book is damaged.
#[test]
fn no_lack_of_memory_damages_maintenance() {
    sweep_steps(steps::CARE);
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
    let scene = Scene {
        what: what.to_owned(),
        work: MIXED,
        before,
        path: home.join(what).join("book"),
        from_the_start: true,
        last: None,
        points: 25,
    };
    let mut met = Met::default();
    scene.sweep(&|_, _| Ok(String::new()), &mut met);
    println!("memory, {what}: {met:?}");
    assert!(met.told > met.calls / 2, "{met:?}");
}

/// A commit needs memory where FTS5 writes what it has gathered until then: a write that was not committed is not told to be.
#[test]
fn a_commit_without_memory_is_not_reported_as_done() {
    memory::install();
    let home = tempfile::tempdir_in(scratch()).unwrap();
    let before = home.path().join("before");
    std::fs::create_dir(home.path().join("at")).unwrap();
    let store = MIXED.options(Durability::Checkpoint).open(home.path().join("book")).unwrap();
    assert!(store.session(Actor::System).substring_index().build(1_000).unwrap());
    store.backup_to(&before).unwrap();
    let mut met = Met::default();
    let (what, path) = ("commit".to_owned(), home.path().join("at/book"));
    let last = Some(number("CARDEX_POINTS", 12));
    let scene = Scene { what, work: MIXED, before: &before, path, points: 1, last, from_the_start: false };
    let add = |store: &Store, _: &Path| {
        let added = store.session(Actor::System).add(new("Ada", "Byron").company("Analytical"))?;
        Ok(added.display_name)
    };
    scene.sweep(&add, &mut met);
    println!("memory, commit: {met:?}");
    assert!(met.told > met.calls / 2, "{met:?}");
}

/// Questions too: no answer without memory is taken for "nobody". Where SQLite had no memory to give out a text, the call panicked.
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
    let mut met = Met::default();
    for (name, question) in QUESTIONS {
        let what = (*name).to_owned();
        let path = home.path().join("at/book");
        let scene =
            Scene { what, work: MIXED, before: &before, path, points: 6, last: None, from_the_start: false };
        scene.sweep(&|store, _| question(store), &mut met);
    }
    println!("memory, questions: {met:?}");
    assert!(met.told > met.calls / 2, "{met:?}");
}
