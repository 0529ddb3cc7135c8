//! A process is killed at its every call of the system that writes, or that call fails: under `strace`, which needs no word of
//! ours in the program. It meets files that SQLite does not write, too.

use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::Command;

use cardex::Durability;

use crate::child::{Process, command};
use crate::support::invariants::{hold, hold_at, told};
use crate::support::steps::{ALL, COPY, Work};
use crate::support::{number, options, scratch};

/// The calls of the system that change a file or a folder, one by one: `strace` counts each by itself.
const CALLS: [&str; 7] = ["pwrite64", "fsync", "fdatasync", "ftruncate", "rename", "linkat", "unlink"];

/// How they can fail.
const ERRORS: [(&str, &str); 8] = [
    ("pwrite64", "EIO"),
    ("pwrite64", "ENOSPC"),
    ("fsync", "EIO"),
    ("fdatasync", "EIO"),
    ("ftruncate", "EIO"),
    ("rename", "ENOSPC"),
    ("linkat", "EIO"),
    ("unlink", "EACCES"),
];

/// A layer that cannot run has not passed.
fn needs_strace() {
    let found = Command::new("strace").arg("-V").output();
    assert!(
        found.is_ok_and(|found| found.status.success()),
        "strace is not there: apt-get install -y strace"
    );
}

/// What a book says after each step of a piece of work, the first of which is that it was made.
fn undisturbed(work: Work) -> Vec<String> {
    let home = tempfile::tempdir_in(scratch()).unwrap();
    let path = home.path().join("book");
    let store = work.options(Durability::Commit).open(&path).unwrap();
    let mut all = vec![told(&store).unwrap()];
    for step in work.steps {
        step(&store, &path).unwrap();
        all.push(told(&store).unwrap());
    }
    all
}

/// What came of one child.
struct Ended {
    /// Steps that it acknowledged, the making of the book among them.
    done: usize,
    killed: bool,
    failed: Option<String>,
}

/// Does the work in a child whose calls are tampered with. (Not with `--seccomp-bpf`, which is faster, and under which strace 6.1
/// counts no further than the first call.)
fn tampered(number: usize, book: &Path, call: &str, how: &str) -> Ended {
    let (trace, inject) = (format!("trace={call}"), format!("inject={call}:{how}"));
    let log = book.with_file_name("strace");
    let before = ["strace", "-f", "-qq", "-o", log.to_str().unwrap(), "-e", &trace, "-e", &inject];
    let (lines, status, complaint) = Process::of(command(&before, "work", book, number)).end();
    std::fs::remove_file(log).unwrap();
    let done = lines.iter().filter_map(|line| line.strip_prefix("done ")).next_back();
    let failed = lines.iter().find_map(|line| line.strip_prefix("failed ").map(str::to_owned));
    let killed = status.signal() == Some(9) || status.code() == Some(137);
    assert!(killed || status.success(), "{call}, {how}: {status}: {complaint}");
    Ended { done: done.map_or(0, |done| done.parse().unwrap()), killed, failed }
}

/// Holds what is left against what was acknowledged; the step under way may have been done, or not.
fn judge(work: Work, all: &[String], ended: &Ended, book: &Path, story: &str, thorough: bool) {
    let store = work.options(Durability::Commit).open(book);
    let store = store.unwrap_or_else(|error| panic!("{story}: {error:?}"));
    let now = told(&store).unwrap();
    let done = ended.done;
    let may_say = &all[done.saturating_sub(1)..(done + 1).min(all.len())];
    assert!(may_say.contains(&now), "{story}, {done} acknowledged: another book");
    if thorough {
        hold_at(&store, book);
    } else {
        hold(&store);
    }
    let copy = book.with_file_name(COPY);
    if copy.exists() {
        let copy = options(3)
            .read_only(true)
            .open(copy)
            .unwrap_or_else(|error| panic!("{story}, the copy: {error:?}"));
        assert!(all.contains(&told(&copy).unwrap()), "{story}: the copy says what the book never said");
    }
}

/// Tampers with every `stride`th call of a kind until the child comes to its end untroubled; how often it did.
fn sweep(number: usize, all: &[String], (call, calls): (&str, usize), how: &str) -> (usize, usize) {
    let stride = stride_of(if how.contains("error") { calls * 2 } else { calls });
    let work = ALL[number];
    let (mut hit, mut told_of) = (0, 0);
    for nth in (1..).step_by(stride) {
        let home = tempfile::tempdir_in(scratch()).unwrap();
        let book = home.path().join("book");
        let how = how.replace("{n}", &nth.to_string());
        let ended = tampered(number, &book, call, &how);
        let story = format!("{}, {call}:{how}", work.name);
        let whole = !ended.killed && ended.failed.is_none();
        assert!(!whole || ended.done == all.len(), "{story}: {} of {} steps", ended.done, all.len());
        judge(work, all, &ended, &book, &story, (nth / stride).is_multiple_of(8));
        told_of += usize::from(ended.failed.is_some());
        if whole {
            // An error of a call can be borne by SQLite: those behind it are tried too.
            if !how.contains("error") || nth > calls {
                break;
            }
        }
        hit += 1;
    }
    (hit, told_of)
}

/// How many calls of a kind an undisturbed child makes.
fn calls_of(number: usize, call: &str) -> usize {
    let home = tempfile::tempdir_in(scratch()).unwrap();
    let (book, log) = (home.path().join("book"), home.path().join("strace"));
    let trace = format!("trace={call}");
    let before = ["strace", "-f", "-qq", "-o", log.to_str().unwrap(), "-e", &trace];
    Process::of(command(&before, "work", &book, number)).finish();
    std::fs::read_to_string(log).unwrap().lines().filter(|line| line.contains(&format!("{call}("))).count()
}

/// How far apart the calls are that are tried: of thousands of one kind a few, of a few all.
fn stride_of(calls: usize) -> usize {
    number("CARDEX_STRIDE", (calls / number("CARDEX_KILLS", 4)).max(1))
}

#[test]
fn a_kill_at_any_system_call_loses_nothing() {
    needs_strace();
    let mut kills = 0;
    for (number, work) in ALL.into_iter().enumerate() {
        let all = undisturbed(work);
        for call in CALLS {
            let calls = calls_of(number, call);
            let (hit, _) = sweep(number, &all, (call, calls), "signal=SIGKILL:when={n}");
            println!("kill, {}, {call}: {calls} calls, {hit} kills", work.name);
            assert!(
                (hit + 2) * stride_of(calls) >= calls,
                "{call}: {hit} kills are too few for {calls} calls"
            );
            kills += hit;
        }
    }
    println!("kill, at calls of the system: {kills} kills");
    assert!(kills > 30, "{kills}");
}

#[test]
fn a_failing_system_call_loses_nothing() {
    needs_strace();
    let (mut faults, mut told_of) = (0, 0);
    for (number, work) in ALL.into_iter().enumerate() {
        let all = undisturbed(work);
        for (call, error) in ERRORS {
            let calls = calls_of(number, call);
            for when in ["{n}", "{n}+"] {
                let how = format!("error={error}:when={when}");
                let (hit, told) = sweep(number, &all, (call, calls), &how);
                faults += hit;
                told_of += told;
                println!(
                    "error, {}, {call} {error} {when}: {calls} calls, {hit} tried, {told} told",
                    work.name
                );
            }
        }
    }
    println!("error, of calls of the system: {faults} tried, {told_of} told");
    assert!(faults > 30 && told_of > faults / 3, "{faults}, {told_of}");
}
