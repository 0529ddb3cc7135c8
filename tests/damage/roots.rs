//! Trees of the file that have changed places: what was in one table is read as another's.

use std::fs;

use rusqlite::Connection;
use tempfile::tempdir;

use crate::books::{make, opened, told};
use crate::corruption::look;

/// Tables whose rows say something about contacts, and those that are made of them.
const TELLING: [&str; 14] = [
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

/// The cards of a book without an index of substrings were lost when their table changed places with an empty one of that index, and the
/// check was content: all tables that say something, with every tree of the file.
#[test]
fn exchanged_trees_are_detected() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.cardex");
    make(&path, 24).unwrap();
    let truth = [told(&opened().open(&path).unwrap()).unwrap()];
    let whole = fs::read(&path).unwrap();
    let trees: Vec<String> = {
        let sqlite = Connection::open(&path).unwrap();
        let mut names =
            sqlite.prepare("SELECT name FROM sqlite_schema WHERE rootpage > 0 ORDER BY name").unwrap();
        let names = names.query_map([], |row| row.get(0)).unwrap();
        names.collect::<Result<_, _>>().unwrap()
    };
    assert!(trees.len() > 60, "{trees:?}");
    for table in TELLING {
        assert!(trees.iter().any(|tree| tree == table), "{table}");
        for other in trees.iter().filter(|other| *other != table) {
            fs::write(&path, &whole).unwrap();
            let sqlite = Connection::open(&path).unwrap();
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
            // None of these tables is empty: what they said has changed.
            assert_ne!(look(&path, &truth, false), "nothing", "{table} and {other}");
        }
    }
}
