//! Rows of a damaged book into a new one.

use rusqlite::ffi::{SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_ROWID};
use rusqlite::types::Value;
use rusqlite::{ErrorCode, named_params, params_from_iter};

use crate::db::contact::{contact_methods, row_checksum};
use crate::db::recovery::damaged_file::Identity;
use crate::db::recovery::{Row, Table};
use crate::db::{DbResult, Statement, Write, statements};

statements! {
    DROP_TENANTS = "DELETE FROM tenant";
    HAS_TENANT = "SELECT 1 FROM tenant WHERE id = :id";
    HAS_NETWORK = "SELECT 1 FROM network WHERE id = :id";
    HAS_GROUP = "SELECT 1 FROM federation_group WHERE id = :id";
    HAS_ADVISOR = "SELECT 1 FROM advisor WHERE id = :id";
    /// Another contact has it.
    ID_TAKEN = "SELECT 1 FROM contact WHERE public_id = :public_id AND id <> :id";
    CODE_TAKEN = "SELECT 1 FROM contact WHERE invite_code = :code AND invite_code <> '' AND id <> :id";
    MAKE_TENANT = "INSERT INTO tenant (id, public_id, name) VALUES (:id, :public_id, 'salvaged ' || :public_id)";
    /// It asks for nothing, like the network of those who are on none.
    MAKE_NETWORK = "INSERT INTO network (id, code, messaging, requires_company, requires_email, needs_invitation, copyable, direct,
            room_on_create, unique_phone, unique_email, statuses, asks_consent, permissions, own_number)
        SELECT :id, 'SALVAGED-' || (:public_id % 1000000000), messaging, requires_company, requires_email, needs_invitation, copyable,
            direct, room_on_create, unique_phone, unique_email, statuses, asks_consent, permissions, own_number
        FROM network WHERE code = 'BOOK'";
    MAKE_ADVISOR = "INSERT INTO advisor (id, public_id, tenant, last_name)
        VALUES (:id, :public_id, (SELECT min(id) FROM tenant), 'salvaged ' || :public_id)";
    SET_MERGED = "UPDATE contact SET merged_into = :survivor
        WHERE id = :id AND trashed_at IS NOT NULL AND EXISTS (SELECT 1 FROM contact s WHERE s.id = :survivor)";
    SET_BOOK = "UPDATE book SET public_id = :public_id, created_at = :created_at,
        pruned = min(:pruned, coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'change'), 0)) WHERE id = 1";
    RAISE = "UPDATE sqlite_sequence SET seq = max(seq, :seq) WHERE name = :name";
    /// SQLite has no row for a table until one is written to it.
    BEGIN_AT = "INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :seq)";
    COUNT_TAGS = "UPDATE tag SET contacts =
        (SELECT count(*) FROM contact_tag o JOIN contact c ON c.id = o.contact WHERE o.tag = tag.id AND c.trashed_at IS NULL)";
}

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Put {
    Done,
    /// It had been read once before.
    There,
    /// The tables take no such row.
    Refused,
}

/// Writes a row as it is.
pub(crate) fn insert(db: &Write<'_>, table: &Table, row: &mut Row) -> DbResult<Put> {
    // The table takes any text, but nobody could read it.
    if table.name == "attribute" && !row.at(table, "value").is_some_and(|value| is_json(value)) {
        return Ok(Put::Refused);
    }
    let done = db.prepare(&table.put)?.execute(params_from_iter(&row.values));
    match done {
        Ok(_) => Ok(Put::Done),
        Err(rusqlite::Error::SqliteFailure(failure, _)) if failure.code == ErrorCode::ConstraintViolation => {
            let known =
                [SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_ROWID].contains(&failure.extended_code);
            Ok(if known { Put::There } else { Put::Refused })
        }
        Err(error) => Err(error.into()),
    }
}

fn is_json(value: &Value) -> bool {
    let Value::Text(text) = value else { return false };
    serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

/// A new book has a tenant of its own, which a lost one is not to be taken for.
pub(crate) fn clear(db: &Write<'_>) -> DbResult<()> {
    db.prepare(&DROP_TENANTS)?.execute([])?;
    Ok(())
}

/// What rows refer to and would be lost without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parent {
    Tenant,
    Network,
    Advisor,
}

/// Makes what a row refers to if it is not there; true if it had to.
pub(crate) fn make_parent(
    db: &Write<'_>,
    kind: Parent,
    id: i64,
    fresh: impl FnOnce() -> i64,
) -> DbResult<bool> {
    let (has, make) = match kind {
        Parent::Tenant => (&HAS_TENANT, &MAKE_TENANT),
        Parent::Network => (&HAS_NETWORK, &MAKE_NETWORK),
        Parent::Advisor => (&HAS_ADVISOR, &MAKE_ADVISOR),
    };
    if has_row(db, has, id)? {
        return Ok(false);
    }
    db.prepare(make)?.execute(named_params! {":id": id, ":public_id": fresh()})?;
    Ok(true)
}

fn has_row(db: &Write<'_>, statement: &Statement, id: i64) -> DbResult<bool> {
    Ok(db.prepare(statement)?.exists(named_params! {":id": id})?)
}

