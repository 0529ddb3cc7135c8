//! Conversations (rooms and one-to-one chats), and their members.

use rusqlite::{Row, named_params};

use crate::db::connection::conn::{Read, Write};
use crate::db::connection::sqlite_error::{DbResult, map_unique_violation};
use crate::db::connection::statement::{concat_sql, statements};
use crate::db::directory::advisors::advisor_public_id;
use crate::db::directory::networks::network_code;
use crate::error::EntityKind;
use crate::model::{ContactId, Conversation, ConversationId, ConversationKind, GroupId, Timestamp};

/// A conversation with the local side of its row.
#[derive(Debug, Clone)]
pub(crate) struct StoredConversation {
    pub(crate) id: i64,
    pub(crate) tenant: i64,
    pub(crate) network: i64,
    pub(crate) group: Option<i64>,
    pub(crate) advisor: Option<i64>,
    pub(crate) conversation: Conversation,
}

/// The columns of [`from_row`].
const COLUMNS: &str =
    "c.id, c.tenant, c.network, c.federation_group, c.advisor, c.external_id, c.kind, c.name, c.created_at, c.updated_at,
            (SELECT count(*) FROM conversation_member m WHERE m.conversation = c.id)";

statements! {
    INSERT = "INSERT INTO conversation (tenant, external_id, kind, network, federation_group, advisor, name, created_at, updated_at)
        VALUES (:tenant, :external_id, :kind, :network, :federation_group, :advisor, :name, :now, :now)";
    BY_EXTERNAL_ID = concat_sql!("SELECT ", COLUMNS, " FROM conversation c WHERE c.external_id = :external_id");
    OF_CONTACT = concat_sql!("SELECT ", COLUMNS, " FROM conversation_member o CROSS JOIN conversation c ON c.id = o.conversation
        WHERE o.contact = :contact AND (:tenant IS NULL OR c.tenant = :tenant) ORDER BY o.conversation");
    SET_GROUP = "UPDATE conversation SET federation_group = :federation_group, updated_at = :now WHERE id = :id";
    TOUCH = "UPDATE conversation SET updated_at = :now WHERE id = :id";
    DELETE = "DELETE FROM conversation WHERE id = :id";
    ADD_MEMBER = "INSERT INTO conversation_member (conversation, contact) VALUES (:conversation, :contact)
        ON CONFLICT (conversation, contact) DO NOTHING";
    REMOVE_MEMBER = "DELETE FROM conversation_member WHERE conversation = :conversation AND contact = :contact";
    REMOVE_FROM_ALL = "DELETE FROM conversation_member WHERE contact = :contact";
    REMOVE_ALL_MEMBERS = "DELETE FROM conversation_member WHERE conversation = :conversation";
    MEMBERS = "SELECT contact FROM conversation_member WHERE conversation = :conversation ORDER BY contact";
}

/// Inserts a conversation without members, and returns its local id.
///
/// # Errors
/// [`Error::Exists`](crate::Error::Exists) if the external id is known.
pub(crate) fn insert(db: &Write<'_>, new: &StoredConversation) -> DbResult<i64> {
    let done = db.prepare(&INSERT)?.execute(named_params! {
        ":tenant": new.tenant, ":external_id": new.conversation.external_id, ":kind": kind_column(new.conversation.kind), ":network": new.network,
        ":federation_group": new.group, ":advisor": new.advisor, ":name": new.conversation.name, ":now": new.conversation.created_at.0,
    });
    map_unique_violation(done, EntityKind::Conversation)?;
    Ok(db.last_insert_id())
}

/// The conversation with this external id, of any tenant.
pub(crate) fn find(db: &Read<'_>, external_id: &str) -> DbResult<Option<StoredConversation>> {
    let found = db
        .prepare(&BY_EXTERNAL_ID)?
        .query_and_then(named_params! {":external_id": external_id}, |row| from_row(db, row))?
        .next()
        .transpose()?;
    Ok(found)
}

/// The conversations of a contact, of one tenant or of all, in the order in which they were added.
pub(crate) fn of_contact(
    db: &Read<'_>,
    contact: i64,
    tenant: Option<i64>,
) -> DbResult<Vec<StoredConversation>> {
    let mut statement = db.prepare(&OF_CONTACT)?;
    let params = named_params! {":contact": contact, ":tenant": tenant};
    let rows = statement.query_and_then(params, |row| from_row(db, row))?;
    rows.collect()
}

pub(crate) fn set_group(db: &Write<'_>, id: i64, group: Option<i64>, now: Timestamp) -> DbResult<()> {
    db.prepare(&SET_GROUP)?.execute(named_params! {":federation_group": group, ":now": now.0, ":id": id})?;
    Ok(())
}

/// Deletes a conversation and its memberships.
pub(crate) fn delete(db: &Write<'_>, id: i64) -> DbResult<()> {
    db.prepare(&REMOVE_ALL_MEMBERS)?.execute(named_params! {":conversation": id})?;
    db.prepare(&DELETE)?.execute(named_params! {":id": id})?;
    Ok(())
}

/// Adds a contact to a conversation. Returns false if it was a member.
pub(crate) fn add_member(db: &Write<'_>, id: i64, contact: i64, now: Timestamp) -> DbResult<bool> {
    let done =
        db.prepare(&ADD_MEMBER)?.execute(named_params! {":conversation": id, ":contact": contact})? > 0;
    touch(db, id, done, now)
}

/// Removes a contact from a conversation. Returns false if it was not a member.
pub(crate) fn remove_member(db: &Write<'_>, id: i64, contact: i64, now: Timestamp) -> DbResult<bool> {
    let done =
        db.prepare(&REMOVE_MEMBER)?.execute(named_params! {":conversation": id, ":contact": contact})? > 0;
    touch(db, id, done, now)
}

/// Updates the time of the last change if something was done.
fn touch(db: &Write<'_>, id: i64, done: bool, now: Timestamp) -> DbResult<bool> {
    if done {
        db.prepare(&TOUCH)?.execute(named_params! {":now": now.0, ":id": id})?;
    }
    Ok(done)
}

/// Removes a contact from all conversations.
pub(crate) fn remove_from_all(db: &Write<'_>, contact: i64) -> DbResult<()> {
    db.prepare(&REMOVE_FROM_ALL)?.execute(named_params! {":contact": contact})?;
    Ok(())
}

/// The members of a conversation, as local ids.
pub(crate) fn members(db: &Read<'_>, id: i64) -> DbResult<Vec<i64>> {
    let mut statement = db.prepare(&MEMBERS)?;
    let rows = statement.query_map(named_params! {":conversation": id}, |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The members of a conversation, in the order in which the contacts were added to the store.
pub(crate) fn member_ids(db: &Read<'_>, id: i64) -> DbResult<Vec<ContactId>> {
    Ok(members(db, id)?.into_iter().map(ContactId).collect())
}

fn kind_column(kind: ConversationKind) -> i64 {
    match kind {
        ConversationKind::MultiParty => 0,
        ConversationKind::OneToOne => 1,
    }
}

/// A conversation from [`COLUMNS`].
fn from_row(db: &Read<'_>, row: &Row<'_>) -> DbResult<StoredConversation> {
    let (network, group, advisor): (i64, Option<i64>, Option<i64>) = (row.get(2)?, row.get(3)?, row.get(4)?);
    let members: i64 = row.get(10)?;
    let conversation = Conversation {
        id: ConversationId(row.get(0)?),
        external_id: row.get(5)?,
        kind: if row.get::<_, i64>(6)? == 0 {
            ConversationKind::MultiParty
        } else {
            ConversationKind::OneToOne
        },
        network: network_code(db, network)?,
        group: group.map(GroupId),
        advisor: advisor.map(|id| advisor_public_id(db, id)).transpose()?,
        name: row.get(7)?,
        created_at: Timestamp(row.get(8)?),
        updated_at: Timestamp(row.get(9)?),
        members: usize::try_from(members).unwrap_or_default(),
    };
    Ok(StoredConversation { id: row.get(0)?, tenant: row.get(1)?, network, group, advisor, conversation })
}
