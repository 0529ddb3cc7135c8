//! Reindexing in batches: every answer is correct meanwhile, and others write.

use crate::support::{To, backwards, forwards, found, new, options, search_page, store_at};
use cardex::contacts::{AddManyOptions, ImportOutcome};
use cardex::maintenance::SubstringIndexStatus;
use cardex::{Actor, ContactId, ContactPatch, Durability, NewAdvisor, Session, Store};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tempfile::tempdir;

/// More than one batch; opening a store runs one.
pub(crate) const MANY: usize = 2_500;

pub(crate) fn name(at: usize) -> String {
    format!("{}{at:04}", ["Ask", "Berg", "Cole"][at % 3])
}

pub(crate) fn fill(session: &Session, people: std::ops::Range<usize>) -> Vec<ContactId> {
    let advisor = session.directory().advisors().page().unwrap().items.first().map(|advisor| advisor.id);
    let people = people.map(|at| {
        let person = new("Eva", &name(at)).nickname(format!("nick{at}"));
        // Two companies, one in each half of the contacts.
        let person = match at {
            1 => person.company("Ulla"),
            2_400 => person.company("Umbra"),
            _ => person,
        };
        if at % 100 == 99 { person.advisor(advisor.unwrap()) } else { person }
    });
    let mut ids = Vec::new();
    session
        .add_many(people, AddManyOptions::new(), |_, outcome| match outcome {
            ImportOutcome::Added(id) => ids.push(id),
            other => panic!("{other:?}"),
        })
        .unwrap();
    ids
}

/// A store of many contacts; every hundredth is linked to an advisor.
pub(crate) fn book(path: &Path) -> Vec<ContactId> {
    let (_store, session) = store_at(path); // with the seed 1
    session.directory().add_advisor(NewAdvisor::new("Ada", "Visor")).unwrap();
    fill(&session, 0..MANY)
}

pub(crate) fn sql(path: &Path, text: &str) {
    rusqlite::Connection::open(path).unwrap().execute_batch(text).unwrap();
}

/// Marks the keys as made by another fold version.
pub(crate) fn mark_other_fold(path: &Path) {
    sql(path, "UPDATE metadata SET fold_version = fold_version + 1");
}

pub(crate) fn open(path: &Path, seed: u64) -> Store {
    options(seed).durability(Durability::Checkpoint).open(path).unwrap()
}

pub(crate) fn system(store: &Store) -> Session {
    store.session(Actor::System)
}

pub(crate) fn unindexed(store: &Store) -> usize {
    usize::try_from(system(store).stats().unwrap().unindexed_contacts).unwrap()
}

/// The hits of a search in both directions. Many unindexed rows make pages incomplete.
pub(crate) fn both_ways(session: &Session, text: &str) -> Vec<String> {
    let page = |to: To| search_page(session, text, 700, to);
    let (there, last) = forwards(700, &page);
    assert_eq!(there, backwards(700, last, &page), "{text}");
    there.into_iter().map(|hit| hit.contact.last_name).collect()
}

/// The expected names with a prefix, in hit order, while the contacts from `keyed` on are unindexed.
pub(crate) fn expected(start: &str, keyed: usize, all: usize) -> Vec<String> {
    let mut first: Vec<String> = (0..keyed).map(name).filter(|name| name.starts_with(start)).collect();
    first.sort();
    first.extend((keyed..all).map(name).filter(|name| name.starts_with(start)));
    first
}

#[test]
fn a_store_of_another_fold_opens_after_one_batch() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    book(&path);
    mark_other_fold(&path);
    for (seed, keyed) in [(3, 1_000), (4, 1_000), (5, 2_000)] {
        // Every opened store continues at the stored progress. Opening alone does no further batch.
        let store = open(&path, seed);
        assert_eq!(unindexed(&store), MANY - keyed);
        let session = system(&store);
        for text in ["Ask", "Berg1", "Cole24", ""] {
            assert_eq!(both_ways(&session, text), expected(text, keyed, MANY), "{text:?}, {keyed} keyed");
        }
        assert_eq!(both_ways(&session, "nick17")[..1], [name(17)]);
        assert_eq!(session.companies("u", 5).unwrap(), ["Ulla", "Umbra"]);
        assert_eq!(session.companies("u", 1).unwrap(), ["Ulla"]);
        let advisor = session.directory().advisors().page().unwrap().items[0].id;
        let own = store.session(Actor::Advisor(advisor));
        assert_eq!(both_ways(&own, "Eva").len(), MANY / 100);
        assert_eq!(own.search(name(2_499)).page().unwrap().items.len(), 1, "few contacts are all looked at");
        assert!(store.check().unwrap().is_ok());
        if seed > 3 {
            while unindexed(&store) == MANY - keyed {
                store.maintain(Duration::ZERO).unwrap();
            }
        }
    }
    let store = open(&path, 9);
    while !store.maintain(Duration::from_secs(60)).unwrap() {}
    assert_eq!(unindexed(&store), 0);
    assert_eq!(both_ways(&system(&store), "B"), expected("B", MANY, MANY));
    assert!(store.check().unwrap().is_ok());
}

