//! Values that must be unique. Each is a row of its own: the primary key enforces the rule, and the row names the contact.

use rusqlite::{OptionalExtension as _, named_params, params};

use crate::db::connection::conn::{Read, Write};
use crate::db::connection::sqlite_error::DbResult;
use crate::db::connection::statement::statements;
use crate::db::contact::generated_uid;
use crate::db::metadata::book_number;
use crate::db::row_sum::RowSum;
use crate::error::Error;
use crate::model::{ContactId, Field, Timestamp};

/// A value that only one contact of a tenant may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UniqueKey {
    /// The field of the value.
    pub(crate) field: Field,
    /// The network in which it is unique; 0: all.
    pub(crate) network: i64,
    /// The normalised value.
    pub(crate) value: String,
    /// The federation group in which it is unique; 0: none, or all.
    pub(crate) group: i64,
}

impl UniqueKey {
    /// The order in which the keys of a contact are checked: phone, e-mail addresses, identifiers, UID.
    pub(crate) fn order(&self) -> (i64, i64, &str, i64) {
        (kind(self.field), self.network, &self.value, self.group)
    }
}

statements! {
    INSERT = "INSERT INTO contact_unique_key (tenant, kind, network, value, federation_group, contact)
        VALUES (:tenant, :kind, :network, :value, :federation_group, :contact)";
    DELETE = "DELETE FROM contact_unique_key
        WHERE tenant = :tenant AND kind = :kind AND network = :network AND value = :value AND federation_group = :federation_group";
    HOLDER = "SELECT contact FROM contact_unique_key
        WHERE tenant = :tenant AND kind = :kind AND network = :network AND value = :value AND federation_group = :federation_group";
    CREATED_AT = "SELECT created_at FROM contact
        WHERE id = :id AND coalesce(tenant, 0) = :tenant AND network = :network AND trashed_at IS NULL";
    ALL = "SELECT tenant, kind, network, value, federation_group, contact FROM contact_unique_key";
}

fn kind(field: Field) -> i64 {
    match field {
        Field::Phone => 1,
        Field::Email => 2,
        Field::Identifier => 3,
        _ => 4,
    }
}

/// Inserts the keys of a contact. Call [`ensure_available`] before.
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

/// Deletes keys.
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

/// The contact with the key in a tenant (0: shared), as local id.
pub(crate) fn holder(db: &Read<'_>, tenant: i64, key: &UniqueKey) -> DbResult<Option<i64>> {
    let params = params![tenant, kind(key.field), key.network, key.value, key.group];
    let found = db.prepare(&HOLDER)?.query_row(params, |row| row.get(0)).optional()?;
    if found.is_some() || key.field != Field::Uid {
        return Ok(found);
    }
    holder_of_generated_uid(db, tenant, key)
}

/// The contact of a tenant and network with this generated UID, unless it is in the trash.
fn holder_of_generated_uid(db: &Read<'_>, tenant: i64, key: &UniqueKey) -> DbResult<Option<i64>> {
    let Some(id) = generated_uid::contact_of(&key.value) else { return Ok(None) };
    let params = named_params! {":id": id, ":tenant": tenant, ":network": key.network};
    let created_at: Option<i64> = db.prepare(&CREATED_AT)?.query_row(params, |row| row.get(0)).optional()?;
    let Some(created_at) = created_at else { return Ok(None) };
    let own = generated_uid::of(book_number(db)?, id, Timestamp(created_at));
    Ok((own == key.value).then_some(id))
}

/// Adds a key that a contact of a tenant (0: shared) should have to the sum of all keys.
pub(crate) fn add_to_sum(sum: &mut RowSum, (tenant, key, id): &(i64, UniqueKey, i64)) {
    sum.add(&(tenant, kind(key.field), key.network, key.value.as_str(), key.group, id));
}

/// The sum of all keys. Reads them one by one.
pub(crate) fn sum(db: &Read<'_>) -> DbResult<RowSum> {
    let mut statement = db.prepare(&ALL)?;
    let mut rows = statement.query([])?;
    let mut sum = RowSum::default();
    while let Some(row) = rows.next()? {
        let (tenant, kind, network): (i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let value = row.get_ref(3)?.as_str().map_err(rusqlite::Error::from)?;
        sum.add(&(tenant, kind, network, value, row.get::<_, i64>(4)?, row.get::<_, i64>(5)?));
    }
    Ok(sum)
}

/// Checks that no contact of the tenant has any of the keys.
///
/// # Errors
/// [`Error::Duplicate`] for the first key that belongs to a contact.
pub(crate) fn ensure_available(db: &Read<'_>, tenant: Option<i64>, keys: &[UniqueKey]) -> DbResult<()> {
    for key in keys {
        if let Some(holder) = holder(db, tenant.unwrap_or(0), key)? {
            return Err(Error::Duplicate { field: key.field, holder: Some(ContactId(holder)) }.into());
        }
    }
    Ok(())
}
