//! The sort keys of contacts: their positions in the lists by name.

use rusqlite::named_params;

use crate::db::connection::conn::{Read, Write};
use crate::db::connection::row_order::ensure_ascending;
use crate::db::connection::sqlite_error::DbResult;
use crate::db::connection::statement::statements;
use crate::db::scope::Generation;

/// The sort keys of a contact: one in each generation that it is in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct SortKeys {
    pub(super) zero: Option<Vec<u8>>,
    pub(super) one: Option<Vec<u8>>,
}

impl SortKeys {
    pub(crate) fn key(&self, generation: Generation) -> Option<&[u8]> {
        match generation {
            Generation::Zero => self.zero.as_deref(),
            Generation::One => self.one.as_deref(),
        }
    }

    pub(crate) fn set(&mut self, generation: Generation, key: Option<Vec<u8>>) {
        match generation {
            Generation::Zero => self.zero = key,
            Generation::One => self.one = key,
        }
    }

    /// The generations that the contact is in, with its key there.
    pub(crate) fn keys(&self) -> impl Iterator<Item = (Generation, &[u8])> {
        let all = [Generation::Zero, Generation::One].into_iter();
        all.filter_map(|generation| Some((generation, self.key(generation)?)))
    }
}

statements! {
    SORT_KEYS = "SELECT sort_key0, sort_key1 FROM contact WHERE id = :id";
    SET_SORT_KEYS = "UPDATE contact SET sort_key0 = :sort_key0, sort_key1 = :sort_key1 WHERE id = :id";
    IDS = "SELECT id FROM contact WHERE id > :after ORDER BY id LIMIT :most";
    CLEAR_SORT_KEY_0 = "UPDATE contact SET sort_key0 = NULL WHERE id > :after AND id <= :last AND sort_key0 IS NOT NULL";
    CLEAR_SORT_KEY_1 = "UPDATE contact SET sort_key1 = NULL WHERE id > :after AND id <= :last AND sort_key1 IS NOT NULL";
}

pub(crate) fn sort_keys(db: &Read<'_>, id: i64) -> DbResult<SortKeys> {
    Ok(db.prepare(&SORT_KEYS)?.query_row(named_params! {":id": id}, |row| {
        Ok(SortKeys { zero: row.get("sort_key0")?, one: row.get("sort_key1")? })
    })?)
}

/// Writes the sort keys of a contact, and nothing else of its row.
pub(crate) fn set_sort_keys(db: &Write<'_>, id: i64, keys: &SortKeys) -> DbResult<()> {
    db.prepare(&SET_SORT_KEYS)?.execute(named_params! {
        ":sort_key0": keys.zero, ":sort_key1": keys.one, ":id": id,
    })?;
    Ok(())
}

/// Deletes the sort keys of a generation in up to `most` contacts after a local id. Returns the last of them; `None` if there are no
/// more contacts.
pub(crate) fn clear_sort_keys(
    db: &Write<'_>,
    generation: Generation,
    after: i64,
    most: i64,
) -> DbResult<Option<i64>> {
    let last = {
        let mut statement = db.prepare(&IDS)?;
        let ids = statement.query_map(named_params! {":after": after, ":most": most}, |row| row.get(0))?;
        ids.last().transpose()?
    };
    let Some(last) = last else { return Ok(None) };
    ensure_ascending(Some(after), [last])?;
    let clear = match generation {
        Generation::Zero => &CLEAR_SORT_KEY_0,
        Generation::One => &CLEAR_SORT_KEY_1,
    };
    db.prepare(clear)?.execute(named_params! {":after": after, ":last": last})?;
    Ok(Some(last))
}
