//! Writes the rows of a damaged store into a new one.

use rusqlite::ffi::{SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_ROWID};
use rusqlite::types::Value;
use rusqlite::{ErrorCode, named_params, params_from_iter};

use crate::db::connection::conn::Write;
use crate::db::connection::sqlite_error::DbResult;
use crate::db::connection::statement::{Statement, statements};
use crate::db::contact::{contact_methods, row_checksum};
use crate::db::recovery::tables::{Identity, RecoveredRow, TableSpec};
use crate::model::PlainField;

statements! {
    DELETE_TENANTS = "DELETE FROM tenant";
    HAS_TENANT = "SELECT 1 FROM tenant WHERE id = :id";
    HAS_NETWORK = "SELECT 1 FROM network WHERE id = :id";
    HAS_GROUP = "SELECT 1 FROM federation_group WHERE id = :id";
    HAS_ADVISOR = "SELECT 1 FROM advisor WHERE id = :id";
    HAS_INVITE_CODE = "SELECT 1 FROM contact WHERE invite_code = :code AND invite_code <> '' AND id <> :id";
    MAKE_TENANT = "INSERT INTO tenant (id, name) VALUES (:id, 'recovered ' || :id)";
    /// A copy of the network `BOOK`, which has no requirements.
    MAKE_NETWORK = "INSERT INTO network (id, code, messaging, requires_company, requires_email, needs_invitation, copyable, direct,
            conversation_on_create, unique_phone, unique_email, statuses, asks_consent, default_permissions, advisor_number)
        SELECT :id, 'SALVAGED-' || (:id % 1000000000), messaging, requires_company, requires_email, needs_invitation, copyable,
            direct, conversation_on_create, unique_phone, unique_email, statuses, asks_consent, default_permissions, advisor_number
        FROM network WHERE code = 'BOOK'";
    MAKE_ADVISOR = "INSERT INTO advisor (id, public_id, tenant, last_name)
        VALUES (:id, :id, (SELECT min(id) FROM tenant), 'recovered ' || :id)";
    SET_MERGED_INTO = "UPDATE contact SET merged_into = :survivor
        WHERE id = :id AND trashed_at IS NOT NULL AND EXISTS (SELECT 1 FROM contact s WHERE s.id = :survivor)";
    SET_METADATA = "UPDATE metadata SET public_id = :public_id, created_at = :created_at,
        changes_pruned_through = min(:changes_pruned_through, coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'change'), 0)) WHERE id = 1";
    RAISE_SEQUENCE = "UPDATE sqlite_sequence SET seq = max(seq, :seq) WHERE name = :name";
    /// SQLite adds the row of a table at its first insert.
    INSERT_SEQUENCE = "INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :seq)";
    COUNT_TAGS = "UPDATE tag SET contacts =
        (SELECT count(*) FROM contact_tag o JOIN contact c ON c.id = o.contact WHERE o.tag = tag.id AND c.trashed_at IS NULL)";
}

/// The result of an insert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InsertOutcome {
    Inserted,
    /// The row was inserted before.
    Duplicate,
    /// The row violates a constraint.
    Rejected,
}

/// Inserts a row unchanged.
pub(crate) fn insert(db: &Write<'_>, table: &TableSpec, row: &mut RecoveredRow) -> DbResult<InsertOutcome> {
    // The table accepts any text, but only JSON can be read.
    if table.name == "attribute" && !row.value_mut(table, "value").is_some_and(|value| is_json(value)) {
        return Ok(InsertOutcome::Rejected);
    }
    let done = db.prepare(&table.insert)?.execute(params_from_iter(&row.values));
    match done {
        Ok(_) => Ok(InsertOutcome::Inserted),
        Err(rusqlite::Error::SqliteFailure(failure, _)) if failure.code == ErrorCode::ConstraintViolation => {
            let known =
                [SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_ROWID].contains(&failure.extended_code);
            Ok(if known { InsertOutcome::Duplicate } else { InsertOutcome::Rejected })
        }
        Err(error) => Err(error.into()),
    }
}

fn is_json(value: &Value) -> bool {
    let Value::Text(text) = value else { return false };
    serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

/// Deletes the tenant that a new store has, so that no recovered row refers to it by accident.
pub(crate) fn delete_default_tenant(db: &Write<'_>) -> DbResult<()> {
    db.prepare(&DELETE_TENANTS)?.execute([])?;
    Ok(())
}

/// The kinds of rows that other rows need to refer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ParentKind {
    Tenant,
    Network,
    Advisor,
}

/// Inserts a placeholder for the row that another row refers to, if it is missing. Returns true if it was.
pub(crate) fn ensure_parent(db: &Write<'_>, kind: ParentKind, id: i64) -> DbResult<bool> {
    let (has, make) = match kind {
        ParentKind::Tenant => (&HAS_TENANT, &MAKE_TENANT),
        ParentKind::Network => (&HAS_NETWORK, &MAKE_NETWORK),
        ParentKind::Advisor => (&HAS_ADVISOR, &MAKE_ADVISOR),
    };
    if has_row(db, has, id)? {
        return Ok(false);
    }
    db.prepare(make)?.execute(named_params! {":id": id})?;
    Ok(true)
}

