//! SQLite as its best users would use it for the same questions.

use std::path::Path;
use std::time::{Duration, Instant};

use cardex::AdvisorId;
use rusqlite::types::Value;
use rusqlite::{Connection, Statement, params, params_from_iter};

use crate::{PAGE, Result};

/// The tables an import fills, parents first, each with the order its rows come in: that of the contacts, as a program
/// that imports has them. The search index is not among them.
const TABLES: &[(&str, &str)] = &[
    ("book", "1"),
    ("network", "1"),
    ("tenant", "1"),
    ("advisor", "1"),
    ("contact", "id"),
    ("contact_point", "contact"),
    ("contact_key", "contact"),
    ("link", "contact"),
    ("list_entry", "contact"),
    ("list_bucket", "1"),
    ("change", "seq"),
];

/// What a user of SQLite adds to find names: a covering B-tree over folded names, and FTS5.
const EXTRAS: &str = "
    CREATE TABLE name_key (owner INTEGER NOT NULL, name TEXT NOT NULL, contact INTEGER NOT NULL,
        PRIMARY KEY (owner, name, contact)) STRICT, WITHOUT ROWID;
    INSERT INTO name_key SELECT 0, lower(first_name || ' ' || last_name), id FROM contact WHERE network = 1;
    INSERT INTO name_key SELECT l.advisor, lower(c.first_name || ' ' || c.last_name), c.id
        FROM link l JOIN contact c ON c.id = l.contact WHERE c.network = 1;
    CREATE VIRTUAL TABLE name_fts USING fts5 (first_name, last_name, display_name, content = 'contact',
        content_rowid = 'id', prefix = '1 2 3');
    INSERT INTO name_fts (name_fts) VALUES ('rebuild');
";

/// How long the copy took.
pub(crate) struct Built {
    pub(crate) rows: Duration,
}

/// Copies the rows of a book into a plain database with the same tables and indexes, one transaction, prepared inserts.
pub(crate) fn build(book: &Path, plain: &Path) -> Result<Built> {
    remove(plain)?;
    let source = Connection::open(book)?;
    let mut target = Connection::open(plain)?;
    target.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    target.pragma_update(None, "synchronous", "FULL")?;
    target.pragma_update(None, "cache_size", -8 * 1024)?;
    target.execute_batch(include_str!("../../schema.sql"))?;
    let mut rows = Duration::ZERO;
    let tx = target.transaction()?;
    for (table, order) in TABLES {
        let mut select = source.prepare(&format!("SELECT * FROM {table} ORDER BY {order}"))?;
        let columns = select.column_count();
        let marks = vec!["?"; columns].join(", ");
        let mut insert = tx.prepare(&format!("INSERT INTO {table} VALUES ({marks})"))?;
        let mut found = select.query([])?;
        loop {
            // Reading the source is not what is measured: read a chunk, then take the time of writing it.
            let mut chunk: Vec<Vec<Value>> = Vec::new();
            while chunk.len() < 10_000 {
                let Some(row) = found.next()? else { break };
                chunk.push((0..columns).map(|at| row.get(at)).collect::<rusqlite::Result<_>>()?);
            }
            if chunk.is_empty() {
                break;
            }
            let start = Instant::now();
            for row in chunk {
                insert.execute(params_from_iter(row))?;
            }
            rows += start.elapsed();
        }
    }
    let start = Instant::now();
    tx.commit()?;
    rows += start.elapsed();
    target.execute_batch(EXTRAS)?;
    target.pragma_update_and_check(None, "wal_checkpoint", "TRUNCATE", |_| Ok(()))?;
    Ok(Built { rows })
}

/// Removes a database and what stands beside it.
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

/// The plain database, open.
pub(crate) struct Reference {
    sqlite: Connection,
}

const COLUMNS: &str =
    "c.id, c.public_id, c.tenant, c.network, c.grp, c.first_name, c.last_name, c.display_name, c.nickname,
    c.company, c.language, c.status, c.uid, c.version, c.created_at, c.updated_at, c.trashed_at, c.points";

