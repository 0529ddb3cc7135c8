//! Many readers, one writer; several processes; timeouts, interrupts and deadlines.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use cardex::contacts::{AddManyOptions, ImportOutcome};
use cardex::{Actor, Interrupt, Store};
use tempfile::tempdir;

use crate::support::{new, options, store_at};

/// The surname of the contacts of one transaction.
fn surname(batch: usize) -> String {
    format!("Batch{batch:03}")
}

const BATCH: usize = 20;

fn write_batches(store: &Store, batches: std::ops::Range<usize>) {
    let session = store.session(Actor::System);
    for batch in batches {
        let people = (0..BATCH).map(|i| new(&format!("P{i:02}"), &surname(batch)));
        session
            .add_many(people, AddManyOptions::new(), |_, outcome| {
                assert!(matches!(outcome, ImportOutcome::Added(_)));
            })
            .unwrap();
        if batch % 7 == 3 {
            store.optimize().unwrap();
        }
    }
}

/// Reads once: the store has only complete transactions, and never fewer than before.
fn look(store: &Store, seen: &mut usize) {
    let session = store.session(Actor::System);
    let page = session.search("batch").limit(1_000).page().unwrap();
    assert_eq!(page.items.len() % BATCH, 0, "half a transaction");
    let listed = session.contacts().limit(1_000).page().unwrap().items.len();
    assert_eq!(listed % BATCH, 0, "half a transaction");
    assert!(page.items.len() >= *seen && listed >= page.items.len(), "back in time");
    *seen = page.items.len();
    assert!(
        page.items.is_sorted_by_key(|hit| (hit.contact.last_name.clone(), hit.contact.first_name.clone()))
    );
}

#[test]
fn readers_see_whole_transactions() {
    let folder = tempdir().unwrap();
    let (store, _) = store_at(&folder.path().join("book"));
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        // More threads than reader connections.
        for _ in 0..6 {
            scope.spawn(|| {
                let mut seen = 0;
                while !done.load(Ordering::Relaxed) {
                    look(&store, &mut seen);
                }
                look(&store, &mut seen);
                assert_eq!(seen, 25 * BATCH);
            });
        }
        write_batches(&store, 0..25);
        done.store(true, Ordering::Relaxed);
    });
    assert!(store.check().unwrap().is_ok());
}

const CHILD: &str = "CARDEX_TEST_CHILD";

/// The child process of the next test. It writes, and reports each batch after its commit.
#[test]
#[ignore = "run by the test below, in a process of its own"]
fn child_writes() {
    let path = std::env::var_os(CHILD).unwrap();
    let store = options(77).open(path).unwrap();
    for batch in 0..15 {
        write_batches(&store, batch..batch + 1);
        println!("\nwritten {batch}");
    }
}

#[test]
fn writes_of_another_process_are_visible_at_once() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book");
    let (store, session) = store_at(&path);
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "concurrency::child_writes", "--nocapture", "--test-threads=1"])
        .env(CHILD, &path)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut seen = 0;
    let mut reported = 0;
    for line in lines {
        let line = line.unwrap();
        look(&store, &mut seen);
        let Some(batch) = line.strip_prefix("written ") else { continue };
        let found = session.search(surname(batch.parse().unwrap())).limit(100).page().unwrap();
        assert_eq!(found.items.len(), BATCH, "a reported batch is visible");
        // Both processes write, and neither loses a write.
        session.add(new("Parent", &format!("Own{batch}"))).unwrap();
        session.purge(session.search("parent").page().unwrap().items[0].contact.id).unwrap();
        reported += 1;
    }
    assert!(child.wait().unwrap().success());
    assert_eq!(reported, 15);
    look(&store, &mut seen);
    assert_eq!(seen, 15 * BATCH);
    assert!(store.check().unwrap().is_ok());
}

/// Another program that holds the write lock of a store.
struct LockHolder(rusqlite::Connection);

impl LockHolder {
    fn of(path: &std::path::Path) -> Self {
        let db = rusqlite::Connection::open(path).unwrap();
        db.execute_batch("BEGIN IMMEDIATE").unwrap();
        Self(db)
    }
}

