//! Processes that write and read one store at the same time, during compaction, checkpoints and relocalizing.

use std::path::Path;
use std::time::{Duration, Instant};

use cardex::{Actor, Error, Store};

use crate::child::Process;
use crate::roles::{BATCH, BATCHES, COUNTS, surname};
use crate::support::invariants::check_invariants_at;
use crate::support::{new, number, open, scratch, sqlite, with_key};

/// A store with the counter contact.
fn book(home: &Path) -> std::path::PathBuf {
    let path = home.join("book");
    let store = open(&path).unwrap();
    store.session(Actor::System).add(new("Counter", "").company("0")).unwrap();
    path
}

fn of<const N: usize>(role: &str, book: &Path) -> [Process; N] {
    std::array::from_fn(|n| Process::start(role, book, n))
}

/// Waits for the end of the writers. Their reported contacts must be visible at once.
fn follow(writers: impl IntoIterator<Item = Process>, store: &Store) {
    let session = store.session(Actor::System);
    std::thread::scope(|scope| {
        for mut writer in writers {
            let session = &session;
            scope.spawn(move || {
                let mut reported = 0;
                while let Some(name) = writer.read_line() {
                    let found = session.search(&name).limit(100).page().unwrap().items.len();
                    assert_eq!(found, BATCH, "{name}: a reported batch is visible");
                    reported += 1;
                }
                writer.finish();
                assert_eq!(reported, BATCHES);
            });
        }
    });
}

#[test]
fn writers_and_readers_share_a_store_during_compaction_and_checkpoints() {
    for round in 0..number("CARDEX_ROUNDS", 1) {
        let home = tempfile::tempdir_in(scratch()).unwrap();
        let path = book(home.path());
        let store = open(&path).unwrap();
        let readers: [_; 2] = of("read", &path);
        let others = ["optimize", "scrub"].map(|role| Process::start(role, &path, round));
        let writers: [_; 3] = of("batches", &path);
        follow(writers, &store);
        for process in readers.into_iter().chain(others) {
            println!("share, round {round}: {:?}", process.finish());
        }
        let session = store.session(Actor::System);
        assert_eq!(session.contacts().total().unwrap(), (3 * BATCHES * BATCH + 1) as u64, "no write is lost");
        for (writer, batch) in (0..3).flat_map(|writer| (0..BATCHES).map(move |batch| (writer, batch))) {
            let found = session.search(surname(writer, batch)).limit(100).page().unwrap().items.len();
            assert_eq!(found, BATCH, "{}", surname(writer, batch));
        }
        check_invariants_at(&store, &path);
    }
}

#[test]
fn no_update_is_lost_between_processes_that_read_and_write_back() {
    for _ in 0..number("CARDEX_ROUNDS", 1) {
        let home = tempfile::tempdir_in(scratch()).unwrap();
        let path = book(home.path());
        let reported: Vec<_> = of::<3>("count", &path).into_iter().map(Process::finish).collect();
        println!("share, counting: {reported:?}");
        let store = open(&path).unwrap();
        let counter = store.session(Actor::System).search("counter").page().unwrap().items.remove(0).contact;
        assert_eq!(counter.company, (3 * COUNTS).to_string());
        assert_eq!(counter.version, 1 + i64::try_from(3 * COUNTS).unwrap(), "each is one edit");
        check_invariants_at(&store, &path);
    }
}

/// One process relocalizes again and again. Another one starts reindexing, as a newer version does. Two more, which
/// have had the store open all the time, write and read.
#[test]
fn a_store_is_upgraded_while_others_have_it_open() {
    for _ in 0..number("CARDEX_ROUNDS", 1) {
        let home = tempfile::tempdir_in(scratch()).unwrap();
        let path = book(home.path());
        let store = open(&path).unwrap();
        let reader = Process::start("read", &path, 0);
        let others = cfg!(feature = "locale").then(|| Process::start("relist", &path, 0));
        let writers: [_; 2] = of("batches", &path);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for _ in 0..5 {
                    store.rebuild_index().unwrap();
                    while !store.maintain(Duration::from_millis(1)).unwrap() {}
                }
            });
            follow(writers, &store);
        });
        for process in others.into_iter().chain([reader]) {
            println!("share, order and keys: {:?}", process.finish());
        }
        while !store.maintain(Duration::from_secs(1)).unwrap() {}
        check_invariants_at(&store, &path);
    }
}

/// A process that waits for a lock returns within its timeout, while another process holds the lock.
#[test]
fn busy_is_reported_within_the_timeout() {
    let home = tempfile::tempdir_in(scratch()).unwrap();
    let path = book(home.path());
    let holder = sqlite(&path);
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    let options = with_key(cardex::Options::new().busy_timeout(Duration::from_millis(200)));
    let store = options.open(&path).unwrap();
    let start = Instant::now();
    let error = store.session(Actor::System).add(new("Ada", "")).unwrap_err();
    assert!(matches!(error, Error::Busy) && start.elapsed() >= Duration::from_millis(190), "{error:?}");
    println!("share, busy: reported after {:?}", start.elapsed());
    assert!(matches!(store.optimize().unwrap_err(), Error::Busy));
    holder.execute_batch("ROLLBACK").unwrap();
    store.session(Actor::System).add(new("Ada", "")).unwrap();
    check_invariants_at(&store, &path);
}
