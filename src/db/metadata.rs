//! The row about the store itself, and statistics of the whole file.

use rusqlite::named_params;

use crate::db::connection::conn::{Read, Write};
use crate::db::connection::sqlite_error::{DbError, DbResult, classify_integrity_message};
use crate::db::connection::statement::statements;
use crate::db::scope::Generation;
use crate::model::Timestamp;

/// The facts about a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Metadata {
    pub(crate) public_id: i64,
    pub(crate) locale: String,
    pub(crate) collation: String,
    pub(crate) fold_version: u32,
    pub(crate) phone_normalizer: String,
    /// The generation that queries read.
    pub(crate) generation: Generation,
    /// The order that the other generation is being built for.
    pub(crate) next: Option<NextOrder>,
    /// Contacts up to this local id are processed by the task that builds or empties the other generation.
    pub(crate) next_processed_through: i64,
    /// Whether the other generation is being emptied.
    pub(crate) clearing_other_generation: bool,
    /// The contacts without search keys.
    pub(crate) unindexed: IdRange,
    /// Contacts up to this local id are in the substring index; `None` if the store maintains none.
    pub(crate) substring_indexed_through: Option<i64>,
}

impl Metadata {
    /// Whether background tasks have work to do.
    pub(crate) fn has_background_tasks(&self) -> bool {
        let substrings = self.substring_indexed_through.is_some_and(|through| through != i64::MAX);
        self.next.is_some() || self.clearing_other_generation || !self.unindexed.is_empty() || substrings
    }
}

/// The contacts after one local id, up to another.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct IdRange {
    pub(crate) after: i64,
    pub(crate) last: i64,
}

impl IdRange {
    /// All contacts, also future ones.
    pub(crate) const ALL: Self = Self { after: 0, last: i64::MAX };

    pub(crate) fn is_empty(self) -> bool {
        self.after >= self.last
    }

    pub(crate) fn contains(self, contact: i64) -> bool {
        self.after < contact && contact <= self.last
    }

    /// Whether all contacts of another range are in this one.
    pub(crate) fn covers(self, other: Self) -> bool {
        other.is_empty() || (self.after <= other.after && other.last <= self.last)
    }
}

/// An order of lists that is being built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NextOrder {
    pub(crate) locale: String,
    pub(crate) collation: String,
}