#[test]
fn a_writer_times_out_and_readers_do_not_wait() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book");
    store_at(&path).1.add(new("Ada", "Berg")).unwrap();
    let store = options(2).busy_timeout(Duration::from_millis(300)).open(&path).unwrap();
    let session = store.session(Actor::System);
    let held = LockHolder::of(&path);
    // A later deadline does not make the wait longer.
    for session in [session.clone(), session.clone().deadline(Duration::from_secs(30))] {
        let start = Instant::now();
        let error = session.add(new("Bea", "Berg")).unwrap_err();
        assert_eq!((error.code(), error.is_retryable()), ("busy", true));
        let waited = start.elapsed();
        assert!((Duration::from_millis(250)..Duration::from_secs(5)).contains(&waited), "{waited:?}");
    }
    let start = Instant::now();
    let error = session.clone().deadline(Duration::from_millis(50)).add(new("Bea", "Berg")).unwrap_err();
    assert_eq!(error.code(), "deadline");
    let start_reads = Instant::now();
    assert!(start.elapsed() < Duration::from_secs(4));
    assert_eq!(session.search("ada").page().unwrap().items.len(), 1);
    assert_eq!(session.contacts().page().unwrap().items.len(), 1);
    assert!(start_reads.elapsed() < Duration::from_millis(250));
    // A store can be opened and read while another program writes.
    let other = options(3).busy_timeout(Duration::from_millis(300)).open(&path).unwrap();
    assert_eq!(other.session(Actor::System).search("").page().unwrap().items.len(), 1);
    drop(held);
    session.add(new("Bea", "Berg")).unwrap();
}

/// Regression test: a writer waited for other threads, and then as long again for other processes.
#[test]
fn one_deadline_covers_all_waiting() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book");
    store_at(&path).1.add(new("Ada", "Berg")).unwrap();
    let store = options(2).busy_timeout(Duration::from_millis(600)).open(&path).unwrap();
    let _held = LockHolder::of(&path);
    thread::scope(|scope| {
        for delay in [0, 300] {
            let session = store.session(Actor::System);
            scope.spawn(move || {
                thread::sleep(Duration::from_millis(delay));
                let start = Instant::now();
                assert_eq!(session.add(new("Bea", "Berg")).unwrap_err().code(), "busy");
                let waited = start.elapsed();
                assert!(
                    (Duration::from_millis(550)..Duration::from_millis(800)).contains(&waited),
                    "{waited:?}"
                );
            });
        }
    });
}

/// Threads of one store write in the order in which they call. Regression test: a thread that had just written called
/// again before a waiting thread woke up, and overtook all others.
#[test]
fn writers_take_turns() {
    const WRITERS: usize = 4;
    const EACH: usize = 25;
    let folder = tempdir().unwrap();
    let path = folder.path().join("book");
    let (store, session) = store_at(&path);
    session.add(new("Ada", "Berg")).unwrap();
    let held = LockHolder::of(&path);
    let before = session.changes().limit(1_000).page().unwrap().items.len();
    thread::scope(|scope| {
        for writer in 0..WRITERS {
            let session = store.session(Actor::System).origin(writer.to_string());
            scope.spawn(move || (0..EACH).for_each(|_| drop(session.add(new("Bea", "Berg")).unwrap())));
        }
        thread::sleep(Duration::from_millis(200));
        held.0.execute_batch("COMMIT").unwrap();
    });
    let changes = session.changes().limit(1_000).page().unwrap().items.split_off(before);
    assert_eq!(changes.len(), WRITERS * EACH);
    let runs = changes.chunk_by(|one, next| one.origin == next.origin).count();
    // At the end, fewer threads are left.
    assert!(runs > WRITERS * EACH * 9 / 10, "{runs} turns");
}

#[test]
fn a_writer_waits_for_a_short_writer() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book");
    let (_store, session) = store_at(&path);
    let held = LockHolder::of(&path);
    thread::scope(|scope| {
        let writer = scope.spawn(|| session.add(new("Ada", "Berg")).unwrap());
        thread::sleep(Duration::from_millis(100));
        assert!(!writer.is_finished());
        held.0.execute_batch("COMMIT").unwrap();
        writer.join().unwrap();
    });
}

