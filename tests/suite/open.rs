//! Opening files, and that a refused file does not change.

use crate::support::{found, letters, new, options, store_at};
use cardex::{Actor, Error, Options, Store};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;
use tempfile::tempdir;

/// Every file of a folder with its bytes.
pub(crate) fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap).filter(|e| e.path().is_file());
    entries.map(|e| (e.file_name().into_string().unwrap(), fs::read(e.path()).unwrap())).collect()
}

/// Opens `path` in every mode. It must fail with `code` and change nothing in the folder.
pub(crate) fn refused(path: &Path, code: &str) {
    let folder = path.parent().unwrap();
    let before = files(folder);
    for (mode, options) in [
        ("default", options(1)),
        ("no create", options(1).create(false)),
        ("read only", options(1).read_only(true)),
    ] {
        let error = options.open(path).map(drop).unwrap_err();
        assert_eq!(error.code(), code, "{mode}: {error:?}");
        let after = files(folder);
        assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>(), "{mode}: the files");
        assert!(before == after, "{mode}: the bytes");
    }
}

/// A closed, undamaged store of three contacts.
pub(crate) fn book(path: &Path) {
    let (_store, session) = store_at(path);
    for (first, last) in [("Ada", "Berg"), ("Bea", "Adler"), ("Cid", "Cole")] {
        session
            .add(
                new(first, last)
                    .phone(format!("+3361234567{last_digit}", last_digit = first.as_bytes()[0] % 10))
                    .uid(first),
            )
            .unwrap();
    }
}

pub(crate) fn with_sqlite<T>(
    path: &Path,
    work: impl FnOnce(&rusqlite::Connection) -> rusqlite::Result<T>,
) -> T {
    work(&rusqlite::Connection::open(path).unwrap()).unwrap()
}

#[test]
fn a_store_is_created_closed_and_reopened() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    book(&path);
    assert_eq!(files(folder.path()).len(), 1, "a closed book is one file");
    let comments = "SELECT count(*) FROM sqlite_schema WHERE sql LIKE '%--%'";
    let comments = with_sqlite(&path, |sqlite| sqlite.query_row(comments, [], |row| row.get::<_, i64>(0)));
    assert_eq!(comments, 0, "every connection would parse them");
    let (store, session) = store_at(&path);
    assert_eq!(found(&session, ""), ["Ada Berg", "Bea Adler", "Cid Cole"]);
    assert!(store.check().unwrap().is_ok());
    assert_eq!(with_sqlite(&path, |db| db.query_row("PRAGMA user_version", [], |r| r.get::<_, i32>(0))), 1);
    let id = with_sqlite(&path, |db| db.query_row("PRAGMA application_id", [], |r| r.get::<_, i32>(0)));
    assert_eq!(&id.to_be_bytes(), b"CRDX");
}

#[test]
fn an_empty_file_is_filled() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    fs::write(&path, b"").unwrap();
    assert_eq!(options(1).create(false).open(&path).unwrap_err().code(), "not-a-book");
    assert_eq!(options(1).read_only(true).open(&path).unwrap_err().code(), "not-a-book");
    assert_eq!(fs::read(&path).unwrap(), b"");
    book(&path);
    assert_eq!(found(&store_at(&path).1, "").len(), 3);
}

#[test]
fn a_missing_file_is_created_only_if_permitted() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("none.cardex");
    for options in [options(1).create(false), options(1).read_only(true)] {
        assert!(
            matches!(options.open(&path).unwrap_err(), Error::NoBook { path: reported } if reported == path)
        );
        assert!(files(folder.path()).is_empty());
    }
    let nowhere = folder.path().join("no/folder/here");
    assert!(options(1).open(&nowhere).is_err());
    assert!(!nowhere.exists());
}

#[test]
fn odd_paths_are_errors() {
    for path in ["", "\0", "a\0b"] {
        assert!(options(1).open(path).is_err(), "{path:?}");
    }
    let folder = tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    for read_only in [false, true] {
        let error = options(1).read_only(read_only).open(file.join("book")).unwrap_err();
        assert_eq!(error.code(), "io", "there can be no file in a file: {error:?}");
    }
}

