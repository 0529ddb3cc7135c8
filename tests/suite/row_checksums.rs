//! Contact data is what was written, or the check reports it.
//!
//! SQLite has no page checksums. Regression test: a flipped bit in a name was not detected. The name is in no SQLite
//! index, and the search index was rebuilt from the damaged row.

use std::fs;
use std::path::Path;

use cardex::attributes::AttributeNamespace;
use cardex::maintenance::CheckReport;
use cardex::{ContactId, ContactPatch, ContactUpdate};
use tempfile::tempdir;

use crate::support::{new, sqlite, store_at};

/// The stored texts of the first contact of [`book`], each in at least one place that only a checksum protects.
const STORED_TEXTS: [&str; 7] =
    ["Countess", "Engines", "en-GB", "Marylebone", "ofthecard", "contentsofthenote", "goldenvalue"];

/// A closed store with one contact that has a value in every field.
fn book(path: &Path) -> ContactId {
    let (store, session) = store_at(path);
    let ada = new("Ada", "Byron").nickname(STORED_TEXTS[0]).email("ada@example.org").uid("u1");
    let ada = session
        .add(ada.city(STORED_TEXTS[3]).card(format!("{{\"note\":\"{}\"}}", STORED_TEXTS[4])))
        .unwrap()
        .id;
    session.add(new("Bea", "Adler")).unwrap();
    session.edit(ada, ContactPatch::new().company(STORED_TEXTS[1]).language(STORED_TEXTS[2])).unwrap();
    session.notes(ada).add(STORED_TEXTS[5]).unwrap();
    let value = ContactUpdate::new(ContactPatch::new()).set_attribute(
        AttributeNamespace::Custom,
        "plan",
        STORED_TEXTS[6],
    );
    session.update(ada, value).unwrap();
    assert!(store.check().unwrap().is_ok());
    ada
}

fn check(path: &Path) -> CheckReport {
    store_at(path).0.check().unwrap()
}

#[test]
fn a_flipped_bit_of_any_text_is_reported_with_its_contact() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    let ada = book(&path);
    let sound = fs::read(&path).unwrap();
    for word in STORED_TEXTS {
        let places: Vec<_> =
            sound.windows(word.len()).enumerate().filter(|(_, it)| *it == word.as_bytes()).collect();
        assert!(!places.is_empty(), "{word} is in the file");
        let mut reported = 0;
        for (at, _) in places {
            let mut bytes = sound.clone();
            bytes[at + 2] ^= 1;
            fs::write(&path, &bytes).unwrap();
            let report = check(&path);
            assert!(!report.is_ok() || report.checksum_mismatches == 0, "{word} at {at}");
            if report.checksum_mismatches > 0 {
                reported += 1;
                assert_eq!(
                    (report.checksum_mismatches, &report.checksum_mismatch_contacts),
                    (1, &vec![ada]),
                    "{word} at {at}"
                );
            }
        }
        assert_eq!(reported, 1, "{word}: it is in one row");
    }
}

#[test]
fn an_unreadable_row_is_reported_with_its_contact() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    let ada = book(&path);
    let sqlite = rusqlite::Connection::open(&path).unwrap();
    assert_eq!(sqlite.execute("UPDATE contact SET contact_methods = '[[' WHERE id = 1", []).unwrap(), 1);
    drop(sqlite);
    let report = check(&path);
    assert_eq!((report.checksum_mismatches, report.checksum_mismatch_contacts.clone()), (1, vec![ada]));
    assert!(report.has_unreadable_rows && !report.is_ok());
}

