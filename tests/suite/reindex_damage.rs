//! Reindexing with a damaged index, and with keys of another fold version.

use crate::reindex::{MANY, book, both_ways, expected, mark_other_fold, open, sql, system, unindexed};
use crate::support::{new, sqlite};
use std::time::Duration;
use tempfile::tempdir;

#[test]
fn leftovers_of_a_lost_segment_are_deleted() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    book(&path);
    sql(&path, "PRAGMA foreign_keys = OFF; DELETE FROM search_segment");
    let store = open(&path, 3);
    assert!(!store.check().unwrap().is_ok());
    store.rebuild_index().unwrap();
    assert!(store.check().unwrap().is_ok());
}

/// Keys of contacts at the progress mark must be neither lost nor duplicated, whatever the index contains.
#[test]
fn unindexed_contacts_are_not_reported_as_missing_keys() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    let ids = book(&path);
    mark_other_fold(&path);
    let store = open(&path, 3);
    assert!(store.check().unwrap().is_ok());
    // The stored progress is wrong, in both directions.
    sql(&path, "UPDATE metadata SET unindexed_after = unindexed_after + 1");
    let report = store.check().unwrap();
    assert!(report.missing_search_keys > 0 && report.wrong_search_key_contacts == [ids[1_000]], "{report:?}");
    sql(&path, "UPDATE metadata SET unindexed_after = unindexed_after - 2");
    let report = store.check().unwrap();
    assert!(report.orphan_search_keys > 0 && report.wrong_search_key_contacts == [ids[999]], "{report:?}");
}

/// Compaction of new keys fails on a damaged block. Indexing continues.
#[test]
fn a_damaged_block_does_not_stop_maintenance() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    book(&path);
    mark_other_fold(&path);
    let store = open(&path, 3);
    sql(&path, "UPDATE search_block SET body = x'00'");
    let session = system(&store);
    for at in 0.. {
        session.add(new("Eva", &format!("Dorn{at}"))).unwrap();
        if unindexed(&store) == 0 {
            break;
        }
        assert!(at < 200, "it does not come to an end");
    }
    assert!(store.check().unwrap().index_damaged);
    store.rebuild_index().unwrap();
    assert!(store.check().unwrap().is_ok());
    assert_eq!(both_ways(&session, "B"), expected("B", MANY, MANY));
}

/// Folded texts of unindexed contacts come from another fold version. Searches must not look for their own folded text
/// there.
#[test]
fn conditions_are_tested_on_rows_until_texts_are_folded() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    book(&path);
    mark_other_fold(&path);
    sql(&path, "UPDATE sort_entry SET key = CAST('other' AS BLOB) WHERE sort = 5 AND key <> x''");
    let store = open(&path, 3);
    let names = |filter: &str| -> Vec<String> {
        let session = system(&store);
        let list = session.contacts().filter(filter.parse().unwrap());
        let counted = list.total().unwrap();
        assert_eq!(
            counted,
            u64::from(["company starts u", "company present"].contains(&filter)) + 1,
            "{filter}"
        );
        list.page().unwrap().items.into_iter().map(|contact| contact.company).collect()
    };
    for filter in
        ["company = umbra", "company starts u", "company present", "company present and company != ulla"]
    {
        assert!(unindexed(&store) > 0);
        let ulla = ["company starts u", "company present"].contains(&filter);
        let wanted = if ulla { vec!["Ulla", "Umbra"] } else { vec!["Umbra"] };
        let found = names(filter);
        assert_eq!(found.len(), wanted.len(), "{filter}: {found:?}");
        assert!(wanted.iter().all(|name| found.iter().any(|it| it == name)), "{filter}: {found:?}");
    }
}

/// An index that another version started to build is left to that version. This version's folded texts are in its sort
/// index.
#[test]
fn keys_of_another_fold_are_left_alone() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    book(&path);
    let store = open(&path, 3);
    let gap = "SELECT unindexed_after || ' ' || unindexed_last FROM metadata";
    let gap = || sqlite(&path).query_row(gap, [], |row| row.get::<_, String>(0)).unwrap();
    sql(
        &path,
        "UPDATE metadata SET fold_version = fold_version + 1, unindexed_after = 5, unindexed_last = 900",
    );
    assert!(store.maintain(Duration::MAX).unwrap());
    assert_eq!(gap(), "5 900");
    drop(store);
    sql(
        &path,
        "UPDATE contact SET folded_texts = 'other' WHERE company <> '';
        UPDATE sort_entry SET key = CAST('other' AS BLOB) WHERE sort = 5 AND key <> x''",
    );
    let store = open(&path, 4);
    while !store.maintain(Duration::ZERO).unwrap() {}
    assert_eq!(gap(), "0 0");
    assert!(store.check().unwrap().is_ok(), "{:?}", store.check());
}
