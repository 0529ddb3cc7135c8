//! Relocalizing: the new order is built in batches beside the old one, which answers until the new one is complete.

use crate::support::{Random, SMS, letters, new, options, store_at};
use cardex::{Actor, ContactId, ContactPatch, Cursor, NewAdvisor, Session, Store};
use std::path::Path;
use std::time::Duration;
use tempfile::tempdir;

/// More than one batch; opening a store runs one.
pub(crate) const MANY: usize = 2_500;

/// A store of many contacts in the root order; every third is linked to an advisor.
pub(crate) fn book(path: &Path) -> Vec<ContactId> {
    let (_store, session) = store_at(path); // with the seed 1
    let advisor = session.directory().add_advisor(NewAdvisor::new("Ada", "Visor")).unwrap().id;
    let mut random = Random::new(7);
    let people = (0..MANY).map(|at| {
        let initial = ["A", "O", "Ö", "Z", "Å", "E", "É"][random.below(7)];
        let person = new("Eva", &format!("{initial}{:03}", random.below(1_000)));
        if at % 3 == 0 { person.advisor(advisor) } else { person }
    });
    let mut ids = Vec::new();
    session
        .add_many(people, cardex::contacts::AddManyOptions::new(), |_, outcome| match outcome {
            cardex::contacts::ImportOutcome::Added(id) => ids.push(id),
            other => panic!("{other:?}"),
        })
        .unwrap();
    ids
}

pub(crate) fn swedish(path: &Path) -> Store {
    options(3).durability(cardex::Durability::Checkpoint).locale("sv").open(path).unwrap()
}

pub(crate) fn system(store: &Store) -> Session {
    store.session(Actor::System)
}

/// The last names of a list in both directions. They must agree with sections and total.
pub(crate) fn names(store: &Store) -> Vec<String> {
    let list = || store.session(Actor::System).contacts().network(SMS).limit(700).page();
    let session = system(store);
    let mut all: Vec<String> = Vec::new();
    let mut page = list().unwrap();
    loop {
        all.extend(page.items.iter().map(|contact| contact.last_name.clone()));
        let Some(after) = page.after.clone() else { break };
        assert_eq!(session.contacts().network(SMS).position(&after).unwrap(), all.len() as u64);
        page = session.contacts().network(SMS).limit(700).after(after).page().unwrap();
    }
    let mut back: Vec<String> = Vec::new();
    loop {
        back.extend(page.items.iter().rev().map(|contact| contact.last_name.clone()));
        let Some(before) = page.before.clone() else { break };
        page = session.contacts().network(SMS).limit(700).before(before).page().unwrap();
    }
    back.reverse();
    assert_eq!(all, back);
    let list = session.contacts().network(SMS);
    assert_eq!(list.total().unwrap(), all.len() as u64);
    assert_eq!(
        list.sections().unwrap().iter().map(|section| section.contacts).sum::<u64>(),
        all.len() as u64
    );
    all
}

/// The sections, in the order of the list and of the locale.
pub(crate) fn section_letters(store: &Store) -> String {
    letters(&system(store)).chars().filter(|c| c.is_alphabetic() || *c == ' ').collect()
}

pub(crate) const ROOT: &str = "A E O Z";

pub(crate) const SWEDISH: &str = "A E O Z Å Ö";

pub(crate) fn orders(store: &Store) -> (String, Option<String>) {
    let stats = system(store).stats().unwrap();
    (stats.locale, stats.target_locale)
}