/// Makes of what is left of a contact's row one that the tables take: what cannot be is empty. Gives the survivor of its merge, which
/// may come later; true if something had to be changed.
pub(crate) fn mend(
    db: &Write<'_>,
    table: &Table,
    row: &mut Row,
    fresh: impl FnOnce() -> i64,
) -> DbResult<(Option<i64>, bool)> {
    let before = row.values.clone();
    for name in TEXTS {
        set(row, table, name, |value| (!matches!(value, Value::Text(_))).then(empty));
    }
    set(row, table, "points", |value| match value {
        Value::Text(text) if contact_methods::are_readable(text) => None,
        _ => Some(Value::Text("[[],[],[]]".to_owned())),
    });
    for (name, least, most) in NUMBERS {
        set(row, table, name, |value| match value {
            Value::Integer(number) if (least..=most).contains(number) => None,
            _ => Some(Value::Integer(least.max(0))),
        });
    }
    for name in OPTIONAL {
        set(row, table, name, |value| {
            (!matches!(value, Value::Integer(_) | Value::Null)).then_some(Value::Null)
        });
    }
    for (name, statement) in [("grp", &HAS_GROUP), ("own_advisor", &HAS_ADVISOR)] {
        let lost = match row.number(table, name) {
            Some(id) => !has_row(db, statement, id)?,
            None => false,
        };
        if lost {
            set(row, table, name, |_| Some(Value::Null));
        }
    }
    let id = row.number(table, "id").unwrap_or_default();
    let taken = match row.number(table, "public_id").filter(|public| *public > 0) {
        Some(public) => db.prepare(&ID_TAKEN)?.exists(named_params! {":public_id": public, ":id": id})?,
        None => true,
    };
    if taken {
        let fresh = fresh();
        set(row, table, "public_id", |_| Some(Value::Integer(fresh)));
    }
    invite(db, table, row, id)?;
    let survivor = row.number(table, "merged_into");
    let changed = before != row.values;
    set(row, table, "merged_into", |_| Some(Value::Null));
    Ok((survivor, changed))
}

const TEXTS: [&str; 10] = [
    "first_name",
    "last_name",
    "display_name",
    "nickname",
    "company",
    "language",
    "city",
    "country",
    "uid",
    "invite_code",
];

/// Columns that must have a number, with the least and the greatest.
const NUMBERS: [(&str, i64, i64); 5] = [
    ("status", 0, 6),
    ("consent", 0, 3),
    ("version", 1, i64::MAX),
    ("created_at", i64::MIN, i64::MAX),
    ("updated_at", i64::MIN, i64::MAX),
];

const OPTIONAL: [&str; 8] =
    ["tenant", "grp", "trashed_at", "active_at", "status_at", "own_advisor", "invited_until", "merged_into"];

fn empty() -> Value {
    Value::Text(String::new())
}

/// Puts another value into a column, if there is one to put.
fn set(row: &mut Row, table: &Table, name: &str, other: impl FnOnce(&Value) -> Option<Value>) {
    if let Some(value) = row.at(table, name)
        && let Some(other) = other(value)
    {
        *value = other;
    }
}

/// An invitation is a code that nobody else has and a time, or neither.
fn invite(db: &Write<'_>, table: &Table, row: &mut Row, id: i64) -> DbResult<()> {
    let code = match row.at(table, "invite_code") {
        Some(Value::Text(code)) => code.clone(),
        _ => String::new(),
    };
    let taken = db.prepare(&CODE_TAKEN)?.exists(named_params! {":code": code, ":id": id})?;
    if code.is_empty() || taken || row.number(table, "invited_until").is_none() {
        set(row, table, "invite_code", |_| Some(empty()));
        set(row, table, "invited_until", |_| Some(Value::Null));
    }
    Ok(())
}

/// Says into which contact another one was merged, if both are there.
pub(crate) fn merge_into(db: &Write<'_>, id: i64, survivor: i64) -> DbResult<bool> {
    Ok(db.prepare(&SET_MERGED)?.execute(named_params! {":id": id, ":survivor": survivor})? > 0)
}

/// Makes the book the one that it was. What is pruned ends where the log does, whatever its row says.
pub(crate) fn take_identity(db: &Write<'_>, identity: &Identity) -> DbResult<()> {
    db.prepare(&SET_BOOK)?.execute(named_params! {
        ":public_id": identity.public_id, ":created_at": identity.created_at, ":pruned": identity.pruned,
    })?;
    Ok(())
}

/// Sees to it that a number that was given out in a table is not given out again.
pub(crate) fn raise(db: &Write<'_>, table: &str, number: i64) -> DbResult<()> {
    let params = named_params! {":name": table, ":seq": number};
    if db.prepare(&RAISE)?.execute(params)? == 0 {
        db.prepare(&BEGIN_AT)?.execute(params)?;
    }
    Ok(())
}

/// Makes what is counted and the checksums.
pub(crate) fn finish(db: &Write<'_>) -> DbResult<()> {
    db.prepare(&COUNT_TAGS)?.execute([])?;
    row_checksum::all(db)
}
