//! Fuzzy search: expands a word of a query to the words of the index within its typos.

use std::collections::BTreeSet;

use crate::db::{Owner, Scope};
use crate::error::Result;
use crate::index::index_key::{IndexKey, TermField, WORD_FIELDS, minimal_prefixes, prefix_successor};
use crate::index::key_range::KeyRange;
use crate::index::plan::edit_distance::EditDistanceTable;
use crate::index::read::index_reader::IndexReader;
use crate::index::read::seek_cursor::SeekCursor;
use crate::index::segment::word_dictionary;

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
    let mut found = BTreeSet::new();
    for scope in scopes {
        for field in WORD_FIELDS {
            let key_prefix = IndexKey::key_prefix(*scope, field);
            collect_fuzzy_prefixes(&key_prefix, (word, max_typos), &mut found, |key| {
                let mut rest = index.state.memtable.range((key.to_vec(), i64::MIN)..);
                Ok(rest.next().map(|((key, _), _)| key.clone()))
            })?;
        }
    }
    let owners: BTreeSet<Owner> = scopes.iter().map(|scope| scope.owner).collect();
    for owner in owners {
        let scope = word_dictionary::dictionary_scope(owner);
        let key_prefix = IndexKey::key_prefix(scope, TermField::Dictionary);
        for segment in &index.state.segments {
            let mut cursor = SeekCursor::new(index, segment, KeyRange::with_prefix(key_prefix.to_vec()));
            collect_fuzzy_prefixes(&key_prefix, (word, max_typos), &mut found, |key| cursor.seek(key))?;
        }
    }
    Ok(minimal_prefixes(found.into_iter().collect()))
}

/// Adds to `found` the shortest prefixes of the words under `key_prefix` that are within `max_typos` of a query. `seek` returns the
/// first key that is not below its argument. Its arguments ascend, and skip words that cannot match.
///
/// # Errors
/// Those of `seek`.
pub(crate) fn collect_fuzzy_prefixes(
    key_prefix: &[u8],
    (query, max_typos): (&str, u8),
    found: &mut BTreeSet<String>,
    mut seek: impl FnMut(&[u8]) -> Result<Option<Vec<u8>>>,
) -> Result<()> {
    let mut table = EditDistanceTable::new(query, max_typos);
    let mut next = Some(key_prefix.to_vec());
    while let Some(target) = next
        && let Some(key) = seek(&target)?
    {
        let Some(word) = key.strip_prefix(key_prefix).and_then(|word| std::str::from_utf8(word).ok()) else {
            break;
        };
        let shared = table.word().bytes().zip(word.bytes()).take_while(|(a, b)| a == b).count();
        while table.word().len() > shared {
            table.pop();
        }
        let successor = |prefix: &str| {
            let key = Some([key_prefix, prefix.as_bytes()].concat()).filter(|_| !prefix.is_empty());
            key.and_then(|key| prefix_successor(&key))
        };
        let mut rest = word.get(table.word().len()..).unwrap_or_default().chars();
        next = loop {
            let Some(letter) = rest.next() else { break Some([&key[..], &[0]].concat()) };
            if !table.push(letter) {
                table.pop();
                break match table.next_viable_letter(letter) {
                    Some(viable) => {
                        Some([key_prefix, format!("{}{viable}", table.word()).as_bytes()].concat())
                    }
                    None => successor(table.word()),
                };
            }
            if table.accepted_distance().is_some() {
                found.insert(table.word().to_owned());
                // All words with this prefix match by it.
                break successor(table.word());
            }
        };
    }
    Ok(())
}
