//! Counts of lists: each list by name is divided into buckets of bounded size, with the count of each.
//!
//! The offset of an entry is then a sum over buckets, of which a list of a million has about two thousand, and a count within one.

use rusqlite::{OptionalExtension as _, params};

use crate::db::connection::conn::{Read, Write};
use crate::db::connection::sqlite_error::DbResult;
use crate::db::connection::statement::statements;
use crate::db::list::entries;
use crate::db::scope::{EntryKey, Generation, ListKey, Owner};

statements! {
    /// The bucket of an entry.
    FIND = "SELECT sort_key, contact, section, contacts FROM list_bucket
        WHERE generation = :generation AND owner_kind = :owner_kind AND owner = :owner AND network = :network
        AND (sort_key, contact) <= (:sort_key, :contact) ORDER BY sort_key DESC, contact DESC LIMIT 1";
    NEXT_START = "SELECT sort_key, contact FROM list_bucket
        WHERE generation = :generation AND owner_kind = :owner_kind AND owner = :owner AND network = :network
        AND (sort_key, contact) > (:sort_key, :contact) ORDER BY sort_key, contact LIMIT 1";
    INSERT = "INSERT INTO list_bucket (generation, owner_kind, owner, network, sort_key, contact, section, contacts)
        VALUES (:generation, :owner_kind, :owner, :network, :sort_key, :contact, :section, :contacts)
        ON CONFLICT DO UPDATE SET section = excluded.section, contacts = contacts + excluded.contacts";
    SET_COUNT = "UPDATE list_bucket SET contacts = :contacts
        WHERE generation = :generation AND owner_kind = :owner_kind AND owner = :owner AND network = :network
        AND sort_key = :sort_key AND contact = :contact";
    DELETE = "DELETE FROM list_bucket
        WHERE generation = :generation AND owner_kind = :owner_kind AND owner = :owner AND network = :network
        AND sort_key = :sort_key AND contact = :contact";
    OF_LIST = "SELECT sort_key, section, contacts FROM list_bucket
        WHERE generation = :generation AND owner_kind = :owner_kind AND owner = :owner AND network = :network
        ORDER BY sort_key, contact";
    STARTS = "SELECT sort_key, contact, contacts FROM list_bucket
        WHERE generation = :generation AND owner_kind = :owner_kind AND owner = :owner AND network = :network
        ORDER BY sort_key, contact";
    TOTAL = "SELECT coalesce(sum(contacts), 0) FROM list_bucket
        WHERE generation = :generation AND owner_kind = :owner_kind AND owner = :owner AND network = :network";
    TOTAL_BEFORE = "SELECT coalesce(sum(contacts), 0) FROM list_bucket
        WHERE generation = :generation AND owner_kind = :owner_kind AND owner = :owner AND network = :network
        AND (sort_key, contact) < (:sort_key, :contact)";
    COUNT_WITHIN = "SELECT count(*) FROM list_entry
        WHERE generation = :generation AND owner_kind = :owner_kind AND owner = :owner AND network = :network
        AND (sort_key, contact) >= (:from_key, :from_contact) AND (sort_key, contact) < (:sort_key, :contact)";
    ALL = "SELECT owner_kind, owner, network, sort_key, contact, section, contacts FROM list_bucket
        WHERE generation = :generation ORDER BY owner_kind, owner, network, sort_key, contact";
    /// The first `:most` buckets of a generation; the last row is the one that is used.
    LAST_OF_BATCH = "SELECT owner_kind, owner, network, sort_key, contact FROM list_bucket WHERE generation = :generation
        ORDER BY owner_kind, owner, network, sort_key, contact LIMIT :most";
    DELETE_UP_TO = "DELETE FROM list_bucket WHERE generation = :generation
        AND (owner_kind, owner, network, sort_key, contact) <= (:owner_kind, :owner, :network, :sort_key, :contact)";
}