#[test]
fn interrupts_and_deadlines() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book");
    let (store, other) = store_at(&path);
    let stop = Interrupt::new();
    let session = other.clone().interrupted_by(&stop);
    session.add(new("Ada", "Berg")).unwrap();
    stop.interrupt();
    assert!(stop.is_interrupted());
    assert_eq!(session.add(new("Bea", "Berg")).unwrap_err().code(), "interrupted");
    assert_eq!(session.contacts().page().unwrap_err().code(), "interrupted");
    let many = (0..10).map(|i| new("Cid", &format!("Cole{i}")));
    assert_eq!(session.add_many(many, AddManyOptions::new(), |_, _| ()).unwrap_err().code(), "interrupted");
    assert_eq!(
        other.search("").page().unwrap().items.len(),
        1,
        "other sessions continue, and nothing was written"
    );
    stop.reset();
    session.search("").page().unwrap();
    let late = other.clone().deadline(Duration::ZERO);
    assert_eq!(late.search("").page().unwrap_err().code(), "deadline");
    assert_eq!(late.add(new("Bea", "Berg")).unwrap_err().code(), "deadline");
    // An import stops between two contacts. Exactly the reported contacts are stored.
    let mut reported = 0;
    let many = (0..500).map(|i| new("Dan", &format!("Dorn{i}")));
    let result = session.add_many(many, AddManyOptions::new().batch(50), |at, _| {
        reported = at + 1;
        if reported == 100 {
            stop.interrupt();
        }
    });
    assert_eq!(result.unwrap_err().code(), "interrupted");
    assert_eq!(other.search("dan").limit(1_000).page().unwrap().items.len(), reported);
    assert!(store.check().unwrap().is_ok());
}

#[test]
fn an_interrupt_stops_waiting_for_a_lock() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book");
    let (_store, session) = store_at(&path);
    let _held = LockHolder::of(&path);
    let stop = Interrupt::new();
    let session = session.interrupted_by(&stop);
    let start = Instant::now();
    thread::scope(|scope| {
        let writer = scope.spawn(|| session.add(new("Ada", "Berg")).unwrap_err().code());
        thread::sleep(Duration::from_millis(100));
        stop.interrupt();
        assert_eq!(writer.join().unwrap(), "interrupted");
    });
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
}

#[test]
fn a_panic_of_the_caller_does_not_lock_the_store() {
    for folder in [None, Some(tempdir().unwrap())] {
        let options = options(1).busy_timeout(Duration::from_millis(200));
        let store = match &folder {
            None => options.open_in_memory().unwrap(),
            Some(folder) => options.open(folder.path().join("book")).unwrap(),
        };
        let session = store.session(Actor::System);
        let poisoned = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let advisors = (0..3).map(|i| {
                assert!(i < 2, "a panic on purpose");
                cardex::NewAdvisor::new("A", "B")
            });
            session.directory().add_advisors(advisors)
        }));
        assert!(poisoned.is_err());
        session.add(new("Ada", "Berg")).unwrap();
        assert!(session.directory().advisors().page().unwrap().items.is_empty());
    }
}

/// Regression test: a store in Swedish order was reopened with another locale. The first store continued to write
/// Swedish sort keys, so that lists had a wrong order. Now it writes keys of the current order.
#[test]
fn a_store_does_not_write_keys_of_a_replaced_order() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    let old = cardex::Options::new().locale("sv").open(&path).unwrap();
    let session = old.session(cardex::Actor::System);
    let add =
        |last: &str| session.add(cardex::NewContact::new(cardex::Network::SMS_DIRECT, "Anna", last)).unwrap();
    add("Öberg");
    let new = cardex::Options::new().locale("de").open(&path).unwrap();
    add("Ök");
    add("Oz");
    let names = |session: &cardex::Session| -> Vec<String> {
        session.contacts().iter().map(|contact| contact.unwrap().last_name).collect()
    };
    assert_eq!(names(&new.session(cardex::Actor::System)), ["Öberg", "Ök", "Oz"]);
    assert_eq!(names(&session), ["Öberg", "Ök", "Oz"]);
    assert!(new.check().unwrap().is_ok());
}
