//! Paths, modes and names of the files of a store.

use std::fs;
use std::path::Path;

use cardex::{Actor, Store};

use crate::support::{new, options};

/// The first name of the only contact of a store.
fn only_name(path: &Path) -> String {
    let store = Store::open(path).unwrap();
    let page = store.session(Actor::System).contacts().page().unwrap();
    assert_eq!(page.items.len(), 1);
    page.items[0].first_name.clone()
}

fn store_with(path: &Path, name: &str) {
    let store = options(1).open(path).unwrap();
    store.session(Actor::System).add(new(name, "")).unwrap();
}

/// Regression test: SQLite read `file:NAME` as a URI, and wrote to another file than the one named.
#[test]
fn a_path_is_a_path() {
    let folder = tempfile::tempdir().unwrap();
    let names = ["file:h.cardex", "h.cardex", "a?mode=memory", "b#c", ":memory:", "file::memory:", "100%25"];
    for name in names {
        store_with(&folder.path().join(name), name);
    }
    for name in names {
        assert_eq!(only_name(&folder.path().join(name)), name);
    }
    let mut left: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort_unstable();
    let mut expected: Vec<_> = names.map(std::ffi::OsString::from).into();
    expected.sort_unstable();
    assert_eq!(left, expected);
}

/// Relative paths, in a process of their own because the current folder belongs to the process.
#[test]
fn a_relative_path_is_a_path_too() {
    if std::env::var_os("CARDEX_RELATIVE").is_some() {
        for name in ["file:x", ":memory:"] {
            store_with(Path::new(name), name);
            assert!(Path::new("./").join(name).is_file());
            assert_eq!(only_name(Path::new(name)), name);
        }
        assert!(!Path::new("x").exists());
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let done = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "files::a_relative_path_is_a_path_too"])
        .env("CARDEX_RELATIVE", "1")
        .current_dir(&folder)
        .status();
    assert!(done.unwrap().success());
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use cardex::Options;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn new_stores_are_private_and_copies_have_the_mode_of_the_store() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let store = options(1).open(path("book")).unwrap();
        let session = store.session(Actor::System);
        session.add(new("Ada", "")).unwrap();
        assert_eq!([mode(&path("book")), mode(&path("book-wal"))], [0o600, 0o600]);
        store.backup_to(path("copy")).unwrap();
        assert_eq!(mode(&path("copy")), 0o600);
        fs::set_permissions(path("book"), fs::Permissions::from_mode(0o640)).unwrap();
        store.backup_to(path("shared")).unwrap();
        assert_eq!(mode(&path("shared")), 0o640);
        drop((session, store));
        Options::new().recover(path("book"), path("recovered")).unwrap();
        assert_eq!(mode(&path("recovered")), 0o640);
        let memory = options(1).open_in_memory().unwrap();
        memory.backup_to(path("of-memory")).unwrap();
        assert_eq!(mode(&path("of-memory")), 0o600);
    }

    /// A file that is not there yet has a random name and is never opened through a link.
    #[test]
    fn partial_files_have_random_names() {
        let folder = tempfile::tempdir().unwrap();
        let captured = folder.path().join("captured");
        for call in 0..50 {
            let old_name = format!("book.{}.{call}.part", std::process::id());
            symlink(&captured, folder.path().join(old_name)).unwrap();
        }
        store_with(&folder.path().join("book"), "Ada");
        assert!(!captured.exists());
        assert!(!fs::symlink_metadata(folder.path().join("book")).unwrap().is_symlink());
    }

    /// As root, permissions are not checked, so this test does nothing.
    #[test]
    fn a_folder_without_write_permission_is_named_in_the_error() {
        let folder = tempfile::tempdir().unwrap();
        let book = folder.path().join("book");
        store_with(&book, "Ada");
        let set = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        set(&book, 0o444);
        set(folder.path(), 0o555);
        let is_root = fs::write(folder.path().join("probe"), "").is_ok();
        if !is_root {
            let error = Options::new().read_only(true).open(&book).map(drop).unwrap_err();
            assert_eq!(error.code(), "folder-not-writable");
            set(&book, 0o000);
            let error = Options::new().read_only(true).open(&book).map(drop).unwrap_err();
            assert_eq!(error.code(), "io");
        }
        set(folder.path(), 0o755);
    }
}