#[test]
fn the_old_order_answers_until_the_new_one_is_complete() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    let ids = book(&path);
    let first = options(2).open(&path).unwrap();
    let session = system(&first);
    let before = names(&first);
    let page = session.contacts().limit(40).page().unwrap();
    let middle = session.contacts().limit(40).after(page.after.clone()).page().unwrap();
    let old: [Cursor; 2] = [middle.after.clone().unwrap(), middle.before.clone().unwrap()];

    let second = swedish(&path);
    assert_eq!(orders(&second), (String::new(), Some("sv".to_owned())));
    assert_eq!((names(&second), section_letters(&second).as_str()), (before.clone(), ROOT));
    // A cursor continues in the old order, in whichever store it is used.
    assert_eq!(system(&second).contacts().limit(40).after(page.after).page().unwrap(), middle);

    // Processed and unprocessed contacts, through both stores.
    let mut steps = 0;
    loop {
        for (store, at) in [(&first, steps), (&second, MANY - 1 - steps)] {
            let session = system(store);
            session.edit(ids[at], ContactPatch::new().last_name(format!("Ö{steps:03}"))).unwrap();
            let other = ids[(at + MANY / 2) % MANY];
            session.remove(other).unwrap();
            session.restore(other).unwrap();
            session.add(new("Eva", "Åman")).unwrap();
            assert!(store.check().unwrap().is_ok(), "step {steps}: {:?}", store.check());
        }
        if orders(&first).0 == "sv" {
            break;
        }
        assert_eq!(section_letters(&first), ROOT, "step {steps}");
        assert_eq!(names(&first), names(&second), "step {steps}");
        steps += 1;
        second.maintain(Duration::ZERO).unwrap();
    }
    assert!(steps > 0, "the change was not over at once");
    for store in [&first, &second] {
        assert_eq!(section_letters(store), SWEDISH);
        assert_eq!(names(store).len(), MANY + 2 * (steps + 1));
        let session = system(store);
        for cursor in &old {
            assert_eq!(session.contacts().position(cursor).unwrap_err().code(), "cursor-mismatch");
        }
        let [after, before] = old.clone();
        assert_eq!(session.contacts().after(after).page().unwrap_err().code(), "cursor-mismatch");
        assert_eq!(session.contacts().before(before).page().unwrap_err().code(), "cursor-mismatch");
    }
    assert_eq!(names(&first), names(&second));
    // The rest of the old order is deleted. The check succeeds before and after.
    while !second.maintain(Duration::ZERO).unwrap() {
        system(&first).edit(ids[0], ContactPatch::new().last_name("Zander")).unwrap();
        assert!(first.check().unwrap().is_ok());
    }
    assert_eq!(orders(&first), ("sv".to_owned(), None));
    assert_eq!(leftover_rows(&path), 0);
}

/// The rows of the original generation.
pub(crate) fn leftover_rows(path: &Path) -> i64 {
    let file = rusqlite::Connection::open(path).unwrap();
    let leftover_rows = "SELECT (SELECT count(*) FROM list_entry WHERE generation = 0)
        + (SELECT count(*) FROM list_bucket WHERE generation = 0)
        + (SELECT count(*) FROM contact WHERE sort_key0 IS NOT NULL)";
    file.query_row(leftover_rows, [], |row| row.get(0)).unwrap()
}

#[test]
fn deferred_work_continues_after_reopening() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    book(&path);
    assert_eq!(orders(&swedish(&path)).0, "");
    // Without a locale, and with the same one, the work continues.
    for again in 0.. {
        let store = if again % 2 == 0 { options(4).open(&path).unwrap() } else { swedish(&path) };
        assert!(store.check().unwrap().is_ok());
        let (locale, next) = orders(&store);
        assert!(locale == "sv" || next.as_deref() == Some("sv"), "the target locale is the same");
        assert_eq!(section_letters(&store), if locale == "sv" { SWEDISH } else { ROOT });
        if store.maintain(Duration::ZERO).unwrap() {
            assert_eq!((locale.as_str(), next), ("sv", None));
            break;
        }
        assert!(again < 30, "it comes to an end");
    }
    assert_eq!(section_letters(&options(5).open(&path).unwrap()), SWEDISH);
}

#[test]
fn a_second_change_of_locale_replaces_the_first() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    book(&path);
    assert_eq!(orders(&swedish(&path)).1.as_deref(), Some("sv"));
    let back = options(4).locale("").open(&path).unwrap();
    assert_eq!(orders(&back), (String::new(), None));
    assert!(back.check().unwrap().is_ok());
    assert_eq!(orders(&swedish(&path)).1.as_deref(), Some("sv"));
    let danish = options(5).locale("da").open(&path).unwrap();
    assert_eq!((orders(&danish).1.as_deref(), section_letters(&danish).as_str()), (Some("da"), ROOT));
    while !danish.maintain(Duration::ZERO).unwrap() {
        assert!(danish.check().unwrap().is_ok());
    }
    assert_eq!((orders(&danish).0.as_str(), section_letters(&danish).as_str()), ("da", "A E O Z Ø Å"));
}

/// The last processed contact is in both generations, like those before it.
#[test]
fn the_last_processed_contact_is_in_both_generations() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    let ids = book(&path);
    let store = swedish(&path);
    let file = rusqlite::Connection::open(&path).unwrap();
    let mut edited = std::collections::BTreeSet::new();
    for turn in 0..4 {
        let done: i64 =
            file.query_row("SELECT next_processed_through FROM metadata", [], |row| row.get(0)).unwrap();
        let done = usize::try_from(done).unwrap();
        // The batch of a write can run before the write.
        let last = if turn % 2 == 0 { done } else { done + 32 };
        let patch = ContactPatch::new().last_name(format!("Åman{turn}"));
        system(&store).edit(ids[last - 1], patch).unwrap();
        edited.insert(last);
    }
    while !store.maintain(Duration::ZERO).unwrap() {}
    assert!(store.check().unwrap().is_ok(), "{:?}", store.check());
    assert_eq!(names(&store).iter().filter(|name| name.starts_with("Åman")).count(), edited.len());
    assert_eq!(leftover_rows(&path), 0);
}

