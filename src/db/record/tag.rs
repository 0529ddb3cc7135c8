//! Tags, and the tags of contacts.

use std::collections::BTreeMap;
use std::rc::Rc;

use rusqlite::types::Value;
use rusqlite::{OptionalExtension as _, Row, named_params};

use crate::db::connection::conn::{Read, Write};
use crate::db::connection::sqlite_error::{DbResult, map_unique_violation};
use crate::db::connection::statement::{concat_sql, statements};
use crate::db::list::bitmap_index::{self, BitmapKey};
use crate::db::scope::ListKey;
use crate::error::{EntityKind, Error};
use crate::model::{Color, Tag, TagId};

/// A tag with the local side of its row.
#[derive(Debug, Clone)]
pub(crate) struct StoredTag {
    pub(crate) id: i64,
    pub(crate) tenant: i64,
    pub(crate) tag: Tag,
}

/// The columns of [`stored_from_row`].
const COLUMNS: &str = "t.id, t.tenant, t.name, t.color, t.contacts";

statements! {
    INSERT = "INSERT INTO tag (tenant, name, name_key, color, checksum) VALUES (:tenant, :name, :name_key, :color,
        row_sum(:tenant, :name, :name_key, :color))";
    UPDATE = "UPDATE tag SET name = :name, name_key = :name_key, color = :color,
        checksum = row_sum(tenant, :name, :name_key, :color) WHERE id = :id";
    DELETE = "DELETE FROM tag WHERE id = :id";
    DELETE_ASSIGNMENTS = "DELETE FROM contact_tag WHERE tag = :tag";
    BY_ID = concat_sql!("SELECT ", COLUMNS, " FROM tag t WHERE t.id = :id AND t.tenant = :tenant");
    BY_NAME = concat_sql!("SELECT ", COLUMNS, " FROM tag t WHERE t.tenant = :tenant AND t.name_key = :name_key");
    PAGE = concat_sql!("SELECT ", COLUMNS, ", t.name_key FROM tag t WHERE t.tenant = :tenant AND t.name_key > :at ORDER BY t.name_key LIMIT :most");
    PAGE_BACK = concat_sql!("SELECT ", COLUMNS, ", t.name_key FROM tag t WHERE t.tenant = :tenant AND t.name_key < :at ORDER BY t.name_key DESC LIMIT :most");
    OF_CONTACT = concat_sql!("SELECT ", COLUMNS, " FROM contact_tag o JOIN tag t ON t.id = o.tag WHERE o.contact = :contact");
    OF_MANY = concat_sql!("SELECT ", COLUMNS, ", o.contact FROM rarray(:contacts) r CROSS JOIN contact_tag o ON o.contact = r.value
        JOIN tag t ON t.id = o.tag WHERE :tenant IS NULL OR t.tenant = :tenant");
    ADD = "INSERT INTO contact_tag (contact, tag) VALUES (:contact, :tag) ON CONFLICT (contact, tag) DO NOTHING";
    REMOVE = "DELETE FROM contact_tag WHERE contact = :contact AND tag = :tag";
    ADJUST_COUNT = "UPDATE tag SET contacts = contacts + :by WHERE id = :id";
    ADJUST_COUNTS_OF_CONTACT = "UPDATE tag SET contacts = contacts + :by WHERE id IN (SELECT tag FROM contact_tag WHERE contact = :contact)";
    REMOVE_ALL = "DELETE FROM contact_tag WHERE contact = :contact";
    TAGS_IN_LIST = "SELECT o.tag FROM list_entry e CROSS JOIN contact_tag o ON o.contact = e.contact
        WHERE e.generation = :generation AND e.owner_kind = :owner_kind AND e.owner = :owner AND e.network = :network";
    COUNT_MISMATCHES = "SELECT count(*) FROM tag t WHERE t.contacts <>
        (SELECT count(*) FROM contact_tag o JOIN contact c ON c.id = o.contact WHERE o.tag = t.id AND c.trashed_at IS NULL)";
}

/// Inserts a tag, and gives it its id. `key` is the name in lower case.
///
/// # Errors
/// [`Error::Exists`] if the tenant has a tag with the name.
pub(crate) fn insert(db: &Write<'_>, tenant: i64, mut tag: Tag, key: &str) -> DbResult<StoredTag> {
    let done = db.prepare(&INSERT)?.execute(named_params! {
        ":tenant": tenant, ":name": tag.name, ":name_key": key, ":color": tag.color.map(|color| color.0),
    });
    map_unique_violation(done, EntityKind::Tag)?;
    tag.id = TagId(db.last_insert_id());
    Ok(StoredTag { id: tag.id.0, tenant, tag })
}

/// Writes name and colour.
///
/// # Errors
/// [`Error::Exists`] if the tenant has another tag with the name.
pub(crate) fn update(db: &Write<'_>, changed: &StoredTag, key: &str) -> DbResult<()> {
    let tag = &changed.tag;
    let done = db.prepare(&UPDATE)?.execute(named_params! {
        ":name": tag.name, ":name_key": key, ":color": tag.color.map(|color| color.0), ":id": changed.id,
    });
    map_unique_violation(done, EntityKind::Tag)
}

/// Deletes a tag, also from all contacts.
pub(crate) fn delete(db: &Write<'_>, id: i64) -> DbResult<()> {
    db.prepare(&DELETE_ASSIGNMENTS)?.execute(named_params! {":tag": id})?;
    bitmap_index::delete_bitmap(db, BitmapKey::Tag(id))?;
    db.prepare(&DELETE)?.execute(named_params! {":id": id})?;
    Ok(())
}

