//! The search index is never the truth: with a damaged one the answers are the same.

use std::path::Path;

use cardex::{Actor, ContactPatch, Session, Store};
use tempfile::tempdir;

use crate::support::{desk_at, forwards, new, options, search_page};

/// A book whose index has a segment and a delta.
fn book(path: &Path) {
    let (store, desk) = desk_at(path);
    for i in 0..60 {
        let person = new(["Ada", "Abel", "Cid"][i % 3], &format!("Berg{i:02}"));
        desk.add(person.company(["Beta", "Baker", "Acme"][i % 3])).unwrap();
    }
    store.optimize().unwrap();
    for i in 0..5 {
        desk.add(new("Adele", &format!("Adler{i}"))).unwrap();
    }
    let cid = desk.search("cid").page().unwrap().items[0].contact.id;
    desk.edit(cid, ContactPatch::new().first_name("Adam")).unwrap();
}

fn answers(desk: &Session) -> Vec<Vec<String>> {
    let walk = |(text, limit): (&str, usize)| {
        let (hits, _) = forwards(limit, &|to| search_page(desk, text, limit, to));
        hits.into_iter().map(|hit| hit.contact.display_name).collect()
    };
    let mut answers: Vec<_> =
        [("", 7), ("ad", 3), ("berg", 50), ("cid b", 4), ("x", 1)].into_iter().map(walk).collect();
    answers.push(desk.companies("b", 9).unwrap());
    answers
}

fn damaged(sql: &str) {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    book(&path);
    let expected = answers(&desk_at(&path).1);
    assert!(expected[1].len() > 20);
    let changed = rusqlite::Connection::open(&path).unwrap().execute(sql, []).unwrap();
    assert!(changed > 0, "{sql}");
    let store = options(3).open(&path).unwrap();
    let desk = store.session(Actor::System);
    assert_eq!(answers(&desk), expected, "{sql}");
    let health = store.check().unwrap();
    assert!(health.index_damaged && !health.is_ok(), "{sql}: {health:?}");
    writes_go_on(&store);
    assert_eq!(store.optimize().unwrap_err().code(), "damaged", "{sql}");
    let expected = answers(&desk);
    store.rebuild_index().unwrap();
    assert!(store.check().unwrap().is_ok(), "{sql}");
    assert_eq!(answers(&desk), expected, "{sql}");
}

/// More than one delta of writes: what cannot be merged waits.
fn writes_go_on(store: &Store) {
    let desk = store.session(Actor::System);
    let people = (0..1_500).map(|i| new("Zoe", &format!("Zimmer{i}")));
    desk.add_many(people, cardex::contacts::AddManyOptions::new().batch(300), |_, outcome| {
        assert!(matches!(outcome, cardex::contacts::ImportOutcome::Added(_)), "{outcome:?}");
    })
    .unwrap();
    assert_eq!(desk.search("zoe zimmer7").limit(200).page().unwrap().items.len(), 111);
}

#[test]
fn a_flipped_byte_in_a_part() {
    damaged(
        "UPDATE search_part SET body = CAST(substr(body, 1, 40) || x'FF' || substr(body, 42) AS BLOB)
            WHERE length(body) > 100",
    );
}

#[test]
fn a_part_that_is_something_else() {
    damaged("UPDATE search_part SET body = x'00'");
    damaged("UPDATE search_part SET body = zeroblob(length(body))");
}

#[test]
fn a_recent_key_that_is_none() {
    damaged("UPDATE search_delta SET texts = x'0102' WHERE seq = 2");
}

/// A lost row of the index left its contacts out of every answer until the next check; now a segment says how many parts it
/// must have.
#[test]
fn a_part_that_is_gone() {
    damaged("DELETE FROM search_part");
}

#[test]
fn a_list_of_parts_that_is_none() {
    damaged("UPDATE search_segment SET part_list = x'00'");
    damaged("UPDATE search_segment SET part_list = NULL");
    damaged("UPDATE search_list SET list = x'00'");
    damaged("DELETE FROM search_list");
}

/// A connection that had met a damaged list while it was open took the segments before that one for all there are: the second search
/// missed contacts, and nobody was told.
#[test]
fn a_list_of_parts_that_breaks_while_the_book_is_open() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    book(&path);
    let (_store, desk) = desk_at(&path);
    let expected = answers(&desk);
    let outside = rusqlite::Connection::open(&path).unwrap();
    outside
        .execute_batch(
            "PRAGMA foreign_keys = OFF; UPDATE search_segment SET id = id + 1000; UPDATE search_segment SET part_list = x'00';
             UPDATE book SET search_epoch = search_epoch + 1",
        )
        .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(answers(&desk), expected);
    outside.execute("UPDATE book SET created_at = created_at + 1", []).unwrap();
    assert_eq!(answers(&desk), expected);
    assert_eq!(answers(&desk), expected);
}

#[test]
fn a_lost_change_is_told_with_its_contact() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    let (store, desk) = desk_at(&path);
    desk.add(new("Ada", "Byron")).unwrap();
    let grace = desk.add(new("Grace", "Hopper")).unwrap();
    let book = rusqlite::Connection::open(&path).unwrap();
    assert_eq!(book.execute("DELETE FROM search_delta WHERE contact = 2", []).unwrap(), 1);
    drop((desk, store, book));
    let health = desk_at(&path).0.check().unwrap();
    assert_eq!(health.wrong_search_key_contacts, [grace.id]);
    assert!(
        health.missing_search_keys > 3 && health.orphan_search_keys == 0 && !health.is_ok(),
        "{health:?}"
    );
}

/// A recent key of a contact that cannot be there made a set of contacts as large as its number.
#[test]
fn a_contact_beyond_all_contacts() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    book(&path);
    let changed = rusqlite::Connection::open(&path)
        .unwrap()
        .execute("UPDATE search_delta SET contact = 1152921504606846976 WHERE seq = 1", []);
    assert_eq!(changed.unwrap(), 1);
    let (store, desk) = desk_at(&path);
    for text in ["berg ad", "ad be", "adler adele"] {
        desk.search(text).fuzzy(true).page().unwrap();
    }
    assert!(!store.check().unwrap().is_ok());
}

#[test]
fn a_check_counts_all_and_names_twenty() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    let (store, desk) = desk_at(&path);
    for letter in 'A'..='Y' {
        desk.add(new("Eva", &format!("{letter}berg"))).unwrap();
    }
    let sql = rusqlite::Connection::open(&path).unwrap();
    sql.execute_batch("DELETE FROM search_delta; UPDATE list_bucket SET contacts = contacts + 1").unwrap();
    drop(store);
    let health = options(3).open(&path).unwrap().check().unwrap();
    assert!(health.missing_search_keys >= 25 && health.wrong_list_counts >= 25, "{health:?}");
    assert_eq!((health.wrong_search_key_contacts.len(), health.wrong_list_count_details.len()), (20, 20));
}