/// With contacts in many lists, deleting the old order takes more batches, and it ends.
#[test]
fn many_lists_of_the_old_order_are_deleted() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    {
        let (_store, session) = store_at(&path);
        let advisors: Vec<_> = (0..6)
            .map(|n| session.directory().add_advisor(NewAdvisor::new(format!("A{n}"), "Visor")).unwrap().id)
            .collect();
        let person = |n| advisors.iter().fold(new("Eva", &format!("Ö{n:04}")), |new, id| new.advisor(*id));
        session.add_many((0..1_200).map(person), cardex::contacts::AddManyOptions::new(), |_, _| {}).unwrap();
    }
    let store = swedish(&path);
    while !store.maintain(Duration::ZERO).unwrap() {}
    assert_eq!(leftover_rows(&path), 0);
    assert!(store.check().unwrap().is_ok());
}

/// Rows of an abandoned order must not be used when the same order is built again.
#[test]
fn an_abandoned_order_is_built_again() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    book(&path);
    assert_eq!(orders(&swedish(&path)).1.as_deref(), Some("sv"));
    let back = options(4).locale("").open(&path).unwrap();
    while !back.maintain(Duration::ZERO).unwrap() {}
    assert_eq!((orders(&back), section_letters(&back).as_str()), ((String::new(), None), ROOT));
    drop(back);
    let again = swedish(&path);
    while !again.maintain(Duration::ZERO).unwrap() {}
    assert!(again.check().unwrap().is_ok());
    assert_eq!((names(&again).len(), section_letters(&again).as_str()), (MANY, SWEDISH));
}

#[test]
fn writes_alone_complete_the_relocalizing() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    book(&path);
    let store = swedish(&path);
    let session = system(&store);
    for _ in 0..1_000 {
        session.add(new("Eva", "Åman")).unwrap();
        let (locale, next) = orders(&store);
        if locale == "sv" && next.is_none() && store.maintain(Duration::ZERO).unwrap() {
            assert_eq!(section_letters(&store), SWEDISH);
            return;
        }
    }
    panic!("it does not come to an end");
}

#[test]
fn a_reader_during_relocalizing_uses_the_old_order() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    book(&path);
    drop(swedish(&path));
    let reader = options(4).locale("sv").read_only(true).open(&path).unwrap();
    assert_eq!(section_letters(&reader), ROOT);
    assert_eq!(reader.maintain(Duration::ZERO).unwrap_err().code(), "read-only");
}

#[test]
fn a_small_store_is_relocalized_at_once() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    {
        let (_store, session) = store_at(&path);
        session.add(new("Eva", "Öman")).unwrap();
    }
    let store = swedish(&path);
    assert_eq!(orders(&store), ("sv".to_owned(), None));
    assert_eq!(letters(&system(&store)), "Ö1");
}

pub(crate) fn sql(path: &Path, text: &str) {
    rusqlite::Connection::open(path).unwrap().execute_batch(text).unwrap();
}

#[test]
fn wrong_counts_are_found() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    let ids = book(&path);
    for damage in [
        "UPDATE list_bucket SET contacts = contacts + 1 WHERE section = 'Z' AND owner_kind = 1",
        "DELETE FROM list_bucket WHERE section = 'A' AND owner_kind = 1",
        "UPDATE list_bucket SET section = 'B' WHERE section = 'A'",
        "DELETE FROM list_entry WHERE owner_kind = 1 AND contact = 9",
        "INSERT INTO list_bucket SELECT generation, owner_kind, owner, 77, sort_key, contact, section, contacts FROM list_bucket",
    ] {
        let copy = folder.path().join("copy.cardex");
        let _ = std::fs::remove_file(&copy);
        options(4).open(&path).unwrap().backup_to(&copy).unwrap();
        sql(&copy, damage);
        let store = options(4).open(&copy).unwrap();
        let report = store.check().unwrap();
        assert!(report.wrong_list_counts > 0 && !report.is_ok(), "{damage}: {report:?}");
        assert!(
            report.wrong_list_count_details[0].contains("counted")
                || report.wrong_list_count_details[0].contains("there"),
            "{report:?}"
        );
        // A wrong count does not stop the work.
        let session = system(&store);
        for id in &ids[..30] {
            session.purge(*id).unwrap();
        }
        session.add(new("Eva", "Ask")).unwrap();
    }
}
