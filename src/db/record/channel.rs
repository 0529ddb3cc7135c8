//! Channels, and the gates by which contacts are reached on them.

use rusqlite::{OptionalExtension as _, Row, named_params};

use crate::db::directory::map_unique_violation;
use crate::db::{DbResult, Read, Write, statements};
use crate::error::{EntityKind, Error};
use crate::model::{Channel, ChannelId, ChannelIdentity, ChannelIdentityId, ContactId, Timestamp};

/// The columns `gate` reads, in its order.
macro_rules! identity_columns {
    () => {
        "SELECT g.id, g.public_id, n.public_id, g.identifier, c.public_id, g.subscribed, g.unread, g.created_at, n.tenant
            FROM channel_identity g CROSS JOIN channel n ON n.id = g.channel CROSS JOIN contact c ON c.id = g.contact"
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
    INSERT_IDENTITY = "INSERT INTO channel_identity (public_id, channel, identifier, contact, subscribed, created_at)
        VALUES (:public_id, :channel, :identifier, :contact, 1, :now)";
    IDENTITY = concat!(identity_columns!(), " WHERE g.public_id = :public_id");
    IDENTITY_BY_IDENTIFIER = concat!(identity_columns!(), " WHERE g.channel = :channel AND g.identifier = :identifier");
    IDENTITIES = concat!(identity_columns!(), " WHERE g.contact = :contact AND g.id > :at AND (:tenant IS NULL OR n.tenant = :tenant) ORDER BY g.id LIMIT :most");
    IDENTITIES_BACK = concat!(identity_columns!(), " WHERE g.contact = :contact AND g.id < :at AND (:tenant IS NULL OR n.tenant = :tenant)
        ORDER BY g.id DESC LIMIT :most");
    UPDATE_IDENTITY = "UPDATE channel_identity SET subscribed = :subscribed, unread = :unread WHERE public_id = :public_id";
    DELETE_IDENTITY = "DELETE FROM channel_identity WHERE public_id = :public_id";
    DELETE_IDENTITIES_OF_CONTACT = "DELETE FROM channel_identity WHERE contact = :contact";
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
    Ok(found.ok_or(Error::NotFound(EntityKind::Channel, id.0))?)
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
pub(crate) fn insert_identity(
    db: &Write<'_>,
    channel: i64,
    contact: i64,
    gate: &ChannelIdentity,
) -> DbResult<()> {
    let done = db.prepare(&INSERT_IDENTITY)?.execute(named_params! {
        ":public_id": gate.id.0, ":channel": channel, ":identifier": gate.identifier, ":contact": contact,
        ":now": gate.created_at.0,
    });
    map_unique_violation(done, EntityKind::ChannelIdentity)
}

/// A gate, with the local id of its channel's tenant.
pub(crate) fn identity(db: &Read<'_>, id: ChannelIdentityId) -> DbResult<Option<(ChannelIdentity, i64)>> {
    let found =
        db.prepare(&IDENTITY)?.query_row(named_params! {":public_id": id.0}, identity_from_row).optional()?;
    Ok(found.map(|(_, gate, tenant)| (gate, tenant)))
}

/// The gate of an identifier on a channel.
pub(crate) fn identity_with_identifier(
    db: &Read<'_>,
    channel: i64,
    identifier: &str,
) -> DbResult<Option<ChannelIdentity>> {
    let params = named_params! {":channel": channel, ":identifier": identifier};
    let found = db.prepare(&IDENTITY_BY_IDENTIFIER)?.query_row(params, identity_from_row).optional()?;
    Ok(found.map(|(_, gate, _)| gate))
}

/// Up to `most` gates of a contact with their local ids, in the order they were opened; of one tenant's channels or of all.
pub(crate) fn identities(
    db: &Read<'_>,
    (contact, tenant): (i64, Option<i64>),
    at: i64,
    back: bool,
    most: i64,
) -> DbResult<Vec<(i64, ChannelIdentity)>> {
    let mut statement = db.prepare(if back { &IDENTITIES_BACK } else { &IDENTITIES })?;
    let params = named_params! {":contact": contact, ":tenant": tenant, ":at": at, ":most": most};
    let rows = statement.query_map(params, identity_from_row)?;
    rows.map(|row| row.map(|(id, gate, _)| (id, gate)).map_err(Into::into)).collect()
}

/// Writes what can change of a gate.
pub(crate) fn update_identity(db: &Write<'_>, gate: &ChannelIdentity) -> DbResult<()> {
    db.prepare(&UPDATE_IDENTITY)?.execute(named_params! {
        ":subscribed": gate.subscribed, ":unread": gate.unread, ":public_id": gate.id.0,
    })?;
    Ok(())
}

pub(crate) fn delete_identity(db: &Write<'_>, id: ChannelIdentityId) -> DbResult<()> {
    db.prepare(&DELETE_IDENTITY)?.execute(named_params! {":public_id": id.0})?;
    Ok(())
}

/// Closes all gates of a contact.
pub(crate) fn delete_identities_of_contact(db: &Write<'_>, contact: i64) -> DbResult<()> {
    db.prepare(&DELETE_IDENTITIES_OF_CONTACT)?.execute(named_params! {":contact": contact})?;
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

fn identity_from_row(row: &Row<'_>) -> rusqlite::Result<(i64, ChannelIdentity, i64)> {
    let gate = ChannelIdentity {
        id: ChannelIdentityId(row.get(1)?),
        channel: ChannelId(row.get(2)?),
        identifier: row.get(3)?,
        contact: ContactId(row.get(4)?),
        subscribed: row.get(5)?,
        unread: row.get(6)?,
        created_at: Timestamp(row.get(7)?),
    };
    Ok((row.get(0)?, gate, row.get(8)?))
}
