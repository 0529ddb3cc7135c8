//! Attributes: the definitions of a tenant, and the values of contacts.
//!
//! The column `kind` is an index into [`AttributeKind::ALL`], `namespace` one into [`NAMESPACES`]. Values are compared by `normalized`: a
//! number is REAL, a date or a boolean is INTEGER, everything else is TEXT; NULL is JSON's `null` only.

use std::rc::Rc;

use rusqlite::types::Value;
use rusqlite::{Row, named_params, params};

use crate::db::connection::conn::{Read, Write};
use crate::db::connection::sqlite_error::{DbResult, map_unique_violation};
use crate::db::connection::statement::{concat_sql, statements};
use crate::db::list::bitmap_index::{self, BitmapKey};
use crate::db::normalized_value::NormalizedValue;
use crate::error::{EntityKind, Error};
use crate::model::{AttributeDef, AttributeId, AttributeKind, AttributeNamespace, AttributeValue, Timestamp};

const NAMESPACES: [AttributeNamespace; 2] = [AttributeNamespace::Custom, AttributeNamespace::Additional];

/// A definition with the local side of its row.
#[derive(Debug, Clone)]
pub(crate) struct StoredDef {
    pub(crate) id: i64,
    pub(crate) def: AttributeDef,
}

/// The start of a query for [`stored_from_row`].
const SELECT: &str =
    "SELECT d.id, d.tenant, d.namespace, d.key, d.kind, d.declared, d.name, d.description, d.pattern, d.hint, d.choices,
            d.created_at, d.updated_at FROM attribute_def d";

