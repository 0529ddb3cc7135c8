//! Those beside cardex. All answer one question alike: the first contacts of a network, of everybody or of one advisor, whose
//! name starts with a text; those whose first name leads before those whose last name does, before those who are displayed so;
//! then in the order of the folded name, then of their ids; each contact once.

pub(crate) mod memory;
pub(crate) mod postgres;
pub(crate) mod sqlite;
pub(crate) mod tantivy;

use crate::Result;

/// A query.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    /// The folded text.
    pub(crate) text: String,
    /// Local id of the network.
    pub(crate) network: i64,
    /// Local id of the advisor; `None` for all contacts.
    pub(crate) advisor: Option<i64>,
    pub(crate) limit: usize,
}

impl Question {
    /// The upper bound of all texts with this prefix. No name contains the largest character.
    pub(crate) fn end(&self) -> String {
        format!("{}\u{10FFFF}", self.text)
    }
}

/// Another engine.
pub(crate) trait Peer {
    /// The name of the column. It says if only ids are read.
    fn name(&self) -> &'static str;

    /// Returns local ids of the contacts.
    fn ask(&mut self, question: &Question) -> Result<Vec<i64>>;

    /// The time that a remote engine reports for its last answer.
    fn took(&self) -> Option<std::time::Duration> {
        None
    }

    /// The number of queries of a kind that take an acceptable time.
    fn patience(&self, contacts: u64, queries: usize) -> usize {
        let _ = contacts;
        queries
    }
}

/// Keeps the first of each contact, up to a limit.
pub(crate) fn once(ids: impl Iterator<Item = Result<i64>>, limit: usize) -> Result<Vec<i64>> {
    let mut found = Vec::with_capacity(limit);
    for id in ids {
        let id = id?;
        if !found.contains(&id) {
            found.push(id);
            if found.len() == limit {
                break;
            }
        }
    }
    Ok(found)
}
