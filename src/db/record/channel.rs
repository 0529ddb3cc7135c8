//! Channels, and the gates by which contacts are reached on them.

use rusqlite::{OptionalExtension as _, Row, named_params};

use crate::db::directory::exists_or;
use crate::db::{DbResult, Read, Write, statements};
use crate::error::{Error, Thing};
use crate::model::{Channel, ChannelId, ContactId, Gate, GateId, Timestamp};

/// The columns `gate` reads, in its order.
macro_rules! gates {
    () => {
        "SELECT g.id, g.public_id, n.public_id, g.identifier, c.public_id, g.subscribed, g.unread, g.created_at, n.tenant
            FROM gate g CROSS JOIN channel n ON n.id = g.channel CROSS JOIN contact c ON c.id = g.contact"
    };
}

statements! {
    INSERT = "INSERT INTO channel (public_id, tenant, kind, name, active, created_at, updated_at)
        VALUES (:public_id, :tenant, :kind, :name, 1, :now, :now)";
    UPDATE = "UPDATE channel SET name = :name, active = :active, updated_at = :now WHERE public_id = :public_id";
    ONE = "SELECT id, public_id, kind, name, active, created_at, updated_at FROM channel WHERE public_id = :public_id AND tenant = :tenant";
    PAGE = "SELECT id, public_id, kind, name, active, created_at, updated_at FROM channel
        WHERE tenant = :tenant AND id > :at ORDER BY id LIMIT :most";
    PAGE_BACK = "SELECT id, public_id, kind, name, active, created_at, updated_at FROM channel
        WHERE tenant = :tenant AND id < :at ORDER BY id DESC LIMIT :most";
    OPEN_GATE = "INSERT INTO gate (public_id, channel, identifier, contact, subscribed, created_at)
        VALUES (:public_id, :channel, :identifier, :contact, 1, :now)";
    GATE = concat!(gates!(), " WHERE g.public_id = :public_id");
    GATE_BY_IDENTIFIER = concat!(gates!(), " WHERE g.channel = :channel AND g.identifier = :identifier");
    GATES = concat!(gates!(), " WHERE g.contact = :contact AND g.id > :at AND (:tenant IS NULL OR n.tenant = :tenant) ORDER BY g.id LIMIT :most");
    GATES_BACK = concat!(gates!(), " WHERE g.contact = :contact AND g.id < :at AND (:tenant IS NULL OR n.tenant = :tenant)
        ORDER BY g.id DESC LIMIT :most");
    SET_GATE = "UPDATE gate SET subscribed = :subscribed, unread = :unread WHERE public_id = :public_id";
    CLOSE_GATE = "DELETE FROM gate WHERE public_id = :public_id";
    CLOSE_ALL = "DELETE FROM gate WHERE contact = :contact";
}

pub(crate) fn insert(db: &Write<'_>, tenant: i64, channel: &Channel) -> DbResult<()> {
    db.prepare(&INSERT)?.execute(named_params! {
        ":public_id": channel.id.0, ":tenant": tenant, ":kind": channel.kind, ":name": channel.name,
        ":now": channel.created_at.0,
    })?;
    Ok(())
}

/// Writes everything that can change.
pub(crate) fn update(db: &Write<'_>, channel: &Channel) -> DbResult<()> {
    db.prepare(&UPDATE)?.execute(named_params! {
        ":name": channel.name, ":active": channel.active, ":now": channel.updated_at.0, ":public_id": channel.id.0,
    })?;
    Ok(())
}

/// A channel of a tenant, with its local id.
pub(crate) fn find(db: &Read<'_>, tenant: i64, id: ChannelId) -> DbResult<(i64, Channel)> {
    let params = named_params! {":public_id": id.0, ":tenant": tenant};
    let found = db.prepare(&ONE)?.query_row(params, channel).optional()?;
    Ok(found.ok_or(Error::NoSuch(Thing::Channel, id.0))?)
}

/// Up to `most` channels of a tenant with their local ids, in the order they were added.
pub(crate) fn page(
    db: &Read<'_>,
    tenant: i64,
    at: i64,
    back: bool,
    most: i64,
) -> DbResult<Vec<(i64, Channel)>> {
    let mut statement = db.prepare(if back { &PAGE_BACK } else { &PAGE })?;
    let rows = statement.query_map(named_params! {":tenant": tenant, ":at": at, ":most": most}, channel)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// # Errors
/// [`Error::Exists`] if the identifier has a gate on the channel.
pub(crate) fn open(db: &Write<'_>, channel: i64, contact: i64, gate: &Gate) -> DbResult<()> {
    let done = db.prepare(&OPEN_GATE)?.execute(named_params! {
        ":public_id": gate.id.0, ":channel": channel, ":identifier": gate.identifier, ":contact": contact,
        ":now": gate.created_at.0,
    });
    exists_or(done, Thing::Gate)
}

/// A gate, with the local id of its channel's tenant.
pub(crate) fn gate(db: &Read<'_>, id: GateId) -> DbResult<Option<(Gate, i64)>> {
    let found = db.prepare(&GATE)?.query_row(named_params! {":public_id": id.0}, gate_from).optional()?;
    Ok(found.map(|(_, gate, tenant)| (gate, tenant)))
}

/// The gate of an identifier on a channel.
pub(crate) fn gate_of(db: &Read<'_>, channel: i64, identifier: &str) -> DbResult<Option<Gate>> {
    let params = named_params! {":channel": channel, ":identifier": identifier};
    let found = db.prepare(&GATE_BY_IDENTIFIER)?.query_row(params, gate_from).optional()?;
    Ok(found.map(|(_, gate, _)| gate))
}

/// Up to `most` gates of a contact with their local ids, in the order they were opened; of one tenant's channels or of all.
pub(crate) fn gates(
    db: &Read<'_>,
    (contact, tenant): (i64, Option<i64>),
    at: i64,
    back: bool,
    most: i64,
) -> DbResult<Vec<(i64, Gate)>> {
    let mut statement = db.prepare(if back { &GATES_BACK } else { &GATES })?;
    let params = named_params! {":contact": contact, ":tenant": tenant, ":at": at, ":most": most};
    let rows = statement.query_map(params, gate_from)?;
    rows.map(|row| row.map(|(id, gate, _)| (id, gate)).map_err(Into::into)).collect()
}

/// Writes what can change of a gate.
pub(crate) fn set_gate(db: &Write<'_>, gate: &Gate) -> DbResult<()> {
    db.prepare(&SET_GATE)?.execute(named_params! {
        ":subscribed": gate.subscribed, ":unread": gate.unread, ":public_id": gate.id.0,
    })?;
    Ok(())
}

pub(crate) fn close(db: &Write<'_>, id: GateId) -> DbResult<()> {
    db.prepare(&CLOSE_GATE)?.execute(named_params! {":public_id": id.0})?;
    Ok(())
}

/// Closes all gates of a contact.
pub(crate) fn close_all(db: &Write<'_>, contact: i64) -> DbResult<()> {
    db.prepare(&CLOSE_ALL)?.execute(named_params! {":contact": contact})?;
    Ok(())
}

fn channel(row: &Row<'_>) -> rusqlite::Result<(i64, Channel)> {
    let channel = Channel {
        id: ChannelId(row.get(1)?),
        kind: row.get(2)?,
        name: row.get(3)?,
        active: row.get(4)?,
        created_at: Timestamp(row.get(5)?),
        updated_at: Timestamp(row.get(6)?),
    };
    Ok((row.get(0)?, channel))
}

fn gate_from(row: &Row<'_>) -> rusqlite::Result<(i64, Gate, i64)> {
    let gate = Gate {
        id: GateId(row.get(1)?),
        channel: ChannelId(row.get(2)?),
        identifier: row.get(3)?,
        contact: ContactId(row.get(4)?),
        subscribed: row.get(5)?,
        unread: row.get(6)?,
        created_at: Timestamp(row.get(7)?),
    };
    Ok((row.get(0)?, gate, row.get(8)?))
}
