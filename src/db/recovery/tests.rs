//! Checks the list of recovered tables against the schema.

use std::collections::BTreeSet;

use rusqlite::Connection;

use crate::db::recovery::tables::TABLES;

/// Columns that are derived from others, so they are not copied.
const DERIVED_COLUMNS: &[(&str, &str)] = &[
    ("contact", "folded_texts sort_key0 sort_key1 checksum"),
    ("contact_card", "checksum"),
    ("attribute", "checksum"),
    ("note", "checksum"),
    ("tag", "contacts checksum"),
    ("import_item", "checksum"),
];

/// Tables that are derived from others, so they are not copied.
const DERIVED_TABLES: &[&str] = &[
    "metadata",
    "contact_unique_key",
    "contact_method_lookup",
    "list_entry",
    "sort_entry",
    "list_bucket",
    "bitmap",
    "memtable_log",
    "search_segment",
    "search_block",
    "search_term_index",
    "search_word_set",
    // Not derived: a recovery forgets the keys of repeated calls.
    "idempotency_key",
];

/// A column that is in the schema and not in the list of tables would be lost by every recovery.
#[test]
fn every_column_is_copied_or_derived() {
    let sqlite = Connection::open_in_memory().unwrap();
    sqlite.execute_batch(include_str!("../../../schema.sql")).unwrap();
    let names = |sql: &str| -> BTreeSet<String> {
        let mut statement = sqlite.prepare(sql).unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    let tables = names("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'");
    let copied: BTreeSet<String> = TABLES.iter().map(|table| table.name.to_owned()).collect();
    let is_derived = |name: &String| DERIVED_TABLES.contains(&name.as_str()) || name.starts_with("substring");
    let missing: Vec<_> = tables.iter().filter(|name| !copied.contains(*name) && !is_derived(name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    for table in TABLES {
        let mut columns = names(&format!("SELECT name FROM pragma_table_info('{}')", table.name));
        for (_, derived) in DERIVED_COLUMNS.iter().filter(|(name, _)| *name == table.name) {
            derived.split(' ').for_each(|column| assert!(columns.remove(column), "{column}"));
        }
        assert_eq!(columns, table.columns.iter().map(|name| (*name).to_owned()).collect(), "{}", table.name);
    }
}
