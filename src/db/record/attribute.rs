//! Attributes: what a tenant has, and the values of contacts.
//!
//! `kind` is the place in [`AttributeKind::ALL`], `space` that in [`SPACES`]. `norm` is what values are compared by: a number as
//! REAL, a date or a yes or no as INTEGER, anything else as TEXT; NULL is JSON's `null` only.

use std::rc::Rc;

use rusqlite::types::Value as Sql;
use rusqlite::{Row, named_params, params};

use crate::db::directory::map_unique_violation;
use crate::db::list::bitmap_index::{self, BitmapKey};
use crate::db::{DbResult, Read, Write, statements};
use crate::error::{EntityKind, Error};
use crate::model::{AttributeDef, AttributeId, AttributeKind, AttributeNamespace, AttributeValue, Timestamp};

const NAMESPACES: [AttributeNamespace; 2] = [AttributeNamespace::Custom, AttributeNamespace::Additional];

/// A definition with the local side of its row.
#[derive(Debug, Clone)]
pub(crate) struct StoredDef {
    pub(crate) id: i64,
    pub(crate) def: AttributeDef,
}

/// A value as it is compared.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum NormalizedValue {
    Null,
    Text(String),
    Real(f64),
    Integer(i64),
}

impl From<NormalizedValue> for Sql {
    fn from(norm: NormalizedValue) -> Self {
        match norm {
            NormalizedValue::Null => Self::Null,
            NormalizedValue::Text(text) => Self::Text(text),
            NormalizedValue::Real(number) => Self::Real(number),
            NormalizedValue::Integer(number) => Self::Integer(number),
        }
    }
}

/// The columns `stored` reads, in its order.
macro_rules! columns {
    () => {
        "d.id, d.tenant, d.public_id, d.namespace, d.key, d.kind, d.declared, d.name, d.description, d.pattern, d.hint, d.choices,
            d.created_at, d.updated_at"
    };
}