/// A bucket of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bucket {
    /// Its first entry, or the start of its section.
    pub(crate) start: EntryKey,
    /// The label of its section.
    pub(crate) section: String,
    pub(crate) contacts: i64,
}

/// A section: its label, and the key that it starts at.
pub(crate) type SectionStart<'a> = (&'a str, &'a [u8]);

fn bucket(row: &rusqlite::Row<'_>) -> rusqlite::Result<Bucket> {
    Ok(Bucket { start: (row.get(0)?, row.get(1)?), section: row.get(2)?, contacts: row.get(3)? })
}

/// The bucket that an entry is in, if there is one.
pub(crate) fn find(db: &Read<'_>, list: ListKey, at: &EntryKey) -> DbResult<Option<Bucket>> {
    let (generation, kind, owner, network) = list.columns();
    let mut statement = db.prepare(&FIND)?;
    Ok(statement.query_row(params![generation, kind, owner, network, at.0, at.1], bucket).optional()?)
}

/// The start of the first bucket after an entry.
pub(crate) fn next_start(db: &Read<'_>, list: ListKey, at: &EntryKey) -> DbResult<Option<EntryKey>> {
    let (generation, kind, owner, network) = list.columns();
    let mut statement = db.prepare(&NEXT_START)?;
    let found = statement.query_row(params![generation, kind, owner, network, at.0, at.1], |row| {
        Ok((row.get(0)?, row.get(1)?))
    });
    Ok(found.optional()?)
}

/// Adds `by` (which may be negative) to the count of the bucket of an entry, after the entries were written. Without `section`, the entry
/// counts for the section before it.
pub(crate) fn adjust_count(
    db: &Write<'_>,
    list: ListKey,
    at: &EntryKey,
    section: Option<SectionStart<'_>>,
    by: i64,
) -> DbResult<()> {
    let (generation, kind, owner, network) = list.columns();
    let label = section.map(|(label, _)| label);
    let found = find(db, list, at)?.filter(|found| label.is_none_or(|label| label == found.section));
    match found {
        Some(mut bucket) if bucket.contacts.saturating_add(by) > 0 => {
            bucket.contacts = bucket.contacts.saturating_add(by);
            let Bucket { start, contacts, .. } = &bucket;
            let row = params![contacts, generation, kind, owner, network, start.0, start.1];
            db.prepare(&SET_COUNT)?.execute(row)?;
            split_if_full(db, list, &bucket)
        }
        Some(Bucket { start, .. }) => {
            db.prepare(&DELETE)?.execute(params![generation, kind, owner, network, start.0, start.1])?;
            Ok(())
        }
        None if by > 0 => {
            let (label, start) = section.unwrap_or(("#", &[]));
            let new = Bucket { start: (start.to_vec(), 0), section: label.to_owned(), contacts: by };
            insert(db, list, &new)?;
            split_if_full(db, list, &new)
        }
        // A missing count is damage. The check reports it; the lists work without it.
        None => Ok(()),
    }
}

fn insert(db: &Write<'_>, list: ListKey, new: &Bucket) -> DbResult<()> {
    let (generation, kind, owner, network) = list.columns();
    let Bucket { start, section, contacts } = new;
    let row = params![generation, kind, owner, network, start.0, start.1, section, contacts];
    db.prepare(&INSERT)?.execute(row)?;
    Ok(())
}

/// Splits a bucket that is too large into buckets of half the maximal size.
fn split_if_full(db: &Write<'_>, list: ListKey, full: &Bucket) -> DbResult<()> {
    let max_size = db.tuning().storage.max_bucket_size;
    if full.contacts <= max_size {
        return Ok(());
    }
    let (generation, kind, owner, network) = list.columns();
    let mut piece = full.clone();
    let half = max_size / 2;
    loop {
        // From the start on (inclusive).
        let before = (piece.start.0.clone(), piece.start.1.saturating_sub(1));
        let ahead = entries::entries(db, list, Some(&before), false, half.saturating_add(1))?;
        let rest = piece.contacts.saturating_sub(half);
        // Fewer entries than counted are damage. The check reports it.
        let next = ahead.into_iter().nth(usize::try_from(half).unwrap_or(usize::MAX));
        let next = next.filter(|_| piece.contacts > max_size);
        let length = if next.is_some() { half } else { piece.contacts };
        if piece.start == full.start {
            let row = params![length, generation, kind, owner, network, piece.start.0, piece.start.1];
            db.prepare(&SET_COUNT)?.execute(row)?;
        } else {
            insert(db, list, &Bucket { contacts: length, ..piece.clone() })?;
        }
        let Some(start) = next else { return Ok(()) };
        piece = Bucket { start, contacts: rest, ..piece };
    }
}