/// The tag of a tenant with this public id.
pub(crate) fn find(db: &Read<'_>, tenant: i64, id: TagId) -> DbResult<StoredTag> {
    let params = named_params! {":id": id.0, ":tenant": tenant};
    let found = db.prepare(&BY_ID)?.query_row(params, stored_from_row).optional()?;
    Ok(found.ok_or(Error::NotFound(EntityKind::Tag, id.0))?)
}

/// The tag of a tenant with this name in lower case.
pub(crate) fn with_name(db: &Read<'_>, tenant: i64, key: &str) -> DbResult<Option<StoredTag>> {
    let params = named_params! {":tenant": tenant, ":name_key": key};
    Ok(db.prepare(&BY_NAME)?.query_row(params, stored_from_row).optional()?)
}

/// Up to `most` tags of a tenant by name, with the names in lower case: after `at` (exclusive), or before it if `back` is true.
pub(crate) fn page(
    db: &Read<'_>,
    tenant: i64,
    at: &str,
    back: bool,
    most: i64,
) -> DbResult<Vec<(String, Tag)>> {
    let mut statement = db.prepare(if back { &PAGE_BACK } else { &PAGE })?;
    let params = named_params! {":tenant": tenant, ":at": at, ":most": most};
    let rows = statement.query_map(params, |row| Ok((row.get(5)?, stored_from_row(row)?.tag)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The tags of a contact.
pub(crate) fn of_contact(db: &Read<'_>, contact: i64) -> DbResult<Vec<StoredTag>> {
    let mut statement = db.prepare(&OF_CONTACT)?;
    let rows = statement.query_map(named_params! {":contact": contact}, stored_from_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The tags of contacts, each with the contact's local id: of one tenant, or of all.
pub(crate) fn of_many(
    db: &Read<'_>,
    contacts: impl IntoIterator<Item = i64>,
    tenant: Option<i64>,
) -> DbResult<Vec<(i64, Tag)>> {
    let contacts = Rc::new(contacts.into_iter().map(Value::from).collect::<Vec<_>>());
    let mut statement = db.prepare(&OF_MANY)?;
    let params = named_params! {":contacts": contacts, ":tenant": tenant};
    let rows = statement.query_map(params, |row| Ok((row.get(5)?, stored_from_row(row)?.tag)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Adds a tag to a contact (`on`), or removes it. Returns false if nothing has changed. `counted`: the contact is not in the trash.
pub(crate) fn set(db: &Write<'_>, contact: i64, tag: i64, on: bool, counted: bool) -> DbResult<bool> {
    let params = named_params! {":contact": contact, ":tag": tag};
    let done = db.prepare(if on { &ADD } else { &REMOVE })?.execute(params)? > 0;
    if done {
        bitmap_index::set_bit(db, BitmapKey::Tag(tag), contact, on)?;
    }
    if done && counted {
        db.prepare(&ADJUST_COUNT)?.execute(named_params! {":by": if on { 1 } else { -1 }, ":id": tag})?;
    }
    Ok(done)
}

/// Adds `by` to the counts of all tags of a contact, which moves into the trash (-1) or out of it (1).
pub(crate) fn adjust_counts(db: &Write<'_>, contact: i64, by: i64) -> DbResult<()> {
    db.prepare(&ADJUST_COUNTS_OF_CONTACT)?.execute(named_params! {":by": by, ":contact": contact})?;
    Ok(())
}

/// Removes all tags of a contact in the trash, which does not count.
pub(crate) fn remove_all(db: &Write<'_>, contact: i64) -> DbResult<()> {
    for stored in of_contact(db, contact)? {
        bitmap_index::set_bit(db, BitmapKey::Tag(stored.id), contact, false)?;
    }
    db.prepare(&REMOVE_ALL)?.execute(named_params! {":contact": contact})?;
    Ok(())
}

/// Adds to `counts` how many contacts of a list have each tag. Reads the whole list.
pub(crate) fn count_in_list(db: &Read<'_>, list: ListKey, counts: &mut BTreeMap<TagId, u64>) -> DbResult<()> {
    let (generation, owner_kind, owner, network) = list.columns();
    let mut statement = db.prepare(&TAGS_IN_LIST)?;
    let params = named_params! {
        ":generation": generation, ":owner_kind": owner_kind, ":owner": owner, ":network": network,
    };
    for tag in statement.query_map(params, |row| row.get(0).map(TagId))? {
        let count = counts.entry(tag?).or_default();
        *count = count.saturating_add(1);
    }
    Ok(())
}

/// The number of tags with a wrong count.
pub(crate) fn count_mismatches(db: &Read<'_>) -> DbResult<u64> {
    let wrong: i64 = db.prepare(&COUNT_MISMATCHES)?.query_row([], |row| row.get(0))?;
    Ok(u64::try_from(wrong).unwrap_or_default())
}

fn stored_from_row(row: &Row<'_>) -> rusqlite::Result<StoredTag> {
    let (color, contacts): (Option<u32>, i64) = (row.get(3)?, row.get(4)?);
    let tag = Tag {
        id: TagId(row.get(0)?),
        name: row.get(2)?,
        color: color.map(Color),
        contacts: u64::try_from(contacts).unwrap_or_default(),
    };
    Ok(StoredTag { id: row.get(0)?, tenant: row.get(1)?, tag })
}
