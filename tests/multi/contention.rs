//! How long writers wait for each other: in one process, and in several.

use std::io::Read as _;
use std::path::Path;
use std::sync::Barrier;
use std::time::{Duration, Instant};

use cardex::{Actor, Options, Store};

use crate::child::{Process, report_line};
use crate::support::{new, number, with_key};

/// The number of writers.
const WRITERS: usize = 16;

fn contacts() -> usize {
    number("CARDEX_WRITES", 60)
}

/// Adds contacts one by one. Returns the time of each.
fn write(store: &Store, writer: usize) -> Vec<Duration> {
    let session = store.session(Actor::System);
    let add = |n| {
        let start = Instant::now();
        session.add(new(&format!("W{writer:02}n{n:04}"), "Writer")).unwrap();
        start.elapsed()
    };
    (0..contacts()).map(add).collect()
}

fn options() -> Options {
    with_key(Options::new().busy_timeout(Duration::from_secs(60)))
}

/// A child process. It opens the store, waits for the end of its input, and writes.
pub(crate) fn contend(book: &Path, writer: usize) {
    let store = options().open(book).unwrap();
    report_line("ready");
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
    let took: Vec<_> = write(&store, writer).iter().map(|took| took.as_micros().to_string()).collect();
    report_line(&took.join(" "));
}

/// Prints percentiles, and how long the first and the last writer worked.
fn print(what: &str, writers: &[Vec<Duration>]) {
    let mut all: Vec<_> = writers.iter().flatten().copied().collect();
    all.sort_unstable();
    let at = |percent: usize| all[(all.len() * percent / 100).min(all.len() - 1)];
    let ends = writers.iter().map(|writer| writer.iter().sum::<Duration>());
    let (first, last) = (ends.clone().min().unwrap(), ends.max().unwrap());
    println!(
        "contention, {what}: p50 {:?}, p99 {:?}, max {:?}; the writers worked {first:?} to {last:?}",
        at(50),
        at(99),
        all[all.len() - 1]
    );
}

fn in_threads(book: &Path) -> Vec<Vec<Duration>> {
    let store = options().open(book).unwrap();
    let begin = Barrier::new(WRITERS);
    std::thread::scope(|scope| {
        let begun = |writer| {
            let (store, begin) = (&store, &begin);
            scope.spawn(move || {
                begin.wait();
                write(store, writer)
            })
        };
        let threads: Vec<_> = (0..WRITERS).map(begun).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

fn in_processes(book: &Path) -> Vec<Vec<Duration>> {
    drop(options().open(book).unwrap());
    let mut writers: Vec<_> = (0..WRITERS).map(|writer| Process::start("contend", book, writer)).collect();
    for writer in &mut writers {
        assert_eq!(writer.read_line().as_deref(), Some("ready"));
    }
    writers.iter_mut().for_each(Process::stop);
    let took =
        |text: &str| text.split(' ').map(|took| Duration::from_micros(took.parse().unwrap())).collect();
    writers.into_iter().map(|writer| took(&writer.finish()[0])).collect()
}

/// A measurement: see docs/benchmarks.md. On the disk of the temporary folder.
#[test]
#[ignore = "a measurement"]
fn measure_contention() {
    for (what, run) in [("threads", in_threads as fn(&Path) -> _), ("processes", in_processes)] {
        for _ in 0..number("CARDEX_ROUNDS", 3) {
            let home = tempfile::tempdir().unwrap();
            print(&format!("{WRITERS} {what}"), &run(&home.path().join("book")));
        }
    }
}
