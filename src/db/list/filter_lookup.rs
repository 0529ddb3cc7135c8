//! What conditions on contacts look up: who has a tag or a value, and what some contacts have.

use rusqlite::types::Value;
use rusqlite::{OptionalExtension as _, Row, named_params, params};

use crate::db::connection::id_array;
use crate::db::{DbResult, Read, statements};
use crate::model::AttributeKind;

statements! {
    TAG = "SELECT id, contacts FROM tag WHERE tenant = :tenant AND name_key = :name_key";
    CONTACTS_WITH_TAG = "SELECT contact FROM contact_tag WHERE tag = :tag LIMIT :most";
    TAGS_OF = "SELECT t.contact, t.tag FROM rarray(:ids) r CROSS JOIN contact_tag t ON t.contact = r.value";
    DEFINITION = "SELECT id, kind FROM attribute_def WHERE tenant = :tenant AND namespace = :namespace AND key = :key";
    /// A whole number is not compared with one that is not.
    CONTACTS_WITH_VALUE = "SELECT contact FROM attribute
        WHERE def = :def AND normalized >= :least AND normalized <= :most_value AND typeof(normalized) = typeof(:least) LIMIT :most";
    CONTACTS_WITH_ATTRIBUTE = "SELECT contact FROM attribute WHERE def = :def LIMIT :most";
    ATTRIBUTES_OF = "SELECT a.contact, a.def, a.normalized FROM rarray(:ids) r CROSS JOIN attribute a ON a.contact = r.value";
    SOME_ATTRIBUTES_OF = "SELECT a.contact, a.def, a.normalized FROM rarray(:ids) r CROSS JOIN rarray(:defs) d
        CROSS JOIN attribute a ON a.contact = r.value AND a.def = d.value";
    METHODS_IN_RANGE = "SELECT contact FROM contact_method_lookup WHERE kind = :kind AND normalized >= :least AND normalized < :end LIMIT :most";
    METHODS_CONTAINING = "SELECT contact FROM contact_method_lookup WHERE kind = :kind AND instr(normalized, :part) > 0";
}

/// A value of an attribute as it is compared.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum FilterValue {
    Text(String),
    Number(f64),
    /// A date in ms, or 0 and 1 for no and yes.
    Integer(i64),
    Null,
}

impl FilterValue {
    fn from_value(value: Value) -> Self {
        match value {
            Value::Text(text) => Self::Text(text),
            Value::Real(number) => Self::Number(number),
            Value::Integer(number) => Self::Integer(number),
            Value::Null | Value::Blob(_) => Self::Null,
        }
    }

    fn to_value(&self) -> Value {
        match self {
            Self::Text(text) => Value::Text(text.clone()),
            Self::Number(number) => Value::Real(*number),
            Self::Integer(number) => Value::Integer(*number),
            Self::Null => Value::Null,
        }
    }
}

/// A tag of a tenant by its name in lower case: its local id, and how many contacts have it, those in the trash left out.
pub(crate) fn tag_by_name(db: &Read<'_>, tenant: i64, name_key: &str) -> DbResult<Option<(i64, i64)>> {
    let mut statement = db.prepare(&TAG)?;
    let found = statement.query_row(named_params! {":tenant": tenant, ":name_key": name_key}, |row| {
        Ok((row.get(0)?, row.get(1)?))
    });
    Ok(found.optional()?)
}

/// Up to `most` contacts with a tag, by local id.
pub(crate) fn contacts_with_tag(db: &Read<'_>, tag: i64, most: i64) -> DbResult<Vec<i64>> {
    let mut statement = db.prepare(&CONTACTS_WITH_TAG)?;
    let rows = statement.query_map(params![tag, most], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The tags of some contacts: contact and tag, by local id.
pub(crate) fn tags_of(db: &Read<'_>, ids: &[i64]) -> DbResult<Vec<(i64, i64)>> {
    let mut statement = db.prepare(&TAGS_OF)?;
    let rows = statement.query_map([&id_array(ids)], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A custom attribute of a tenant by its key: local id and kind.
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

/// Up to `most` contacts with a value of an attribute in a range, both ends included, or with any value.
pub(crate) fn contacts_with_attribute(
    db: &Read<'_>,
    def: i64,
    range: Option<(&FilterValue, &FilterValue)>,
    most: i64,
) -> DbResult<Vec<i64>> {
    let Some((least, greatest)) = range else {
        let mut statement = db.prepare(&CONTACTS_WITH_ATTRIBUTE)?;
        let rows = statement.query_map(params![def, most], |row| row.get(0))?;
        return Ok(rows.collect::<Result<_, _>>()?);
    };
    let mut statement = db.prepare(&CONTACTS_WITH_VALUE)?;
    let rows =
        statement.query_map(params![def, least.to_value(), greatest.to_value(), most], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Attributes up to which each is looked up; of more, all that a contact has are read.
const MAX_ATTRIBUTE_LOOKUPS: usize = 3;

/// Some attributes of some contacts, and perhaps others: contact, definition and value.
pub(crate) fn attributes_of(
    db: &Read<'_>,
    ids: &[i64],
    defs: &[i64],
) -> DbResult<Vec<(i64, i64, FilterValue)>> {
    let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, FilterValue::from_value(row.get(2)?)));
    if defs.len() > MAX_ATTRIBUTE_LOOKUPS {
        let mut statement = db.prepare(&ATTRIBUTES_OF)?;
        return Ok(statement.query_map([&id_array(ids)], read)?.collect::<Result<_, _>>()?);
    }
    let mut statement = db.prepare(&SOME_ATTRIBUTES_OF)?;
    let rows = statement.query_map([&id_array(ids), &id_array(defs)], read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Up to `most` contacts with a phone (or an e-mail address) at least `least` and below `end`, by local id; in all tenants, the trash
/// included.
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

/// The contacts with a phone (or an e-mail address) in which a text stands, by local id; in all tenants, the trash included. Looks at
/// all there are.
pub(crate) fn contacts_with_method_containing(db: &Read<'_>, phones: bool, part: &str) -> DbResult<Vec<i64>> {
    let mut statement = db.prepare(&METHODS_CONTAINING)?;
    let rows = statement.query_map(params![if phones { 1 } else { 2 }, part], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
