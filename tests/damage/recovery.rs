//! Recovery of the contacts of damaged stores.

use crate::books::{Snapshot, dump, files, make, opened};
use crate::corruption::run_with_watchdog;
use crate::number;
use crate::support::{Random, all_encrypted, invariants, sqlite};
use cardex::maintenance::RecoveryReport;
use cardex::{Actor, Error, Store};
use std::fs;
use std::path::Path;
use tempfile::tempdir;

/// Recovers a store. Checks the invariants of the new store, and that the damaged file did not change.
pub(crate) fn recover(broken: &Path, new: &Path) -> Result<(RecoveryReport, Snapshot), Error> {
    let before: Vec<_> = files(broken).map(|name| fs::read(name).ok()).into();
    let report = opened().recover(broken, new);
    assert!(before == files(broken).map(|name| fs::read(name).ok()), "the damaged book was written to");
    let left: Vec<_> =
        fs::read_dir(new.parent().unwrap()).unwrap().map(|it| it.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_str().unwrap().contains(".part")), "{left:?}");
    let report = report.inspect_err(|_| assert!(!new.exists(), "an error leaves no book"))?;
    let store = opened().open(new).unwrap();
    invariants::check_invariants(&store);
    let contents = dump(&store).unwrap();
    Ok((report, contents))
}

/// Creates a store with this number of contacts. Returns its bytes and a dump.
pub(crate) fn undamaged(path: &Path, contacts: usize) -> (Vec<u8>, Snapshot) {
    make(path, contacts).unwrap();
    let truth = dump(&opened().open(path).unwrap()).unwrap();
    (fs::read(path).unwrap(), truth)
}

/// The pages of a table's B-tree, with the root first, and its leaves.
pub(crate) fn pages(path: &Path, table: &str) -> (Vec<usize>, Vec<usize>) {
    let sqlite = sqlite(path);
    let pages = |kind: &str| {
        let sql =
            format!("SELECT pageno FROM dbstat WHERE name = '{table}' AND pagetype = '{kind}' ORDER BY path");
        let mut statement = sqlite.prepare(&sql).unwrap();
        statement
            .query_map([], |row| row.get::<_, i64>(0))
            .unwrap()
            .map(|page| usize::try_from(page.unwrap()).unwrap())
            .collect::<Vec<_>>()
    };
    (pages("internal"), pages("leaf"))
}

pub(crate) fn zero(bytes: &mut [u8], page: usize) {
    bytes[(page - 1) * 4_096..page * 4_096].fill(0);
}

/// The number of contacts with equal data.
pub(crate) fn count_equal(truth: &Snapshot, contents: &Snapshot) -> usize {
    contents.iter().filter(|(id, text)| truth.get(id) == Some(text)).count()
}

#[test]
fn an_undamaged_store_is_recovered_completely() {
    let folder = tempdir().unwrap();
    let (path, new) = (folder.path().join("book"), folder.path().join("new"));
    let (_, truth) = undamaged(&path, 80);
    let changes = |path: &Path| {
        let session = opened().open(path).unwrap().session(Actor::System);
        session.changes().limit(1_000).page().unwrap().items
    };
    let log = changes(&path);
    let (report, contents) = recover(&path, &new).unwrap();
    assert!(report.is_complete(), "{report:?}");
    assert!(report.contacts >= 80);
    assert_eq!(contents, truth);
    assert_eq!(changes(&new), log);
    // Assigned ids are not reused.
    let session = opened().open(&new).unwrap().session(Actor::System);
    session.add(crate::support::new("Next", "One")).unwrap();
    let merger = session.merge_history(*truth.keys().next().unwrap());
    assert!(merger.is_ok());
}

#[test]
fn data_in_the_log_is_recovered() {
    let folder = tempdir().unwrap();
    let (path, new) = (folder.path().join("book"), folder.path().join("new"));
    make(&path, 20).unwrap();
    let store = opened().open(&path).unwrap();
    let id = store.session(Actor::System).add(crate::support::new("Late", "Comer")).unwrap().id;
    let copy = folder.path().join("copy");
    for (from, to) in files(&path).iter().zip(files(&copy)).take(2) {
        fs::copy(from, to).unwrap();
    }
    let (report, contents) = recover(&copy, &new).unwrap();
    assert!(report.is_complete(), "{report:?}");
    assert!(contents.contains_key(&id));
}

