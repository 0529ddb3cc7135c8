//! Lists in all orders but that of names: their entries in the table `sort_entry`, and the keys of these.
//!
//! `contact/sort_entries.rs` keeps the entries in step with the rows of contacts.

use rusqlite::params;

use crate::db::connection::conn::{Read, Write};
use crate::db::connection::row_order::ensure_ordered;
use crate::db::connection::sqlite_error::DbResult;
use crate::db::connection::statement::statements;
use crate::db::row_sum::RowSum;
use crate::db::scope::{EntryKey, Scope};
use crate::model::SortField;
use crate::text::fold::fold;

/// Bytes of a key. A longer text is cut there, at a character.
pub(in crate::db) const MAX_KEY_BYTES: usize = 120;

/// The key of a text that is not empty but has nothing to compare. No folded text has this character.
pub(in crate::db) const UNCOMPARABLE_KEY: &str = "\u{1}";

statements! {
    INSERT = "INSERT INTO sort_entry (sort, owner_kind, owner, network, key, contact)
        VALUES (:sort, :owner_kind, :owner, :network, :key, :contact)";
    DELETE = "DELETE FROM sort_entry WHERE sort = :sort AND owner_kind = :owner_kind AND owner = :owner AND network = :network
        AND key = :key AND contact = :contact";
    HAS = "SELECT 1 FROM sort_entry WHERE sort = :sort AND owner_kind = :owner_kind AND owner = :owner AND network = :network
        AND key = :key AND contact = :contact";
    ALL = "SELECT sort, owner_kind, owner, network, key, contact FROM sort_entry";
    /// Contacts without a value have the empty key and come first.
    ASCENDING = "SELECT key, contact FROM sort_entry
        WHERE sort = :sort AND owner_kind = :owner_kind AND owner = :owner AND network = :network AND (key, contact) > (:key, :contact)
        ORDER BY key, contact LIMIT :most";
    DESCENDING = "SELECT key, contact FROM sort_entry
        WHERE sort = :sort AND owner_kind = :owner_kind AND owner = :owner AND network = :network AND (key, contact) < (:key, :contact)
        ORDER BY key DESC, contact DESC LIMIT :most";
    KEY_RANGE = "SELECT contact FROM sort_entry
        WHERE sort = :sort AND owner_kind = :owner_kind AND owner = :owner AND network = :network AND key >= :least AND key < :end
        LIMIT :most";
}

/// A list in an order that is not that of names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SortedList {
    pub(crate) sort: SortField,
    pub(crate) scope: Scope,
}

impl SortedList {
    /// The columns `sort`, `owner_kind`, `owner`, `network`.
    pub(in crate::db) fn columns(self) -> (i64, i64, i64, i64) {
        let (kind, owner) = self.scope.owner.columns();
        (sort_column(self.sort), kind, owner, self.scope.network)
    }
}

/// The orders that have entries.
pub(in crate::db) const INDEXED_SORTS: [SortField; 7] = [
    SortField::Email,
    SortField::Phone,
    SortField::Activity,
    SortField::Created,
    SortField::Company,
    SortField::City,
    SortField::Country,
];

fn sort_column(sort: SortField) -> i64 {
    match sort {
        SortField::Name => 0,
        SortField::Email => 1,
        SortField::Phone => 2,
        SortField::Activity => 3,
        SortField::Created => 4,
        SortField::Company => 5,
        SortField::City => 6,
        SortField::Country => 7,
    }
}

/// The key of a time in milliseconds. Keys order like times.
pub(crate) fn time_key(at: i64) -> [u8; 8] {
    (at ^ i64::MIN).to_be_bytes()
}

/// The key of a text; empty for an empty text.
pub(in crate::db) fn text_key(text: &str) -> String {
    let folded = fold(text);
    if folded.is_empty() && !text.trim().is_empty() {
        UNCOMPARABLE_KEY.to_owned()
    } else {
        truncate_key(&folded).to_owned()
    }
}

/// Cuts a text to the length of a key.
pub(crate) fn truncate_key(text: &str) -> &str {
    let end = (0..=MAX_KEY_BYTES.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    text.get(..end.unwrap_or_default()).unwrap_or_default()
}

/// An entry to insert: list, key, local id of the contact.
pub(crate) type NewEntry = (SortedList, Vec<u8>, i64);

/// Inserts entries. In the order of the table this is fastest, because neighbours share pages.
pub(in crate::db) fn insert(db: &Write<'_>, entries: &[NewEntry]) -> DbResult<()> {
    let mut statement = db.prepare(&INSERT)?;
    for (list, key, id) in entries {
        let (sort, kind, owner, network) = list.columns();
        statement.execute(params![sort, kind, owner, network, key, id])?;
    }
    Ok(())
}

pub(in crate::db) fn delete(db: &Write<'_>, list: SortedList, key: &[u8], id: i64) -> DbResult<()> {
    let (sort, kind, owner, network) = list.columns();
    db.prepare(&DELETE)?.execute(params![sort, kind, owner, network, key, id])?;
    Ok(())
}

/// Whether a list has this entry.
pub(crate) fn has(db: &Read<'_>, list: SortedList, key: &[u8], id: i64) -> DbResult<bool> {
    let (sort, kind, owner, network) = list.columns();
    Ok(db.prepare(&HAS)?.exists(params![sort, kind, owner, network, key, id])?)
}

/// Adds an entry that should exist to the sum of all entries.
pub(crate) fn add_to_sum(sum: &mut RowSum, (list, key, id): &NewEntry) {
    sum.add(&(list.columns(), key.as_slice(), id));
}

/// The sum of all entries. Reads them one by one.
pub(crate) fn sum(db: &Read<'_>) -> DbResult<RowSum> {
    let mut statement = db.prepare(&ALL)?;
    let mut rows = statement.query([])?;
    let mut sum = RowSum::default();
    while let Some(row) = rows.next()? {
        let columns: (i64, i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
        let key = row.get_ref(4)?.as_blob().map_err(rusqlite::Error::from)?;
        sum.add(&(columns, key, row.get::<_, i64>(5)?));
    }
    Ok(sum)
}

/// Up to `most` entries of a list after `at` (exclusive), by ascending or descending key. Contacts without a value have the empty key.
pub(crate) fn entries(
    db: &Read<'_>,
    list: SortedList,
    at: (&[u8], i64),
    descending: bool,
    most: i64,
) -> DbResult<Vec<EntryKey>> {
    let (sort, kind, owner, network) = list.columns();
    let mut statement = db.prepare(if descending { &DESCENDING } else { &ASCENDING })?;
    let rows = statement.query_map(params![sort, kind, owner, network, at.0, at.1, most], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    let rows: Vec<EntryKey> = rows.collect::<Result<_, _>>()?;
    ensure_ordered(descending, Some(at), rows.iter().map(|(key, id)| (key.as_slice(), *id)))?;
    Ok(rows)
}

/// Up to `most` contacts of a list whose key is at least `least` and below `end`.
pub(crate) fn contacts_in_key_range(
    db: &Read<'_>,
    list: SortedList,
    least: &[u8],
    end: &[u8],
    most: i64,
) -> DbResult<Vec<i64>> {
    let (sort, kind, owner, network) = list.columns();
    let mut statement = db.prepare(&KEY_RANGE)?;
    let rows =
        statement.query_map(params![sort, kind, owner, network, least, end, most], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
