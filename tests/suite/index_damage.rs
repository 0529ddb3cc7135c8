//! A damaged search index does not change any answer: searches then read the rows.

use std::path::Path;

use cardex::{Actor, ContactPatch, Session, Store};
use tempfile::tempdir;

use crate::support::{forwards, new, options, search_page, store_at};

/// A store whose index has a segment and a memtable.
fn create_book(path: &Path) {
    let (store, session) = store_at(path);
    for i in 0..60 {
        let contact = new(["Ada", "Abel", "Cid"][i % 3], &format!("Berg{i:02}"));
        session.add(contact.company(["Beta", "Baker", "Acme"][i % 3])).unwrap();
    }
    store.optimize().unwrap();
    for i in 0..5 {
        session.add(new("Adele", &format!("Adler{i}"))).unwrap();
    }
    let cid = session.search("cid").page().unwrap().items[0].contact.id;
    session.edit(cid, ContactPatch::new().first_name("Adam")).unwrap();
}

fn answers(session: &Session) -> Vec<Vec<String>> {
    let display_names = |(text, limit): (&str, usize)| {
        let (hits, _) = forwards(limit, &|to| search_page(session, text, limit, to));
        hits.into_iter().map(|hit| hit.contact.display_name).collect()
    };
    let mut answers: Vec<_> =
        [("", 7), ("ad", 3), ("berg", 50), ("cid b", 4), ("x", 1)].into_iter().map(display_names).collect();
    let mistyped = session.search("breg").fuzzy(true).limit(50).page().unwrap();
    answers.push(mistyped.items.into_iter().map(|hit| hit.contact.display_name).collect());
    answers.push(session.companies("b", 9).unwrap());
    answers
}

/// Damages the index with `sql`, and checks answers, writes, the check and the rebuild.
fn check_damaged(sql: &str) {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    create_book(&path);
    let expected = answers(&store_at(&path).1);
    assert!(expected[1].len() > 20);
    let changed = rusqlite::Connection::open(&path).unwrap().execute(sql, []).unwrap();
    assert!(changed > 0, "{sql}");
    let store = options(3).open(&path).unwrap();
    let session = store.session(Actor::System);
    assert_eq!(answers(&session), expected, "{sql}");
    let report = store.check().unwrap();
    assert!(report.index_damaged && !report.is_ok(), "{sql}: {report:?}");
    check_writes(&store);
    assert_eq!(store.optimize().unwrap_err().code(), "damaged", "{sql}");
    let expected = answers(&session);
    store.rebuild_index().unwrap();
    assert!(store.check().unwrap().is_ok(), "{sql}");
    assert_eq!(answers(&session), expected, "{sql}");
}

/// Writes more keys than the memtable can have. Damaged segments are not merged.
fn check_writes(store: &Store) {
    let session = store.session(Actor::System);
    let contacts = (0..1_500).map(|i| new("Zoe", &format!("Zimmer{i}")));
    session
        .add_many(contacts, cardex::contacts::AddManyOptions::new().batch(300), |_, outcome| {
            assert!(matches!(outcome, cardex::contacts::ImportOutcome::Added(_)), "{outcome:?}");
        })
        .unwrap();
    assert_eq!(session.search("zoe zimmer7").limit(200).page().unwrap().items.len(), 111);
}

#[test]
fn a_flipped_byte_in_a_block() {
    check_damaged(
        "UPDATE search_block SET body = CAST(substr(body, 1, 40) || x'FF' || substr(body, 42) AS BLOB)
            WHERE length(body) > 100",
    );
}

#[test]
fn a_block_with_other_contents() {
    check_damaged("UPDATE search_block SET body = x'00'");
    check_damaged("UPDATE search_block SET body = zeroblob(length(body))");
}

#[test]
fn a_broken_row_of_the_memtable_log() {
    check_damaged("UPDATE memtable_log SET entries = x'0102' WHERE seq = 2");
}

