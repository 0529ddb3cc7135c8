//! What goes from one row to the next comes to an end, whatever the rows say.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use cardex::{Actor, ContactId, Error, Store, Timestamp};
use rusqlite::Connection;
use rusqlite::config::DbConfig;
use tempfile::tempdir;

use crate::books::{files, make, opened, told};
use crate::corruption::{look, watched};

const PAGE: usize = 4_096;

/// The children of every inner page of a tree, by their numbers, in the order of their keys. The first page of a file is left out.
fn families(bytes: &[u8]) -> Vec<Vec<usize>> {
    let number = |at: usize, long: usize| {
        bytes[at..at + long].iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte))
    };
    let of = |page: usize| {
        let start = page * PAGE;
        let child = |cell: usize| number(start + number(start + 12 + 2 * cell, 2), 4);
        let last = number(start + 8, 4);
        (0..number(start + 3, 2)).map(child).chain([last]).collect()
    };
    let is_inner = |page: &usize| matches!(bytes[page * PAGE], 0x02 | 0x05);
    (1..bytes.len() / PAGE).filter(is_inner).map(of).collect()
}

/// Goes through everything that comes in an order, to its end. Errors are fine.
fn walk(path: &Path) -> cardex::Result<()> {
    let store = opened().open(path)?;
    let desk = store.session(Actor::System);
    let (mut after, mut before) = (None, None);
    while let Ok(page) = desk.contacts().limit(7).after(after).page() {
        (before, after) = (page.before, page.after);
        if after.is_none() {
            break;
        }
    }
    while before.is_some() {
        let Ok(page) = desk.contacts().limit(7).before(before).page() else { break };
        before = page.before;
    }
    let first = desk.contacts().limit(1).page().ok().and_then(|page| page.items.first().map(|it| it.id));
    if let Some(contact) = first {
        let _ = desk.notes(contact).list().limit(2).iter().take_while(Result::is_ok).count();
        let _ = desk.get(contact);
    }
    let _ = desk.tags().list().limit(1).iter().take_while(Result::is_ok).count();
    let _ = desk.directory().advisors().limit(1).iter().take_while(Result::is_ok).count();
    let _ = desk.search("first").limit(5).iter().take_while(Result::is_ok).count();
    let _ = desk.search_substring("irs").limit(5).iter().take_while(Result::is_ok).count();
    let mut seq = 0;
    while let Ok(page) = desk.changes().after(seq).limit(9).page() {
        if page.items.is_empty() {
            break;
        }
        seq = page.next;
    }
    upkeep(&store);
    Ok(())
}

/// Work that goes on until nothing is left.
fn upkeep(store: &Store) {
    let desk = store.session(Actor::System);
    let _ = desk.substring_index().build(usize::MAX);
    let _ = store.maintain(std::time::Duration::MAX);
    let _ = store.prune_changes(Timestamp(i64::MAX));
    let _ = store.rebuild_index();
    let _ = store.optimize();
}

/// The check of a book came back to the same contacts again and again when the last page of their table was another one's copy (case 6727
/// of `corruption.rs`, of 20,000): behind the last row came one before it.
#[test]
fn every_walk_over_misplaced_pages_ends() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    make(&path, 240).unwrap();
    let sound = fs::read(&path).unwrap();
    let truth = [told(&opened().open(&path).unwrap()).unwrap()];
    // The first or the last but one takes the place of the last, which takes theirs or is gone.
    let families = families(&sound);
    let cases: BTreeSet<(usize, usize, bool)> = families
        .iter()
        .flat_map(|pages| {
            let [.., before, last] = pages[..] else { unreachable!("an inner page has two children") };
            [pages[0], before].into_iter().flat_map(move |other| [(other, last, true), (other, last, false)])
        })
        .collect();
    assert!(cases.len() > 24, "{cases:?}");
    let cases: Vec<_> = cases.into_iter().collect();
    watched("ends", cases.len() as u64, move |case| {
        let (other, last, exchanged) = cases[usize::try_from(case).unwrap()];
        for name in files(&path) {
            let _ = fs::remove_file(name);
        }
        let mut bytes = sound.clone();
        let page = |number: usize| (number - 1) * PAGE..number * PAGE;
        bytes[page(last)].copy_from_slice(&sound[page(other)]);
        if exchanged {
            bytes[page(other)].copy_from_slice(&sound[page(last)]);
        }
        fs::write(&path, &bytes).unwrap();
        let came = look(&path, &truth, false);
        let _ = walk(&path);
        format!("page {other} where {last} belongs: {came}")
    });
    drop(folder);
}

