//! The row about the book itself, and figures about the whole file.

use rusqlite::named_params;

use crate::db::connection::sqlite_error::{DbError, classify_integrity_message};
use crate::db::{DbResult, Generation, Read, Write, statements};
use crate::model::Timestamp;

/// What a book says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Metadata {
    pub(crate) public_id: i64,
    pub(crate) locale: String,
    pub(crate) collation: String,
    pub(crate) fold_version: u32,
    pub(crate) phone_normalizer: String,
    /// Whose lists answer.
    pub(crate) generation: Generation,
    /// What the other generation is being made for.
    pub(crate) next: Option<NextOrder>,
    /// Contacts up to this local id have been gone through, by what makes the other generation or empties it.
    pub(crate) next_processed_through: i64,
    /// Whether the other generation is being emptied.
    pub(crate) clearing_other_generation: bool,
    /// Contacts without search keys.
    pub(crate) unindexed: IdRange,
    /// Contacts up to this local id are in the index of substrings; `None` if it is not kept.
    pub(crate) substring_indexed_through: Option<i64>,
}

impl Metadata {
    /// Whether some work has been left for later.
    pub(crate) fn has_background_tasks(&self) -> bool {
        let substrings = self.substring_indexed_through.is_some_and(|through| through != i64::MAX);
        self.next.is_some() || self.clearing_other_generation || !self.unindexed.is_empty() || substrings
    }
}

/// Contacts after one local id, up to another.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct IdRange {
    pub(crate) after: i64,
    pub(crate) last: i64,
}

impl IdRange {
    /// All contacts, those to come included.
    pub(crate) const ALL: Self = Self { after: 0, last: i64::MAX };

    pub(crate) fn is_empty(self) -> bool {
        self.after >= self.last
    }

    pub(crate) fn contains(self, contact: i64) -> bool {
        self.after < contact && contact <= self.last
    }

    /// Whether all contacts of another gap are in this one.
    pub(crate) fn covers(self, other: Self) -> bool {
        other.is_empty() || (self.after <= other.after && other.last <= self.last)
    }
}

/// An order of lists in the making.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NextOrder {
    pub(crate) locale: String,
    pub(crate) collation: String,
}

/// Whether an index of some rows has as many entries as the table has such rows; the sign keeps SQLite from asking the index for both.
macro_rules! partial_index_check {
    ($index:literal, $table:literal, $column:literal, $holds:literal) => {
        concat!(
            "SELECT '",
            $index,
            "' AS name, (SELECT count(*) FROM ",
            $table,
            " INDEXED BY ",
            $index,
            " WHERE ",
            $column,
            $holds,
            ") = (SELECT count(*) FROM ",
            $table,
            " NOT INDEXED WHERE +",
            $column,
            $holds,
            ") AS is_whole"
        )
    };
}

statements! {
    INSERT = "INSERT INTO metadata (id, public_id, created_at, locale, collation, fold_version, phone_normalizer)
        VALUES (1, :public_id, :now, :locale, :collation, :fold_version, :phone_normalizer)";
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
    /// With a bound number as its argument the pragma would look for a table of that name.
    INTEGRITY = "SELECT integrity_check FROM pragma_integrity_check() LIMIT :most";
    FOREIGN_KEYS = "SELECT \"table\" || ' row ' || coalesce(rowid, '?') FROM pragma_foreign_key_check() LIMIT :most";
    /// SQLite's own check finds rows that are not in such an index, but no entries without a row (3.54.1, `pragma.c`).
    PARTIAL_INDEX_CHECK = concat!("SELECT 'wrong # of entries in index ' || name FROM (",
        partial_index_check!("advisor_by_email", "advisor", "email_key", " <> ''"),
        " UNION ALL ", partial_index_check!("entitlement_by_number", "entitlement", "normal", " <> ''"),
        " UNION ALL ", partial_index_check!("pre_entitlement_by_number", "pre_entitlement", "normal", " <> ''"),
        " UNION ALL ", partial_index_check!("contact_by_status", "contact", "status", " > 0"),
        " UNION ALL ", partial_index_check!("contact_by_own_advisor", "contact", "own_advisor", " IS NOT NULL"),
        " UNION ALL ", partial_index_check!("contact_by_survivor", "contact", "merged_into", " IS NOT NULL"),
        " UNION ALL ", partial_index_check!("contact_by_invitation", "contact", "invite_code", " <> ''"),
        " UNION ALL ", partial_index_check!("job_by_advisor", "job", "advisor", " IS NOT NULL"),
        ") WHERE NOT is_whole LIMIT :most");
}

/// Counts of the whole book.
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

pub(crate) fn insert(db: &Write<'_>, book: &Metadata, now: Timestamp) -> DbResult<()> {
    db.prepare(&INSERT)?.execute(named_params! {
        ":public_id": book.public_id, ":now": now.0, ":locale": book.locale, ":collation": book.collation,
        ":fold_version": book.fold_version, ":phone_normalizer": book.phone_normalizer,
    })?;
    Ok(())
}

