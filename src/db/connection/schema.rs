//! The schema, and how a file is recognised by it.

use std::collections::HashSet;

/// The current schema: the only DDL of the project.
pub(in crate::db) const SCHEMA: &str = include_str!("../../../schema.sql");

/// The schema version, in the file's `user_version`.
pub(in crate::db) const SCHEMA_VERSION: i32 = 1;

/// `CRDX`, in the file's `application_id`: distinguishes a store from other SQLite files.
pub(in crate::db) const APPLICATION_ID: i32 = 0x4352_4458;

/// SQL without comments, on one line. SQLite stores the text of CREATE statements and parses it on every connection: comments would
/// make each open slower.
pub(in crate::db) fn without_comments(sql: &str) -> String {
    let lines = sql.lines().map(|line| line.split_once("--").map_or(line, |(code, _)| code));
    lines.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

/// Whether a file has everything that the schema creates, by the text of its CREATE statements. Before the first release the schema
/// changes without a new version, so the version is not sufficient. Objects of others (`ANALYZE`, a replicator) are ignored.
pub(in crate::db) fn has_current_schema(created: &[String]) -> bool {
    let created: HashSet<String> = created.iter().map(|sql| without_comments(sql)).collect();
    without_comments(SCHEMA)
        .split(';')
        .map(str::trim)
        .all(|statement| statement.is_empty() || created.contains(statement))
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::*;

    #[test]
    fn the_schema_without_comments_is_the_schema() {
        let plain = without_comments(SCHEMA);
        assert!(!plain.contains("--") && !plain.contains('\n'), "a comment is left");
        let created = |sql: &str| -> Vec<String> {
            let sqlite = Connection::open_in_memory().unwrap();
            sqlite.execute_batch(sql).unwrap();
            let mut statement = sqlite.prepare("SELECT sql FROM sqlite_schema WHERE sql NOT NULL").unwrap();
            let rows = statement.query_map([], |row| row.get(0)).unwrap();
            rows.collect::<rusqlite::Result<_>>().unwrap()
        };
        assert_eq!(created(&plain).len(), created(SCHEMA).len());
        assert!(has_current_schema(&created(&plain)) && has_current_schema(&created(SCHEMA)));
        assert!(!has_current_schema(&created("CREATE TABLE contact (id INTEGER PRIMARY KEY) STRICT")));
    }
}