/// Two contacts of which one was merged into the other, by their numbers: first the one that is left.
fn merged(sqlite: &Connection) -> [(i64, ContactId); 2] {
    ["merged_into", "id"].map(|column| {
        let row = format!("SELECT {column} FROM contact WHERE merged_into > 0");
        let sql = format!("SELECT id, public_id FROM contact WHERE id = ({row})");
        sqlite.query_row(&sql, [], |row| Ok((row.get(0)?, ContactId(row.get(1)?)))).unwrap()
    })
}

const MERGE: &str = "UPDATE contact SET trashed_at = 1, merged_into = ?1 WHERE id = ?2";

/// Each of two contacts was merged into the other: whoever asked for one of them was sent to and fro for ever.
#[test]
fn an_endless_chain_of_merges_is_damage() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    make(&path, 12).unwrap();
    let sqlite = Connection::open(&path).unwrap();
    let [survivor, absorbed] = merged(&sqlite);
    let store = opened().open(&path).unwrap();
    let desk = store.session(Actor::System);
    assert!(matches!(desk.get(absorbed.1), Err(Error::Merged { into }) if into == survivor.1));
    sqlite.execute(MERGE, [absorbed.0, survivor.0]).unwrap();
    for (_, id) in [survivor, absorbed] {
        let told = desk.get(id);
        assert!(matches!(told, Err(Error::Damaged { .. })), "{told:?}");
        let told = desk.purge(id);
        assert!(matches!(told, Err(Error::Damaged { .. })), "{told:?}");
    }
    assert!(store.check().map_or(true, |health| !health.is_ok()));
}

/// The same, but only the index says so: what was merged into a contact that is deleted for good had no end.
#[test]
fn an_endless_index_of_merges_deletes_no_contact() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    make(&path, 12).unwrap();
    let sqlite = Connection::open(&path).unwrap();
    sqlite.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, false).unwrap();
    sqlite.pragma_update(None, "writable_schema", true).unwrap();
    let [survivor, absorbed] = merged(&sqlite);
    let trashed: Option<i64> = sqlite
        .query_row("SELECT trashed_at FROM contact WHERE id = ?1", [survivor.0], |row| row.get(0))
        .unwrap();
    sqlite.execute(MERGE, [absorbed.0, survivor.0]).unwrap();
    // The index does not hear of the row's change.
    let define = "UPDATE sqlite_schema SET sql = ?1 WHERE name = 'contact_by_survivor'";
    let sql: String = sqlite
        .query_row("SELECT sql FROM sqlite_schema WHERE name = 'contact_by_survivor'", [], |row| row.get(0))
        .unwrap();
    sqlite.execute(define, ["CREATE INDEX contact_by_survivor ON contact (id) WHERE id < 0"]).unwrap();
    let update = "UPDATE contact SET trashed_at = ?1, merged_into = NULL WHERE id = ?2";
    Connection::open(&path).unwrap().execute(update, (trashed, survivor.0)).unwrap();
    sqlite.execute(define, [sql]).unwrap();
    drop(sqlite);

    let store = opened().open(&path).unwrap();
    let desk = store.session(Actor::System);
    // SQLite asks the index too, and finds that the contact cannot go.
    assert!(desk.purge(survivor.1).is_err());
    assert!(desk.get(survivor.1).is_ok());
    assert_eq!(store.check().unwrap().sqlite_errors, ["wrong # of entries in index contact_by_survivor"]);
}
