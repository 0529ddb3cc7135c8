//! Channels, and the identities of contacts on them.

use rusqlite::{OptionalExtension as _, Row, named_params};

use crate::db::connection::conn::{Read, Write};
use crate::db::connection::sqlite_error::{DbResult, map_unique_violation};
use crate::db::connection::statement::{concat_sql, statements};
use crate::error::{EntityKind, Error};
use crate::model::{Channel, ChannelId, ChannelIdentity, ChannelIdentityId, ContactId, Timestamp};

/// The start of a query for [`channel_from_row`].
const SELECT: &str = "SELECT id, kind, name, active, created_at, updated_at FROM channel";

/// The start of a query for [`identity_from_row`].
const SELECT_IDENTITY: &str =
    "SELECT i.id, i.channel, i.identifier, i.contact, i.subscribed, i.unread, i.created_at, n.tenant
            FROM channel_identity i CROSS JOIN channel n ON n.id = i.channel CROSS JOIN contact c ON c.id = i.contact";

statements! {
    INSERT = "INSERT INTO channel (tenant, kind, name, active, created_at, updated_at)
        VALUES (:tenant, :kind, :name, 1, :now, :now)";
    UPDATE = "UPDATE channel SET name = :name, active = :active, updated_at = :now WHERE id = :id";
    ONE = concat_sql!(SELECT, " WHERE id = :id AND tenant = :tenant");
    PAGE = concat_sql!(SELECT, " WHERE tenant = :tenant AND id > :at ORDER BY id LIMIT :most");
    PAGE_BACK = concat_sql!(SELECT, " WHERE tenant = :tenant AND id < :at ORDER BY id DESC LIMIT :most");
    INSERT_IDENTITY = "INSERT INTO channel_identity (channel, identifier, contact, subscribed, created_at)
        VALUES (:channel, :identifier, :contact, 1, :now)";
    IDENTITY = concat_sql!(SELECT_IDENTITY, " WHERE i.id = :id");
    IDENTITY_BY_IDENTIFIER = concat_sql!(SELECT_IDENTITY, " WHERE i.channel = :channel AND i.identifier = :identifier");
    IDENTITIES = concat_sql!(SELECT_IDENTITY, " WHERE i.contact = :contact AND i.id > :at AND (:tenant IS NULL OR n.tenant = :tenant) ORDER BY i.id LIMIT :most");
    IDENTITIES_BACK = concat_sql!(SELECT_IDENTITY, " WHERE i.contact = :contact AND i.id < :at AND (:tenant IS NULL OR n.tenant = :tenant)
        ORDER BY i.id DESC LIMIT :most");
    UPDATE_IDENTITY = "UPDATE channel_identity SET subscribed = :subscribed, unread = :unread WHERE id = :id";
    DELETE_IDENTITY = "DELETE FROM channel_identity WHERE id = :id";
    DELETE_IDENTITIES_OF_CONTACT = "DELETE FROM channel_identity WHERE contact = :contact";
}

pub(crate) fn insert(db: &Write<'_>, tenant: i64, channel: &Channel) -> DbResult<ChannelId> {
    db.prepare(&INSERT)?.execute(named_params! {
        ":tenant": tenant, ":kind": channel.kind, ":name": channel.name,
        ":now": channel.created_at.0,
    })?;
    Ok(ChannelId(db.last_insert_id()))
}

/// Writes all columns that can change.
pub(crate) fn update(db: &Write<'_>, channel: &Channel) -> DbResult<()> {
    db.prepare(&UPDATE)?.execute(named_params! {
        ":name": channel.name, ":active": channel.active, ":now": channel.updated_at.0, ":id": channel.id.0,
    })?;
    Ok(())
}

/// The channel of a tenant with this public id, with its local id.
pub(crate) fn find(db: &Read<'_>, tenant: i64, id: ChannelId) -> DbResult<(i64, Channel)> {
    let params = named_params! {":id": id.0, ":tenant": tenant};
    let found = db.prepare(&ONE)?.query_row(params, channel_from_row).optional()?;
    Ok(found.ok_or(Error::NotFound(EntityKind::Channel, id.0))?)
}

/// Up to `most` channels of a tenant with their local ids, in the order in which they were added: after `at` (exclusive), or before it if
/// `back` is true.
pub(crate) fn page(
    db: &Read<'_>,
    tenant: i64,
    at: i64,
    back: bool,
    most: i64,
) -> DbResult<Vec<(i64, Channel)>> {
    let mut statement = db.prepare(if back { &PAGE_BACK } else { &PAGE })?;
    let rows =
        statement.query_map(named_params! {":tenant": tenant, ":at": at, ":most": most}, channel_from_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Inserts an identity.
///
/// # Errors
/// [`Error::Exists`] if the channel has the identifier.
pub(crate) fn insert_identity(
    db: &Write<'_>,
    channel: i64,
    contact: i64,
    identity: &ChannelIdentity,
) -> DbResult<ChannelIdentityId> {
    let done = db.prepare(&INSERT_IDENTITY)?.execute(named_params! {
        ":channel": channel, ":identifier": identity.identifier, ":contact": contact,
        ":now": identity.created_at.0,
    });
    map_unique_violation(done, EntityKind::ChannelIdentity)?;
    Ok(ChannelIdentityId(db.last_insert_id()))
}

/// The identity with this public id, with the local id of its tenant.
pub(crate) fn identity(db: &Read<'_>, id: ChannelIdentityId) -> DbResult<Option<(ChannelIdentity, i64)>> {
    let found =
        db.prepare(&IDENTITY)?.query_row(named_params! {":id": id.0}, identity_from_row).optional()?;
    Ok(found.map(|(_, identity, tenant)| (identity, tenant)))
}

/// The identity with this identifier on a channel.
pub(crate) fn identity_with_identifier(
    db: &Read<'_>,
    channel: i64,
    identifier: &str,
) -> DbResult<Option<ChannelIdentity>> {
    let params = named_params! {":channel": channel, ":identifier": identifier};
    let found = db.prepare(&IDENTITY_BY_IDENTIFIER)?.query_row(params, identity_from_row).optional()?;
    Ok(found.map(|(_, identity, _)| identity))
}

/// Up to `most` identities of a contact with their local ids, in the order in which they were added: on the channels of one tenant, or on
/// all; after `at` (exclusive), or before it if `back` is true.
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
    rows.map(|row| row.map(|(id, identity, _)| (id, identity)).map_err(Into::into)).collect()
}

/// Writes all columns of an identity that can change.
pub(crate) fn update_identity(db: &Write<'_>, identity: &ChannelIdentity) -> DbResult<()> {
    db.prepare(&UPDATE_IDENTITY)?.execute(named_params! {
        ":subscribed": identity.subscribed, ":unread": identity.unread, ":id": identity.id.0,
    })?;
    Ok(())
}

pub(crate) fn delete_identity(db: &Write<'_>, id: ChannelIdentityId) -> DbResult<()> {
    db.prepare(&DELETE_IDENTITY)?.execute(named_params! {":id": id.0})?;
    Ok(())
}

/// Deletes all identities of a contact.
pub(crate) fn delete_identities_of_contact(db: &Write<'_>, contact: i64) -> DbResult<()> {
    db.prepare(&DELETE_IDENTITIES_OF_CONTACT)?.execute(named_params! {":contact": contact})?;
    Ok(())
}

fn channel_from_row(row: &Row<'_>) -> rusqlite::Result<(i64, Channel)> {
    let channel = Channel {
        id: ChannelId(row.get(0)?),
        kind: row.get(1)?,
        name: row.get(2)?,
        active: row.get(3)?,
        created_at: Timestamp(row.get(4)?),
        updated_at: Timestamp(row.get(5)?),
    };
    Ok((row.get(0)?, channel))
}

fn identity_from_row(row: &Row<'_>) -> rusqlite::Result<(i64, ChannelIdentity, i64)> {
    let identity = ChannelIdentity {
        id: ChannelIdentityId(row.get(0)?),
        channel: ChannelId(row.get(1)?),
        identifier: row.get(2)?,
        contact: ContactId(row.get(3)?),
        subscribed: row.get(4)?,
        unread: row.get(5)?,
        created_at: Timestamp(row.get(6)?),
    };
    Ok((row.get(0)?, identity, row.get(7)?))
}