fn has_row(db: &Write<'_>, statement: &Statement, id: i64) -> DbResult<bool> {
    Ok(db.prepare(statement)?.exists(named_params! {":id": id})?)
}

/// Repairs a contact's row so that it violates no constraint: invalid values become empty. Returns the survivor of its merge, whose row
/// may come later, and whether something was changed.
pub(crate) fn repair_contact(
    db: &Write<'_>,
    table: &TableSpec,
    row: &mut RecoveredRow,
) -> DbResult<(Option<i64>, bool)> {
    let before = row.values.clone();
    for name in PlainField::COLUMNS.iter().chain(&["invite_code"]) {
        set_value(row, table, name, |value| (!matches!(value, Value::Text(_))).then(empty_text));
    }
    set_value(row, table, "contact_methods", |value| match value {
        Value::Text(text) if contact_methods::is_decodable(text) => None,
        _ => Some(Value::Text("[[],[],[]]".to_owned())),
    });
    for (name, least, most) in INTEGER_COLUMNS {
        set_value(row, table, name, |value| match value {
            Value::Integer(number) if (least..=most).contains(number) => None,
            _ => Some(Value::Integer(least.max(0))),
        });
    }
    for name in NULLABLE_COLUMNS {
        set_value(row, table, name, |value| {
            (!matches!(value, Value::Integer(_) | Value::Null)).then_some(Value::Null)
        });
    }
    for (name, statement) in [("federation_group", &HAS_GROUP), ("own_advisor", &HAS_ADVISOR)] {
        let is_lost = match row.integer(table, name) {
            Some(id) => !has_row(db, statement, id)?,
            None => false,
        };
        if is_lost {
            set_value(row, table, name, |_| Some(Value::Null));
        }
    }
    let id = row.integer(table, "id").unwrap_or_default();
    repair_invitation(db, table, row, id)?;
    let survivor = row.integer(table, "merged_into");
    let changed = before != row.values;
    set_value(row, table, "merged_into", |_| Some(Value::Null));
    Ok((survivor, changed))
}

/// Columns that must have an integer, with the least and the greatest.
const INTEGER_COLUMNS: [(&str, i64, i64); 5] = [
    ("status", 0, 6),
    ("consent", 0, 3),
    ("version", 1, i64::MAX),
    ("created_at", i64::MIN, i64::MAX),
    ("updated_at", i64::MIN, i64::MAX),
];

const NULLABLE_COLUMNS: [&str; 8] = [
    "tenant",
    "federation_group",
    "trashed_at",
    "active_at",
    "status_at",
    "own_advisor",
    "invite_expires_at",
    "merged_into",
];

fn empty_text() -> Value {
    Value::Text(String::new())
}

/// Replaces the value of a column if `other` returns a value.
fn set_value(
    row: &mut RecoveredRow,
    table: &TableSpec,
    name: &str,
    other: impl FnOnce(&Value) -> Option<Value>,
) {
    if let Some(value) = row.value_mut(table, name)
        && let Some(other) = other(value)
    {
        *value = other;
    }
}

/// Removes an incomplete invitation: it needs a unique code and a time.
fn repair_invitation(db: &Write<'_>, table: &TableSpec, row: &mut RecoveredRow, id: i64) -> DbResult<()> {
    let code = match row.value_mut(table, "invite_code") {
        Some(Value::Text(code)) => code.clone(),
        _ => String::new(),
    };
    let taken = db.prepare(&HAS_INVITE_CODE)?.exists(named_params! {":code": code, ":id": id})?;
    if code.is_empty() || taken || row.integer(table, "invite_expires_at").is_none() {
        set_value(row, table, "invite_code", |_| Some(empty_text()));
        set_value(row, table, "invite_expires_at", |_| Some(Value::Null));
    }
    Ok(())
}

/// Writes the survivor of a merged contact, if both exist. Returns false if not.
pub(crate) fn set_merged_into(db: &Write<'_>, id: i64, survivor: i64) -> DbResult<bool> {
    Ok(db.prepare(&SET_MERGED_INTO)?.execute(named_params! {":id": id, ":survivor": survivor})? > 0)
}

/// Gives the new store the identity of the damaged one. The number of pruned changes is limited by the change log.
pub(crate) fn restore_identity(db: &Write<'_>, identity: &Identity) -> DbResult<()> {
    db.prepare(&SET_METADATA)?.execute(named_params! {
        ":public_id": identity.public_id, ":created_at": identity.created_at, ":changes_pruned_through": identity.changes_pruned_through,
    })?;
    db.id_cache().book = Some(identity.public_id);
    Ok(())
}

/// Raises the sequence of a table, so that an id that was assigned once is not assigned again.
pub(crate) fn raise_sequence(db: &Write<'_>, table: &str, number: i64) -> DbResult<()> {
    let params = named_params! {":name": table, ":seq": number};
    if db.prepare(&RAISE_SEQUENCE)?.execute(params)? == 0 {
        db.prepare(&INSERT_SEQUENCE)?.execute(params)?;
    }
    Ok(())
}

/// Computes the counts and checksums.
pub(crate) fn recompute_derived(db: &Write<'_>) -> DbResult<()> {
    db.prepare(&COUNT_TAGS)?.execute([])?;
    row_checksum::update_all(db)
}