pub(crate) fn read(db: &Read<'_>) -> DbResult<Metadata> {
    // By number, before every write: to look for a name among the columns takes longer than to read it.
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

/// Records what the search keys were made with.
pub(crate) fn set_fold_version(db: &Write<'_>, fold: u32) -> DbResult<()> {
    db.prepare(&SET_FOLD_VERSION)?.execute(named_params! {":fold_version": fold})?;
    Ok(())
}

/// The contacts without search keys, and what the others' were made with.
pub(crate) fn unindexed(db: &Read<'_>) -> DbResult<(u32, IdRange)> {
    Ok(db
        .prepare(&UNINDEXED)?
        .query_row([], |row| Ok((row.get(0)?, IdRange { after: row.get(1)?, last: row.get(2)? })))?)
}

/// Records which contacts have no search keys.
pub(crate) fn set_unindexed(db: &Write<'_>, gap: IdRange) -> DbResult<()> {
    db.prepare(&SET_UNINDEXED)?.execute(named_params! {":after": gap.after, ":last": gap.last})?;
    Ok(())
}

/// How many contacts there are in a gap.
pub(crate) fn count_contacts_in(db: &Read<'_>, gap: IdRange) -> DbResult<i64> {
    let params = named_params! {":after": gap.after, ":last": gap.last};
    Ok(db.prepare(&COUNT_BETWEEN)?.query_row(params, |row| row.get(0))?)
}

/// Records which order the lists are in, and which one is on its way.
pub(crate) fn set_order(db: &Write<'_>, book: &Metadata) -> DbResult<()> {
    db.prepare(&SET_ORDER)?.execute(named_params! {
        ":locale": book.locale, ":collation": book.collation, ":generation": book.generation.column(),
        ":next_locale": book.next.as_ref().map(|next| &next.locale),
        ":next_collation": book.next.as_ref().map(|next| &next.collation),
        ":next_processed_through": book.next_processed_through, ":clearing_other_generation": book.clearing_other_generation,
    })?;
    Ok(())
}

/// Records how far the other generation has got.
pub(crate) fn set_next_processed(db: &Write<'_>, contact: i64) -> DbResult<()> {
    db.prepare(&SET_NEXT_PROCESSED)?.execute(named_params! {":next_processed_through": contact})?;
    Ok(())
}

/// Makes what goes through the contacts start again after this one, if it is further.
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

/// The first `most` complaints of SQLite about the file; none if it is sound.
pub(crate) fn integrity_errors(db: &Read<'_>, most: i64) -> DbResult<Vec<String>> {
    let told = |statement| -> DbResult<Vec<String>> {
        let mut statement = db.prepare(statement)?;
        let rows = statement.query_map(named_params! {":most": most}, |row| row.get::<_, String>(0))?;
        rows.filter_map(|row| row.map_err(DbError::from).and_then(classify_integrity_message).transpose())
            .collect()
    };
    let mut found = told(&INTEGRITY)?;
    found.extend(told(&FOREIGN_KEYS)?);
    if found.is_empty() {
        found = told(&PARTIAL_INDEX_CHECK)?; // what does not hang together cannot be counted
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;
    use rusqlite::config::DbConfig;

    use super::PARTIAL_INDEX_CHECK;

    /// A row with something in every column, so that every index has it.
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

    fn wrong(sqlite: &Connection) -> Vec<String> {
        let mut statement = sqlite.prepare(PARTIAL_INDEX_CHECK.sql).unwrap();
        let rows = statement.query_map([20], |row| row.get(0)).unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    }

    /// An index of some rows only that had an entry of a row that is gone was called sound: SQLite's check counts the entries of the
    /// others alone. The contact it named was looked for among those merged into another one, without end.
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
        let known: Vec<(String, String, String)> = {
            let sqlite = fresh();
            let mut names = sqlite
                .prepare("SELECT name, tbl_name, sql FROM sqlite_schema WHERE type = 'index' AND sql LIKE '% WHERE %'")
                .unwrap();
            let rows = names.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
            rows.unwrap().collect::<Result<_, _>>().unwrap()
        };
        assert!(known.len() > 5, "{known:?}");
        for (index, table, sql) in known {
            let sqlite = fresh();
            fill(&sqlite, &table);
            assert!(wrong(&sqlite).is_empty(), "{index}: its row is there");
            // The index does not hear of the row's end.
            let define = |sql: &str| {
                let update = "UPDATE sqlite_schema SET sql = ?1 WHERE name = ?2";
                sqlite.execute(update, [sql, &index]).unwrap();
                sqlite.execute_batch("PRAGMA writable_schema = RESET; PRAGMA writable_schema = ON").unwrap();
            };
            define(&format!("{sql} AND 1 > 2"));
            sqlite.execute(&format!("DELETE FROM {table} WHERE true"), []).unwrap();
            define(&sql);
            assert_eq!(wrong(&sqlite), [format!("wrong # of entries in index {index}")]);
        }
    }
}
