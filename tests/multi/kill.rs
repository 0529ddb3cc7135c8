//! A process is killed at every system call that writes, or that call fails. `strace` does this without code in the
//! program, and also for files that SQLite does not write.

use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::Command;

use cardex::Durability;

use crate::child::{Process, command};
use crate::support::invariants::{check_invariants, check_invariants_at, dump};
use crate::support::steps::{ALL, COPY, Work};
use crate::support::{number, options, scratch};

/// The system calls that change a file or a folder. `strace` counts each of them separately.
const CALLS: [&str; 7] = ["pwrite64", "fsync", "fdatasync", "ftruncate", "rename", "linkat", "unlink"];

/// The errors of a failing call.
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

/// Without `strace` the test fails, because nothing would be tested.
fn needs_strace() {
    let found = Command::new("strace").arg("-V").output();
    assert!(
        found.is_ok_and(|found| found.status.success()),
        "strace is not there: apt-get install -y strace"
    );
}

/// A dump of the store after each step, without faults. The first step creates the store.
fn dumps_without_faults(work: Work) -> Vec<String> {
    let home = tempfile::tempdir_in(scratch()).unwrap();
    let path = home.path().join("book");
    let store = work.options(Durability::Commit).open(&path).unwrap();
    let mut all = vec![dump(&store).unwrap()];
    for step in work.steps {
        step(&store, &path).unwrap();
        all.push(dump(&store).unwrap());
    }
    all
}

/// The result of one child process.
struct ChildResult {
    /// Acknowledged steps, including the creation of the store.
    done: usize,
    killed: bool,
    failed: Option<String>,
}

/// Runs the work in a child process with injected faults. (`--seccomp-bpf` is faster, but strace 6.1 then counts only
/// the first call.)
fn run_with_injection(number: usize, book: &Path, call: &str, how: &str) -> ChildResult {
    let (trace, inject) = (format!("trace={call}"), format!("inject={call}:{how}"));
    let log = book.with_file_name("strace");
    let before = ["strace", "-f", "-qq", "-o", log.to_str().unwrap(), "-e", &trace, "-e", &inject];
    let (lines, status, complaint) = Process::of(command(&before, "work", book, number)).end();
    std::fs::remove_file(log).unwrap();
    let done = lines.iter().filter_map(|line| line.strip_prefix("done ")).next_back();
    let failed = lines.iter().find_map(|line| line.strip_prefix("failed ").map(str::to_owned));
    let killed = status.signal() == Some(9) || status.code() == Some(137);
    assert!(killed || status.success(), "{call}, {how}: {status}: {complaint}");
    ChildResult { done: done.map_or(0, |done| done.parse().unwrap()), killed, failed }
}

/// Compares the store with the acknowledged steps. The step in progress can be done or not.
fn verify(work: Work, all: &[String], ended: &ChildResult, book: &Path, context: &str, thorough: bool) {
    let store = work.options(Durability::Commit).open(book);
    let store = store.unwrap_or_else(|error| panic!("{context}: {error:?}"));
    let now = dump(&store).unwrap();
    let done = ended.done;
    let may_say = &all[done.saturating_sub(1)..(done + 1).min(all.len())];
    assert!(may_say.contains(&now), "{context}, {done} acknowledged: another book");
    if thorough {
        check_invariants_at(&store, book);
    } else {
        check_invariants(&store);
    }
    let copy = book.with_file_name(COPY);
    if copy.exists() {
        let copy = options(3)
            .read_only(true)
            .open(copy)
            .unwrap_or_else(|error| panic!("{context}, the copy: {error:?}"));
        assert!(
            all.contains(&dump(&copy).unwrap()),
            "{context}: the copy has a state that the store never had"
        );
    }
}

/// Injects a fault into every `stride`th call of a kind, until the child runs without a fault. Returns the number of
/// runs.
fn sweep(number: usize, all: &[String], (call, calls): (&str, usize), how: &str) -> (usize, usize) {
    let stride = stride_of(if how.contains("error") { calls * 2 } else { calls });
    let work = ALL[number];
    let (mut hit, mut reported_faults) = (0, 0);
    for nth in (1..).step_by(stride) {
        let home = tempfile::tempdir_in(scratch()).unwrap();
        let book = home.path().join("book");
        let how = how.replace("{n}", &nth.to_string());
        let ended = run_with_injection(number, &book, call, &how);
        let context = format!("{}, {call}:{how}", work.name);
        let whole = !ended.killed && ended.failed.is_none();
        assert!(!whole || ended.done == all.len(), "{context}: {} of {} steps", ended.done, all.len());
        verify(work, all, &ended, &book, &context, (nth / stride).is_multiple_of(8));
        reported_faults += usize::from(ended.failed.is_some());
        if whole {
            // SQLite can tolerate an error, so later calls are tested too.
            if !how.contains("error") || nth > calls {
                break;
            }
        }
        hit += 1;
    }
    (hit, reported_faults)
}

/// The number of calls of a kind without faults.
fn calls_of(number: usize, call: &str) -> usize {
    let home = tempfile::tempdir_in(scratch()).unwrap();
    let (book, log) = (home.path().join("book"), home.path().join("strace"));
    let trace = format!("trace={call}");
    let before = ["strace", "-f", "-qq", "-o", log.to_str().unwrap(), "-e", &trace];
    Process::of(command(&before, "work", &book, number)).finish();
    std::fs::read_to_string(log).unwrap().lines().filter(|line| line.contains(&format!("{call}("))).count()
}

/// The distance of the tested calls: large if there are thousands of a kind.
fn stride_of(calls: usize) -> usize {
    number("CARDEX_STRIDE", (calls / number("CARDEX_KILLS", 4)).max(1))
}

#[test]
fn a_kill_at_any_system_call_loses_nothing() {
    needs_strace();
    let mut kills = 0;
    for (number, work) in ALL.into_iter().enumerate() {
        let all = dumps_without_faults(work);
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
    let (mut faults, mut reported_faults) = (0, 0);
    for (number, work) in ALL.into_iter().enumerate() {
        let all = dumps_without_faults(work);
        for (call, error) in ERRORS {
            let calls = calls_of(number, call);
            for when in ["{n}", "{n}+"] {
                let how = format!("error={error}:when={when}");
                let (hit, reported) = sweep(number, &all, (call, calls), &how);
                faults += hit;
                reported_faults += reported;
                println!(
                    "error, {}, {call} {error} {when}: {calls} calls, {hit} tried, {reported} reported",
                    work.name
                );
            }
        }
    }
    println!("error, of calls of the system: {faults} tried, {reported_faults} reported");
    assert!(faults > 30 && reported_faults > faults / 3, "{faults}, {reported_faults}");
}
