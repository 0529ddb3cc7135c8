//! Values that must be unique: rows of their own, so that the store itself holds the rule and knows the holder.

use rusqlite::{OptionalExtension as _, params};

use crate::db::{DbResult, Read, Write, contact, statements};
use crate::error::Error;
use crate::model::Field;

/// A value claimed by one contact of a tenant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct UniqueKey {
    /// The field that clashes if the value is taken.
    pub(crate) field: Field,
    /// The network within which it is unique; 0: all.
    pub(crate) network: i64,
    /// The normalised value.
    pub(crate) value: String,
    /// The federation group within which it is unique; 0: none, or all.
    pub(crate) group: i64,
}

statements! {
    INSERT = "INSERT INTO contact_unique_key (tenant, kind, network, value, federation_group, contact)
        VALUES (:tenant, :kind, :network, :value, :federation_group, :contact)";
    DELETE = "DELETE FROM contact_unique_key
        WHERE tenant = :tenant AND kind = :kind AND network = :network AND value = :value AND federation_group = :federation_group";
    HOLDER = "SELECT contact FROM contact_unique_key
        WHERE tenant = :tenant AND kind = :kind AND network = :network AND value = :value AND federation_group = :federation_group";
    COUNT = "SELECT count(*) FROM contact_unique_key";
}

fn kind(field: Field) -> i64 {
    match field {
        Field::Phone => 1,
        Field::Email => 2,
        Field::Identifier => 3,
        _ => 4,
    }
}

/// Claims keys for a contact; see [`refuse_taken`] for those that are not free.
pub(crate) fn claim(db: &Write<'_>, tenant: Option<i64>, id: i64, keys: &[UniqueKey]) -> DbResult<()> {
    let mut statement = db.prepare(&INSERT)?;
    for key in keys {
        statement.execute(params![
            tenant.unwrap_or(0),
            kind(key.field),
            key.network,
            key.value,
            key.group,
            id
        ])?;
    }
    Ok(())
}

/// Gives the keys up.
pub(crate) fn release(db: &Write<'_>, tenant: Option<i64>, keys: &[UniqueKey]) -> DbResult<()> {
    let mut statement = db.prepare(&DELETE)?;
    for key in keys {
        statement.execute(params![
            tenant.unwrap_or(0),
            kind(key.field),
            key.network,
            key.value,
            key.group
        ])?;
    }
    Ok(())
}

/// The local id of the contact that holds the key in a tenant (0: shared).
pub(crate) fn holder(db: &Read<'_>, tenant: i64, key: &UniqueKey) -> DbResult<Option<i64>> {
    let params = params![tenant, kind(key.field), key.network, key.value, key.group];
    Ok(db.prepare(&HOLDER)?.query_row(params, |row| row.get(0)).optional()?)
}

/// How many of its keys nobody holds, and how many the contact holds itself.
pub(crate) fn audit(db: &Read<'_>, tenant: Option<i64>, id: i64, keys: &[UniqueKey]) -> DbResult<(u64, u64)> {
    let (mut free, mut held) = (0_u64, 0_u64);
    for key in keys {
        match holder(db, tenant.unwrap_or(0), key)? {
            None => free = free.saturating_add(1),
            Some(holder) => held = held.saturating_add(u64::from(holder == id)),
        }
    }
    Ok((free, held))
}

/// The number of all keys that are held; counts them one by one.
pub(crate) fn count(db: &Read<'_>) -> DbResult<u64> {
    let count: i64 = db.prepare(&COUNT)?.query_row([], |row| row.get(0))?;
    Ok(u64::try_from(count).unwrap_or_default())
}

/// Fails at the first key that a contact of the tenant holds.
///
/// # Errors
/// [`Error::Taken`].
pub(crate) fn ensure_available(db: &Read<'_>, tenant: Option<i64>, keys: &[UniqueKey]) -> DbResult<()> {
    for key in keys {
        if let Some(holder) = holder(db, tenant.unwrap_or(0), key)? {
            return Err(Error::Duplicate { field: key.field, holder: contact::public_id(db, holder)? }.into());
        }
    }
    Ok(())
}