/// Later writes update the checksum too: activity and the version.
#[test]
fn every_write_of_a_row_keeps_its_checksum() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    let ada = book(&path);
    let (store, session) = store_at(&path);
    let sealed = |what: &str| assert_eq!(store.check().unwrap().checksum_mismatches, 0, "{what}");
    session.mark_active(ada, cardex::Timestamp(9)).unwrap();
    sealed("activity");
    session.tags().set(ada, &["vip"], cardex::tags::UnknownTagPolicy::Create).unwrap();
    sealed("tags");
    let note = session.notes(ada).list().page().unwrap().items[0].id;
    session.notes(ada).edit(note, "other").unwrap();
    sealed("note");
    session.remove(ada).unwrap();
    sealed("trash");
    session.restore(ada).unwrap();
    sealed("restored");
    let bea = session.add(new("Bea", "Byron")).unwrap().id;
    let merged = session.merge(bea, ada, cardex::contacts::MergeOptions::new()).unwrap();
    sealed("merged");
    session.unmerge(merged.merge).unwrap();
    sealed("unmerged");
}

/// `nonempty_mask` is the set of columns with values. A cleared bit hides a field.
#[test]
fn a_flipped_bit_of_the_nonempty_mask_is_reported() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    let ada = book(&path);
    let sqlite = rusqlite::Connection::open(&path).unwrap();
    let reported = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
    let (sum, filled): (u32, u8) = sqlite
        .query_row("SELECT checksum, nonempty_mask FROM contact ORDER BY id LIMIT 1", [], reported)
        .unwrap();
    drop(sqlite);
    let mut bytes = fs::read(&path).unwrap();
    let needle = [&sum.to_be_bytes()[..], &[filled]].concat();
    let at = bytes.windows(5).position(|it| it == needle).unwrap();
    let city = 16;
    assert_eq!(filled & city, city);
    bytes[at + 4] ^= city;
    fs::write(&path, &bytes).unwrap();
    assert_eq!(check(&path).checksum_mismatch_contacts, [ada]);
}

/// Regression test: unique values were not checked. An address could be used twice or be rejected for every contact,
/// and the check reported nothing.
#[test]
fn look_up_tables_and_unique_values_are_checked() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    {
        let (_, session) = store_at(&path);
        session.add(new("Ann", "Lee").phone("+33612345678").phone("+33612345679").uid("u1")).unwrap();
        let gone = session.add(new("Bob", "Lee").phone("+33612345680").email("bob@example.org")).unwrap().id;
        session.remove(gone).unwrap();
        session.add(new("Cid", "Lee").phone("112").identifier("crm", "7")).unwrap();
    }
    let sound = fs::read(&path).unwrap();
    let counts = |sql: &str| {
        fs::write(&path, &sound).unwrap();
        sqlite(&path).execute_batch(sql).unwrap();
        let report = check(&path);
        assert_eq!(
            report.is_ok(),
            (report.wrong_contact_methods, report.wrong_unique_values) == (0, 0),
            "{report:?}"
        );
        (report.wrong_contact_methods, report.wrong_unique_values)
    };
    assert_eq!(counts(""), (0, 0));
    assert_eq!(counts("DELETE FROM contact_method_lookup"), (5, 0));
    assert_eq!(counts("DELETE FROM contact_method_lookup WHERE kind = 2"), (1, 0));
    assert_eq!(counts("INSERT INTO contact_method_lookup VALUES (2, 'ann@example.org', 1)"), (1, 0));
    assert_eq!(counts("DELETE FROM contact_unique_key"), (0, 3), "a phone, a uid, an identifier");
    assert_eq!(counts("DELETE FROM contact_unique_key WHERE kind = 1"), (0, 1));
    assert_eq!(
        counts("UPDATE contact_unique_key SET federation_group = 9 WHERE kind = 4"),
        (0, 2),
        "one lacks, one is too many"
    );
    assert_eq!(counts("UPDATE contact_unique_key SET contact = 2 WHERE kind = 1"), (0, 1), "held by another");
    let of_trash = "INSERT INTO contact_unique_key SELECT tenant, kind, network, '+33612345680', federation_group, 2 FROM contact_unique_key WHERE kind = 1";
    assert_eq!(counts(of_trash), (0, 1), "contacts in the trash have no unique values");
}
