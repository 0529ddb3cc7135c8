//! Who is in which list: links, list entries, section counts.

use rusqlite::params;

use super::{DbResult, Owner, Read, Scope, Write, directory, statements};
use crate::model::{Advisor, Timestamp};

statements! {
    INSERT_LINK = "INSERT INTO link (contact, advisor, created_at) VALUES (:contact, :advisor, :now)
        ON CONFLICT (contact, advisor) DO NOTHING";
    DELETE_LINK = "DELETE FROM link WHERE contact = :contact AND advisor = :advisor";
    IS_LINKED = "SELECT 1 FROM link WHERE contact = :contact AND advisor = :advisor";
    ADVISORS_OF = "SELECT advisor FROM link WHERE contact = :contact ORDER BY advisor";
    ADVISOR_PAGE = "SELECT a.public_id, t.public_id, a.first_name, a.last_name, a.email, a.id
        FROM link l JOIN advisor a ON a.id = l.advisor JOIN tenant t ON t.id = a.tenant
        WHERE l.contact = :contact AND l.advisor > :after AND (:tenant IS NULL OR a.tenant = :tenant) ORDER BY l.advisor LIMIT :most";
    ADVISOR_PAGE_BACK = "SELECT a.public_id, t.public_id, a.first_name, a.last_name, a.email, a.id
        FROM link l JOIN advisor a ON a.id = l.advisor JOIN tenant t ON t.id = a.tenant
        WHERE l.contact = :contact AND l.advisor < :before AND (:tenant IS NULL OR a.tenant = :tenant) ORDER BY l.advisor DESC LIMIT :most";
    INSERT_ENTRY = "INSERT INTO list_entry (owner_kind, owner, network, sort_key, contact)
        VALUES (:owner_kind, :owner, :network, :sort_key, :contact)";
    DELETE_ENTRY = "DELETE FROM list_entry WHERE owner_kind = :owner_kind AND owner = :owner AND network = :network
        AND sort_key = :sort_key AND contact = :contact";
    ENTRIES = "SELECT sort_key, contact FROM list_entry
        WHERE owner_kind = :owner_kind AND owner = :owner AND network = :network AND (sort_key, contact) > (:sort_key, :contact)
        ORDER BY sort_key, contact LIMIT :most";
    ENTRIES_BACK = "SELECT sort_key, contact FROM list_entry
        WHERE owner_kind = :owner_kind AND owner = :owner AND network = :network AND (sort_key, contact) < (:sort_key, :contact)
        ORDER BY sort_key DESC, contact DESC LIMIT :most";
    ENTRIES_FROM_END = "SELECT sort_key, contact FROM list_entry
        WHERE owner_kind = :owner_kind AND owner = :owner AND network = :network
        ORDER BY sort_key DESC, contact DESC LIMIT :most";
    BUMP_SECTION = "UPDATE section_count SET contacts = contacts + :by
        WHERE owner_kind = :owner_kind AND owner = :owner AND network = :network AND section = :section";
    INSERT_SECTION = "INSERT INTO section_count (owner_kind, owner, network, section, contacts)
        VALUES (:owner_kind, :owner, :network, :section, :by)";
    DROP_EMPTY_SECTION = "DELETE FROM section_count WHERE owner_kind = :owner_kind AND owner = :owner
        AND network = :network AND section = :section AND contacts = 0";
    SECTIONS = "SELECT section, contacts FROM section_count
        WHERE owner_kind = :owner_kind AND owner = :owner AND network = :network ORDER BY section";
    HAS_ENTRY = "SELECT 1 FROM list_entry WHERE owner_kind = :owner_kind AND owner = :owner AND network = :network
        AND sort_key = :sort_key AND contact = :contact";
    COUNT_ENTRIES = "SELECT count(*) FROM list_entry";
    ALL_SECTIONS = "SELECT owner_kind, owner, network, section, contacts FROM section_count";
    DELETE_ALL_ENTRIES = "DELETE FROM list_entry";
    DELETE_ALL_SECTIONS = "DELETE FROM section_count";
}

/// Links; false if the two were linked already.
pub(crate) fn link(db: &Write<'_>, contact: i64, advisor: i64, now: Timestamp) -> DbResult<bool> {
    Ok(db.prepare(&INSERT_LINK)?.execute(params![contact, advisor, now.0])? > 0)
}

/// Unlinks; false if the two were not linked.
pub(crate) fn unlink(db: &Write<'_>, contact: i64, advisor: i64) -> DbResult<bool> {
    Ok(db.prepare(&DELETE_LINK)?.execute(params![contact, advisor])? > 0)
}

pub(crate) fn is_linked(db: &Read<'_>, contact: i64, advisor: i64) -> DbResult<bool> {
    Ok(db.prepare(&IS_LINKED)?.exists(params![contact, advisor])?)
}

