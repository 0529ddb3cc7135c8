//! The check of the build script for the system's SQLite.

#[path = "../../build/system_sqlite.rs"]
#[allow(dead_code)]
mod check;

#[test]
fn versions_before_3_44_are_too_old() {
    for old in ["3.43.2", "3.40.1", "3.9", "2.44.0", "3.5.9.1"] {
        assert!(check::is_too_old(old), "{old}");
    }
    for new in ["3.44", "3.44.0", "3.51.3", "3.100.0", "4.0.0", "", "3", "x.y"] {
        assert!(!check::is_too_old(new), "{new}");
    }
    let header =
        "/* SQLite */\n#define SQLITE_VERSION        \"3.40.1\"\n#define SQLITE_VERSION_NUMBER 3040001\n";
    assert_eq!(check::version_of_header(header).as_deref(), Some("3.40.1"));
    assert_eq!(check::version_of_header("#define SQLITE_VERSION_NUMBER 3040001\n"), None);
}