/// The sections of a list, in its order: start key, label, count.
pub(crate) fn sections(db: &Read<'_>, list: ListKey) -> DbResult<Vec<(Vec<u8>, String, i64)>> {
    let (generation, kind, owner, network) = list.columns();
    let mut statement = db.prepare(&OF_LIST)?;
    let mut rows = statement.query(params![generation, kind, owner, network])?;
    let mut found: Vec<(Vec<u8>, String, i64)> = Vec::new();
    while let Some(row) = rows.next()? {
        let section = row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
        let contacts: i64 = row.get(2)?;
        match found.last_mut() {
            Some((_, label, sum)) if label == section => *sum = sum.saturating_add(contacts),
            _ => found.push((row.get(0)?, section.to_owned(), contacts)),
        }
    }
    Ok(found)
}

/// The buckets of a list, in its order: start and count.
pub(crate) fn bucket_starts(db: &Read<'_>, list: ListKey) -> DbResult<Vec<(EntryKey, i64)>> {
    let (generation, kind, owner, network) = list.columns();
    let mut statement = db.prepare(&STARTS)?;
    let rows = statement.query_map(params![generation, kind, owner, network], |row| {
        Ok(((row.get(0)?, row.get(1)?), row.get(2)?))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The number of contacts in a list.
pub(crate) fn total(db: &Read<'_>, list: ListKey) -> DbResult<i64> {
    let (generation, kind, owner, network) = list.columns();
    Ok(db.prepare(&TOTAL)?.query_row(params![generation, kind, owner, network], |row| row.get(0))?)
}

/// The number of contacts in a list before an entry.
pub(crate) fn total_before(db: &Read<'_>, list: ListKey, at: &EntryKey) -> DbResult<i64> {
    let (generation, kind, owner, network) = list.columns();
    let Some(Bucket { start, .. }) = find(db, list, at)? else { return Ok(0) };
    let before: i64 = db
        .prepare(&TOTAL_BEFORE)?
        .query_row(params![generation, kind, owner, network, start.0, start.1], |row| row.get(0))?;
    let within: i64 = db
        .prepare(&COUNT_WITHIN)?
        .query_row(params![generation, kind, owner, network, start.0, start.1, at.0, at.1], |row| {
            row.get(0)
        })?;
    Ok(before.saturating_add(within))
}

/// All buckets of a generation, in order.
pub(crate) fn all(db: &Read<'_>, generation: Generation) -> DbResult<Vec<(ListKey, Bucket)>> {
    let mut statement = db.prepare(&ALL)?;
    let rows = statement.query_and_then(params![generation.column()], |row| {
        let owner = Owner::from_columns(row.get(0)?, row.get(1)?)?;
        let start = (row.get(3)?, row.get(4)?);
        let bucket = Bucket { start, section: row.get(5)?, contacts: row.get(6)? };
        Ok((owner.on_network(row.get(2)?).in_generation(generation), bucket))
    })?;
    rows.collect()
}

/// Deletes the first buckets of a generation, up to `most`. Returns false if there was none.
pub(crate) fn delete_batch(db: &Write<'_>, generation: Generation, most: i64) -> DbResult<bool> {
    entries::delete_batch_with(db, &LAST_OF_BATCH, &DELETE_UP_TO, generation, most)
}