statements! {
    INSERT = "INSERT INTO metadata (id, public_id, cursor_key, created_at, locale, collation, fold_version, phone_normalizer)
        VALUES (1, :public_id, :cursor_key, :now, :locale, :collation, :fold_version, :phone_normalizer)";
    CURSOR_KEY = "SELECT cursor_key FROM metadata WHERE id = 1";
    BOOK_NUMBER = "SELECT public_id FROM metadata WHERE id = 1";
    SELECT = "SELECT public_id, locale, collation, fold_version, phone_normalizer, generation, next_locale, next_collation, next_processed_through, clearing_other_generation,
        unindexed_after, unindexed_last, substring_indexed_through FROM metadata WHERE id = 1";
    UNINDEXED = "SELECT fold_version, unindexed_after, unindexed_last FROM metadata WHERE id = 1";
    SET_UNINDEXED = "UPDATE metadata SET unindexed_after = :after, unindexed_last = :last WHERE id = 1";
    COUNT_BETWEEN = "SELECT count(*) FROM contact WHERE id > :after AND id <= :last";
    SET_FOLD_VERSION = "UPDATE metadata SET fold_version = :fold_version WHERE id = 1";
    SET_ORDER = "UPDATE metadata SET locale = :locale, collation = :collation, generation = :generation,
        next_locale = :next_locale, next_collation = :next_collation, next_processed_through = :next_processed_through, clearing_other_generation = :clearing_other_generation WHERE id = 1";
    SET_NEXT_PROCESSED = "UPDATE metadata SET next_processed_through = :next_processed_through WHERE id = 1";
    LOWER_NEXT_PROCESSED = "UPDATE metadata SET next_processed_through = min(next_processed_through, :next_processed_through) WHERE id = 1";
    COUNTS = "SELECT (SELECT count(*) FROM contact WHERE trashed_at IS NULL),
        (SELECT count(*) FROM contact WHERE trashed_at IS NOT NULL AND merged_into IS NULL), (SELECT count(*) FROM link),
        (SELECT count(*) FROM advisor), (SELECT count(*) FROM tenant), (SELECT count(*) FROM change)";
    FILE_SIZE = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()";
    /// The limit is not an argument of the pragma: it would take a bound number as the name of a table.
    INTEGRITY = "SELECT integrity_check FROM pragma_integrity_check() LIMIT :most";
    FOREIGN_KEYS = "SELECT \"table\" || ' row ' || coalesce(rowid, '?') FROM pragma_foreign_key_check() LIMIT :most";
    /// SQLite's own check finds rows that are missing in a partial index, but not entries without a row (3.54.1, `pragma.c`). So this
    /// compares the number of entries with the number of rows. The sign before a column keeps SQLite from using the index for both.
    PARTIAL_INDEX_CHECK = "SELECT 'wrong # of entries in index ' || name FROM (
        SELECT 'advisor_by_email' AS name,
            (SELECT count(*) FROM advisor INDEXED BY advisor_by_email WHERE email_key <> '')
            = (SELECT count(*) FROM advisor NOT INDEXED WHERE +email_key <> '') AS is_complete
        UNION ALL SELECT 'entitlement_by_number',
            (SELECT count(*) FROM entitlement INDEXED BY entitlement_by_number WHERE normalized <> '')
            = (SELECT count(*) FROM entitlement NOT INDEXED WHERE +normalized <> '')
        UNION ALL SELECT 'pre_entitlement_by_number',
            (SELECT count(*) FROM pre_entitlement INDEXED BY pre_entitlement_by_number WHERE normalized <> '')
            = (SELECT count(*) FROM pre_entitlement NOT INDEXED WHERE +normalized <> '')
        UNION ALL SELECT 'contact_by_status',
            (SELECT count(*) FROM contact INDEXED BY contact_by_status WHERE status > 0)
            = (SELECT count(*) FROM contact NOT INDEXED WHERE +status > 0)
        UNION ALL SELECT 'contact_by_own_advisor',
            (SELECT count(*) FROM contact INDEXED BY contact_by_own_advisor WHERE own_advisor IS NOT NULL)
            = (SELECT count(*) FROM contact NOT INDEXED WHERE +own_advisor IS NOT NULL)
        UNION ALL SELECT 'contact_by_survivor',
            (SELECT count(*) FROM contact INDEXED BY contact_by_survivor WHERE merged_into IS NOT NULL)
            = (SELECT count(*) FROM contact NOT INDEXED WHERE +merged_into IS NOT NULL)
        UNION ALL SELECT 'contact_by_invitation',
            (SELECT count(*) FROM contact INDEXED BY contact_by_invitation WHERE invite_code <> '')
            = (SELECT count(*) FROM contact NOT INDEXED WHERE +invite_code <> '')
        UNION ALL SELECT 'merge_record_by_job',
            (SELECT count(*) FROM merge_record INDEXED BY merge_record_by_job WHERE job IS NOT NULL)
            = (SELECT count(*) FROM merge_record NOT INDEXED WHERE +job IS NOT NULL)
        UNION ALL SELECT 'job_by_advisor',
            (SELECT count(*) FROM job INDEXED BY job_by_advisor WHERE advisor IS NOT NULL)
            = (SELECT count(*) FROM job NOT INDEXED WHERE +advisor IS NOT NULL)
        UNION ALL SELECT 'import_run_by_advisor',
            (SELECT count(*) FROM import_run INDEXED BY import_run_by_advisor WHERE advisor IS NOT NULL)
            = (SELECT count(*) FROM import_run NOT INDEXED WHERE +advisor IS NOT NULL)
        ) WHERE NOT is_complete LIMIT :most";
}

/// Counts of the whole store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) contacts: i64,
    pub(crate) trashed: i64,
    pub(crate) links: i64,
    pub(crate) advisors: i64,
    pub(crate) tenants: i64,
    pub(crate) changes: i64,
    pub(crate) bytes: i64,
}

pub(crate) fn insert(
    db: &Write<'_>,
    metadata: &Metadata,
    cursor_key: &[u8; 32],
    now: Timestamp,
) -> DbResult<()> {
    db.prepare(&INSERT)?.execute(named_params! {
        ":public_id": metadata.public_id, ":cursor_key": cursor_key, ":now": now.0, ":locale": metadata.locale, ":collation": metadata.collation,
        ":fold_version": metadata.fold_version, ":phone_normalizer": metadata.phone_normalizer,
    })?;
    Ok(())
}

