//! Blocked phone numbers.

use std::rc::Rc;

use rusqlite::types::Value;
use rusqlite::{Row, named_params};

use crate::db::connection::conn::{Read, Write};
use crate::db::connection::sqlite_error::DbResult;
use crate::db::connection::statement::statements;
use crate::db::directory::advisors::advisor_public_id;
use crate::error::Error;
use crate::model::{BlockReason, BlockedNumber, Timestamp};

/// The owner of a block, by local id: an advisor, or with advisor 0 the whole tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Blocker {
    pub(crate) tenant: i64,
    pub(crate) advisor: i64,
}

/// A blocked number with its owner.
#[derive(Debug)]
pub(crate) struct BlockedNumberRow {
    pub(crate) by: Blocker,
    /// The number in normalized form.
    pub(crate) normalized: String,
    pub(crate) block: BlockedNumber,
}

statements! {
    HAS = "SELECT 1 FROM blocked_number WHERE tenant = :tenant AND advisor = :advisor AND normalized = :normalized";
    UPSERT = "INSERT INTO blocked_number (tenant, advisor, normalized, phone, reason, comment, created_at)
        VALUES (:tenant, :advisor, :normalized, :phone, :reason, :comment, :now)
        ON CONFLICT (tenant, advisor, normalized) DO UPDATE
        SET phone = excluded.phone, reason = excluded.reason, comment = excluded.comment, created_at = excluded.created_at";
    DELETE = "DELETE FROM blocked_number WHERE tenant = :tenant AND advisor = :advisor AND normalized = :normalized";
    OF_BLOCKER = "SELECT tenant, advisor, normalized, phone, reason, comment, created_at FROM blocked_number
        WHERE tenant = :tenant AND advisor = :advisor ORDER BY normalized";
    ON_NUMBERS = "SELECT b.tenant, b.advisor, b.normalized, b.phone, b.reason, b.comment, b.created_at
        FROM rarray(:numbers) r CROSS JOIN blocked_number b ON b.normalized = r.value
        WHERE :tenant IS NULL OR b.tenant = :tenant";
    IS_BLOCKED_FOR_ADVISOR = "SELECT 1 FROM blocked_number WHERE normalized = :normalized AND tenant = :tenant AND advisor IN (0, :advisor)";
    IS_BLOCKED_IN_TENANT = "SELECT 1 FROM blocked_number WHERE normalized = :normalized AND tenant = :tenant";
    /// Contacts with a blocked number among their phones.
    BLOCKED_CONTACTS_FOR_ADVISOR = "SELECT p.contact FROM blocked_number b CROSS JOIN contact_method_lookup p ON p.kind = 1 AND p.normalized = b.normalized
        WHERE b.tenant = :tenant AND b.advisor IN (0, :advisor) LIMIT :most";
    BLOCKED_CONTACTS_IN_TENANT = "SELECT p.contact FROM blocked_number b CROSS JOIN contact_method_lookup p ON p.kind = 1 AND p.normalized = b.normalized
        WHERE b.tenant = :tenant LIMIT :most";
}

/// Blocks a number, or replaces an existing block. Returns true if it was not blocked before.
pub(crate) fn upsert(db: &Write<'_>, by: Blocker, normalized: &str, block: &BlockedNumber) -> DbResult<bool> {
    let key = named_params! {":tenant": by.tenant, ":advisor": by.advisor, ":normalized": normalized};
    let known = db.prepare(&HAS)?.exists(key)?;
    db.prepare(&UPSERT)?.execute(named_params! {
        ":tenant": by.tenant, ":advisor": by.advisor, ":normalized": normalized, ":phone": block.phone,
        ":reason": reason_column(block.reason), ":comment": block.comment, ":now": block.created_at.0,
    })?;
    Ok(!known)
}

/// Unblocks a number. Returns false if it was not blocked.
pub(crate) fn delete(db: &Write<'_>, by: Blocker, normalized: &str) -> DbResult<bool> {
    let key = named_params! {":tenant": by.tenant, ":advisor": by.advisor, ":normalized": normalized};
    Ok(db.prepare(&DELETE)?.execute(key)? > 0)
}

