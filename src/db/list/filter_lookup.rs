//! Queries of filter conditions: the contacts with a tag or a value, and the tags and values of given contacts.

use rusqlite::types::Value;
use rusqlite::{OptionalExtension as _, Row, named_params, params};

use crate::db::connection::conn::Read;
use crate::db::connection::sqlite_error::DbResult;
use crate::db::connection::statement::{id_array, statements};
use crate::db::normalized_value::NormalizedValue;
use crate::model::AttributeKind;

statements! {
    TAG = "SELECT id, contacts FROM tag WHERE tenant = :tenant AND name_key = :name_key";
    CONTACTS_WITH_TAG = "SELECT contact FROM contact_tag WHERE tag = :tag LIMIT :most";
    TAGS_OF = "SELECT t.contact, t.tag FROM rarray(:ids) r CROSS JOIN contact_tag t ON t.contact = r.value";
    DEFINITION = "SELECT id, kind FROM attribute_def WHERE tenant = :tenant AND namespace = :namespace AND key = :key";
    /// INTEGER and REAL compare by value in SQLite. Here they are different kinds of values.
    CONTACTS_WITH_VALUE = "SELECT contact FROM attribute
        WHERE def = :def AND normalized >= :least AND normalized <= :most_value AND typeof(normalized) = typeof(:least) LIMIT :most";
    CONTACTS_WITH_ATTRIBUTE = "SELECT contact FROM attribute WHERE def = :def LIMIT :most";
    ATTRIBUTES_OF = "SELECT a.contact, a.def, a.normalized FROM rarray(:ids) r CROSS JOIN attribute a ON a.contact = r.value";
    SOME_ATTRIBUTES_OF = "SELECT a.contact, a.def, a.normalized FROM rarray(:ids) r CROSS JOIN rarray(:defs) d
        CROSS JOIN attribute a ON a.contact = r.value AND a.def = d.value";
    METHODS_IN_RANGE = "SELECT contact FROM contact_method_lookup WHERE kind = :kind AND normalized >= :least AND normalized < :end LIMIT :most";
    METHODS_CONTAINING = "SELECT contact FROM contact_method_lookup WHERE kind = :kind AND instr(normalized, :part) > 0";
}

/// A tag of a tenant by its name in lower case: its local id, and the number of contacts with it that are not in the trash.
pub(crate) fn tag_by_name(db: &Read<'_>, tenant: i64, name_key: &str) -> DbResult<Option<(i64, i64)>> {
    let mut statement = db.prepare(&TAG)?;
    let found = statement.query_row(named_params! {":tenant": tenant, ":name_key": name_key}, |row| {
        Ok((row.get(0)?, row.get(1)?))
    });
    Ok(found.optional()?)
}

/// Up to `most` contacts with a tag, as local ids.
pub(crate) fn contacts_with_tag(db: &Read<'_>, tag: i64, most: i64) -> DbResult<Vec<i64>> {
    let mut statement = db.prepare(&CONTACTS_WITH_TAG)?;
    let rows = statement.query_map(params![tag, most], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The tags of contacts: pairs of contact and tag, as local ids.
pub(crate) fn tags_of(db: &Read<'_>, ids: &[i64]) -> DbResult<Vec<(i64, i64)>> {
    let mut statement = db.prepare(&TAGS_OF)?;
    let rows = statement.query_map([&id_array(ids)], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The custom attribute of a tenant with this key: its local id and kind.
pub(crate) fn attribute_by_key(
    db: &Read<'_>,
    tenant: i64,
    key: &str,
) -> DbResult<Option<(i64, AttributeKind)>> {
    let mut statement = db.prepare(&DEFINITION)?;
    let found = statement.query_row(named_params! {":tenant": tenant, ":namespace": 0, ":key": key}, |row| {
        let kind: i64 = row.get(1)?;
        let kind = usize::try_from(kind).unwrap_or_default();
        Ok((row.get(0)?, AttributeKind::ALL.get(kind).copied().unwrap_or(AttributeKind::Any)))
    });
    Ok(found.optional()?)
}

/// Up to `most` contacts with a value of an attribute in a range (both ends inclusive), or with any value.
pub(crate) fn contacts_with_attribute(
    db: &Read<'_>,
    def: i64,
    range: Option<(&NormalizedValue, &NormalizedValue)>,
    most: i64,
) -> DbResult<Vec<i64>> {
    let Some((least, greatest)) = range else {
        let mut statement = db.prepare(&CONTACTS_WITH_ATTRIBUTE)?;
        let rows = statement.query_map(params![def, most], |row| row.get(0))?;
        return Ok(rows.collect::<Result<_, _>>()?);
    };
    let mut statement = db.prepare(&CONTACTS_WITH_VALUE)?;
    let rows = statement
        .query_map(params![def, Value::from(least.clone()), Value::from(greatest.clone()), most], |row| {
            row.get(0)
        })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Up to this number of attributes, each is looked up. For more, all attributes of a contact are read.
const MAX_ATTRIBUTE_LOOKUPS: usize = 3;

/// The values of attributes of contacts: contact, definition and value. May contain values of other attributes.
pub(crate) fn attributes_of(
    db: &Read<'_>,
    ids: &[i64],
    defs: &[i64],
) -> DbResult<Vec<(i64, i64, NormalizedValue)>> {
    let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, NormalizedValue::from(row.get::<_, Value>(2)?)));
    if defs.len() > MAX_ATTRIBUTE_LOOKUPS {
        let mut statement = db.prepare(&ATTRIBUTES_OF)?;
        return Ok(statement.query_map([&id_array(ids)], read)?.collect::<Result<_, _>>()?);
    }
    let mut statement = db.prepare(&SOME_ATTRIBUTES_OF)?;
    let rows = statement.query_map([&id_array(ids), &id_array(defs)], read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Up to `most` contacts with a phone (or, if `phones` is false, an e-mail address) from `least` up to `end` (exclusive), as local ids: of
/// all tenants, the trash included.
pub(crate) fn contacts_with_method_in_range(
    db: &Read<'_>,
    phones: bool,
    least: &str,
    end: &str,
    most: i64,
) -> DbResult<Vec<i64>> {
    let mut statement = db.prepare(&METHODS_IN_RANGE)?;
    let rows =
        statement.query_map(params![if phones { 1 } else { 2 }, least, end, most], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The contacts with a phone (or, if `phones` is false, an e-mail address) that contains a text, as local ids: of all tenants, the trash
/// included. Scans all phones or addresses.
pub(crate) fn contacts_with_method_containing(db: &Read<'_>, phones: bool, part: &str) -> DbResult<Vec<i64>> {
    let mut statement = db.prepare(&METHODS_CONTAINING)?;
    let rows = statement.query_map(params![if phones { 1 } else { 2 }, part], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