/// The random number of the book.
pub(in crate::db) fn book_number(db: &Read<'_>) -> DbResult<i64> {
    if let Some(known) = db.id_cache().book {
        return Ok(known);
    }
    let found = db.prepare(&BOOK_NUMBER)?.query_row([], |row| row.get(0))?;
    db.id_cache().book = Some(found);
    Ok(found)
}

pub(crate) fn read(db: &Read<'_>) -> DbResult<Metadata> {
    // By column number, since every write reads this row: finding a column by name takes longer than reading it.
    Ok(db.prepare(&SELECT)?.query_row([], |row| {
        Ok(Metadata {
            public_id: row.get(0)?,
            locale: row.get(1)?,
            collation: row.get(2)?,
            fold_version: row.get(3)?,
            phone_normalizer: row.get(4)?,
            generation: Generation::from_column(row.get(5)?),
            next: match (row.get(6)?, row.get(7)?) {
                (Some(locale), Some(collation)) => Some(NextOrder { locale, collation }),
                _ => None,
            },
            next_processed_through: row.get(8)?,
            clearing_other_generation: row.get(9)?,
            unindexed: IdRange { after: row.get(10)?, last: row.get(11)? },
            substring_indexed_through: row.get(12)?,
        })
    })?)
}

/// The key that encrypts cursors.
pub(crate) fn cursor_key(db: &Read<'_>) -> DbResult<[u8; 32]> {
    Ok(db.prepare(&CURSOR_KEY)?.query_row([], |row| row.get(0))?)
}

/// Writes the version of the fold that made the search keys.
pub(crate) fn set_fold_version(db: &Write<'_>, version: u32) -> DbResult<()> {
    db.prepare(&SET_FOLD_VERSION)?.execute(named_params! {":fold_version": version})?;
    Ok(())
}

/// The version of the fold that made the search keys, and the contacts without search keys.
pub(crate) fn unindexed(db: &Read<'_>) -> DbResult<(u32, IdRange)> {
    Ok(db
        .prepare(&UNINDEXED)?
        .query_row([], |row| Ok((row.get(0)?, IdRange { after: row.get(1)?, last: row.get(2)? })))?)
}

/// Writes the range of contacts without search keys.
pub(crate) fn set_unindexed(db: &Write<'_>, range: IdRange) -> DbResult<()> {
    db.prepare(&SET_UNINDEXED)?.execute(named_params! {":after": range.after, ":last": range.last})?;
    Ok(())
}

/// The number of contacts in a range.
pub(crate) fn count_contacts_in(db: &Read<'_>, range: IdRange) -> DbResult<i64> {
    let params = named_params! {":after": range.after, ":last": range.last};
    Ok(db.prepare(&COUNT_BETWEEN)?.query_row(params, |row| row.get(0))?)
}

/// Writes the current order of the lists, and the next one.
pub(crate) fn set_order(db: &Write<'_>, metadata: &Metadata) -> DbResult<()> {
    db.prepare(&SET_ORDER)?.execute(named_params! {
        ":locale": metadata.locale, ":collation": metadata.collation, ":generation": metadata.generation.column(),
        ":next_locale": metadata.next.as_ref().map(|next| &next.locale),
        ":next_collation": metadata.next.as_ref().map(|next| &next.collation),
        ":next_processed_through": metadata.next_processed_through, ":clearing_other_generation": metadata.clearing_other_generation,
    })?;
    Ok(())
}

/// Writes the contact up to which the other generation is processed.
pub(crate) fn set_next_processed(db: &Write<'_>, contact: i64) -> DbResult<()> {
    db.prepare(&SET_NEXT_PROCESSED)?.execute(named_params! {":next_processed_through": contact})?;
    Ok(())
}

/// Makes the processing of the other generation continue after this contact, if it is already further.
pub(crate) fn lower_next_processed(db: &Write<'_>, contact: i64) -> DbResult<()> {
    db.prepare(&LOWER_NEXT_PROCESSED)?.execute(named_params! {":next_processed_through": contact})?;
    Ok(())
}

