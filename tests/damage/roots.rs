//! Exchanged B-trees: the rows of one table are read as rows of another table.

use std::fs;

use tempfile::tempdir;

use crate::books::{dump, make, opened};
use crate::corruption::verify_damaged;
use crate::support::sqlite;

/// Tables with contact data, and tables that are derived from them.
const SIGNIFICANT: [&str; 14] = [
    "contact",
    "contact_card",
    "note",
    "attribute",
    "contact_tag",
    "tag",
    "link",
    "attribute_def",
    "contact_unique_key",
    "contact_method_lookup",
    "list_entry",
    "list_bucket",
    "sort_entry",
    "bitmap",
];

/// Regression test: without a substring index, the table of cards was exchanged with an empty table of that index. The
/// cards were lost, and the check reported nothing. This test exchanges every table of contact data with every tree of
/// the file.
#[test]
fn exchanged_trees_are_detected() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    make(&path, 24).unwrap();
    let truth = [dump(&opened().open(&path).unwrap()).unwrap()];
    let whole = fs::read(&path).unwrap();
    let trees: Vec<String> = {
        let sqlite = sqlite(&path);
        let mut names =
            sqlite.prepare("SELECT name FROM sqlite_schema WHERE rootpage > 0 ORDER BY name").unwrap();
        let names = names.query_map([], |row| row.get(0)).unwrap();
        names.collect::<Result<_, _>>().unwrap()
    };
    assert!(trees.len() > 60, "{trees:?}");
    for table in SIGNIFICANT {
        assert!(trees.iter().any(|tree| tree == table), "{table}");
        for other in trees.iter().filter(|other| *other != table) {
            fs::write(&path, &whole).unwrap();
            let sqlite = sqlite(&path);
            sqlite.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_DEFENSIVE, false).unwrap();
            sqlite.pragma_update(None, "writable_schema", true).unwrap();
            let root = |name: &str| -> i64 {
                sqlite
                    .query_row("SELECT rootpage FROM sqlite_schema WHERE name = ?1", [name], |row| row.get(0))
                    .unwrap()
            };
            for (name, root) in [(table, root(other)), (other.as_str(), root(table))] {
                sqlite
                    .execute("UPDATE sqlite_schema SET rootpage = ?1 WHERE name = ?2", (root, name))
                    .unwrap();
            }
            drop(sqlite);
            // None of these tables is empty, so their contents have changed.
            assert_ne!(verify_damaged(&path, &truth, false), "nothing", "{table} and {other}");
        }
    }
}