#[test]
fn paths_with_signs_in_them() {
    let folder = tempdir().unwrap();
    for name in ["a b", "a?mode=memory", "a#b", "a%41%2Fb", "ä漢🙂", "file:a", "a'b\"c", "a\\b", "-a"] {
        let path = folder.path().join(name);
        book(&path);
        assert_eq!(found(&store_at(&path).1, "").len(), 3, "{name}");
        assert!(path.is_file());
    }
    assert_eq!(files(folder.path()).len(), 9);
}

#[test]
fn text_files_and_folders_are_refused() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    for text in ["x", "SQLite format 3", "some notes, longer than a header: ", "CRDX"] {
        fs::write(&path, text.repeat(if text.len() > 20 { 300 } else { 1 })).unwrap();
        refused(&path, "not-a-book");
    }
    fs::write(&path, vec![0_u8; 8_192]).unwrap();
    refused(&path, "not-a-book");
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    refused(&path, "not-a-book");
}

#[test]
fn other_databases_are_refused() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("other.db");
    for mode in ["DELETE", "WAL"] {
        with_sqlite(&path, |db| {
            db.pragma_update(None, "journal_mode", mode)?;
            db.execute_batch(
                "CREATE TABLE IF NOT EXISTS t (a); INSERT INTO t VALUES (1); PRAGMA user_version = 1",
            )
        });
        assert_eq!(files(folder.path()).len(), 1, "closed");
        refused(&path, "not-a-book");
    }
}

#[test]
fn opening_a_foreign_open_database_does_not_change_it() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("other.db");
    let db = rusqlite::Connection::open(&path).unwrap();
    db.pragma_update(None, "journal_mode", "WAL").unwrap();
    db.execute_batch("CREATE TABLE t (a); INSERT INTO t VALUES (1)").unwrap();
    let read = |name: &str| fs::read(folder.path().join(name)).unwrap();
    let before = (read("other.db"), read("other.db-wal"));
    assert_eq!(options(1).open(&path).unwrap_err().code(), "not-a-book");
    assert!(before == (read("other.db"), read("other.db-wal")));
    db.execute_batch("INSERT INTO t VALUES (2)").unwrap();
    assert_eq!(db.query_row("SELECT count(*) FROM t", [], |r| r.get::<_, i64>(0)).unwrap(), 2);
}

#[test]
fn an_empty_database_becomes_a_store_only_if_permitted() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("fresh.db");
    with_sqlite(&path, |db| db.execute_batch("CREATE TABLE t (a); DROP TABLE t; VACUUM"));
    for options in [options(1).create(false), options(1).read_only(true)] {
        let before = files(folder.path());
        assert_eq!(options.open(&path).unwrap_err().code(), "not-a-book");
        assert!(before == files(folder.path()));
    }
    book(&path);
}

#[test]
fn a_newer_book_is_refused() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    book(&path);
    with_sqlite(&path, |db| db.pragma_update(None, "user_version", 2));
    refused(&path, "too-new");
    let error = Store::open(&path).unwrap_err();
    assert!(matches!(error, Error::TooNew { found: 2, supported: 1 }));
    for version in [0, -1] {
        with_sqlite(&path, |db| db.pragma_update(None, "user_version", version));
        refused(&path, "damaged");
    }
}

#[test]
fn a_file_with_an_unknown_schema_is_refused() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    for change in [
        "ALTER TABLE metadata DROP COLUMN search_epoch",
        "ALTER TABLE metadata ADD COLUMN words INTEGER",
        "DROP INDEX contact_by_status",
        "DROP TABLE substring_token",
    ] {
        book(&path);
        with_sqlite(&path, |db| db.execute_batch(change));
        refused(&path, "unreleased");
        fs::remove_file(&path).unwrap();
    }
    // Additional tables of other programs are permitted.
    book(&path);
    with_sqlite(&path, |db| db.execute_batch("ANALYZE; CREATE TABLE _copied (at INTEGER)"));
    assert_eq!(found(&store_at(&path).1, "ada"), ["Ada Berg"]);
}

