//! A sorted map of names in memory. It shows the lowest possible cost, if a program builds the map at every start.

use std::collections::HashMap;

use rusqlite::Connection;

use super::{Peer, Question, once};
use crate::Result;

/// One name: the position of its text, and its contact.
#[derive(Debug, Clone, Copy)]
struct Name {
    start: u64,
    contact: u32,
    length: u16,
    rank: u8,
    network: u8,
}

/// All texts in one buffer, all names sorted, and for each advisor the positions of the names.
pub(crate) struct Memory {
    texts: String,
    names: Vec<Name>,
    of_advisor: HashMap<i64, Vec<u32>>,
}

impl Memory {
    /// Reads names and links from a plain database.
    pub(crate) fn load(sqlite: &Connection) -> Result<Self> {
        let mut loaded = Self { texts: String::new(), names: Vec::new(), of_advisor: HashMap::new() };
        let mut places: HashMap<u32, Vec<u32>> = HashMap::new();
        let mut select =
            sqlite.prepare("SELECT network, rank, text, contact FROM name_text ORDER BY 1, 2, 3, 4")?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            let text = row.get_ref(2)?.as_str()?;
            let name = Name {
                start: u64::try_from(loaded.texts.len())?,
                contact: row.get(3)?,
                length: u16::try_from(text.len())?,
                rank: row.get(1)?,
                network: row.get(0)?,
            };
            loaded.texts.push_str(text);
            places.entry(name.contact).or_default().push(u32::try_from(loaded.names.len())?);
            loaded.names.push(name);
        }
        let mut select = sqlite.prepare("SELECT advisor, contact FROM link")?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            let names = places.get(&row.get(1)?).map(Vec::as_slice).unwrap_or_default();
            loaded.of_advisor.entry(row.get(0)?).or_default().extend(names);
        }
        loaded.of_advisor.values_mut().for_each(|names| names.sort_unstable());
        Ok(loaded)
    }

    fn text(&self, name: &Name) -> &str {
        let start = usize::try_from(name.start).unwrap_or(usize::MAX);
        self.texts.get(start..start + usize::from(name.length)).unwrap_or_default()
    }

    fn key(&self, name: &Name) -> (i64, u8, &str) {
        (name.network.into(), name.rank, self.text(name))
    }
}

impl Peer for Memory {
    fn name(&self) -> &'static str {
        "sorted map in memory, ids"
    }

    fn ask(&mut self, question: &Question) -> Result<Vec<i64>> {
        let mine = question.advisor.map(|id| self.of_advisor.get(&id).map(Vec::as_slice).unwrap_or_default());
        let count = mine.map_or(self.names.len(), <[u32]>::len);
        let name = |at: usize| &self.names[mine.map_or(at, |mine| mine[at] as usize)];
        let from = |rank: u8| {
            let target = (question.network, rank, question.text.as_str());
            let (mut low, mut high) = (0, count);
            while low < high {
                let middle = low.midpoint(high);
                if self.key(name(middle)) < target { low = middle + 1 } else { high = middle }
            }
            low
        };
        let starts = |rank: u8, at: &usize| {
            let (network, other, text) = self.key(name(*at));
            network == question.network && other == rank && text.starts_with(&question.text)
        };
        let all = (0..3).flat_map(|rank| (from(rank)..count).take_while(move |at| starts(rank, at)));
        once(all.map(|at| Ok(name(at).contact.into())), question.limit)
    }
}
