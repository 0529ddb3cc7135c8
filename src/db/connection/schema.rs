//! The schema, and how a file is recognised by it.

use std::collections::HashSet;

/// The current schema: the only DDL of the project.
pub(in crate::db) const SCHEMA: &str = include_str!("../../../schema.sql");

/// The schema version, in the file's `user_version`.
pub(in crate::db) const SCHEMA_VERSION: i32 = 1;

/// `CRDX`, in the file's `application_id`: distinguishes a store from other SQLite files.
pub(in crate::db) const APPLICATION_ID: i32 = 0x4352_4458;

/// Whether a file has everything that the schema creates, by the text of its CREATE statements. Before the first release the schema
/// changes without a new version, so the version alone does not tell. Objects of others (`ANALYZE`, a replicator) are ignored.
pub(in crate::db) fn has_current_schema(created: &[String]) -> bool {
    let plain = |sql: &str| {
        let lines = sql.lines().map(|line| line.split_once("--").map_or(line, |(code, _)| code));
        lines.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
    };
    let created: HashSet<String> = created.iter().map(|sql| plain(sql)).collect();
    plain(SCHEMA)
        .split(';')
        .map(str::trim)
        .all(|statement| statement.is_empty() || created.contains(statement))
}
