//! Advisors, and their local ids.

use rusqlite::{OptionalExtension as _, Row, named_params, params};

use crate::db::connection::conn::{Read, Write};
use crate::db::connection::sqlite_error::{DbResult, map_unique_violation};
use crate::db::connection::statement::{concat_sql, statements};
use crate::error::{EntityKind, Error};
use crate::model::{Advisor, AdvisorId, TenantId, fold_email};

/// An advisor by local id, with the local id of its tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AdvisorRef {
    pub(crate) id: i64,
    pub(crate) tenant: i64,
}

/// The columns of [`advisor_from_row`]: of the advisor `a`.
pub(in crate::db) const ADVISOR_COLUMNS: &str = "a.public_id, a.tenant, a.first_name, a.last_name, a.email";

/// The start of a query for [`advisor_from_row`].
const SELECT: &str = concat_sql!("SELECT ", ADVISOR_COLUMNS, " FROM advisor a");

statements! {
    INSERT = "INSERT INTO advisor (public_id, tenant, first_name, last_name, email, email_key)
        VALUES (:public_id, :tenant, :first_name, :last_name, :email, :email_key)";
    LAST = "SELECT coalesce(max(id), 0) FROM advisor";
    PUBLIC_ID = "SELECT public_id FROM advisor WHERE id = :id";
    TENANT = "SELECT tenant FROM advisor WHERE id = :id";
    BY_PUBLIC_ID = "SELECT id, tenant FROM advisor WHERE public_id = :public_id";
    BY_EMAIL = "SELECT public_id FROM advisor WHERE tenant = :tenant AND email_key = :email_key AND email_key <> ''";
    ONE = concat_sql!(SELECT, " WHERE a.public_id = :public_id");
    PAGE = concat_sql!(SELECT, " WHERE a.tenant = :tenant AND a.public_id > :after ORDER BY a.public_id LIMIT :most");
    PAGE_BACK = concat_sql!(SELECT, " WHERE a.tenant = :tenant AND a.public_id < :before ORDER BY a.public_id DESC LIMIT :most");
}

/// Inserts an advisor and returns its local id.
///
/// # Errors
/// [`Error::Exists`] if the e-mail address is taken in the tenant.
pub(crate) fn insert_advisor(
    db: &Write<'_>,
    advisor: &Advisor,
    tenant: i64,
    email_key: &str,
) -> DbResult<i64> {
    let done = db.prepare(&INSERT)?.execute(named_params! {
        ":public_id": advisor.id.0, ":tenant": tenant, ":first_name": advisor.first_name,
        ":last_name": advisor.last_name, ":email": advisor.email, ":email_key": email_key,
    });
    map_unique_violation(done, EntityKind::Advisor)?;
    Ok(db.last_insert_id())
}

/// The next id for an advisor whose host does not choose one: the least from the number of advisors on that no advisor has.
pub(crate) fn next_advisor_id(db: &Read<'_>) -> DbResult<AdvisorId> {
    let last: i64 = db.prepare(&LAST)?.query_row([], |row| row.get(0))?;
    let mut next = AdvisorId(last.saturating_add(1));
    while find_advisor(db, next)?.is_some() {
        next = AdvisorId(next.0.saturating_add(1));
    }
    Ok(next)
}

/// The local ids of an advisor; `None` if it does not exist.
pub(crate) fn find_advisor(db: &Read<'_>, id: AdvisorId) -> DbResult<Option<AdvisorRef>> {
    Ok(db
        .prepare(&BY_PUBLIC_ID)?
        .query_row(named_params! {":public_id": id.0}, |row| {
            Ok(AdvisorRef { id: row.get(0)?, tenant: row.get(1)? })
        })
        .optional()?)
}

/// The local ids of an advisor.
pub(crate) fn advisor_ref(db: &Read<'_>, id: AdvisorId) -> DbResult<AdvisorRef> {
    Ok(find_advisor(db, id)?.ok_or(Error::NoAdvisor(id))?)
}

/// The advisor of a tenant with this e-mail address.
pub(crate) fn advisor_with_email(db: &Read<'_>, tenant: i64, email: &str) -> DbResult<AdvisorId> {
    let found = db
        .prepare(&BY_EMAIL)?
        .query_row(named_params! {":tenant": tenant, ":email_key": fold_email(email)}, |row| row.get(0))
        .optional()?;
    Ok(found.map(AdvisorId).ok_or(Error::NoAdvisorWithEmail)?)
}

/// The advisor with this id.
pub(crate) fn get_advisor(db: &Read<'_>, id: AdvisorId) -> DbResult<Advisor> {
    let found =
        db.prepare(&ONE)?.query_row(named_params! {":public_id": id.0}, advisor_from_row).optional()?;
    Ok(found.ok_or(Error::NoAdvisor(id))?)
}

/// The tenant of an advisor, both as local ids.
pub(crate) fn advisor_tenant(db: &Read<'_>, advisor: i64) -> DbResult<i64> {
    Ok(db.prepare(&TENANT)?.query_row(named_params! {":id": advisor}, |row| row.get(0))?)
}

/// Up to `most` advisors of a tenant by public id: after `at` (exclusive), or before it if `back` is true.
pub(crate) fn advisors(db: &Read<'_>, tenant: i64, at: i64, back: bool, most: i64) -> DbResult<Vec<Advisor>> {
    let mut statement = db.prepare(if back { &PAGE_BACK } else { &PAGE })?;
    let rows = statement.query_map(params![tenant, at, most], advisor_from_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The public id of an advisor.
pub(crate) fn advisor_public_id(db: &Read<'_>, id: i64) -> DbResult<AdvisorId> {
    if let Some(known) = db.id_cache().advisors.get(&id) {
        return Ok(*known);
    }
    let found = AdvisorId(db.prepare(&PUBLIC_ID)?.query_row(named_params! {":id": id}, |row| row.get(0))?);
    db.id_cache().advisors.insert(id, found);
    Ok(found)
}

/// An advisor from [`ADVISOR_COLUMNS`].
pub(in crate::db) fn advisor_from_row(row: &Row<'_>) -> rusqlite::Result<Advisor> {
    Ok(Advisor {
        id: AdvisorId(row.get(0)?),
        tenant: TenantId(row.get(1)?),
        first_name: row.get(2)?,
        last_name: row.get(3)?,
        email: row.get(4)?,
    })
}
