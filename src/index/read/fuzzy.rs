//! Fuzzy search: expands a word of a query to the words of the index within its typos.

use std::collections::{BTreeMap, BTreeSet};

use crate::db::{Owner, Scope};
use crate::error::Result;
use crate::index::index_key::{IndexKey, WORD_FIELDS, minimal_prefixes, prefix_successor};
use crate::index::plan::edit_distance::EditDistanceTable;
use crate::index::read::index_reader::IndexReader;
use crate::index::segment::index_state::{MemtableEntry, MemtableKey};
use crate::index::segment::word_dictionary::owner_prefix;
use crate::index::segment::word_set::WordVisitor;

/// The shortest prefixes of indexed words that are within `max_typos` of a word of a query. They come from some lists, and perhaps
/// from other lists of the same owners.
///
/// # Errors
/// [`Error::Damaged`](crate::Error::Damaged) if a block cannot be read.
pub(crate) fn expand_fuzzy(
    index: IndexReader<'_>,
    scopes: &[Scope],
    word: &str,
    max_typos: u8,
) -> Result<Vec<String>> {
    let mut matches = FuzzyMatches { table: EditDistanceTable::new(word, max_typos), found: BTreeSet::new() };
    for scope in scopes {
        for field in WORD_FIELDS {
            matches.visit_memtable(&index.state.memtable, &IndexKey::key_prefix(*scope, field));
        }
    }
    let owners: BTreeSet<Owner> = scopes.iter().map(|scope| scope.owner).collect();
    for owner in owners {
        let owner = owner_prefix(owner);
        for segment in &index.state.segments {
            for set in segment.word_sets(index.block_source(), &owner) {
                set?.visit(&owner, &mut matches);
            }
        }
    }
    Ok(minimal_prefixes(matches.found.into_iter().collect()))
}

/// Collects the shortest prefixes of words that are within the typos of a query. All words with such a prefix match by it.
#[derive(Debug)]
pub(crate) struct FuzzyMatches {
    pub(crate) table: EditDistanceTable,
    pub(crate) found: BTreeSet<String>,
}

impl WordVisitor for FuzzyMatches {
    fn enter(&mut self, letter: char) -> bool {
        let may_match = self.table.push(letter);
        let matches = may_match && self.table.accepted_distance().is_some();
        if matches {
            self.found.insert(self.table.word().to_owned());
        }
        may_match && !matches
    }

    fn leave(&mut self) {
        self.table.pop();
    }

    fn next_letters(&self) -> Option<Vec<char>> {
        self.table.next_letters()
    }
}

impl FuzzyMatches {
    /// Visits the words of the memtable under a key prefix. Skips words that start like one that cannot match.
    pub(crate) fn visit_memtable(
        &mut self,
        memtable: &BTreeMap<MemtableKey, MemtableEntry>,
        key_prefix: &[u8],
    ) {
        let mut next = Some(key_prefix.to_vec());
        while let Some(from) = next
            && let Some(((key, _), _)) = memtable.range((from, i64::MIN)..).next()
            && let Some(word) = key.strip_prefix(key_prefix)
            && let Ok(word) = std::str::from_utf8(word)
        {
            let shared = self.table.word().bytes().zip(word.bytes()).take_while(|(a, b)| a == b).count();
            while self.table.word().len() > shared {
                self.leave();
            }
            next = Some([key.as_slice(), &[0]].concat());
            for letter in word.get(self.table.word().len()..).unwrap_or_default().chars() {
                if !self.enter(letter) {
                    next = self.after_rejected(key_prefix, letter);
                    break;
                }
            }
        }
        while !self.table.word().is_empty() {
            self.leave();
        }
    }

    /// The least key of the memtable that may match after a word with the letters of the table was rejected at the last one. Removes
    /// that letter.
    fn after_rejected(&mut self, key_prefix: &[u8], rejected: char) -> Option<Vec<u8>> {
        let key = |word: &str| [key_prefix, word.as_bytes()].concat();
        let successor = prefix_successor(&key(self.table.word()));
        self.leave();
        match self.table.next_letters() {
            None => successor,
            Some(letters) => match letters.into_iter().find(|letter| *letter > rejected) {
                Some(letter) => Some(key(&format!("{}{letter}", self.table.word()))),
                None => prefix_successor(&key(self.table.word())),
            },
        }
    }
}