#[test]
fn read_only_reads_and_refuses_every_write() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    book(&path);
    let before = fs::read(&path).unwrap();
    {
        let store = options(2).read_only(true).open(&path).unwrap();
        let session = store.session(Actor::System);
        assert_eq!(found(&session, "b"), ["Bea Adler", "Ada Berg"]);
        let id = session.contacts().page().unwrap().items[0].id;
        let refusals = [
            session.add(new("Dan", "Dorn")).err(),
            session.remove(id).err(),
            session.purge(id).err(),
            session.directory().add_tenant("x").err(),
            store.optimize().err(),
            store.rebuild_index().err(),
        ];
        for error in refusals {
            assert_eq!(error.unwrap().code(), "read-only");
        }
        assert!(store.check().unwrap().is_ok());
    }
    assert!(before == fs::read(&path).unwrap());
}

#[test]
fn two_stores_at_once_are_independent() {
    let folder = tempdir().unwrap();
    let (_one, first) = store_at(&folder.path().join("one"));
    let (_two, second) = store_at(&folder.path().join("two"));
    let (_memory, third) = crate::support::open_store();
    first.add(new("Ada", "One")).unwrap();
    second.add(new("Ada", "Two")).unwrap();
    assert_eq!(found(&first, "ada"), ["Ada One"]);
    assert_eq!(found(&second, "ada"), ["Ada Two"]);
    assert!(found(&third, "ada").is_empty());
}

#[test]
fn another_locale_changes_the_order() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    let names = |store: &Store| -> Vec<String> {
        let contacts = store.session(Actor::System);
        contacts.contacts().iter().map(|contact| contact.unwrap().last_name).collect()
    };
    {
        let (store, session) = store_at(&path);
        for last in ["Zander", "Östberg", "Olsson"] {
            session.add(new("Eva", last)).unwrap();
        }
        assert_eq!(names(&store), ["Olsson", "Östberg", "Zander"]);
        let page = session.contacts().limit(1).page().unwrap();
        drop((store, session));
        let store = options(1).locale("sv").open(&path).unwrap();
        assert_eq!(names(&store), ["Olsson", "Zander", "Östberg"]);
        let again = store.session(Actor::System).contacts().limit(1).after(page.after).page();
        assert_eq!(again.unwrap_err().code(), "cursor-mismatch");
        assert!(store.check().unwrap().is_ok());
    }
    let (store, session) = store_at(&path);
    assert_eq!(names(&store), ["Olsson", "Zander", "Östberg"], "a book keeps its locale");
    assert_eq!(session.stats().unwrap().locale, "sv");
    assert_eq!(letters(&session), "O1 Z1 Ö1");
}

#[test]
fn options_out_of_range() {
    let bad = |options: Options| options.open_in_memory().map(drop).unwrap_err();
    for options in [
        Options::new().readers(0),
        Options::new().readers(65),
        Options::new().locale("not a tag!"),
        Options::new().region("nowhere"),
        Options::new().read_only(true),
    ] {
        assert_eq!(bad(options).code(), "bad-option");
    }
    for options in [
        Options::new().readers(64).page_cache(0).block_cache(0),
        Options::new().page_cache(usize::MAX).block_cache(usize::MAX),
        Options::new().busy_timeout(Duration::ZERO),
        Options::new().busy_timeout(Duration::MAX),
    ] {
        let folder = tempdir().unwrap();
        let store = options.open(folder.path().join("book")).unwrap();
        let session = store.session(Actor::System);
        session.add(new("Ada", "Berg")).unwrap();
        assert_eq!(found(&session, "ada"), ["Ada Berg"]);
        assert_eq!(found(&session.deadline(Duration::MAX), "ada"), ["Ada Berg"]);
    }
}

#[test]
fn a_backup_is_a_complete_store() {
    let folder = tempdir().unwrap();
    let (store, session) = store_at(&folder.path().join("book"));
    session.add(new("Ada", "Berg")).unwrap();
    let copy = folder.path().join("copy");
    store.backup_to(&copy).unwrap();
    session.add(new("Bea", "Berg")).unwrap();
    assert!(matches!(store.backup_to(&copy).unwrap_err(), Error::Io(_)), "a file is never overwritten");
    let (copied, reader) = store_at(&copy);
    assert_eq!(found(&reader, ""), ["Ada Berg"]);
    assert!(copied.check().unwrap().is_ok());
    assert!(store.backup_to(folder.path().join("no/such/folder")).is_err());
    let left: Vec<_> = files(folder.path()).into_keys().filter(|name| name.contains("part")).collect();
    assert!(left.is_empty(), "{left:?}");
}