/// Regression test: a lost block left its contacts out of every answer until the next check. A segment now stores the
/// number of its blocks.
#[test]
fn a_missing_block() {
    check_damaged("DELETE FROM search_block");
}

#[test]
fn a_broken_term_index() {
    check_damaged("UPDATE search_segment SET term_index_root = x'00'");
    check_damaged("UPDATE search_segment SET term_index_root = NULL");
}

/// Standard sizes need two megabytes of keys for a term index with pieces: tests of small sizes have them
/// (`tests/small/index_parts.rs`).
#[test]
fn a_broken_dictionary() {
    check_damaged("UPDATE search_segment SET dictionary_root = x'00'");
    check_damaged("UPDATE search_segment SET dictionary_root = NULL");
    check_damaged("UPDATE search_segment SET word_set_count = word_set_count + 1");
    check_damaged("UPDATE search_word_set SET body = x'00'");
    check_damaged("DELETE FROM search_word_set");
}

/// Regression test: a connection that found a damaged term index used only the segments before it. The second search
/// missed contacts and returned no error.
#[test]
fn a_term_index_damaged_while_the_store_is_open() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    create_book(&path);
    let (_store, session) = store_at(&path);
    let expected = answers(&session);
    let check_with_sqlite = rusqlite::Connection::open(&path).unwrap();
    check_with_sqlite
        .execute_batch(
            "PRAGMA foreign_keys = OFF; UPDATE search_segment SET id = id + 1000; UPDATE search_segment SET term_index_root = x'00';
             UPDATE metadata SET search_epoch = search_epoch + 1",
        )
        .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(answers(&session), expected);
    check_with_sqlite.execute("UPDATE metadata SET created_at = created_at + 1", []).unwrap();
    assert_eq!(answers(&session), expected);
    assert_eq!(answers(&session), expected);
}

#[test]
fn a_lost_log_row_is_reported_with_its_contact() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    let (store, session) = store_at(&path);
    session.add(new("Ada", "Byron")).unwrap();
    let grace = session.add(new("Grace", "Hopper")).unwrap();
    let book = rusqlite::Connection::open(&path).unwrap();
    assert_eq!(book.execute("DELETE FROM memtable_log WHERE contact = 2", []).unwrap(), 1);
    drop((session, store, book));
    let report = store_at(&path).0.check().unwrap();
    assert_eq!(report.wrong_search_key_contacts, [grace.id]);
    assert!(
        report.missing_search_keys > 3 && report.orphan_search_keys == 0 && !report.is_ok(),
        "{report:?}"
    );
}

/// Regression test: a memtable key with a contact id far above all contacts allocated a bitmap as large as the id.
#[test]
fn a_contact_id_above_all_contacts() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    create_book(&path);
    let changed = rusqlite::Connection::open(&path)
        .unwrap()
        .execute("UPDATE memtable_log SET contact = 1152921504606846976 WHERE seq = 1", []);
    assert_eq!(changed.unwrap(), 1);
    let (store, session) = store_at(&path);
    for text in ["berg ad", "ad be", "adler adele"] {
        session.search(text).fuzzy(true).page().unwrap();
    }
    assert!(!store.check().unwrap().is_ok());
}

#[test]
fn a_check_counts_all_errors_and_lists_twenty() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    let (store, session) = store_at(&path);
    for letter in 'A'..='Y' {
        session.add(new("Eva", &format!("{letter}berg"))).unwrap();
    }
    let sql = rusqlite::Connection::open(&path).unwrap();
    sql.execute_batch("DELETE FROM memtable_log; UPDATE list_bucket SET contacts = contacts + 1").unwrap();
    drop(store);
    let report = options(3).open(&path).unwrap().check().unwrap();
    assert!(report.missing_search_keys >= 25 && report.wrong_list_counts >= 25, "{report:?}");
    assert_eq!((report.wrong_search_key_contacts.len(), report.wrong_list_count_details.len()), (20, 20));
}
