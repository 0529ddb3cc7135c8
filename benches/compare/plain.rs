//! The same rows in a plain SQLite database: the cost of plain inserts, and of indexes that find names with SQLite.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::types::Value;
use rusqlite::{Connection, Transaction, params_from_iter};

use crate::{Result, names};

/// The name indexes of a SQLite user: folded names with a covering B-tree for all contacts and one for each advisor,
/// and FTS5.
const NAMES: &str = "
    CREATE TABLE name_text (id INTEGER PRIMARY KEY, contact INTEGER NOT NULL, network INTEGER NOT NULL,
        rank INTEGER NOT NULL, text TEXT NOT NULL) STRICT;
";
const BTREES: &str = "
    CREATE INDEX name_by_text ON name_text (network, rank, text, contact);
    CREATE TABLE name_of_advisor (advisor INTEGER NOT NULL, network INTEGER NOT NULL, rank INTEGER NOT NULL,
        text TEXT NOT NULL, contact INTEGER NOT NULL, PRIMARY KEY (advisor, network, rank, text, contact))
        STRICT, WITHOUT ROWID;
    INSERT INTO name_of_advisor SELECT l.advisor, n.network, n.rank, n.text, n.contact
        FROM link l JOIN name_text n ON n.contact = l.contact ORDER BY 1, 2, 3, 4, 5;
";
const FTS5: &str = "
    CREATE VIRTUAL TABLE name_fts USING fts5 (text, content = 'name_text', content_rowid = 'id', prefix = '1 2 3',
        tokenize = \"unicode61 remove_diacritics 0 categories 'L* N* M* S* Co'\");
    INSERT INTO name_fts (name_fts) VALUES ('rebuild');
";

/// The times of creating the database.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Built {
    /// Plain inserts of the rows with indexes, and the commit.
    pub(crate) rows: Duration,
}

/// Copies all tables except the search index into a plain database, in one transaction with prepared inserts. Then adds
/// the name indexes.
pub(crate) fn build(book: &Path, plain: &Path) -> Result<Built> {
    remove(plain)?;
    let source = Connection::open(book)?;
    let unfinished = plain.with_extension("unfinished");
    remove(&unfinished)?;
    let mut target = Connection::open(&unfinished)?;
    tune(&target)?;
    // As in a transaction of an import.
    target.pragma_update(None, "cache_size", -64 * 1024)?;
    target.execute_batch(include_str!("../../schema.sql"))?;
    let mut rows = Duration::ZERO;
    let tx = target.transaction()?;
    for table in tables(&source)? {
        rows += copy(&source, &tx, &table)?;
    }
    let start = Instant::now();
    tx.commit()?;
    rows += start.elapsed();
    let tx = target.transaction()?;
    tx.execute_batch(NAMES)?;
    names::fill(&tx)?;
    tx.execute_batch(BTREES)?;
    tx.execute_batch(FTS5)?;
    tx.commit()?;
    target.pragma_update_and_check(None, "wal_checkpoint", "TRUNCATE", |_| Ok(()))?;
    drop(target);
    std::fs::rename(&unfinished, plain)?; // an existing file is complete
    remove(&unfinished)?;
    Ok(Built { rows })
}

/// The settings of the engine: log, flush, page cache.
pub(crate) fn tune(sqlite: &Connection) -> Result<()> {
    sqlite.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    sqlite.pragma_update(None, "synchronous", "FULL")?;
    sqlite.pragma_update(None, "cache_size", -8 * 1024)?;
    sqlite.pragma_update(None, "foreign_keys", false)?;
    sqlite.set_prepared_statement_cache_capacity(64);
    Ok(())
}

/// The tables with rows, without the engine's indexes, each with its order: the order of contacts, as in an import.
fn tables(source: &Connection) -> Result<Vec<(String, String)>> {
    let mut select = source.prepare(
        "SELECT t.name, EXISTS (SELECT 1 FROM pragma_table_info(t.name) WHERE name = 'contact') FROM pragma_table_list t
            WHERE t.type = 'table' AND t.schema = 'main' AND t.name NOT LIKE 'sqlite_%' AND t.name NOT LIKE 'search_%'
            AND t.name <> 'memtable_log' AND t.name NOT LIKE 'substring%' ORDER BY t.name",
    )?;
    let row = |row: &rusqlite::Row<'_>| {
        let of_contacts: bool = row.get(1)?;
        Ok((row.get(0)?, if of_contacts { "contact" } else { "1" }.to_owned()))
    };
    Ok(select.query_map([], row)?.collect::<rusqlite::Result<_>>()?)
}

/// Copies a table. Reading the source is not measured: a chunk is read, then the time of writing it is measured.
fn copy(
    source: &Connection,
    target: &Transaction<'_>,
    (table, order): &(String, String),
) -> Result<Duration> {
    let mut took = Duration::ZERO;
    // Generated columns are left out.
    let mut names = source.prepare("SELECT group_concat(name, ', ') FROM pragma_table_info(?)")?;
    let names: String = names.query_row([table], |row| row.get(0))?;
    let mut select = source.prepare(&format!("SELECT {names} FROM {table} ORDER BY {order}"))?;
    let columns = select.column_count();
    let blanks = vec!["?"; columns].join(", ");
    let mut insert = target.prepare(&format!("INSERT INTO {table} ({names}) VALUES ({blanks})"))?;
    let mut found = select.query([])?;
    loop {
        let mut chunk: Vec<Vec<Value>> = Vec::new();
        while chunk.len() < 10_000 {
            let Some(row) = found.next()? else { break };
            chunk.push((0..columns).map(|at| row.get(at)).collect::<rusqlite::Result<_>>()?);
        }
        if chunk.is_empty() {
            return Ok(took);
        }
        let start = Instant::now();
        for row in chunk {
            insert.execute(params_from_iter(row))?;
        }
        took += start.elapsed();
    }
}

/// Removes a database and the files beside it.
pub(crate) fn remove(path: &Path) -> Result<()> {
    for suffix in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        match std::fs::remove_file(name) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    Ok(())
}
