//! Walks from row to row end, whatever the rows contain.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use cardex::{Actor, ContactId, Error, Store, Timestamp};
use rusqlite::Connection;
use rusqlite::config::DbConfig;
use tempfile::tempdir;

use crate::books::{dump, files, make, opened};
use crate::corruption::{run_with_watchdog, verify_damaged};
use crate::support::{all_encrypted, sqlite};

const PAGE: usize = 4_096;

/// The children of every inner page, in key order. The first page of the file is left out.
fn child_pages(bytes: &[u8]) -> Vec<Vec<usize>> {
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

/// Walks through everything that is ordered. Errors are permitted.
fn walk_everything(path: &Path) -> cardex::Result<()> {
    let store = opened().open(path)?;
    let session = store.session(Actor::System);
    let (mut after, mut before) = (None, None);
    while let Ok(page) = session.contacts().limit(7).after(after).page() {
        (before, after) = (page.before, page.after);
        if after.is_none() {
            break;
        }
    }
    while before.is_some() {
        let Ok(page) = session.contacts().limit(7).before(before).page() else { break };
        before = page.before;
    }
    let first = session.contacts().limit(1).page().ok().and_then(|page| page.items.first().map(|it| it.id));
    if let Some(contact) = first {
        let _ = session.notes(contact).list().limit(2).iter().take_while(Result::is_ok).count();
        let _ = session.get(contact);
    }
    let _ = session.tags().list().limit(1).iter().take_while(Result::is_ok).count();
    let _ = session.directory().advisors().limit(1).iter().take_while(Result::is_ok).count();
    let _ = session.search("first").limit(5).iter().take_while(Result::is_ok).count();
    let _ = session.search_substring("irs").limit(5).iter().take_while(Result::is_ok).count();
    let mut seq = 0;
    while let Ok(page) = session.changes().after(seq).limit(9).page() {
        if page.items.is_empty() {
            break;
        }
        seq = page.next;
    }
    run_maintenance(&store);
    Ok(())
}

/// Runs maintenance until nothing is left.
fn run_maintenance(store: &Store) {
    let session = store.session(Actor::System);
    let _ = session.substring_index().build(usize::MAX);
    let _ = store.maintain(std::time::Duration::MAX);
    let _ = store.prune_changes(Timestamp(i64::MAX));
    let _ = store.rebuild_index();
    let _ = store.optimize();
}

/// Regression test: the last page of the contact table was a copy of another page, so that a smaller row followed the
/// last row. The check then read the same contacts again and again (case 6727 of 20,000 in `corruption.rs`).
#[test]
fn every_walk_over_misplaced_pages_ends() {
    // An encrypted page belongs to its position, and its children cannot be read from the bytes.
    if all_encrypted() {
        return;
    }
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    make(&path, 240).unwrap();
    let sound = fs::read(&path).unwrap();
    let truth = [dump(&opened().open(&path).unwrap()).unwrap()];
    // The first page or the last but one replaces the last page. The replaced page takes their place or is lost.
    let child_pages = child_pages(&sound);
    let cases: BTreeSet<(usize, usize, bool)> = child_pages
        .iter()
        .flat_map(|pages| {
            let [.., before, last] = pages[..] else { unreachable!("an inner page has two children") };
            [pages[0], before].into_iter().flat_map(move |other| [(other, last, true), (other, last, false)])
        })
        .collect();
    assert!(cases.len() > 24, "{cases:?}");
    let cases: Vec<_> = cases.into_iter().collect();
    run_with_watchdog("ends", cases.len() as u64, move |case| {
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
        let came = verify_damaged(&path, &truth, false);
        let _ = walk_everything(&path);
        format!("page {other} where {last} belongs: {came}")
    });
    drop(folder);
}

/// Two contacts, one merged into the other. The survivor comes first.
fn merged(sqlite: &Connection) -> [(i64, ContactId); 2] {
    ["merged_into", "id"].map(|column| {
        let row = format!("SELECT {column} FROM contact WHERE merged_into > 0");
        let sql = format!("SELECT id, id FROM contact WHERE id = ({row})");
        sqlite.query_row(&sql, [], |row| Ok((row.get(0)?, ContactId(row.get(1)?)))).unwrap()
    })
}

const MERGE: &str = "UPDATE contact SET trashed_at = 1, merged_into = ?1 WHERE id = ?2";

/// Two contacts that are merged into each other: looking up one of them was endless.
#[test]
fn an_endless_chain_of_merges_is_damage() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    make(&path, 12).unwrap();
    let sqlite = sqlite(&path);
    let [survivor, absorbed] = merged(&sqlite);
    let store = opened().open(&path).unwrap();
    let session = store.session(Actor::System);
    assert!(matches!(session.get(absorbed.1), Err(Error::Merged { into }) if into == survivor.1));
    sqlite.execute(MERGE, [absorbed.0, survivor.0]).unwrap();
    for (_, id) in [survivor, absorbed] {
        let reported = session.get(id);
        assert!(matches!(reported, Err(Error::Damaged { .. })), "{reported:?}");
        let reported = session.purge(id);
        assert!(matches!(reported, Err(Error::Damaged { .. })), "{reported:?}");
    }
    assert!(store.check().map_or(true, |report| !report.is_ok()));
}

/// The same cycle only in the index: purging a survivor was endless.
#[test]
fn an_endless_index_of_merges_deletes_no_contact() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    make(&path, 12).unwrap();
    let sqlite = sqlite(&path);
    sqlite.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, false).unwrap();
    sqlite.pragma_update(None, "writable_schema", true).unwrap();
    let [survivor, absorbed] = merged(&sqlite);
    let trashed: Option<i64> = sqlite
        .query_row("SELECT trashed_at FROM contact WHERE id = ?1", [survivor.0], |row| row.get(0))
        .unwrap();
    sqlite.execute(MERGE, [absorbed.0, survivor.0]).unwrap();
    // This changes the row, but not the index.
    let define = "UPDATE sqlite_schema SET sql = ?1 WHERE name = 'contact_by_survivor'";
    let sql: String = sqlite
        .query_row("SELECT sql FROM sqlite_schema WHERE name = 'contact_by_survivor'", [], |row| row.get(0))
        .unwrap();
    sqlite.execute(define, ["CREATE INDEX contact_by_survivor ON contact (id) WHERE id < 0"]).unwrap();
    let update = "UPDATE contact SET trashed_at = ?1, merged_into = NULL WHERE id = ?2";
    crate::support::sqlite(&path).execute(update, (trashed, survivor.0)).unwrap();
    sqlite.execute(define, [sql]).unwrap();
    drop(sqlite);

    let store = opened().open(&path).unwrap();
    let session = store.session(Actor::System);
    // SQLite checks the foreign key in the index and refuses to delete the contact.
    assert!(session.purge(survivor.1).is_err());
    assert!(session.get(survivor.1).is_ok());
    assert_eq!(store.check().unwrap().sqlite_errors, ["wrong # of entries in index contact_by_survivor"]);
}
