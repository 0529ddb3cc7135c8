//! Reads the columns of a contact that a summary shows and that the match of a search reads.

use rusqlite::Row;

use crate::db::connection::conn::Read;
use crate::db::connection::sqlite_error::DbResult;
use crate::db::connection::statement::{concat_sql, id_array, statements};
use crate::db::contact::contact_methods;
use crate::db::contact::row::{NONEMPTY_MASK, StoredContact};
use crate::db::directory::networks::network_code;
use crate::db::sql_text::{position, term_with};
use crate::model::{Contact, ContactId, Timestamp};

const SELECTED: &str =
    "id, nonempty_mask, tenant, network, first_name, last_name, company, contact_methods, display_name,
    nickname, trashed_at, merged_into";

statements! {
    SUMMARIES = concat_sql!("SELECT ", SELECTED, " FROM rarray(:ids) r CROSS JOIN contact c ON c.id = r.value");
}

/// The contacts with these local ids, in the order of `ids`, with the columns of a summary only. All other members are empty. Contacts
/// that do not exist are left out. Unless `all_methods`, only the first phone or e-mail address is read.
pub(crate) fn summaries(db: &Read<'_>, ids: &[i64], all_methods: bool) -> DbResult<Vec<StoredContact>> {
    let array = id_array(ids);
    let mut statement = db.prepare(&SUMMARIES)?;
    let mut found = Vec::with_capacity(ids.len());
    for row in statement.query_and_then([&array], |row| read_summary(db, row, all_methods))? {
        found.push(row?);
    }
    Ok(found)
}

/// The value of a column; an empty sparse column is not requested.
macro_rules! column {
    ($row:ident, $mask:ident, $name:ident) => {
        match const { term_with(NONEMPTY_MASK, stringify!($name)) } {
            Some(bit) if $mask >> bit & 1 == 0 => Default::default(),
            _ => $row.get(const { position(SELECTED, stringify!($name)) })?,
        }
    };
}

fn read_summary(db: &Read<'_>, row: &Row<'_>, all_methods: bool) -> DbResult<StoredContact> {
    let mask: i64 = row.get(const { position(SELECTED, "nonempty_mask") })?;
    let network: i64 = column!(row, mask, network);
    let id: i64 = column!(row, mask, id);
    let mut contact = Contact::new(ContactId(id), network_code(db, network)?);
    contact.first_name = column!(row, mask, first_name);
    contact.last_name = column!(row, mask, last_name);
    contact.nickname = column!(row, mask, nickname);
    contact.company = column!(row, mask, company);
    let trashed_at: Option<i64> = column!(row, mask, trashed_at);
    contact.trashed_at = trashed_at.map(Timestamp);
    let given_display_name: String = column!(row, mask, display_name);
    let methods = row.get_ref(const { position(SELECTED, "contact_methods") })?;
    let methods = methods.as_str().map_err(rusqlite::Error::from)?;
    // Without names, the display name is a contact method.
    let has_name = [&contact.first_name, &contact.last_name, &given_display_name]
        .iter()
        .any(|name| !name.trim().is_empty());
    let decode =
        if all_methods || !has_name { contact_methods::decode } else { contact_methods::decode_first };
    decode(methods, &mut contact)?;
    let mut stored = StoredContact {
        id,
        tenant: column!(row, mask, tenant),
        network,
        group: None,
        merged_into: column!(row, mask, merged_into),
        given_display_name,
        given_uid: String::new(),
        contact,
    };
    stored.refresh_display_name();
    Ok(stored)
}
