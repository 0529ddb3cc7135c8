//! SQLite as an expert would use it: a covering B-tree for this one query, FTS5 with prefix indexes, and `LIKE` without
//! an index.

use std::path::Path;

use rusqlite::{Connection, Statement, ToSql, named_params};

use super::{Peer, Question, once};
use crate::names::FORMS;
use crate::plain::tune;
use crate::{Result, floor};

/// Opens the plain database.
pub(crate) fn open(plain: &Path) -> Result<Connection> {
    let sqlite = Connection::open(plain)?;
    tune(&sqlite)?;
    Ok(sqlite)
}

/// Local ids from the first column of a statement.
fn ids(select: &mut Statement<'_>, params: &[(&str, &dyn ToSql)], limit: usize) -> Result<Vec<i64>> {
    let rows = select.query_map(params, |row| row.get(0))?;
    once(rows.map(|id| Ok(id?)), limit)
}

/// A covering B-tree.
pub(crate) struct BTree {
    pub(crate) sqlite: Connection,
    /// Whether the contacts are read too.
    pub(crate) rows: bool,
}

impl Peer for BTree {
    fn name(&self) -> &'static str {
        if self.rows { "B-tree, rows" } else { "B-tree, ids" }
    }

    /// One range of the tree for each kind of name, until the page is full.
    fn ask(&mut self, question: &Question) -> Result<Vec<i64>> {
        let sql = if question.advisor.is_some() {
            "SELECT contact FROM name_of_advisor WHERE advisor = :advisor AND network = :network AND rank = :rank
                AND text >= :text AND text < :end ORDER BY text, contact"
        } else {
            "SELECT contact FROM name_text WHERE :advisor IS NULL AND network = :network AND rank = :rank
                AND text >= :text AND text < :end ORDER BY text, contact"
        };
        if self.rows {
            self.sqlite.prepare_cached("BEGIN")?.execute([])?;
        }
        let mut found: Vec<i64> = Vec::with_capacity(question.limit);
        let mut select = self.sqlite.prepare_cached(sql)?;
        for rank in 0..3 {
            let more = select.query_map(
                named_params! { ":advisor": question.advisor, ":network": question.network, ":rank": rank,
                ":text": question.text, ":end": question.end() },
                |row| row.get(0),
            )?;
            let all = found.clone().into_iter().map(Ok).chain(more.map(|id| Ok(id?)));
            found = once(all, question.limit)?;
            if found.len() == question.limit {
                break;
            }
        }
        drop(select);
        if self.rows {
            self.sqlite.prepare_cached("COMMIT")?.execute([])?;
            floor::by_key(&self.sqlite, &found)?;
        }
        Ok(found)
    }
}

/// The full-text index, sorted.
pub(crate) struct Fts5(pub(crate) Connection);

impl Peer for Fts5 {
    fn name(&self) -> &'static str {
        "FTS5"
    }

    fn ask(&mut self, question: &Question) -> Result<Vec<i64>> {
        let sql = if question.advisor.is_some() {
            "SELECT n.contact FROM name_fts f JOIN name_text n ON n.id = f.rowid
                WHERE name_fts MATCH :match AND n.network = :network
                AND EXISTS (SELECT 1 FROM link l WHERE l.contact = n.contact AND l.advisor = :advisor)
                ORDER BY n.rank, n.text, n.contact LIMIT :most"
        } else {
            "SELECT n.contact FROM name_fts f JOIN name_text n ON n.id = f.rowid
                WHERE name_fts MATCH :match AND n.network = :network AND :advisor IS NULL
                ORDER BY n.rank, n.text, n.contact LIMIT :most"
        };
        let matched = format!("^\"{}\" *", question.text.replace('"', "\"\""));
        let most = i64::try_from(question.limit * FORMS)?;
        let found = ids(
            &mut *self.0.prepare_cached(sql)?,
            named_params! { ":match": matched, ":network": question.network, ":advisor": question.advisor,
            ":most": most },
            question.limit,
        )?;
        floor::by_key(&self.0, &found)?;
        Ok(found)
    }

    fn patience(&self, contacts: u64, queries: usize) -> usize {
        queries.min(if contacts > 2_000_000 { 10 } else { 60 })
    }
}

/// Reads every name.
pub(crate) struct Like(pub(crate) Connection);

impl Peer for Like {
    fn name(&self) -> &'static str {
        "LIKE"
    }

    fn ask(&mut self, question: &Question) -> Result<Vec<i64>> {
        let sql = if question.advisor.is_some() {
            "SELECT n.contact FROM name_text n NOT INDEXED WHERE n.network = :network AND n.text LIKE :text
                AND EXISTS (SELECT 1 FROM link l WHERE l.contact = n.contact AND l.advisor = :advisor)
                ORDER BY n.rank, n.text, n.contact LIMIT :most"
        } else {
            "SELECT n.contact FROM name_text n NOT INDEXED WHERE n.network = :network AND n.text LIKE :text
                AND :advisor IS NULL ORDER BY n.rank, n.text, n.contact LIMIT :most"
        };
        let most = i64::try_from(question.limit * FORMS)?;
        let found = ids(
            &mut *self.0.prepare_cached(sql)?,
            named_params! { ":text": format!("{}%", question.text), ":network": question.network,
            ":advisor": question.advisor, ":most": most },
            question.limit,
        )?;
        floor::by_key(&self.0, &found)?;
        Ok(found)
    }

    fn patience(&self, contacts: u64, queries: usize) -> usize {
        queries.min(if contacts > 2_000_000 {
            3
        } else if contacts > 200_000 {
            6
        } else {
            40
        })
    }
}
