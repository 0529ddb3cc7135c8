//! A copy of a damaged file, repaired as far as possible, and how its rows are read.

use std::fs;
use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, OpenFlags, named_params};

use crate::db::connection::checkpoint::checkpoint;
use crate::db::connection::config::Config;
use crate::db::connection::conn::VACUUM;
use crate::db::connection::encryption::{expose_plaintext_header, open_sqlite, open_with_key};
use crate::db::connection::inspect::verify_key;
use crate::db::connection::row_sum;
use crate::db::connection::sqlite_error::{DbError, DbResult};
use crate::db::connection::statement::{Statement, statements};
use crate::db::recovery::pages::{
    FILE_HEADER_SIZE, FIRST_PAGE_SIZE, overlay_pages, read_pages, repair_header, schema_pages,
};
use crate::db::recovery::tables::{Identity, RecoveredRow, TABLES, TableSpec};
use crate::error::Result;
use crate::model::ContactId;

/// After this number of consecutive ids without a readable row, and without a known row after them, the table is taken to end.
const MAX_CONSECUTIVE_GAPS: i64 = 10_000;

/// The most ids that are tried where a tree is broken. The last assigned id may be damaged too.
const MAX_IDS_TRIED: i64 = 5_000_000;

/// A greater sequence number is damage: it would leave the table few ids or none.
const MAX_PLAUSIBLE_SEQUENCE: i64 = i64::MAX / 2;

/// The weight of a contact that matches its checksum, in a score that counts readable tables.
const CHECKSUM_MATCH_WEIGHT: usize = 100;

statements! {
    SEQUENCES = "SELECT name, seq FROM sqlite_sequence";
    METADATA = "SELECT public_id, created_at, changes_pruned_through, locale FROM metadata WHERE id = 1";
    /// From the lists, which also have the ids of rows that cannot be read.
    LISTED_UP = "SELECT contact FROM list_entry ORDER BY generation, owner_kind, owner, network, sort_key, contact";
    LISTED_DOWN = "SELECT contact FROM list_entry
        ORDER BY generation DESC, owner_kind DESC, owner DESC, network DESC, sort_key DESC, contact DESC";
    ABSORBED_UP = "SELECT absorbed FROM merge_record ORDER BY absorbed, seq";
    ABSORBED_DOWN = "SELECT absorbed FROM merge_record ORDER BY absorbed DESC, seq DESC";
}

/// A copy of the file of a damaged store. It may be written to.
pub(crate) struct DamagedFile {
    sqlite: Connection,
}

impl DamagedFile {
    /// Opens a copy of a damaged store. `fresh` is the closed file of a new, unused store. If the schema of the copy is lost, the tables
    /// are assumed to be where a new store has them, or where a compacted one has them.
    pub(crate) fn open(copy: &Path, fresh: &Path, config: &Config) -> Result<Self> {
        if config.is_encrypted() {
            return Self::open_encrypted(copy, config);
        }
        repair_header(copy)?;
        let file = Self::connect(copy, config)?;
        file.checkpoint();
        let unchanged = file.readability_score();
        if unchanged >= TABLES.len().saturating_sub(1).saturating_add(CHECKSUM_MATCH_WEIGHT) {
            return Ok(file);
        }
        drop(file);
        let new = schema_pages(fresh)?;
        open_sqlite(fresh, OpenFlags::SQLITE_OPEN_READ_WRITE)?
            .execute_batch(VACUUM.sql)
            .map_err(DbError::from)?;
        let compacted = schema_pages(fresh)?;
        let own = read_pages(copy, &[(FILE_HEADER_SIZE, vec![0; FIRST_PAGE_SIZE])])?;
        let length = fs::metadata(copy)?.len();
        let mut best = (unchanged, None);
        for pages in [&new, &compacted] {
            overlay_pages(copy, length, pages)?;
            let score = Self::connect(copy, config)?.readability_score();
            if score > best.0 {
                best = (score, Some(pages));
            }
        }
        overlay_pages(copy, length, best.1.unwrap_or(&own))?;
        Self::connect(copy, config)
    }

