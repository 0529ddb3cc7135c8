//! Keeps the sort entries and list bitmaps of contacts in step with their rows.
//!
//! Every function of [`write`](super::write) that changes a row calls this module. Only the entries of new contacts are inserted by
//! the caller, because many of them are inserted together.

use crate::db::connection::conn::{Read, Write};
use crate::db::connection::sqlite_error::DbResult;
use crate::db::contact::row::StoredContact;
use crate::db::contact::sort_values::{SortValues, set_folded_texts, sort_values};
use crate::db::list::sort_index::{self, NewEntry};
use crate::db::list::{bitmap_index, sort_index::SortedList};

/// The entries of a new contact.
pub(crate) fn entries_for_new(stored: &StoredContact) -> impl Iterator<Item = NewEntry> {
    let entries: Vec<_> = SortValues::from_new_contact(stored).entries().collect();
    let id = stored.id;
    entries.into_iter().map(move |(list, key)| (list, key, id))
}

/// The entries of a contact that has none. Also writes the folded texts of its row.
pub(crate) fn rebuild_entries(db: &Write<'_>, stored: &StoredContact) -> DbResult<Vec<NewEntry>> {
    let values = SortValues::from_contact(stored);
    set_folded_texts(db, stored.id, values.folded_texts())?;
    Ok(values.entries().map(|(list, key)| (list, key, stored.id)).collect())
}

/// Inserts entries, in the order of the table.
pub(crate) fn insert_entries(db: &Write<'_>, mut entries: Vec<NewEntry>) -> DbResult<()> {
    entries.sort_unstable();
    sort_index::insert(db, &entries)?;
    for (list, key, id) in &entries {
        bitmap_index::update_for_sort_entry(db, (list.sort, list.scope), key.is_empty(), *id, true)?;
    }
    Ok(())
}

fn delete_entry(db: &Write<'_>, list: SortedList, key: &[u8], id: i64) -> DbResult<()> {
    sort_index::delete(db, list, key, id)?;
    bitmap_index::update_for_sort_entry(db, (list.sort, list.scope), key.is_empty(), id, false)
}

/// Replaces the entries of a contact's old values by those of the new ones.
pub(super) fn replace(db: &Write<'_>, id: i64, old: &SortValues, new: &SortValues) -> DbResult<()> {
    let (old, new): (Vec<_>, Vec<_>) = (old.entries().collect(), new.entries().collect());
    for (list, key) in old.iter().filter(|entry| !new.contains(entry)) {
        delete_entry(db, *list, key, id)?;
    }
    let added = new.into_iter().filter(|entry| !old.contains(entry));
    insert_entries(db, added.map(|(list, key)| (list, key, id)).collect())
}

/// Deletes all entries of a contact.
pub(super) fn delete_entries(db: &Write<'_>, id: i64) -> DbResult<()> {
    for (list, key) in sort_values(db, id)?.entries() {
        delete_entry(db, list, &key, id)?;
    }
    Ok(())
}

/// Updates the folded texts of a contact's row, and the entries made of them, to the fold of this library.
pub(crate) fn refold(db: &Write<'_>, stored: &StoredContact) -> DbResult<()> {
    let old = sort_values(db, stored.id)?;
    let new = old.refolded(&stored.contact);
    if old != new {
        set_folded_texts(db, stored.id, new.folded_texts())?;
        replace(db, stored.id, &old, &new)?;
    }
    Ok(())
}

/// The entries that a contact should have. If the folded texts are of another fold (`folded` is false), those in the row are taken as
/// correct.
pub(crate) fn expected(db: &Read<'_>, stored: &StoredContact, folded: bool) -> DbResult<Vec<NewEntry>> {
    let values = if folded { SortValues::from_contact(stored) } else { sort_values(db, stored.id)? };
    Ok(values.entries().map(|(list, key)| (list, key, stored.id)).collect())
}