pub(crate) fn counts(db: &Read<'_>) -> DbResult<Counts> {
    let bytes = db.prepare(&FILE_SIZE)?.query_row([], |row| row.get(0))?;
    Ok(db.prepare(&COUNTS)?.query_row([], |row| {
        Ok(Counts {
            contacts: row.get(0)?,
            trashed: row.get(1)?,
            links: row.get(2)?,
            advisors: row.get(3)?,
            tenants: row.get(4)?,
            changes: row.get(5)?,
            bytes,
        })
    })?)
}

/// The first `most` integrity errors that SQLite finds in the file; none if it is intact.
pub(crate) fn integrity_errors(db: &Read<'_>, most: i64) -> DbResult<Vec<String>> {
    let messages = |statement| -> DbResult<Vec<String>> {
        let mut statement = db.prepare(statement)?;
        let rows = statement.query_map(named_params! {":most": most}, |row| row.get::<_, String>(0))?;
        rows.filter_map(|row| row.map_err(DbError::from).and_then(classify_integrity_message).transpose())
            .collect()
    };
    let mut found = messages(&INTEGRITY)?;
    found.extend(messages(&FOREIGN_KEYS)?);
    if found.is_empty() {
        found = messages(&PARTIAL_INDEX_CHECK)?; // a damaged tree cannot be counted
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;
    use rusqlite::config::DbConfig;

    use super::PARTIAL_INDEX_CHECK;

    /// Inserts a row with a value in every column, so that every index contains it.
    fn fill(sqlite: &Connection, table: &str) {
        let mut columns = sqlite.prepare("SELECT name, type FROM pragma_table_info(?1)").unwrap();
        let columns = columns.query_map([table], |row| {
            let value = match row.get::<_, String>(1)?.as_str() {
                "INTEGER" => "1",
                "BLOB" => "x'01'",
                _ => "'x'",
            };
            Ok((row.get::<_, String>(0)?, value))
        });
        let columns: Vec<_> = columns.unwrap().collect::<Result<_, _>>().unwrap();
        let names: Vec<_> = columns.iter().map(|(name, _)| name.as_str()).collect();
        let values: Vec<_> = columns.iter().map(|(_, value)| *value).collect();
        let sql = format!("INSERT INTO {table} ({}) VALUES ({})", names.join(", "), values.join(", "));
        sqlite.execute(&sql, []).unwrap();
    }

    fn mismatches(sqlite: &Connection) -> Vec<String> {
        let mut statement = sqlite.prepare(PARTIAL_INDEX_CHECK.sql).unwrap();
        let rows = statement.query_map([20], |row| row.get(0)).unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    }

    /// Regression test: a partial index with an entry of a deleted row passed the check, because SQLite counts the entries of other
    /// indexes only. A search for the contact in that entry never ended.
    #[test]
    fn every_partial_index_is_counted() {
        let fresh = || {
            let sqlite = Connection::open_in_memory().unwrap();
            sqlite.execute_batch(include_str!("../../schema.sql")).unwrap();
            sqlite.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, false).unwrap();
            sqlite
                .execute_batch(
                    "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON; PRAGMA writable_schema = ON",
                )
                .unwrap();
            sqlite
        };
        let indexes: Vec<(String, String, String)> = {
            let sqlite = fresh();
            let mut names = sqlite
                .prepare("SELECT name, tbl_name, sql FROM sqlite_schema WHERE type = 'index' AND sql LIKE '% WHERE %'")
                .unwrap();
            let rows = names.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
            rows.unwrap().collect::<Result<_, _>>().unwrap()
        };
        assert!(indexes.len() > 5, "{indexes:?}");
        for (index, table, sql) in indexes {
            let sqlite = fresh();
            fill(&sqlite, &table);
            assert!(mismatches(&sqlite).is_empty(), "{index}: its row exists");
            // Deletes the row without its index entry.
            let define = |sql: &str| {
                let update = "UPDATE sqlite_schema SET sql = ?1 WHERE name = ?2";
                sqlite.execute(update, [sql, &index]).unwrap();
                sqlite.execute_batch("PRAGMA writable_schema = RESET; PRAGMA writable_schema = ON").unwrap();
            };
            define(&format!("{sql} AND 1 > 2"));
            sqlite.execute(&format!("DELETE FROM {table} WHERE true"), []).unwrap();
            define(&sql);
            assert_eq!(mismatches(&sqlite), [format!("wrong # of entries in index {index}")]);
        }
    }
}
