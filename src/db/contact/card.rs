//! The imported cards of contacts.

use rusqlite::{OptionalExtension as _, named_params};

use crate::db::connection::conn::{Read, Write};
use crate::db::connection::sqlite_error::DbResult;
use crate::db::connection::statement::statements;

statements! {
    CARD = "SELECT card FROM contact_card WHERE contact = :contact";
    SET_CARD = "INSERT INTO contact_card (contact, card, checksum) VALUES (:contact, :card, row_sum(:contact, :card))
        ON CONFLICT (contact) DO UPDATE SET card = excluded.card, checksum = excluded.checksum";
    DELETE_CARD = "DELETE FROM contact_card WHERE contact = :contact";
}

/// The card of a contact, as JSON.
pub(crate) fn card(db: &Read<'_>, id: i64) -> DbResult<Option<String>> {
    Ok(db.prepare(&CARD)?.query_row(named_params! {":contact": id}, |row| row.get(0)).optional()?)
}

/// Stores the card of a contact. An empty card deletes it.
pub(crate) fn replace_card(db: &Write<'_>, id: i64, card: &str) -> DbResult<()> {
    if card.is_empty() {
        return delete_card(db, id);
    }
    db.prepare(&SET_CARD)?.execute(named_params! {":contact": id, ":card": card})?;
    Ok(())
}

pub(super) fn delete_card(db: &Write<'_>, id: i64) -> DbResult<()> {
    db.prepare(&DELETE_CARD)?.execute(named_params! {":contact": id})?;
    Ok(())
}
