//! Those beside cardex. All answer one question alike: the first contacts of a network, of everybody or of one advisor, whose
//! name starts with a text; those whose first name leads before those whose last name does, before those who are displayed so;
//! then in the order of the folded name, then of their ids; each contact once.

pub(crate) mod memory;
pub(crate) mod postgres;
pub(crate) mod sqlite;
pub(crate) mod tantivy;

use crate::Result;

/// What is asked.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    /// Folded.
    pub(crate) text: String,
    /// Local id of the network.
    pub(crate) network: i64,
    /// Local id of the advisor; none for everybody.
    pub(crate) advisor: Option<i64>,
    pub(crate) limit: usize,
}

impl Question {
    /// The least text above all that start with this one; no name has the greatest character of all.
    pub(crate) fn end(&self) -> String {
        format!("{}\u{10FFFF}", self.text)
    }
}

/// Someone who answers.
pub(crate) trait Peer {
    /// As a column of the table; it says if only ids are read.
    fn name(&self) -> &'static str;

    /// Local ids of the contacts.
    fn ask(&mut self, question: &Question) -> Result<Vec<i64>>;

    /// How long the peer itself says its last answer took, where it is asked from afar.
    fn took(&self) -> Option<std::time::Duration> {
        None
    }

    /// About how many questions of a kind it can be asked in a bearable time.
    fn patience(&self, contacts: u64, queries: usize) -> usize {
        let _ = contacts;
        queries
    }
}

/// Keeps the first of each contact, and so many of them.
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