#[test]
fn a_call_reads_at_most_its_limit() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    book(&path);
    fill(&system(&open(&path, 2)), MANY..2 * MANY);
    mark_other_fold(&path);
    let store = open(&path, 3);
    let session = system(&store);
    let page = session.search(name(2 * MANY - 1)).page().unwrap();
    assert!(page.items.is_empty() && page.incomplete, "there are 4,000 rows to be read");
    let page = session.search(name(2 * MANY - 1)).after(page.after).page().unwrap();
    assert_eq!(page.items.len(), 1);
}

#[test]
fn a_small_store_is_reindexed_at_once() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    {
        let (_store, session) = store_at(&path);
        session.add(new("Ada", "Berg")).unwrap();
        assert!(session.substring_index().build(10).unwrap());
    }
    mark_other_fold(&path);
    let (store, session) = store_at(&path);
    let stats = session.stats().unwrap();
    assert_eq!((stats.unindexed_contacts, stats.substring_index), (0, SubstringIndexStatus::Complete));
    assert_eq!(found(&session, "be"), ["Ada Berg"]);
    assert!(store.maintain(Duration::ZERO).unwrap() && store.check().unwrap().is_ok());
}

#[test]
fn a_reader_of_another_fold_reads_rows() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    book(&path);
    let session = store_at(&path).1;
    assert!(session.substring_index().build(MANY).unwrap());
    let store = open(&path, 2);
    assert_eq!(both_ways(&system(&store), "Berg"), expected("Berg", MANY, MANY));
    mark_other_fold(&path);
    // The index is not valid now.
    sql(
        &path,
        "UPDATE memtable_log SET entries = x'01'; UPDATE search_block SET body = x'00'; DELETE FROM substring",
    );
    let reader = options(5).read_only(true).open(&path).unwrap();
    for store in [&store, &reader] {
        let session = system(store);
        assert_eq!(both_ways(&session, "Berg"), expected("Berg", 0, MANY));
        let hits: Vec<_> =
            session.search_substring("ck1234").iter().map(|hit| hit.unwrap().contact.last_name).collect();
        assert_eq!(hits, [name(1_234)]);
        assert!(store.check().unwrap().is_ok(), "{:?}", store.check());
        assert_eq!(unindexed(store), MANY);
    }
    assert_eq!(system(&store).add(new("Eva", "Ek")).unwrap_err().code(), "stale-store");
    assert!(store.maintain(Duration::ZERO).unwrap(), "none of this library's business");
    assert_eq!(reader.maintain(Duration::ZERO).unwrap_err().code(), "read-only");
    assert_eq!(unindexed(&store), MANY);
}

#[test]
fn writes_and_an_import_during_reindexing() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    let ids = book(&path);
    let other = open(&path, 2);
    mark_other_fold(&path);
    let store = open(&path, 3);
    let (session, theirs) = (system(&store), system(&other));
    // On both sides of the progress: 10 is indexed, 2,000 is not.
    for at in [10, 2_000] {
        let id = ids[at];
        session.edit(id, ContactPatch::new().last_name(format!("Zorn{at}"))).unwrap();
        assert_eq!(found(&theirs, &format!("zorn{at}")), [format!("Eva Zorn{at}")]);
        assert_eq!(found(&session, &name(at)), Vec::<String>::new());
        theirs.remove(id).unwrap();
        assert_eq!(found(&session, "zorn"), Vec::<String>::new());
        assert_eq!(session.search("zorn").trash().page().unwrap().items.len(), 1);
        session.restore(id).unwrap();
        let advisor = session.directory().advisors().page().unwrap().items[0].id;
        theirs.link(id, advisor).unwrap();
        assert_eq!(session.search("zorn").advisor(advisor).page().unwrap().items.len(), 1);
        theirs.unlink(id, advisor).unwrap();
        session.purge(id).unwrap();
    }
    // New contacts are indexed at once, also many.
    let before = unindexed(&store);
    fill(&theirs, MANY..MANY + 700);
    assert!(unindexed(&store) <= before);
    assert_eq!(session.search(name(MANY + 600)).limit(1).page().unwrap().items.len(), 1);
    store.optimize().unwrap();
    assert!(store.check().unwrap().is_ok());
    while !other.maintain(Duration::ZERO).unwrap() {
        assert!(store.check().unwrap().is_ok());
        assert_eq!(both_ways(&session, "Eva").len(), MANY + 700 - 2);
    }
    assert_eq!(found(&session, "Berg0001"), ["Eva Berg0001"]);
    assert!(store.check().unwrap().is_ok());
}