statements! {
    INSERT = "INSERT INTO attribute_def (tenant, namespace, key, kind, declared, name, description, pattern, hint, choices,
            created_at, updated_at)
        VALUES (:tenant, :namespace, :key, :kind, :declared, :name, :description, :pattern, :hint, :choices,
            :created_at, :updated_at)";
    UPDATE = "UPDATE attribute_def SET kind = :kind, declared = :declared, name = :name, description = :description,
            pattern = :pattern, hint = :hint, choices = :choices, updated_at = :updated_at WHERE id = :id";
    DELETE = "DELETE FROM attribute_def WHERE id = :id";
    DELETE_VALUES = "DELETE FROM attribute WHERE def = :def";
    BY_ID = concat_sql!(SELECT, " WHERE d.id = :id AND d.tenant = :tenant");
    BY_KEY = concat_sql!(SELECT, " WHERE d.tenant = :tenant AND d.namespace = :namespace AND d.key = :key");
    PAGE = concat_sql!(SELECT, "
        WHERE d.tenant = :tenant AND d.namespace = :namespace AND d.key > :at ORDER BY d.key LIMIT :most");
    PAGE_BACK = concat_sql!(SELECT, "
        WHERE d.tenant = :tenant AND d.namespace = :namespace AND d.key < :at ORDER BY d.key DESC LIMIT :most");
    VALUES = "SELECT contact, value FROM attribute WHERE def = :def";
    SET_NORMALIZED = "UPDATE attribute SET normalized = :normalized WHERE contact = :contact AND def = :def";
    OF_MANY = "SELECT a.contact, d.id, d.namespace, d.key, a.value
        FROM rarray(:contacts) r CROSS JOIN attribute a ON a.contact = r.value JOIN attribute_def d ON d.id = a.def
        WHERE :tenant IS NULL OR d.tenant = :tenant";
    HAS = "SELECT 1 FROM attribute WHERE contact = :contact AND def = :def";
    HAS_NORMALIZED = "SELECT 1 FROM attribute WHERE contact = :contact AND def = :def AND normalized IS NOT NULL";
    DEFS_OF = "SELECT def FROM attribute WHERE contact = :contact";
    COUNT = "SELECT count(*) FROM attribute WHERE contact = :contact";
    SET = "INSERT INTO attribute (contact, def, value, normalized, checksum) VALUES (:contact, :def, :value, :normalized, row_sum(:value))
        ON CONFLICT (contact, def) DO UPDATE SET value = excluded.value, normalized = excluded.normalized, checksum = excluded.checksum
        WHERE value <> excluded.value";
    REMOVE = "DELETE FROM attribute WHERE contact = :contact AND def = :def";
    REMOVE_ALL = "DELETE FROM attribute WHERE contact = :contact";
}

/// Inserts a definition, and gives it its id.
///
/// # Errors
/// [`Error::Exists`] if the namespace of the tenant has the key.
pub(crate) fn insert(db: &Write<'_>, tenant: i64, mut def: AttributeDef) -> DbResult<StoredDef> {
    let done = db.prepare(&INSERT)?.execute(named_params! {
        ":tenant": tenant, ":namespace": namespace_column(def.namespace), ":key": def.key,
        ":kind": kind_column(def.kind), ":declared": def.declared, ":name": def.name, ":description": def.description,
        ":pattern": def.pattern, ":hint": def.hint, ":choices": choices_column(&def.choices)?,
        ":created_at": def.created_at.0, ":updated_at": def.updated_at.0,
    });
    map_unique_violation(done, EntityKind::Attribute)?;
    def.id = AttributeId(db.last_insert_id());
    Ok(StoredDef { id: def.id.0, def })
}

/// Writes all columns that can change.
pub(crate) fn update(db: &Write<'_>, changed: &StoredDef) -> DbResult<()> {
    let def = &changed.def;
    db.prepare(&UPDATE)?.execute(named_params! {
        ":kind": kind_column(def.kind), ":declared": def.declared, ":name": def.name, ":description": def.description,
        ":pattern": def.pattern, ":hint": def.hint, ":choices": choices_column(&def.choices)?,
        ":updated_at": def.updated_at.0, ":id": changed.id,
    })?;
    Ok(())
}

/// Deletes a definition and all its values.
pub(crate) fn delete(db: &Write<'_>, id: i64) -> DbResult<()> {
    db.prepare(&DELETE_VALUES)?.execute(named_params! {":def": id})?;
    bitmap_index::delete_bitmap(db, BitmapKey::Attribute(id))?;
    db.prepare(&DELETE)?.execute(named_params! {":id": id})?;
    Ok(())
}

/// The definition of a tenant with this public id.
pub(crate) fn find(db: &Read<'_>, tenant: i64, id: AttributeId) -> DbResult<StoredDef> {
    let params = named_params! {":id": id.0, ":tenant": tenant};
    let found = db.prepare(&BY_ID)?.query_and_then(params, stored_from_row)?.next().transpose()?;
    Ok(found.ok_or(Error::NotFound(EntityKind::Attribute, id.0))?)
}

/// The definition of a tenant with this key.
pub(crate) fn with_key(
    db: &Read<'_>,
    tenant: i64,
    namespace: AttributeNamespace,
    key: &str,
) -> DbResult<Option<StoredDef>> {
    let params = named_params! {":tenant": tenant, ":namespace": namespace_column(namespace), ":key": key};
    db.prepare(&BY_KEY)?.query_and_then(params, stored_from_row)?.next().transpose()
}

/// Up to `most` definitions of a tenant by key: after `at` (exclusive), or before it if `back` is true.
pub(crate) fn page(
    db: &Read<'_>,
    (tenant, namespace): (i64, AttributeNamespace),
    at: &str,
    back: bool,
    most: i64,
) -> DbResult<Vec<AttributeDef>> {
    let mut statement = db.prepare(if back { &PAGE_BACK } else { &PAGE })?;
    let params = named_params! {":tenant": tenant, ":namespace": namespace_column(namespace), ":at": at, ":most": most};
    let rows = statement.query_and_then(params, |row| Ok(stored_from_row(row)?.def))?;
    rows.collect()
}

/// All values of a definition: local ids of the contacts, and JSON.
pub(crate) fn values(db: &Read<'_>, def: i64) -> DbResult<Vec<(i64, String)>> {
    let mut statement = db.prepare(&VALUES)?;
    let rows = statement.query_map(named_params! {":def": def}, |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Writes the normalized form of a value.
pub(crate) fn set_normalized(
    db: &Write<'_>,
    contact: i64,
    def: i64,
    normalized: NormalizedValue,
) -> DbResult<()> {
    bitmap_index::set_bit(db, BitmapKey::Attribute(def), contact, normalized != NormalizedValue::Null)?;
    let normalized = Value::from(normalized);
    db.prepare(&SET_NORMALIZED)?
        .execute(named_params! {":normalized": normalized, ":contact": contact, ":def": def})?;
    Ok(())
}

/// The values of contacts, each with the contact's local id: of the attributes of one tenant, or of all.
pub(crate) fn of_many(
    db: &Read<'_>,
    contacts: impl IntoIterator<Item = i64>,
    tenant: Option<i64>,
) -> DbResult<Vec<(i64, AttributeValue)>> {
    let contacts = Rc::new(contacts.into_iter().map(Value::from).collect::<Vec<_>>());
    let mut statement = db.prepare(&OF_MANY)?;
    let params = named_params! {":contacts": contacts, ":tenant": tenant};
    let rows = statement.query_and_then(params, |row| {
        let json: String = row.get(4)?;
        let value = AttributeValue {
            attribute: AttributeId(row.get(1)?),
            namespace: namespace_from(row.get(2)?)?,
            key: row.get(3)?,
            value: serde_json::from_str(&json).map_err(|source| damaged(Some(source)))?,
        };
        Ok((row.get(0)?, value))
    })?;
    rows.collect()
}

/// Whether a contact has a value.
pub(crate) fn has(db: &Read<'_>, contact: i64, def: i64) -> DbResult<bool> {
    Ok(db.prepare(&HAS)?.exists(named_params! {":contact": contact, ":def": def})?)
}

/// The number of values of a contact.
pub(crate) fn count(db: &Read<'_>, contact: i64) -> DbResult<usize> {
    let count: i64 = db.prepare(&COUNT)?.query_row(named_params! {":contact": contact}, |row| row.get(0))?;
    Ok(usize::try_from(count).unwrap_or_default())
}

/// Sets a value of a contact. Returns false if it had this value.
pub(crate) fn set(
    db: &Write<'_>,
    contact: i64,
    def: i64,
    json: &str,
    normalized: NormalizedValue,
) -> DbResult<bool> {
    let is_set = normalized != NormalizedValue::Null;
    let done = db.prepare(&SET)?.execute(params![contact, def, json, Value::from(normalized)])? > 0;
    if done {
        bitmap_index::set_bit(db, BitmapKey::Attribute(def), contact, is_set)?;
    }
    Ok(done)
}

/// Deletes a value of a contact. Returns false if it had none.
pub(crate) fn remove(db: &Write<'_>, contact: i64, def: i64) -> DbResult<bool> {
    let done = db.prepare(&REMOVE)?.execute(named_params! {":contact": contact, ":def": def})? > 0;
    if done {
        bitmap_index::set_bit(db, BitmapKey::Attribute(def), contact, false)?;
    }
    Ok(done)
}

/// Updates the bitmaps of attributes to the values of a contact.
pub(crate) fn refresh_bitmaps(db: &Write<'_>, contact: i64, defs: &[i64]) -> DbResult<()> {
    for def in defs {
        let has = db.prepare(&HAS_NORMALIZED)?.exists(named_params! {":contact": contact, ":def": def})?;
        bitmap_index::set_bit(db, BitmapKey::Attribute(*def), contact, has)?;
    }
    Ok(())
}

/// Deletes all values of a contact.
pub(crate) fn remove_all(db: &Write<'_>, contact: i64) -> DbResult<()> {
    let defs: Vec<i64> = {
        let mut statement = db.prepare(&DEFS_OF)?;
        let rows = statement.query_map(named_params! {":contact": contact}, |row| row.get(0))?;
        rows.collect::<Result<_, _>>()?
    };
    for def in defs {
        bitmap_index::set_bit(db, BitmapKey::Attribute(def), contact, false)?;
    }
    db.prepare(&REMOVE_ALL)?.execute(named_params! {":contact": contact})?;
    Ok(())
}

fn damaged(source: Option<serde_json::Error>) -> Error {
    Error::Damaged { what: "an attribute", source: source.map(|source| Box::new(source).into()) }
}

fn namespace_column(namespace: AttributeNamespace) -> i64 {
    i64::from(namespace == AttributeNamespace::Additional)
}

fn namespace_from(number: i64) -> Result<AttributeNamespace, Error> {
    let found = usize::try_from(number).ok().and_then(|at| NAMESPACES.get(at));
    found.copied().ok_or_else(|| damaged(None))
}

fn kind_column(kind: AttributeKind) -> i64 {
    let at = AttributeKind::ALL.iter().position(|known| *known == kind);
    at.and_then(|at| i64::try_from(at).ok()).unwrap_or_default()
}

fn choices_column(choices: &[String]) -> Result<String, Error> {
    serde_json::to_string(choices).map_err(|source| Error::Storage(Box::new(source)))
}

fn stored_from_row(row: &Row<'_>) -> DbResult<StoredDef> {
    let (kind, choices): (u8, String) = (row.get(4)?, row.get(10)?);
    let def = AttributeDef {
        id: AttributeId(row.get(0)?),
        namespace: namespace_from(row.get(2)?)?,
        key: row.get(3)?,
        kind: *AttributeKind::ALL.get(usize::from(kind)).ok_or_else(|| damaged(None))?,
        declared: row.get(5)?,
        name: row.get(6)?,
        description: row.get(7)?,
        pattern: row.get(8)?,
        hint: row.get(9)?,
        choices: serde_json::from_str(&choices).map_err(|source| damaged(Some(source)))?,
        created_at: Timestamp(row.get(11)?),
        updated_at: Timestamp(row.get(12)?),
    };
    Ok(StoredDef { id: row.get(0)?, def })
}