/// The advisors of a contact, by local id.
pub(crate) fn advisors_of(db: &Read<'_>, contact: i64) -> DbResult<Vec<i64>> {
    let mut statement = db.prepare(&ADVISORS_OF)?;
    let rows = statement.query_map(params![contact], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Up to `most` advisors of a contact with their local ids, of one tenant or of all, from `at` on (not included), forwards
/// or backwards.
pub(crate) fn advisor_page(
    db: &Read<'_>,
    contact: i64,
    tenant: Option<i64>,
    at: i64,
    back: bool,
    most: i64,
) -> DbResult<Vec<(i64, Advisor)>> {
    let mut statement = db.prepare(if back { &ADVISOR_PAGE_BACK } else { &ADVISOR_PAGE })?;
    let rows = statement.query_map(params![contact, at, tenant, most], |row| {
        Ok((row.get(5)?, directory::advisor_from_row(row)?))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Puts a contact into a list, without counting it.
pub(crate) fn insert_entry(db: &Write<'_>, scope: Scope, sort_key: &[u8], contact: i64) -> DbResult<()> {
    let (kind, owner) = scope.owner.columns();
    db.prepare(&INSERT_ENTRY)?.execute(params![kind, owner, scope.network, sort_key, contact])?;
    Ok(())
}

/// Takes a contact out of a list, without counting it.
pub(crate) fn delete_entry(db: &Write<'_>, scope: Scope, sort_key: &[u8], contact: i64) -> DbResult<()> {
    let (kind, owner) = scope.owner.columns();
    db.prepare(&DELETE_ENTRY)?.execute(params![kind, owner, scope.network, sort_key, contact])?;
    Ok(())
}

/// Counts `by` more contacts under a letter, or less. A letter without contacts has no row.
pub(crate) fn count_section(db: &Write<'_>, scope: Scope, section: &str, by: i64) -> DbResult<()> {
    let (kind, owner) = scope.owner.columns();
    if db.prepare(&BUMP_SECTION)?.execute(params![by, kind, owner, scope.network, section])? == 0 {
        db.prepare(&INSERT_SECTION)?.execute(params![kind, owner, scope.network, section, by])?;
    } else if by < 0 {
        db.prepare(&DROP_EMPTY_SECTION)?.execute(params![kind, owner, scope.network, section])?;
    }
    Ok(())
}

/// Empties every list; for making them anew.
pub(crate) fn clear(db: &Write<'_>) -> DbResult<()> {
    db.prepare(&DELETE_ALL_ENTRIES)?.execute([])?;
    db.prepare(&DELETE_ALL_SECTIONS)?.execute([])?;
    Ok(())
}

/// A place in a list: sort key, then local id.
pub(crate) type Entry = (Vec<u8>, i64);

/// Up to `most` entries of a list, from `at` on (not included), forwards or backwards; from an end if `at` is `None`.
pub(crate) fn entries(
    db: &Read<'_>,
    scope: Scope,
    at: Option<&Entry>,
    back: bool,
    most: i64,
) -> DbResult<Vec<Entry>> {
    let (kind, owner) = scope.owner.columns();
    let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
    let network = scope.network;
    let rows = match (at, back) {
        (None, true) => db
            .prepare(&ENTRIES_FROM_END)?
            .query_map(params![kind, owner, network, most], read)?
            .collect::<Result<_, _>>()?,
        (at, back) => {
            // No sort key is below the empty one, no id below 1.
            let (sort_key, contact) =
                at.map_or((&[][..], 0), |(sort_key, contact)| (sort_key.as_slice(), *contact));
            db.prepare(if back { &ENTRIES_BACK } else { &ENTRIES })?
                .query_map(params![kind, owner, network, sort_key, contact, most], read)?
                .collect::<Result<_, _>>()?
        }
    };
    Ok(rows)
}

/// The letters of a list, each with its count.
pub(crate) fn sections(db: &Read<'_>, scope: Scope) -> DbResult<Vec<(String, i64)>> {
    let (kind, owner) = scope.owner.columns();
    let mut statement = db.prepare(&SECTIONS)?;
    let rows =
        statement.query_map(params![kind, owner, scope.network], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Whether a list has this entry.
pub(crate) fn has_entry(db: &Read<'_>, scope: Scope, sort_key: &[u8], contact: i64) -> DbResult<bool> {
    let (kind, owner) = scope.owner.columns();
    Ok(db.prepare(&HAS_ENTRY)?.exists(params![kind, owner, scope.network, sort_key, contact])?)
}

/// The number of entries of all lists; counts them one by one.
pub(crate) fn count_entries(db: &Read<'_>) -> DbResult<u64> {
    let count: i64 = db.prepare(&COUNT_ENTRIES)?.query_row([], |row| row.get(0))?;
    Ok(u64::try_from(count).unwrap_or_default())
}

/// The counts of all letters of all lists.
pub(crate) fn all_sections(db: &Read<'_>) -> DbResult<Vec<(Scope, String, i64)>> {
    let mut statement = db.prepare(&ALL_SECTIONS)?;
    let rows = statement.query_and_then([], |row| {
        let owner = Owner::from_columns(row.get(0)?, row.get(1)?)?;
        Ok((owner.on(row.get(2)?), row.get(3)?, row.get(4)?))
    })?;
    rows.collect()
}