#[test]
fn writes_alone_complete_the_reindexing() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    let ids = book(&path);
    assert!(store_at(&path).1.substring_index().build(MANY).unwrap());
    mark_other_fold(&path);
    let store = open(&path, 3);
    let session = system(&store);
    assert_eq!(session.stats().unwrap().substring_index, SubstringIndexStatus::Building);
    for (step, id) in ids.into_iter().take(300).enumerate() {
        session.edit(id, ContactPatch::new().company(format!("Firm{step}"))).unwrap();
        if step % 20 > 0 {
            continue;
        }
        assert_eq!(found(&session, &format!("Firm{step} Eva")).len(), 1);
        assert!(session.search_substring(format!("irm{step}")).iter().next().unwrap().is_ok());
        let stats = session.stats().unwrap();
        if stats.unindexed_contacts == 0 && stats.substring_index == SubstringIndexStatus::Complete {
            assert!(store.maintain(Duration::ZERO).unwrap() && store.check().unwrap().is_ok());
            return;
        }
    }
    panic!("it does not come to an end");
}

#[test]
fn the_index_is_rebuilt_while_others_write() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    book(&path);
    fill(&system(&open(&path, 2)), MANY..3 * MANY);
    assert!(store_at(&path).1.substring_index().build(3 * MANY).unwrap());
    // A separate process would wait in the same way.
    let (store, other) = (open(&path, 3), open(&path, 4));
    let done = AtomicBool::new(false);
    let written = std::thread::scope(|scope| {
        let writers = [&store, &other].map(|store| {
            scope.spawn(|| {
                let session = system(store);
                let mut written = 0;
                while !done.load(Ordering::Relaxed) {
                    let begun = Instant::now();
                    session.add(new("Ulf", "Writer")).unwrap();
                    assert!(
                        begun.elapsed() < Duration::from_secs(4),
                        "no writer waits for the complete reindexing"
                    );
                    written += 1;
                    std::thread::sleep(Duration::from_millis(10));
                }
                written
            })
        });
        let made = store.rebuild_index();
        done.store(true, Ordering::Relaxed);
        made.unwrap();
        writers.map(|writer| writer.join().unwrap())
    });
    // SQLite's lock is not fair, so one of two writers can be slow.
    assert!(written.iter().all(|written| *written > 0), "{written:?}");
    assert!(written.iter().sum::<usize>() > 6, "{written:?}");
    let session = system(&store);
    assert_eq!(
        session.search("ulf").limit(1_000).page().unwrap().items.len(),
        written.iter().sum::<usize>().min(1_000)
    );
    assert_eq!(
        (unindexed(&store), session.stats().unwrap().substring_index),
        (0, SubstringIndexStatus::Complete)
    );
    assert!(store.check().unwrap().is_ok());
}

#[test]
fn a_kill_during_reindexing_loses_nothing() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    book(&path);
    // The state after the first transaction of `rebuild_index`, with damaged parts in the deleted data.
    sql(
        &path,
        "DELETE FROM search_block WHERE id & 16777215 = 0; UPDATE search_segment SET state = 2; DELETE FROM memtable_log;
            UPDATE metadata SET unindexed_last = (SELECT max(id) FROM contact), search_epoch = search_epoch + 1",
    );
    let store = open(&path, 3);
    assert_eq!(unindexed(&store), MANY);
    assert_eq!(both_ways(&system(&store), "Cole"), expected("Cole", 0, MANY));
    assert!(store.check().unwrap().is_ok());
    while !store.maintain(Duration::ZERO).unwrap() {
        assert!(store.check().unwrap().is_ok());
    }
    assert_eq!(both_ways(&system(&store), "Cole"), expected("Cole", MANY, MANY));
    let file = rusqlite::Connection::open(&path).unwrap();
    store.rebuild_index().unwrap();
    let dead =
        file.query_row("SELECT count(*) FROM search_segment WHERE state = 2", [], |row| row.get::<_, i64>(0));
    assert_eq!(dead.unwrap(), 0, "nothing of the old keys is left in the file");
}

/// Unindexed contacts are read from their rows, with the right tenant and the right trash.
#[test]
fn trash_searches_respect_tenants_during_reindexing() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    let store = open(&path, 2);
    let session = system(&store);
    let away = session.directory().add_tenant("away").unwrap().id;
    for (session, last) in [(session.clone(), "Here"), (session.clone().in_tenant(away), "There")] {
        session.add(new("Zora", last)).unwrap();
        let gone = session.add(new("Zora", &format!("{last}Gone"))).unwrap();
        session.remove(gone.id).unwrap();
    }
    let home = session.directory().tenants().unwrap()[0].id;
    mark_other_fold(&path);
    for (tenant, last) in [(home, "Here"), (away, "There")] {
        let session = store.session(Actor::Administrator(tenant));
        assert_eq!(found(&session, "zora"), [format!("Zora {last}")]);
        let gone = session.search("zora").trash().page().unwrap().items;
        let gone: Vec<_> = gone.into_iter().map(|hit| hit.contact.display_name).collect();
        assert_eq!(gone, [format!("Zora {last}Gone")]);
    }
}
