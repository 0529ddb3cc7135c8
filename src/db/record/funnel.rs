//! Funnels, and the subscriptions of contacts.

use rusqlite::{OptionalExtension as _, Row, named_params};

use crate::db::connection::conn::{Read, Write};
use crate::db::connection::sqlite_error::{DbResult, map_unique_violation};
use crate::db::connection::statement::statements;
use crate::error::EntityKind;
use crate::model::{Funnel, FunnelId, Timestamp};

statements! {
    INSERT = "INSERT INTO funnel (tenant, service_key, name) VALUES (:tenant, :service_key, :name)";
    DELETE = "DELETE FROM funnel WHERE id = :id";
    DELETE_SUBSCRIPTIONS = "DELETE FROM contact_funnel WHERE funnel = :funnel";
    BY_KEY = "SELECT id FROM funnel WHERE tenant = :tenant AND service_key = :service_key";
    PAGE = "SELECT id, service_key, name FROM funnel WHERE tenant = :tenant AND service_key > :at ORDER BY service_key LIMIT :most";
    PAGE_BACK = "SELECT id, service_key, name FROM funnel
        WHERE tenant = :tenant AND service_key < :at ORDER BY service_key DESC LIMIT :most";
    OF_CONTACT = "SELECT f.id, f.service_key, f.name FROM contact_funnel o CROSS JOIN funnel f ON f.id = o.funnel
        WHERE o.contact = :contact AND o.funnel > :at AND (:tenant IS NULL OR f.tenant = :tenant) ORDER BY o.funnel LIMIT :most";
    OF_CONTACT_BACK = "SELECT f.id, f.service_key, f.name FROM contact_funnel o CROSS JOIN funnel f ON f.id = o.funnel
        WHERE o.contact = :contact AND o.funnel < :at AND (:tenant IS NULL OR f.tenant = :tenant) ORDER BY o.funnel DESC LIMIT :most";
    SUBSCRIBE = "INSERT INTO contact_funnel (contact, funnel, created_at) VALUES (:contact, :funnel, :now)
        ON CONFLICT (contact, funnel) DO NOTHING";
    UNSUBSCRIBE = "DELETE FROM contact_funnel WHERE contact = :contact AND funnel = :funnel";
    UNSUBSCRIBE_ALL = "DELETE FROM contact_funnel WHERE contact = :contact";
}

/// Inserts a funnel.
///
/// # Errors
/// [`Error::Exists`](crate::Error::Exists) if the tenant has a funnel with the key.
pub(crate) fn insert(db: &Write<'_>, tenant: i64, service_key: &str, name: &str) -> DbResult<FunnelId> {
    let done = db.prepare(&INSERT)?.execute(named_params! {
        ":tenant": tenant, ":service_key": service_key, ":name": name,
    });
    map_unique_violation(done, EntityKind::Funnel)?;
    Ok(FunnelId(db.last_insert_id()))
}

/// Deletes a funnel and its subscriptions.
pub(crate) fn delete(db: &Write<'_>, id: i64) -> DbResult<()> {
    db.prepare(&DELETE_SUBSCRIPTIONS)?.execute(named_params! {":funnel": id})?;
    db.prepare(&DELETE)?.execute(named_params! {":id": id})?;
    Ok(())
}

/// The funnel of a tenant with this key, as local id.
pub(crate) fn with_key(db: &Read<'_>, tenant: i64, key: &str) -> DbResult<Option<i64>> {
    let params = named_params! {":tenant": tenant, ":service_key": key};
    Ok(db.prepare(&BY_KEY)?.query_row(params, |row| row.get(0)).optional()?)
}

/// Up to `most` funnels of a tenant by key: after `at` (exclusive), or before it if `back` is true.
pub(crate) fn page(db: &Read<'_>, tenant: i64, at: &str, back: bool, most: i64) -> DbResult<Vec<Funnel>> {
    let mut statement = db.prepare(if back { &PAGE_BACK } else { &PAGE })?;
    let rows = statement.query_map(named_params! {":tenant": tenant, ":at": at, ":most": most}, from_row)?;
    rows.map(|row| Ok(row?.1)).collect()
}

/// Up to `most` funnels that a contact is subscribed to, with their local ids: of one tenant, or of all; after `at` (exclusive), or before
/// it if `back` is true.
pub(crate) fn of_contact(
    db: &Read<'_>,
    (contact, tenant): (i64, Option<i64>),
    at: i64,
    back: bool,
    most: i64,
) -> DbResult<Vec<(i64, Funnel)>> {
    let mut statement = db.prepare(if back { &OF_CONTACT_BACK } else { &OF_CONTACT })?;
    let params = named_params! {":contact": contact, ":tenant": tenant, ":at": at, ":most": most};
    let rows = statement.query_map(params, from_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Subscribes a contact (`on`), or unsubscribes it. Returns false if nothing has changed.
pub(crate) fn set_subscribed(
    db: &Write<'_>,
    contact: i64,
    funnel: i64,
    on: bool,
    now: Timestamp,
) -> DbResult<bool> {
    if on {
        let params = named_params! {":contact": contact, ":funnel": funnel, ":now": now.0};
        return Ok(db.prepare(&SUBSCRIBE)?.execute(params)? > 0);
    }
    Ok(db.prepare(&UNSUBSCRIBE)?.execute(named_params! {":contact": contact, ":funnel": funnel})? > 0)
}

/// Unsubscribes a contact from all funnels.
pub(crate) fn unsubscribe_all(db: &Write<'_>, contact: i64) -> DbResult<()> {
    db.prepare(&UNSUBSCRIBE_ALL)?.execute(named_params! {":contact": contact})?;
    Ok(())
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<(i64, Funnel)> {
    let funnel = Funnel { id: FunnelId(row.get(0)?), service_key: row.get(1)?, name: row.get(2)? };
    Ok((row.get(0)?, funnel))
}