statements! {
    INSERT = "INSERT INTO attribute_def (public_id, tenant, namespace, key, kind, declared, name, description, pattern, hint, choices,
            created_at, updated_at)
        VALUES (:public_id, :tenant, :namespace, :key, :kind, :declared, :name, :description, :pattern, :hint, :choices,
            :created_at, :updated_at)";
    UPDATE = "UPDATE attribute_def SET kind = :kind, declared = :declared, name = :name, description = :description,
            pattern = :pattern, hint = :hint, choices = :choices, updated_at = :updated_at WHERE id = :id";
    DELETE = "DELETE FROM attribute_def WHERE id = :id";
    DELETE_VALUES = "DELETE FROM attribute WHERE def = :def";
    BY_PUBLIC_ID = concat!("SELECT ", columns!(), " FROM attribute_def d WHERE d.public_id = :public_id AND d.tenant = :tenant");
    BY_KEY = concat!("SELECT ", columns!(), " FROM attribute_def d WHERE d.tenant = :tenant AND d.namespace = :namespace AND d.key = :key");
    PAGE = concat!("SELECT ", columns!(), " FROM attribute_def d
        WHERE d.tenant = :tenant AND d.namespace = :namespace AND d.key > :at ORDER BY d.key LIMIT :most");
    PAGE_BACK = concat!("SELECT ", columns!(), " FROM attribute_def d
        WHERE d.tenant = :tenant AND d.namespace = :namespace AND d.key < :at ORDER BY d.key DESC LIMIT :most");
    VALUES = "SELECT contact, value FROM attribute WHERE def = :def";
    SET_NORMALIZED = "UPDATE attribute SET normalized = :normalized WHERE contact = :contact AND def = :def";
    OF_MANY = "SELECT a.contact, d.public_id, d.namespace, d.key, a.value
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

/// # Errors
/// [`Error::Exists`] if the key is taken.
pub(crate) fn insert(db: &Write<'_>, tenant: i64, def: AttributeDef) -> DbResult<StoredDef> {
    let done = db.prepare(&INSERT)?.execute(named_params! {
        ":public_id": def.id.0, ":tenant": tenant, ":namespace": namespace_column(def.namespace), ":key": def.key,
        ":kind": kind_column(def.kind), ":declared": def.declared, ":name": def.name, ":description": def.description,
        ":pattern": def.pattern, ":hint": def.hint, ":choices": choices_column(&def.choices)?,
        ":created_at": def.created_at.0, ":updated_at": def.updated_at.0,
    });
    map_unique_violation(done, EntityKind::Attribute)?;
    Ok(StoredDef { id: db.last_insert_id(), def })
}

/// Writes everything that can change.
pub(crate) fn update(db: &Write<'_>, changed: &StoredDef) -> DbResult<()> {
    let def = &changed.def;
    db.prepare(&UPDATE)?.execute(named_params! {
        ":kind": kind_column(def.kind), ":declared": def.declared, ":name": def.name, ":description": def.description,
        ":pattern": def.pattern, ":hint": def.hint, ":choices": choices_column(&def.choices)?,
        ":updated_at": def.updated_at.0, ":id": changed.id,
    })?;
    Ok(())
}

/// Deletes a definition and every value of it.
pub(crate) fn delete(db: &Write<'_>, id: i64) -> DbResult<()> {
    db.prepare(&DELETE_VALUES)?.execute(named_params! {":def": id})?;
    bitmap_index::delete_bitmap(db, BitmapKey::Attribute(id))?;
    db.prepare(&DELETE)?.execute(named_params! {":id": id})?;
    Ok(())
}

/// A definition of a tenant.
pub(crate) fn find(db: &Read<'_>, tenant: i64, id: AttributeId) -> DbResult<StoredDef> {
    let params = named_params! {":public_id": id.0, ":tenant": tenant};
    let found = db.prepare(&BY_PUBLIC_ID)?.query_and_then(params, stored)?.next().transpose()?;
    Ok(found.ok_or(Error::NotFound(EntityKind::Attribute, id.0))?)
}

/// The definition of a tenant under a key.
pub(crate) fn with_key(
    db: &Read<'_>,
    tenant: i64,
    space: AttributeNamespace,
    key: &str,
) -> DbResult<Option<StoredDef>> {
    let params = named_params! {":tenant": tenant, ":namespace": namespace_column(space), ":key": key};
    db.prepare(&BY_KEY)?.query_and_then(params, stored)?.next().transpose()
}

/// Up to `most` definitions of a tenant by key, from `at` on (not included), forwards or backwards.
pub(crate) fn page(
    db: &Read<'_>,
    (tenant, space): (i64, AttributeNamespace),
    at: &str,
    back: bool,
    most: i64,
) -> DbResult<Vec<AttributeDef>> {
    let mut statement = db.prepare(if back { &PAGE_BACK } else { &PAGE })?;
    let params =
        named_params! {":tenant": tenant, ":namespace": namespace_column(space), ":at": at, ":most": most};
    let rows = statement.query_and_then(params, |row| Ok(stored(row)?.def))?;
    rows.collect()
}

/// All values under a definition as JSON, with their contacts.
pub(crate) fn values(db: &Read<'_>, def: i64) -> DbResult<Vec<(i64, String)>> {
    let mut statement = db.prepare(&VALUES)?;
    let rows = statement.query_map(named_params! {":def": def}, |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Writes how a value is compared.
pub(crate) fn set_normalized(db: &Write<'_>, contact: i64, def: i64, norm: NormalizedValue) -> DbResult<()> {
    bitmap_index::set_bit(db, BitmapKey::Attribute(def), contact, norm != NormalizedValue::Null)?;
    let norm = Sql::from(norm);
    db.prepare(&SET_NORMALIZED)?
        .execute(named_params! {":normalized": norm, ":contact": contact, ":def": def})?;
    Ok(())
}

/// The values of some contacts, each with the contact's local id; of one tenant's attributes or of all.
pub(crate) fn of_many(
    db: &Read<'_>,
    contacts: impl IntoIterator<Item = i64>,
    tenant: Option<i64>,
) -> DbResult<Vec<(i64, AttributeValue)>> {
    let contacts = Rc::new(contacts.into_iter().map(Sql::from).collect::<Vec<_>>());
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

/// How many values a contact has.
pub(crate) fn count(db: &Read<'_>, contact: i64) -> DbResult<usize> {
    let count: i64 = db.prepare(&COUNT)?.query_row(named_params! {":contact": contact}, |row| row.get(0))?;
    Ok(usize::try_from(count).unwrap_or_default())
}

/// Gives a contact a value; false if it had it.
pub(crate) fn set(
    db: &Write<'_>,
    contact: i64,
    def: i64,
    json: &str,
    norm: NormalizedValue,
) -> DbResult<bool> {
    let is_there = norm != NormalizedValue::Null;
    let done = db.prepare(&SET)?.execute(params![contact, def, json, Sql::from(norm)])? > 0;
    if done {
        bitmap_index::set_bit(db, BitmapKey::Attribute(def), contact, is_there)?;
    }
    Ok(done)
}

/// Takes a value from a contact; false if it had none.
pub(crate) fn remove(db: &Write<'_>, contact: i64, def: i64) -> DbResult<bool> {
    let done = db.prepare(&REMOVE)?.execute(named_params! {":contact": contact, ":def": def})? > 0;
    if done {
        bitmap_index::set_bit(db, BitmapKey::Attribute(def), contact, false)?;
    }
    Ok(done)
}

/// Brings the sets of some attributes in step with the values that a contact has.
pub(crate) fn refresh_bitmaps(db: &Write<'_>, contact: i64, defs: &[i64]) -> DbResult<()> {
    for def in defs {
        let has = db.prepare(&HAS_NORMALIZED)?.exists(named_params! {":contact": contact, ":def": def})?;
        bitmap_index::set_bit(db, BitmapKey::Attribute(*def), contact, has)?;
    }
    Ok(())
}

/// Takes all values from a contact.
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

fn namespace_column(space: AttributeNamespace) -> i64 {
    i64::from(space == AttributeNamespace::Additional)
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

fn stored(row: &Row<'_>) -> DbResult<StoredDef> {
    let (kind, choices): (u8, String) = (row.get(5)?, row.get(11)?);
    let def = AttributeDef {
        id: AttributeId(row.get(2)?),
        namespace: namespace_from(row.get(3)?)?,
        key: row.get(4)?,
        kind: *AttributeKind::ALL.get(usize::from(kind)).ok_or_else(|| damaged(None))?,
        declared: row.get(6)?,
        name: row.get(7)?,
        description: row.get(8)?,
        pattern: row.get(9)?,
        hint: row.get(10)?,
        choices: serde_json::from_str(&choices).map_err(|source| damaged(Some(source)))?,
        created_at: Timestamp(row.get(12)?),
        updated_at: Timestamp(row.get(13)?),
    };
    Ok(StoredDef { id: row.get(0)?, def })
}