impl Reference {
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let sqlite = Connection::open(path)?;
        sqlite.pragma_update(None, "cache_size", -8 * 1024)?;
        sqlite.set_prepared_statement_cache_capacity(64);
        Ok(Self { sqlite })
    }

    /// Opens, reads one contact, and closes.
    pub(crate) fn open_and_read_one(path: &Path) -> Result<()> {
        let reference = Self::open(path)?;
        let one: i64 = reference.sqlite.query_row("SELECT max(id) / 2 FROM contact", [], |row| row.get(0))?;
        reference.by_key(&[one])?;
        Ok(())
    }

    /// Local ids of contacts by their public ones.
    pub(crate) fn local_ids(&self, found: &[Vec<i64>]) -> Result<Vec<Vec<i64>>> {
        let mut select = self.sqlite.prepare("SELECT id FROM contact WHERE public_id = ?")?;
        let mut local =
            |ids: &Vec<i64>| ids.iter().map(|id| select.query_row([id], |row| row.get(0))).collect();
        Ok(found.iter().map(&mut local).collect::<rusqlite::Result<_>>()?)
    }

    /// Whole contacts, with phones and addresses, by key: one prepared statement, one transaction.
    pub(crate) fn by_key(&self, ids: &[i64]) -> Result<usize> {
        self.sqlite.prepare_cached("BEGIN")?.execute([])?;
        let mut read = 0;
        {
            let mut contact =
                self.sqlite.prepare_cached(&format!("SELECT {COLUMNS} FROM contact c WHERE c.id = ?"))?;
            for id in ids {
                read += rows(&mut contact, params![id])?;
            }
        }
        self.sqlite.prepare_cached("COMMIT")?.execute([])?;
        Ok(read)
    }

    /// Ids only, by first name, from a covering B-tree made for this one question.
    pub(crate) fn btree(&self, text: &str, advisor: Option<AdvisorId>) -> Result<usize> {
        let text = text.to_lowercase();
        let mut select = self.sqlite.prepare_cached(
            "SELECT contact FROM name_key WHERE owner = ?1 AND name >= ?2 AND name < ?3 ORDER BY name, contact LIMIT ?4",
        )?;
        let end = format!("{text}\u{10FFFF}");
        rows(&mut select, params![self.owner(advisor)?, text, end, i64::try_from(PAGE)?])
    }

    /// Whole contact rows in the order of names, by FTS5 with prefix indexes.
    pub(crate) fn fts(&self, text: &str, advisor: Option<AdvisorId>) -> Result<usize> {
        let text = format!("\"{}\" *", text.replace('"', "\"\""));
        let mut select = self.sqlite.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM name_fts f JOIN contact c ON c.id = f.rowid
                WHERE name_fts MATCH ?1 AND c.network = 1
                AND (?2 = 0 OR EXISTS (SELECT 1 FROM link l WHERE l.contact = c.id AND l.advisor = ?2))
                ORDER BY c.first_name, c.last_name, c.id LIMIT ?3"
        ))?;
        rows(&mut select, params![text, self.owner(advisor)?, i64::try_from(PAGE)?])
    }

    /// Whole contact rows in the order of names, by `LIKE` from the start.
    pub(crate) fn like(&self, text: &str, advisor: Option<AdvisorId>) -> Result<usize> {
        let text = format!("{text}%");
        let mut select = self.sqlite.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM contact c
                WHERE c.network = 1 AND (first_name LIKE ?1 OR last_name LIKE ?1 OR display_name LIKE ?1)
                AND (?2 = 0 OR EXISTS (SELECT 1 FROM link l WHERE l.contact = c.id AND l.advisor = ?2))
                ORDER BY c.first_name, c.last_name, c.id LIMIT ?3"
        ))?;
        rows(&mut select, params![text, self.owner(advisor)?, i64::try_from(PAGE)?])
    }

    /// The advisor's local id; 0 for everyone.
    fn owner(&self, advisor: Option<AdvisorId>) -> Result<i64> {
        let Some(advisor) = advisor else { return Ok(0) };
        let mut select = self.sqlite.prepare_cached("SELECT id FROM advisor WHERE public_id = ?")?;
        Ok(select.query_row([advisor.0], |row| row.get(0))?)
    }
}

/// Runs a statement and takes every column of every row over, texts included.
fn rows(statement: &mut Statement<'_>, params: impl rusqlite::Params) -> Result<usize> {
    let columns = statement.column_count();
    let mut found = statement.query(params)?;
    let mut count = 0;
    while let Some(row) = found.next()? {
        for at in 0..columns {
            std::hint::black_box(row.get::<_, Value>(at)?);
        }
        count += 1;
    }
    Ok(count)
}
