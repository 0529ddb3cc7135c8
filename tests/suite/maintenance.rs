//! Maintenance is stopped by an interrupt or a deadline, and reports its progress.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use cardex::contacts::AddManyOptions;
use cardex::{Actor, Interrupt, MaintenanceProgress, MaintenanceStep, Options, Store};

use crate::support::{new, options};

/// A store with 3,000 contacts in a file, the interrupt of its maintenance, and the reported progress.
fn fixture(folder: &tempfile::TempDir) -> (Store, Interrupt, Arc<Mutex<Vec<MaintenanceProgress>>>) {
    let stop = Interrupt::new();
    let reported: Arc<Mutex<Vec<MaintenanceProgress>>> = Arc::default();
    let log = Arc::clone(&reported);
    let options = options(1)
        .maintenance_interrupted_by(&stop)
        .on_progress(move |progress| log.lock().unwrap().push(progress));
    let store = options.open(folder.path().join("book")).unwrap();
    let contacts = (0..3_000).map(|n| new(&format!("N{n}"), "X"));
    let many = AddManyOptions::new().batch(500);
    store.session(Actor::System).add_many(contacts, many, |_, _| ()).unwrap();
    (store, stop, reported)
}

/// A call and its name.
type Call<'a> = (&'a str, Box<dyn Fn() -> cardex::Result<()> + 'a>);

#[test]
fn each_call_is_stopped_and_can_be_repeated() {
    let folder = tempfile::tempdir().unwrap();
    let (store, stop, _) = fixture(&folder);
    let copy = folder.path().join("copy");
    let calls: Vec<Call<'_>> = vec![
        ("check", Box::new(|| store.check().map(|report| assert!(report.is_ok(), "{report:?}")))),
        ("optimize", Box::new(|| store.optimize())),
        ("vacuum", Box::new(|| store.vacuum())),
        ("backup", Box::new(|| store.backup_to(&copy))),
        ("prune", Box::new(|| store.prune_changes(cardex::Timestamp(0)).map(drop))),
        ("rebuild_index", Box::new(|| store.rebuild_index())),
    ];
    for (name, call) in &calls {
        stop.interrupt();
        assert_eq!(call().unwrap_err().code(), "interrupted", "{name}");
        assert!(!copy.exists());
        stop.reset();
    }
    for (name, call) in &calls {
        assert!(call().is_ok(), "{name}");
    }
    // The sessions have an interrupt of their own.
    stop.interrupt();
    assert_eq!(store.session(Actor::System).contacts().total().unwrap(), 3_000);
}

#[test]
fn progress_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _, reported) = fixture(&folder);
    store.check().unwrap();
    store.backup_to(folder.path().join("copy")).unwrap();
    store.rebuild_index().unwrap();
    let reported = reported.lock().unwrap().clone();
    let checked: Vec<_> = reported
        .iter()
        .filter(|one| one.step == MaintenanceStep::Check)
        .map(|one| (one.done, one.total))
        .collect();
    assert_eq!(checked, [(1_000, Some(3_000)), (2_000, Some(3_000)), (3_000, Some(3_000))]);
    assert!(reported.iter().any(|one| one.step == MaintenanceStep::Reindex && one.done > 0));
}

#[test]
fn a_recovery_is_stopped_and_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let (store, ..) = fixture(&folder);
    drop(store);
    let path = |name: &str| folder.path().join(name);
    let late = options(2).maintenance_deadline(Duration::ZERO);
    assert_eq!(late.recover(path("book"), path("new")).unwrap_err().code(), "deadline");
    let left: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["book"]);
    assert!(options(2).recover(path("book"), path("new")).unwrap().is_complete());
}

/// Free pages of a book's file for each thousand pages.
fn free_share(store: &Store, path: &std::path::Path) -> i64 {
    assert!(store.check().unwrap().is_ok());
    let number = |name: &str| {
        crate::support::sqlite(path).pragma_query_value(None, name, |row| row.get::<_, i64>(0)).unwrap()
    };
    number("freelist_count") * 1_000 / number("page_count")
}

/// Compaction writes the search index anew. What it no longer needs goes back to the file system, without `vacuum`.
#[test]
fn few_free_pages_stay_after_compaction() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("book");
    let store = Options::new().id_seed(1).open(&path).unwrap();
    let session = store.session(Actor::System);
    let contacts =
        (0..8_000).map(|n| new(&format!("First{n}"), &format!("Last{}", n * 7)).company("Some company"));
    session.add_many(contacts, AddManyOptions::new().batch(1_000), |_, _| ()).unwrap();
    assert_eq!(session.stats().unwrap().segments, 1, "the segments were merged");
    assert!(free_share(&store, &path) <= 50, "after the import: {}", free_share(&store, &path));
    store.rebuild_index().unwrap();
    assert!(free_share(&store, &path) <= 50, "after reindexing: {}", free_share(&store, &path));
    let bytes = session.stats().unwrap().bytes;
    store.optimize().unwrap();
    store.vacuum().unwrap();
    assert!(free_share(&store, &path) <= 1);
    assert!(session.stats().unwrap().bytes * 100 >= bytes * 90);
}

/// SQLite records which page refers to which. If these records are damaged, an import succeeds, and `optimize`, which must move pages,
/// reports the damage.
#[test]
fn damaged_page_records_stop_the_release_of_pages() {
    const PAGE: usize = 4_096;
    const PAGES_PER_RECORD_PAGE: usize = PAGE / 5 + 1;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("book");
    drop(Options::new().id_seed(1).open(&path).unwrap());
    let many_pages = "CREATE TABLE other (x BLOB);
        INSERT INTO other WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) SELECT zeroblob(3000) FROM n;
        DROP TABLE other;";
    let sqlite = crate::support::sqlite(&path);
    sqlite.execute_batch(many_pages).unwrap();
    sqlite.close().unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    for page in bytes.chunks_mut(PAGE).skip(1).step_by(PAGES_PER_RECORD_PAGE) {
        page.fill(0xFF);
    }
    std::fs::write(&path, &bytes).unwrap();
    let store = Options::new().id_seed(1).open(&path).unwrap();
    let session = store.session(Actor::System);
    let contacts = (0..1_000).map(|n| new(&format!("First{n}"), "Last"));
    session.add_many(contacts, AddManyOptions::new(), |_, _| ()).unwrap();
    assert_eq!(session.contacts().total().unwrap(), 1_000);
    assert_eq!(store.optimize().unwrap_err().code(), "damaged");
    assert_eq!(session.search("first").limit(500).page().unwrap().items.len(), 500);
}
