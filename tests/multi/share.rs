//! Processes that write and read one book at once, while others merge its index, fold its log back and change its order.

use std::path::Path;
use std::time::{Duration, Instant};

use cardex::{Actor, Error, Store};

use crate::child::Process;
use crate::roles::{BATCH, BATCHES, COUNTS, surname};
use crate::support::invariants::hold_at;
use crate::support::{new, number, scratch};

/// A book with the one contact that is counted in.
fn book(home: &Path) -> std::path::PathBuf {
    let path = home.join("book");
    let store = Store::open(&path).unwrap();
    store.session(Actor::System).add(new("Counter", "").company("0")).unwrap();
    path
}

fn of<const N: usize>(role: &str, book: &Path) -> [Process; N] {
    std::array::from_fn(|n| Process::start(role, book, n))
}

/// Waits for the end of writers, and finds at once what they say is written.
fn follow(writers: impl IntoIterator<Item = Process>, store: &Store) {
    let desk = store.session(Actor::System);
    std::thread::scope(|scope| {
        for mut writer in writers {
            let desk = &desk;
            scope.spawn(move || {
                let mut told = 0;
                while let Some(name) = writer.hear() {
                    let found = desk.search(&name).limit(100).page().unwrap().items.len();
                    assert_eq!(found, BATCH, "{name}: what another process said is written");
                    told += 1;
                }
                writer.finish();
                assert_eq!(told, BATCHES);
            });
        }
    });
}

#[test]
fn writers_and_readers_share_a_store_during_compaction_and_checkpoints() {
    for round in 0..number("CARDEX_ROUNDS", 1) {
        let home = tempfile::tempdir_in(scratch()).unwrap();
        let path = book(home.path());
        let store = Store::open(&path).unwrap();
        let readers: [_; 2] = of("read", &path);
        let others = ["optimize", "scrub"].map(|role| Process::start(role, &path, round));
        let writers: [_; 3] = of("batches", &path);
        follow(writers, &store);
        for process in readers.into_iter().chain(others) {
            println!("share, round {round}: {:?}", process.finish());
        }
        let desk = store.session(Actor::System);
        assert_eq!(desk.contacts().total().unwrap(), (3 * BATCHES * BATCH + 1) as u64, "no write is lost");
        for (writer, batch) in (0..3).flat_map(|writer| (0..BATCHES).map(move |batch| (writer, batch))) {
            let found = desk.search(surname(writer, batch)).limit(100).page().unwrap().items.len();
            assert_eq!(found, BATCH, "{}", surname(writer, batch));
        }
        hold_at(&store, &path);
    }
}

#[test]
fn no_update_is_lost_between_processes_that_read_and_write_back() {
    for _ in 0..number("CARDEX_ROUNDS", 1) {
        let home = tempfile::tempdir_in(scratch()).unwrap();
        let path = book(home.path());
        let told: Vec<_> = of::<3>("count", &path).into_iter().map(Process::finish).collect();
        println!("share, counting: {told:?}");
        let store = Store::open(&path).unwrap();
        let counter = store.session(Actor::System).search("counter").page().unwrap().items.remove(0).contact;
        assert_eq!(counter.company, (3 * COUNTS).to_string());
        assert_eq!(counter.version, 1 + i64::try_from(3 * COUNTS).unwrap(), "each is one edit");
        hold_at(&store, &path);
    }
}

/// One process brings the lists into another language, over and over, and another has the keys of searches made anew, as a newer
/// release would; two more, which have had the book open all along, write and read.
#[test]
fn a_store_is_upgraded_while_others_have_it_open() {
    for _ in 0..number("CARDEX_ROUNDS", 1) {
        let home = tempfile::tempdir_in(scratch()).unwrap();
        let path = book(home.path());
        let store = Store::open(&path).unwrap();
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
        hold_at(&store, &path);
    }
}

/// A process that waits for a lock gives up when it was told to, while another holds it for as long as it likes.
#[test]
fn busy_is_reported_within_the_timeout() {
    let home = tempfile::tempdir_in(scratch()).unwrap();
    let path = book(home.path());
    let holder = rusqlite::Connection::open(&path).unwrap();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    let options = cardex::Options::new().busy_timeout(Duration::from_millis(200));
    let store = options.open(&path).unwrap();
    let start = Instant::now();
    let error = store.session(Actor::System).add(new("Ada", "")).unwrap_err();
    assert!(matches!(error, Error::Busy) && start.elapsed() >= Duration::from_millis(190), "{error:?}");
    println!("share, busy: told after {:?}", start.elapsed());
    assert!(matches!(store.optimize().unwrap_err(), Error::Busy));
    holder.execute_batch("ROLLBACK").unwrap();
    store.session(Actor::System).add(new("Ada", "")).unwrap();
    hold_at(&store, &path);
}
