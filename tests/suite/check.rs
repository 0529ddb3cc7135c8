//! The check: each kind of damage changes its own counter.

use std::path::Path;
use std::time::Duration;

use cardex::maintenance::CheckReport;
use cardex::{Actor, NewAdvisor, Store};
use tempfile::tempdir;

use crate::support::{new, options, sqlite, store_at};

/// The report of a copy of the store after some damage.
fn after(path: &Path, damage: &str) -> CheckReport {
    let copy = path.with_file_name("copy.cardex");
    let _ = std::fs::remove_file(&copy);
    options(4).open(path).unwrap().backup_to(&copy).unwrap();
    sqlite(&copy).execute_batch(damage).unwrap();
    let check = |readers| options(4).readers(readers).read_only(true).open(&copy).unwrap().check().unwrap();
    let report = check(1);
    assert_eq!(check(2), report, "a second connection checks the file at the same time");
    report
}

/// A store with this number of contacts; every third one is linked to an advisor.
fn fill(path: &Path, contacts: usize) -> Store {
    let (store, session) = store_at(path);
    let advisor = session.directory().add_advisor(NewAdvisor::new("Ada", "Visor")).unwrap().id;
    let people = (0..contacts).map(|n| {
        let letter = char::from(b'A' + u8::try_from(n % 26).unwrap());
        let person =
            new("Eva", &format!("{letter}berg{n:04}")).company("Acme").phone(format!("+336123{n:05}"));
        let person = if n % 5 == 0 { person.email(format!("eva{n}@example.com")) } else { person };
        if n % 3 == 0 { person.advisor(advisor) } else { person }
    });
    session.add_many(people, cardex::contacts::AddManyOptions::new(), |_, _| {}).unwrap();
    store
}

#[test]
fn each_kind_of_damage_has_its_counter() {
    type Number = fn(&CheckReport) -> u64;
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    drop(fill(&path, 60));
    assert!(after(&path, "SELECT 1").is_ok());
    let cases: [(&str, Number, u64); 15] = [
        // 'A' and 'B' in the list of all contacts and in the advisor's list: 0, 26, 52; 1, 27, 53.
        (
            "UPDATE list_bucket SET section = 'C' WHERE section = 'B' AND owner_kind = 1",
            |it| it.wrong_list_counts,
            1,
        ),
        ("UPDATE list_bucket SET contacts = contacts + 1 WHERE section = 'B'", |it| it.wrong_list_counts, 2),
        ("DELETE FROM list_bucket", |it| it.wrong_list_counts, 1),
        ("DELETE FROM list_entry WHERE contact = 1", |it| it.missing_list_entries, 2),
        (
            "INSERT INTO list_entry SELECT generation, owner_kind, owner, network, sort_key, 999 FROM list_entry WHERE contact = 1",
            |it| it.orphan_list_entries,
            2,
        ),
        // The entry is at the position of its key, but the key is wrong.
        (
            "UPDATE contact SET sort_key0 = x'ff' WHERE id = 2; UPDATE list_entry SET sort_key = x'ff' WHERE contact = 2",
            |it| it.missing_list_entries,
            1,
        ),
        (
            "UPDATE contact SET sort_key0 = NULL, sort_key1 = x'01' WHERE id = 1",
            |it| it.missing_list_entries,
            2,
        ),
        (
            "UPDATE contact SET folded_texts = 'other' WHERE id = 2;
            UPDATE sort_entry SET key = CAST('other' AS BLOB) WHERE contact = 2 AND sort = 5",
            |it| it.missing_list_entries,
            1,
        ),
        (
            "INSERT INTO sort_entry SELECT sort, owner_kind, owner, network, key, 999 FROM sort_entry WHERE contact = 2 AND sort = 5",
            |it| it.orphan_list_entries,
            1,
        ),
        ("DELETE FROM contact_method_lookup WHERE contact = 2", |it| it.wrong_contact_methods, 1),
        // As many keys as before, but of another name.
        ("UPDATE contact SET first_name = 'Iva' WHERE id = 2", |it| u64::from(it.missing_search_keys > 3), 1),
        ("UPDATE contact SET first_name = 'Iva' WHERE id = 2", |it| u64::from(it.orphan_search_keys > 3), 1),
        ("DELETE FROM bitmap WHERE id = (SELECT min(id) FROM bitmap)", |it| it.wrong_bitmaps, 1),
        (
            "UPDATE bitmap SET bits = (SELECT bits FROM bitmap WHERE kind = 7) WHERE kind = 3 AND network > 0",
            |it| it.wrong_bitmaps,
            1,
        ),
        ("UPDATE tag SET contacts = contacts + 1", |it| it.wrong_tag_counts, 0),
    ];
    for (damage, number, expected) in cases {
        let report = after(&path, damage);
        assert_eq!(number(&report), expected, "{damage}: {report:?}");
        assert_eq!(report.is_ok(), expected == 0, "{damage}");
    }
}

/// While another order is built, processed contacts must be in it, and so must contacts that have a sort key there.
#[test]
fn the_check_compares_an_unfinished_order() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    drop(fill(&path, 1_300));
    drop(options(4).locale("sv").open(&path).unwrap());
    let [done, next]: [i64; 2] = ["next_processed_through", "generation = 0 AND next_locale IS NOT NULL"]
        .map(|column| {
            sqlite(&path).query_row(&format!("SELECT {column} FROM metadata"), [], |row| row.get(0)).unwrap()
        });
    assert!(next == 1 && done > 900 && done < 1_300, "{done}");
    assert!(after(&path, "SELECT 1").is_ok());
    for (damage, expected) in [
        // In the list of all contacts and in the advisor's list.
        ("DELETE FROM list_entry WHERE generation = 1 AND contact = 1".to_owned(), 2),
        ("UPDATE contact SET sort_key1 = NULL WHERE id = 1".to_owned(), 2),
        (format!("UPDATE contact SET sort_key1 = x'01' WHERE id = {done} + 2 - (({done} + 2 - 1) % 3)"), 2),
    ] {
        let report = after(&path, &damage);
        assert_eq!(report.missing_list_entries, expected, "{damage}: {report:?}");
    }
    for damage in [
        "UPDATE list_bucket SET contacts = contacts + 1 WHERE generation = 1 AND section = 'B' AND owner_kind = 1",
        "DELETE FROM list_bucket WHERE generation = 1",
    ] {
        assert_eq!(after(&path, damage).wrong_list_counts, 1, "{damage}");
    }
    let report = after(
        &path,
        "INSERT INTO list_entry SELECT generation, owner_kind, owner, network, sort_key, 9999 FROM list_entry
            WHERE generation = 1 AND contact = 1",
    );
    assert_eq!(report.orphan_list_entries, 2);
    let store = options(4).open(&path).unwrap();
    while !store.maintain(Duration::ZERO).unwrap() {}
    assert!(store.session(Actor::System).stats().unwrap().target_locale.is_none());
    assert!(store.check().unwrap().is_ok());
}
