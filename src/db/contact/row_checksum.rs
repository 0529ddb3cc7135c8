//! The checksums of rows with data of contacts: contacts, cards, notes, attribute values, tags and what imports changed.
//!
//! SQLite has no checksums of pages. A flipped bit in a column without an index passes all its own checks. So each of these rows has a
//! CRC-32 over its columns. The statement that writes the row writes the checksum, and the check of the store compares it. Derived
//! columns (sort keys, folded texts) are left out, since the check computes them. So are columns that are in an index, since SQLite
//! compares these.

use std::collections::BTreeSet;

use crate::db::connection::conn::{Read, Write};
use crate::db::connection::sqlite_error::DbResult;
use crate::db::connection::statement::{Statement, concat_sql, statements};
use crate::db::contact::row::{CHECKSUM, NONEMPTY_MASK};
use crate::model::ContactId;

const SET_CHECKSUM: &str = concat_sql!("UPDATE contact SET checksum = ", CHECKSUM);

statements! {
    SET_CONTACT = concat_sql!(SET_CHECKSUM, " WHERE id = :id");
    SET_ALL_CONTACTS = SET_CHECKSUM;
    SET_ALL_CARDS = "UPDATE contact_card SET checksum = row_sum(contact, card)";
    SET_ALL_NOTES = "UPDATE note SET checksum = row_sum(advisor, content, created_at, updated_at)";
    SET_ALL_VALUES = "UPDATE attribute SET checksum = row_sum(value)";
    SET_ALL_TAGS = "UPDATE tag SET checksum = row_sum(tenant, name, name_key, color)";
    SET_ALL_IMPORT_ITEMS = "UPDATE import_item SET checksum = row_sum(run, contact, version, earlier)";
    MISMATCHED_CONTACTS = concat_sql!("SELECT id FROM contact WHERE checksum <> ", CHECKSUM,
        " OR nonempty_mask <> ", NONEMPTY_MASK);
    MISMATCHED_CARDS = "SELECT d.contact FROM contact_card d
        WHERE d.checksum <> row_sum(d.contact, d.card)";
    MISMATCHED_NOTES = "SELECT n.contact FROM note n
        WHERE n.checksum <> row_sum(n.advisor, n.content, n.created_at, n.updated_at)";
    MISMATCHED_TAGS = "SELECT o.contact FROM tag t CROSS JOIN contact_tag o ON o.tag = t.id
        WHERE t.checksum <> row_sum(t.tenant, t.name, t.name_key, t.color)";
    MISMATCHED_VALUES = "SELECT v.contact FROM attribute v
        WHERE v.checksum <> row_sum(v.value)";
    MISMATCHED_IMPORT_ITEMS = "SELECT i.contact FROM import_item i
        WHERE i.checksum <> row_sum(i.run, i.contact, i.version, i.earlier)";
}

/// Computes the checksum of a contact's row again.
pub(in crate::db) fn update_contact(db: &Write<'_>, id: i64) -> DbResult<()> {
    db.prepare(&SET_CONTACT)?.execute([id])?;
    Ok(())
}

/// Computes all checksums again, for rows that were recovered from a damaged file.
pub(in crate::db) fn update_all(db: &Write<'_>) -> DbResult<()> {
    let all: [&Statement; 6] = [
        &SET_ALL_CONTACTS,
        &SET_ALL_CARDS,
        &SET_ALL_NOTES,
        &SET_ALL_VALUES,
        &SET_ALL_TAGS,
        &SET_ALL_IMPORT_ITEMS,
    ];
    for statement in all {
        db.prepare(statement)?.execute([])?;
    }
    Ok(())
}

/// The contacts with a row that does not match its checksum.
pub(crate) fn mismatched_contacts(db: &Read<'_>) -> DbResult<BTreeSet<ContactId>> {
    let all: [&Statement; 6] = [
        &MISMATCHED_CONTACTS,
        &MISMATCHED_CARDS,
        &MISMATCHED_NOTES,
        &MISMATCHED_VALUES,
        &MISMATCHED_TAGS,
        &MISMATCHED_IMPORT_ITEMS,
    ];
    let mut found = BTreeSet::new();
    for statement in all {
        let mut statement = db.prepare(statement)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            found.insert(ContactId(row.get(0)?));
        }
    }
    Ok(found)
}
