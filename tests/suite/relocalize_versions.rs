//! Relocalizing with collation tables of another version.

use crate::relocalize::{MANY, ROOT, SWEDISH, book, names, orders, section_letters, sql, swedish, system};
use crate::support::{new, options};
use cardex::ContactPatch;
use std::time::Duration;
use tempfile::tempdir;

#[test]
fn lists_of_unknown_collation_tables() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    let ids = book(&path);
    let open = options(2).open(&path).unwrap();
    let session = system(&open);
    let before = names(&open);
    // Another version has made the keys. This one reads them, and must not write its own.
    sql(&path, "UPDATE metadata SET collation = 'icu und 9 00000000'");
    assert_eq!((names(&open), section_letters(&open).as_str()), (before.clone(), ROOT));
    assert_eq!(session.contacts().from_section("Z").limit(1).page().unwrap().items[0].last_name[..1], *"Z");
    assert_eq!(session.contacts().from_section("Q").page().unwrap_err().code(), "invalid");
    assert_eq!(session.add(new("Eva", "Ek")).unwrap_err().code(), "stale-store");
    assert_eq!(session.edit(ids[0], ContactPatch::new().last_name("Ek")).unwrap_err().code(), "stale-store");
    // A new store builds its own keys. Until then, contacts keep the old positions.
    let store = options(4).open(&path).unwrap();
    assert_eq!(names(&store), before);
    system(&store).add(new("Eva", "Ek")).unwrap();
    session.edit(ids[0], ContactPatch::new().last_name("Ek")).unwrap();
    assert_eq!(names(&store).len(), MANY + 1);
    while !store.maintain(Duration::ZERO).unwrap() {
        assert!(store.check().unwrap().is_ok());
    }
    assert_eq!(system(&store).contacts().from_section("E").limit(1).page().unwrap().items.len(), 1);
    assert!(store.check().unwrap().is_ok());
}

#[test]
fn an_order_built_by_another_version_is_left_alone() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    let ids = book(&path);
    let open = options(2).open(&path).unwrap();
    let session = system(&open);
    let store = swedish(&path);
    let stamp = "SELECT next_collation FROM metadata";
    let file = rusqlite::Connection::open(&path).unwrap();
    let ours: String = file.query_row(stamp, [], |row| row.get(0)).unwrap();
    // From here on, the Swedish collation tables belong to another version.
    sql(&path, "UPDATE metadata SET next_collation = 'icu sv 9 00000000'");
    assert!(open.maintain(Duration::ZERO).unwrap(), "none of this library's business");
    // Changed contacts must be processed again by the other version.
    for id in [ids[5], ids[900]] {
        session.edit(id, ContactPatch::new().last_name("Åman")).unwrap();
    }
    let advisor = session.directory().advisors().page().unwrap().items[0].id;
    session.remove(ids[7]).unwrap();
    session.link(ids[10], advisor).unwrap();
    session.unlink(ids[12], advisor).unwrap();
    session.purge(ids[8]).unwrap();
    assert!(open.check().unwrap().is_ok(), "{:?}", open.check());
    assert_eq!(section_letters(&open), ROOT);
    let done: i64 =
        file.query_row("SELECT next_processed_through FROM metadata", [], |row| row.get(0)).unwrap();
    assert_eq!(done, 5);
    sql(&path, &format!("UPDATE metadata SET next_collation = '{ours}'"));
    while !store.maintain(Duration::ZERO).unwrap() {
        assert!(store.check().unwrap().is_ok());
    }
    assert_eq!(section_letters(&store), SWEDISH);
}

/// A store without a requested locale continues a started change if it can, and leaves one of another version alone.
#[test]
fn without_a_requested_locale_the_target_stays() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    book(&path);
    drop(swedish(&path));
    let next = || {
        let file = rusqlite::Connection::open(&path).unwrap();
        file.query_row("SELECT next_collation FROM metadata", [], |row| row.get::<_, Option<String>>(0))
            .unwrap()
    };
    let ours = next().unwrap();
    let theirs = "icu sv 9 00000000";
    sql(&path, &format!("UPDATE metadata SET next_collation = '{theirs}'"));
    drop(options(4).open(&path).unwrap());
    assert_eq!(next().as_deref(), Some(theirs), "it is theirs to go on with");
    // The answering lists belong to another version; the new ones to this one.
    sql(&path, &format!("UPDATE metadata SET next_collation = '{ours}', collation = 'icu und 9 00000000'"));
    let store = options(5).open(&path).unwrap();
    while !store.maintain(Duration::ZERO).unwrap() {}
    assert_eq!((orders(&store).0.as_str(), section_letters(&store).as_str()), ("sv", SWEDISH));
    assert!(store.check().unwrap().is_ok());
}