#[test]
fn a_lost_leaf_loses_and_reports_its_own_contacts() {
    let folder = tempdir().unwrap();
    let (path, new) = (folder.path().join("book"), folder.path().join("new"));
    let (bytes, truth) = undamaged(&path, 200);
    let (_, leaves) = pages(&path, "contact");
    assert!(leaves.len() > 6);
    for leaf in [leaves[0], leaves[leaves.len() / 2], leaves[leaves.len() - 1]] {
        let mut bytes = bytes.clone();
        zero(&mut bytes, leaf);
        fs::write(&path, &bytes).unwrap();
        let _ = fs::remove_file(&new);
        let (report, contents) = recover(&path, &new).unwrap();
        assert!((1..60).contains(&report.lost) && !report.is_complete(), "{}", report.lost);
        assert_eq!(report.lost_contacts.len() as u64, report.lost);
        assert_eq!(report.contacts + report.lost, 200, "every contact is there or named");
        let missing: Vec<_> = truth.keys().filter(|id| !contents.contains_key(*id)).collect();
        assert!(missing.iter().all(|id| report.lost_contacts.contains(id)));
        assert_eq!(count_equal(&truth, &contents), contents.len(), "the others are unchanged");
        assert_eq!(report.damaged, 0, "{:?}", report.damaged_contacts);
    }
}

/// Rows between two lost leaves cannot be reached from either end.
#[test]
fn contacts_between_two_lost_leaves_are_found() {
    let folder = tempdir().unwrap();
    let (path, new) = (folder.path().join("book"), folder.path().join("new"));
    let (bytes, truth) = undamaged(&path, 200);
    let (_, leaves) = pages(&path, "contact");
    let mut broken = bytes.clone();
    zero(&mut broken, leaves[1]);
    zero(&mut broken, leaves[leaves.len() - 2]);
    fs::write(&path, &broken).unwrap();
    let (report, contents) = recover(&path, &new).unwrap();
    assert_eq!(report.contacts + report.lost, 200);
    assert!(report.lost < 200 / (leaves.len() as u64) * 4, "{} lost of {} leaves", report.lost, leaves.len());
    assert_eq!(count_equal(&truth, &contents), contents.len());
}

/// Rows after a wide gap in the ids are found too; the gap can belong to purged contacts.
#[test]
fn contacts_far_after_the_last_readable_row_are_recovered() {
    let folder = tempdir().unwrap();
    let (path, new) = (folder.path().join("book"), folder.path().join("new"));
    undamaged(&path, 30);
    let sqlite = sqlite(&path);
    sqlite.execute("UPDATE sqlite_sequence SET seq = 15000 WHERE name = 'contact'", []).unwrap();
    drop(sqlite);
    let store = opened().open(&path).unwrap();
    for n in 0..90 {
        store
            .session(Actor::System)
            .add(crate::support::new(&format!("Late{n}"), &"Comer".repeat(10)))
            .unwrap();
    }
    drop(store);
    let (_, leaves) = pages(&path, "contact");
    let mut bytes = fs::read(&path).unwrap();
    zero(&mut bytes, leaves[1]);
    zero(&mut bytes, leaves[leaves.len() - 1]);
    fs::write(&path, &bytes).unwrap();
    let (report, contents) = recover(&path, &new).unwrap();
    assert_eq!(report.contacts + report.lost, 120);
    let late = contents.values().filter(|text| text.contains("Late")).count();
    assert!(
        late > 30 && report.lost < 60,
        "{late} of 90 found, {} lost of {} leaves",
        report.lost,
        leaves.len()
    );
}

#[test]
fn a_lost_table_loses_no_other_table() {
    let folder = tempdir().unwrap();
    let (path, new) = (folder.path().join("book"), folder.path().join("new"));
    let (bytes, truth) = undamaged(&path, 60);
    for table in [
        "link",
        "note",
        "attribute",
        "contact_tag",
        "tag",
        "change",
        "contact_card",
        "list_entry",
        "search_block",
        "contact_unique_key",
        "tenant",
        "network",
        "advisor",
        "metadata",
        "sqlite_sequence",
        "contact_method_lookup",
        "substring_config",
        "merge_record",
        "attribute_def",
    ] {
        fs::write(&path, &bytes).unwrap();
        let (inner, leaves) = pages(&path, table);
        let mut broken = bytes.clone();
        for page in inner.iter().chain(&leaves) {
            zero(&mut broken, *page);
        }
        fs::write(&path, &broken).unwrap();
        let _ = fs::remove_file(&new);
        let (report, contents) = recover(&path, &new).unwrap_or_else(|error| panic!("{table}: {error:?}"));
        assert_eq!((report.contacts, report.lost), (60, 0), "{table}: {report:?}");
        let names = |reported: &Snapshot| reported.keys().copied().collect::<Vec<_>>();
        if table != "merge_record" {
            assert_eq!(names(&contents), names(&truth), "{table}");
        }
        if [
            "list_entry",
            "search_block",
            "contact_unique_key",
            "metadata",
            "sqlite_sequence",
            "contact_method_lookup",
            "substring_config",
            "change",
        ]
        .contains(&table)
        {
            assert_eq!(contents, truth, "{table}");
        }
        if ["tenant", "network", "advisor"].contains(&table) {
            let expected = u64::from(table != "network");
            assert!(report.placeholders >= expected, "{table}: {report:?}");
        }
    }
}