    /// Opens a copy of an encrypted store. Its header and schema pages are encrypted like all others, so they are not repaired.
    fn open_encrypted(copy: &Path, config: &Config) -> Result<Self> {
        let file = Self::connect(copy, config)?;
        verify_key(&file.sqlite, copy, config)?;
        expose_plaintext_header(&file.sqlite)?;
        file.checkpoint();
        Ok(file)
    }

    /// Writes the log into the file. The log may be damaged too: what cannot be read is left out.
    fn checkpoint(&self) {
        let _ = checkpoint(&self.sqlite);
    }

    fn connect(copy: &Path, config: &Config) -> Result<Self> {
        let open = || -> DbResult<Self> {
            let sqlite = open_with_key(copy, OpenFlags::SQLITE_OPEN_READ_WRITE, config)?;
            // With a writable schema, SQLite ignores tables with an unreadable definition. Otherwise one of them fails the whole file.
            sqlite.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, false)?;
            sqlite.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
            sqlite.set_db_config(DbConfig::SQLITE_DBCONFIG_WRITABLE_SCHEMA, true)?;
            sqlite.set_prepared_statement_cache_capacity(256);
            row_sum::register(&sqlite)?;
            Ok(Self { sqlite })
        };
        Ok(open()?)
    }

    /// The number of readable tables, and much more if contacts are among them: rows of another table would not match the checksums of
    /// contacts.
    fn readability_score(&self) -> usize {
        let mut count = 0_usize;
        for table in TABLES {
            let mut matches = false;
            let result = self.scan(table.scan_ascending.sql, i64::MIN, &mut |row| {
                matches = row.checksum_matches;
                Ok(false)
            });
            let (is_complete, is_empty) =
                result.map_or((false, true), |end| (end.is_complete, end.last_key.is_none()));
            if !is_complete || !(matches || is_empty) {
                continue;
            }
            let weight = match (table.name, is_empty) {
                ("contact", false) => CHECKSUM_MATCH_WEIGHT.saturating_mul(2),
                ("contact", true) => CHECKSUM_MATCH_WEIGHT, // it may be another, empty table
                _ => 1,
            };
            count = count.saturating_add(weight);
        }
        count
    }

    /// Calls `each` with every readable row of a table. Returns true if these are all rows. If the table's B-tree is broken, it is read
    /// from both ends, and between them id by id. After the id `top` there are no rows that matter.
    pub(crate) fn rows(
        &self,
        table: &TableSpec,
        top: i64,
        mut each: impl FnMut(RecoveredRow) -> Result<()>,
    ) -> Result<bool> {
        let mut emit = |row: RecoveredRow| each(row).map(|()| true);
        let up = self.scan(table.scan_ascending.sql, i64::MIN, &mut emit)?;
        if up.is_complete || !up.table_exists {
            return Ok(up.is_complete);
        }
        let from = up.last_key.unwrap_or(0);
        let mut to = None;
        let down = self.scan(table.scan_descending.sql, i64::MAX, &mut |row| match row.key() {
            Some(key) if key < from || to.is_some_and(|to| key > to) => Ok(false),
            Some(key) => {
                to = Some(key);
                emit(row)
            }
            None => Ok(true),
        })?;
        let top = top.min(from.saturating_add(MAX_IDS_TRIED));
        let last = to.unwrap_or(i64::MAX).min(from.max(top).saturating_add(MAX_CONSECUTIVE_GAPS));
        let (mut at, mut gaps) = (from, 0_i64);
        while !down.is_finished && at <= last && (to.is_some() || at <= top || gaps < MAX_CONSECUTIVE_GAPS) {
            let result = self.scan(table.select_by_key.sql, at, &mut emit)?;
            gaps = if result.last_key.is_some() { 0 } else { gaps.saturating_add(1) };
            at = at.saturating_add(1);
        }
        Ok(false)
    }

    /// Reads rows in order until `each` returns false, the rows end, or a row cannot be read.
    fn scan(
        &self,
        sql: &str,
        at: i64,
        each: &mut dyn FnMut(RecoveredRow) -> Result<bool>,
    ) -> Result<ScanResult> {
        let mut end =
            ScanResult { last_key: None, table_exists: false, is_complete: false, is_finished: false };
        let Ok(mut statement) = self.sqlite.prepare_cached(sql) else { return Ok(end) };
        end.table_exists = true;
        let width = statement.column_count().saturating_sub(1);
        let Ok(mut rows) = statement.query(named_params! {":at": at}) else { return Ok(end) };
        loop {
            match rows.next() {
                Ok(Some(row)) => {
                    let values = (0..width)
                        .map(|column| row.get_ref(column).map_or(Value::Null, to_owned_value))
                        .collect();
                    let row = RecoveredRow { values, checksum_matches: row.get(width).unwrap_or(false) };
                    end.last_key = row.key().or(end.last_key);
                    if !each(row)? {
                        (end.is_complete, end.is_finished) = (true, true);
                        return Ok(end);
                    }
                }
                Ok(None) => {
                    (end.is_complete, end.is_finished) = (true, true);
                    return Ok(end);
                }
                Err(_) => return Ok(end),
            }
        }
    }

    /// The facts about the store, if they can be read.
    pub(crate) fn identity(&self) -> Option<Identity> {
        let mut statement = self.sqlite.prepare(METADATA.sql).ok()?;
        let read = statement.query_row([], |row| {
            Ok(Identity {
                public_id: row.get(0)?,
                created_at: row.get(1)?,
                changes_pruned_through: row.get(2)?,
                locale: row.get(3)?,
            })
        });
        read.ok()
    }

    /// The greatest id that was assigned in each table, as far as they can be read.
    pub(crate) fn sequences(&self) -> Vec<(String, i64)> {
        let read = || -> DbResult<Vec<(String, i64)>> {
            let mut statement = self.sqlite.prepare(SEQUENCES.sql)?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.flatten().filter(|(_, last)| *last < MAX_PLAUSIBLE_SEQUENCE).collect())
        };
        read().unwrap_or_default()
    }

    /// The contacts in lists, and the merged ones, which are in no list, as far as these tables can be read, ascending; also those whose
    /// rows cannot be read.
    pub(crate) fn listed_contacts(&self) -> Vec<ContactId> {
        let mut found = Vec::new();
        for both_ways in [[&LISTED_UP, &LISTED_DOWN], [&ABSORBED_UP, &ABSORBED_DOWN]] {
            for statement in both_ways {
                if self.read_ids(statement, &mut found) {
                    break;
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Adds the ids that a statement gives; true if it could be read to its end.
    fn read_ids(&self, statement: &Statement, found: &mut Vec<ContactId>) -> bool {
        let Ok(mut statement) = self.sqlite.prepare(statement.sql) else { return false };
        let Ok(mut rows) = statement.query([]) else { return false };
        loop {
            match rows.next() {
                Ok(Some(row)) => found.extend(row.get(0).map(ContactId)),
                Ok(None) => return true,
                Err(_) => return false,
            }
        }
    }
}

/// The result of a scan.
struct ScanResult {
    /// The key of the last row that was read.
    last_key: Option<i64>,
    /// Whether the schema of the file has the table.
    table_exists: bool,
    /// Whether everything could be read.
    is_complete: bool,
    /// Whether the scan reached its end, or `each` stopped it.
    is_finished: bool,
}

/// Copies a value. In an invalid text, invalid bytes are replaced.
fn to_owned_value(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Real(number) => Value::Real(number),
        ValueRef::Blob(blob) => Value::Blob(blob.to_vec()),
    }
}