/// The numbers of one owner, by normalized number.
pub(crate) fn of_blocker(db: &Read<'_>, by: Blocker) -> DbResult<Vec<BlockedNumber>> {
    let mut statement = db.prepare(&OF_BLOCKER)?;
    let rows = statement
        .query_and_then(named_params! {":tenant": by.tenant, ":advisor": by.advisor}, |row| {
            from_row(db, row).map(|row| row.block)
        })?;
    rows.collect()
}

/// The blocks of `numbers` (in normalized form), in one tenant or in all.
pub(crate) fn on_numbers(
    db: &Read<'_>,
    tenant: Option<i64>,
    numbers: impl IntoIterator<Item = String>,
) -> DbResult<Vec<BlockedNumberRow>> {
    let numbers = Rc::new(numbers.into_iter().map(Value::from).collect::<Vec<_>>());
    let mut statement = db.prepare(&ON_NUMBERS)?;
    let params = named_params! {":numbers": numbers, ":tenant": tenant};
    let rows = statement.query_and_then(params, |row| from_row(db, row))?;
    rows.collect()
}

/// Whether an advisor, or the whole tenant, has blocked a number.
pub(crate) fn is_blocked_for_advisor(db: &Read<'_>, by: Blocker, normalized: &str) -> DbResult<bool> {
    let params = named_params! {":tenant": by.tenant, ":advisor": by.advisor, ":normalized": normalized};
    Ok(db.prepare(&IS_BLOCKED_FOR_ADVISOR)?.exists(params)?)
}

/// Whether a tenant or any of its advisors has blocked a number.
pub(crate) fn is_blocked_in_tenant(db: &Read<'_>, tenant: i64, normalized: &str) -> DbResult<bool> {
    let params = named_params! {":tenant": tenant, ":normalized": normalized};
    Ok(db.prepare(&IS_BLOCKED_IN_TENANT)?.exists(params)?)
}

/// Up to `most` contacts with a phone (of any position) that an advisor or the whole tenant has blocked, as local ids. The result may
/// contain duplicates.
pub(crate) fn blocked_contacts_for_advisor(db: &Read<'_>, by: Blocker, most: i64) -> DbResult<Vec<i64>> {
    let mut statement = db.prepare(&BLOCKED_CONTACTS_FOR_ADVISOR)?;
    let params = named_params! {":tenant": by.tenant, ":advisor": by.advisor, ":most": most};
    let rows = statement.query_map(params, |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The same for numbers that a tenant or any of its advisors has blocked.
pub(crate) fn blocked_contacts_in_tenant(db: &Read<'_>, tenant: i64, most: i64) -> DbResult<Vec<i64>> {
    let mut statement = db.prepare(&BLOCKED_CONTACTS_IN_TENANT)?;
    let rows = statement.query_map(named_params! {":tenant": tenant, ":most": most}, |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn reason_column(reason: BlockReason) -> i64 {
    let number = BlockReason::ALL.iter().position(|known| *known == reason).unwrap_or_default();
    i64::try_from(number).unwrap_or_default()
}

fn from_row(db: &Read<'_>, row: &Row<'_>) -> DbResult<BlockedNumberRow> {
    let by = Blocker { tenant: row.get(0)?, advisor: row.get(1)? };
    let reason = usize::try_from(row.get::<_, i64>(4)?).ok().and_then(|at| BlockReason::ALL.get(at));
    let advisor = Some(by.advisor).filter(|advisor| *advisor != 0);
    let block = BlockedNumber {
        advisor: advisor.map(|advisor| advisor_public_id(db, advisor)).transpose()?,
        phone: row.get(3)?,
        reason: *reason.ok_or(Error::Damaged { what: "the reason of a block", source: None })?,
        comment: row.get(5)?,
        created_at: Timestamp(row.get(6)?),
    };
    Ok(BlockedNumberRow { by, normalized: row.get(2)?, block })
}