/// The first pages describe the tables. Without them, a SQLite file is a set of pages.
#[test]
fn a_book_without_its_first_pages() {
    // Without the salt in the first page, no key decrypts the others.
    if all_encrypted() {
        return;
    }
    let folder = tempdir().unwrap();
    let (path, new) = (folder.path().join("book"), folder.path().join("new"));
    let (bytes, truth) = undamaged(&path, 60);
    for compact in [false, true] {
        fs::write(&path, &bytes).unwrap();
        if compact {
            opened().open(&path).unwrap().vacuum().unwrap();
        }
        let bytes = fs::read(&path).unwrap();
        let (inner, leaves) = pages(&path, "sqlite_schema");
        for lost in [vec![1], leaves.clone(), inner.into_iter().chain(leaves).collect()] {
            let mut broken = bytes.clone();
            for page in &lost {
                zero(&mut broken, *page);
            }
            fs::write(&path, &broken).unwrap();
            assert!(opened().open(&path).is_err());
            let _ = fs::remove_file(&new);
            let (report, contents) = recover(&path, &new).unwrap();
            assert_eq!(contents, truth, "compact: {compact}, without pages {lost:?}: {report:?}");
        }
    }
}

#[test]
fn foreign_files_are_refused_and_no_file_is_replaced() {
    let folder = tempdir().unwrap();
    let (path, new) = (folder.path().join("book"), folder.path().join("new"));
    assert!(matches!(Store::recover(&path, &new).unwrap_err(), Error::NoBook { .. }));
    assert!(matches!(Store::recover(folder.path(), &new).unwrap_err(), Error::NotABook { .. }));
    fs::write(&path, b"").unwrap();
    assert_eq!(Store::recover(path.join("in a file"), &new).unwrap_err().code(), "io");
    fs::write(&path, vec![7; 50_000]).unwrap();
    let unreadable = if all_encrypted() { "wrong-key" } else { "damaged" };
    assert_eq!(recover(&path, &new).unwrap_err().code(), unreadable);
    fs::write(&path, b"").unwrap();
    assert_eq!(recover(&path, &new).unwrap_err().code(), "damaged");
    fs::write(&new, b"mine").unwrap();
    assert_eq!(Store::recover(&path, &new).unwrap_err().code(), "io");
    assert_eq!(fs::read(&new).unwrap(), b"mine");
}

/// For every damaged file, recovery neither panics nor hangs. It returns a valid store or an error. Contacts that the
/// report does not name have their original data.
#[test]
fn every_damaged_file_is_recovered_or_refused() {
    let folder = tempdir().unwrap();
    let (path, new) = (folder.path().join("book"), folder.path().join("new"));
    let (undamaged, truth) = undamaged(&path, 60);
    let cases = number("CARDEX_CASES", 500) / 20;
    run_with_watchdog("salvage", cases, move |seed| {
        let (mut random, mut bytes) = (Random::new(seed), undamaged.clone());
        for _ in 0..=random.below(6) {
            let at = random.below(bytes.len() / 4_096) * 4_096;
            match random.below(3) {
                0 => bytes[at..at + 4_096].fill(0),
                1 => {
                    let start = at + random.below(8) * 512;
                    bytes[start..start + 512].fill_with(|| u8::try_from(random.below(256)).unwrap());
                }
                _ => (0..9).for_each(|_| bytes[at + random.below(4_096)] ^= 1 << random.below(8)),
            }
        }
        fs::write(&path, &bytes).unwrap();
        let _ = fs::remove_file(&new);
        match recover(&path, &new) {
            Err(error) if error.code() == "wrong-key" => assert!(all_encrypted(), "{error:?}"),
            Err(error) => assert_eq!(error.code(), "damaged", "{error:?}"),
            Ok((report, contents)) => {
                let named = |id| report.damaged_contacts.contains(id);
                let fields = |text: &String| text.split("} ").next().unwrap().to_owned();
                let parents = report.placeholders == 0
                    && report.tables.iter().all(|table| table.complete && table.rejected == 0);
                for (id, text) in contents.iter().filter(|(id, _)| !named(id) && parents) {
                    let known = truth.get(id).map(fields);
                    assert!(known.is_none() || known == Some(fields(text)), "{id} has changed");
                }
                return format!("{} contacts, {} lost", report.contacts, report.lost);
            }
        }
        "refused".to_owned()
    });
}
