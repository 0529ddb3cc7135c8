//! Checksums of what contacts say: their rows, cards, notes, values of attributes, and tags.
//!
//! SQLite has no checksums of pages. A flipped bit in a column that no index has passes every check of its own, so each of these
//! rows carries a CRC-32 over its columns, written by the statement that writes the row (`row_sum` is a function of ours in SQL)
//! and looked at by the check. Left out is what is derived (sort keys, folded texts), since the check makes that anew, and
//! what an index has as well, which SQLite compares.

use std::cell::RefCell;
use std::collections::BTreeMap;

use rusqlite::Connection;
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::ValueRef;

use crate::db::contact::row::nonempty_mask;
use crate::db::{DbResult, Read, Statement, Write, statements};
use crate::model::ContactId;

/// The checksum of a contact's row.
macro_rules! contact_checksum {
    () => {
        "row_sum(public_id, tenant, network, federation_group, first_name, last_name, display_name, nickname, company, language, city, country,
            status, uid, contact_methods, version, created_at, updated_at, trashed_at, active_at, status_at, consent, own_advisor, invite_code,
            invite_expires_at, merged_into)"
    };
}
pub(crate) use contact_checksum;

statements! {
    SET_CONTACT = concat!("UPDATE contact SET checksum = ", contact_checksum!(), " WHERE id = :id");
    SET_ALL_CONTACTS = concat!("UPDATE contact SET checksum = ", contact_checksum!());
    SET_ALL_CARDS = "UPDATE contact_card SET checksum = row_sum(contact, card)";
    SET_ALL_NOTES = "UPDATE note SET checksum = row_sum(public_id, advisor, content, created_at, updated_at)";
    SET_ALL_VALUES = "UPDATE attribute SET checksum = row_sum(value)";
    SET_ALL_TAGS = "UPDATE tag SET checksum = row_sum(public_id, tenant, name, name_key, color)";
    MISMATCHED_CONTACTS = concat!("SELECT id, public_id FROM contact WHERE checksum <> ", contact_checksum!(), " OR nonempty_mask <> ", nonempty_mask!());
    MISMATCHED_CARDS = "SELECT d.contact, c.public_id FROM contact_card d CROSS JOIN contact c ON c.id = d.contact
        WHERE d.checksum <> row_sum(d.contact, d.card)";
    MISMATCHED_NOTES = "SELECT n.contact, c.public_id FROM note n CROSS JOIN contact c ON c.id = n.contact
        WHERE n.checksum <> row_sum(n.public_id, n.advisor, n.content, n.created_at, n.updated_at)";
    MISMATCHED_TAGS = "SELECT o.contact, c.public_id FROM tag t CROSS JOIN contact_tag o ON o.tag = t.id CROSS JOIN contact c ON c.id = o.contact
        WHERE t.checksum <> row_sum(t.public_id, t.tenant, t.name, t.name_key, t.color)";
    MISMATCHED_VALUES = "SELECT v.contact, c.public_id FROM attribute v CROSS JOIN contact c ON c.id = v.contact
        WHERE v.checksum <> row_sum(v.value)";
}

/// Writes the checksum of a contact's row as it is now.
pub(crate) fn update_contact(db: &Write<'_>, id: i64) -> DbResult<()> {
    db.prepare(&SET_CONTACT)?.execute([id])?;
    Ok(())
}

/// Writes all checksums anew: for rows that were brought together from a damaged book.
pub(crate) fn update_all(db: &Write<'_>) -> DbResult<()> {
    for statement in [&SET_ALL_CONTACTS, &SET_ALL_CARDS, &SET_ALL_NOTES, &SET_ALL_VALUES, &SET_ALL_TAGS] {
        db.prepare(statement)?.execute([])?;
    }
    Ok(())
}

/// The contacts of which something is not what was written, by local id; without an id where the row has none that could be one.
pub(crate) fn mismatched_contacts(db: &Read<'_>) -> DbResult<BTreeMap<i64, Option<ContactId>>> {
    let all: [&Statement; 5] =
        [&MISMATCHED_CONTACTS, &MISMATCHED_CARDS, &MISMATCHED_NOTES, &MISMATCHED_VALUES, &MISMATCHED_TAGS];
    let mut found = BTreeMap::new();
    for statement in all {
        let mut statement = db.prepare(statement)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let public = row.get(1).ok().filter(|id| *id > 0);
            found.insert(row.get(0)?, public.map(ContactId));
        }
    }
    Ok(found)
}

/// Makes `row_sum` known to a connection.
pub(crate) fn register_function(sqlite: &Connection) -> rusqlite::Result<()> {
    let flags =
        FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_DIRECTONLY;
    let buffer = RefCell::new(Vec::new());
    sqlite.create_scalar_function("row_sum", -1, flags, move |row| {
        let mut bytes = buffer.borrow_mut();
        bytes.clear();
        encode_row(row, &mut bytes);
        Ok(i64::from(crc32fast::hash(&bytes)))
    })
}

/// The columns one after the other, each with its kind and its length, so that no two rows are the same bytes.
fn encode_row(row: &Context<'_>, bytes: &mut Vec<u8>) {
    for at in 0..row.len() {
        let (kind, text): (u8, &[u8]) = match row.get_raw(at) {
            ValueRef::Null => (0, &[]),
            ValueRef::Integer(number) => {
                bytes.push(1);
                bytes.extend(number.to_le_bytes());
                continue;
            }
            ValueRef::Real(number) => {
                bytes.push(2);
                bytes.extend(number.to_le_bytes());
                continue;
            }
            ValueRef::Text(text) => (3, text),
            ValueRef::Blob(blob) => (4, blob),
        };
        bytes.push(kind);
        bytes.extend(u64::try_from(text.len()).unwrap_or(u64::MAX).to_le_bytes());
        bytes.extend_from_slice(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(row: &str) -> i64 {
        let sqlite = Connection::open_in_memory().unwrap();
        register_function(&sqlite).unwrap();
        sqlite.query_row(&format!("SELECT row_sum({row})"), [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn different_rows_have_different_checksums() {
        let rows = [
            "''", "NULL", "0", "0.0", "x''", "'', ''", "'a', ''", "'', 'a'", "'ab'", "'a', 'b'", "'b', 'a'",
            "1", "-1", "256", "'1'", "x'31'", "1.0", "NULL, ''", "'', NULL",
        ];
        let sums: std::collections::HashSet<i64> = rows.iter().map(|row| sum(row)).collect();
        assert_eq!(sums.len(), rows.len());
        assert_eq!(sum("'Ada', 1815, NULL"), sum("'Ada', 1815, NULL"));
    }

    /// The check holds the column against this, whatever the schema says.
    #[test]
    fn nonempty_mask_equals_schema_expression() {
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words(include_str!("../../../schema.sql")).contains(&words(nonempty_mask!())));
    }

    /// It stands in files: another value for the same row would make every contact a damaged one.
    #[test]
    fn checksum_is_stable_across_releases() {
        let mut bytes = vec![3, 3, 0, 0, 0, 0, 0, 0, 0];
        bytes.extend(b"Ada");
        bytes.push(1);
        bytes.extend(7_i64.to_le_bytes());
        assert_eq!(sum("'Ada', 7"), i64::from(crc32fast::hash(&bytes)));
    }
}
