//! Writes the rows of contacts. Every change of a row goes through this module, which keeps the contact's sort entries in step.

use constcat::concat as concat_sql;
use rusqlite::{named_params, params};

use crate::db::columns::{consent_column, invite_code, invite_expires_at, status_column};
use crate::db::connection::conn::{Read, Write};
use crate::db::connection::sqlite_error::{DbResult, is_unique_violation};
use crate::db::connection::statement::statements;
use crate::db::contact::card::delete_card;
use crate::db::contact::row::{COLUMNS, StoredContact};
use crate::db::contact::sort_keys::SortKeys;
use crate::db::contact::sort_values::{folded_texts, sort_values};
use crate::db::contact::{contact_methods, row_checksum, sort_entries};
use crate::db::directory::advisors::advisor_ref;
use crate::db::record::{attribute, channel, conversation, funnel, note, tag};
use crate::model::{Contact, Timestamp};

/// The values of a new contact, in the order of [`COLUMNS`].
const INSERTED: &str = ":public_id, :tenant, :network, :first_name, :last_name, :company, 1, :created_at, :updated_at,
    :contact_methods, :federation_group, :display_name, :nickname, :language, :city, :country, :uid, NULL, NULL,
    :status, :status_at, :consent, :own_advisor, :invite_expires_at, NULL, :invite_code";

/// The values of an updated contact, in the order of [`COLUMNS`].
const UPDATED: &str = "public_id, tenant, network, :first_name, :last_name, :company, :version, created_at, :updated_at,
    :contact_methods, federation_group, :display_name, :nickname, :language, :city, :country, :uid, :trashed_at, active_at,
    :status, :status_at, :consent, :own_advisor, :invite_expires_at, :merged_into, :invite_code";

statements! {
    INSERT = concat_sql!("INSERT INTO contact (", COLUMNS, ", folded_texts, sort_key0, sort_key1, checksum)
        VALUES (", INSERTED, ", :folded_texts, :sort_key0, :sort_key1, row_sum(", INSERTED, "))");
    UPDATE = concat_sql!("UPDATE contact SET first_name = :first_name, last_name = :last_name, display_name = :display_name,
            nickname = :nickname, company = :company, language = :language, status = :status, uid = :uid,
            folded_texts = :folded_texts, contact_methods = :contact_methods, sort_key0 = :sort_key0, sort_key1 = :sort_key1,
            version = :version, updated_at = :updated_at, trashed_at = :trashed_at, status_at = :status_at, consent = :consent,
            own_advisor = :own_advisor, invite_code = :invite_code, invite_expires_at = :invite_expires_at,
            city = :city, country = :country, checksum = row_sum(", UPDATED, ")
        WHERE id = :id");
    /// A statement of its own: an update of a column that refers to its own table rewrites all indexes of the row.
    SET_MERGED_INTO = "UPDATE contact SET merged_into = :merged_into WHERE id = :id";
    TOUCH = "UPDATE contact SET version = version + 1, updated_at = :now WHERE id = :id";
    SET_ACTIVE = "UPDATE contact SET active_at = :at WHERE id = :id AND (active_at IS NULL OR active_at < :at)";
    DELETE = "DELETE FROM contact WHERE id = :id";
}

/// Inserts the row and returns its local id; `None` if the public id is taken. The caller inserts the sort entries.
pub(crate) fn insert(db: &Write<'_>, new: &StoredContact, keys: &SortKeys) -> DbResult<Option<i64>> {
    let contact = &new.contact;
    // By position: SQLite finds a parameter by name with a linear search, once per row of an import.
    let done = db.prepare(&INSERT)?.execute(params![
        contact.id.0,
        new.tenant,
        new.network,
        contact.first_name,
        contact.last_name,
        contact.company,
        contact.created_at.0,
        contact.updated_at.0,
        contact_methods::encode(contact)?,
        new.group,
        new.given_display_name,
        contact.nickname,
        contact.language,
        contact.city,
        contact.country,
        contact.uid,
        status_column(contact.status),
        contact.status_at.map(|at| at.0),
        consent_column(contact.consent),
        own_advisor(db, contact)?,
        invite_expires_at(contact),
        invite_code(contact),
        folded_texts(contact),
        keys.zero,
        keys.one,
    ]);
    match done {
        Ok(_) => Ok(Some(db.last_insert_id())),
        Err(error) if is_unique_violation(&error) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Writes all columns that can change, and the contact's sort entries.
pub(crate) fn update(db: &Write<'_>, changed: &StoredContact, keys: &SortKeys) -> DbResult<()> {
    let contact = &changed.contact;
    let old = sort_values(db, changed.id)?;
    let new = old.updated(changed);
    let set_merged_into = || -> DbResult<()> {
        let params = named_params! {":merged_into": changed.merged_into, ":id": changed.id};
        db.prepare(&SET_MERGED_INTO)?.execute(params)?;
        Ok(())
    };
    let merge_changes = old.is_merged() != new.is_merged();
    // A merged contact is always in the trash, also between two statements.
    if merge_changes && !new.is_merged() {
        set_merged_into()?;
    }
    db.prepare(&UPDATE)?.execute(named_params! {
        ":first_name": contact.first_name, ":last_name": contact.last_name,
        ":display_name": changed.given_display_name, ":nickname": contact.nickname, ":company": contact.company,
        ":language": contact.language, ":status": status_column(contact.status), ":uid": contact.uid,
        ":folded_texts": folded_texts(contact), ":contact_methods": contact_methods::encode(contact)?,
        ":sort_key0": keys.zero, ":sort_key1": keys.one, ":version": contact.version,
        ":updated_at": contact.updated_at.0, ":trashed_at": contact.trashed_at.map(|at| at.0), ":id": changed.id,
        ":status_at": contact.status_at.map(|at| at.0), ":consent": consent_column(contact.consent),
        ":own_advisor": own_advisor(db, contact)?, ":invite_code": invite_code(contact),
        ":invite_expires_at": invite_expires_at(contact), ":city": contact.city, ":country": contact.country,
        ":merged_into": changed.merged_into,
    })?;
    if merge_changes && new.is_merged() {
        set_merged_into()?;
    }
    sort_entries::replace(db, changed.id, &old, &new)
}

/// Increments the version after a change of something outside the row.
pub(crate) fn touch(db: &Write<'_>, id: i64, now: Timestamp) -> DbResult<()> {
    db.prepare(&TOUCH)?.execute(named_params! {":now": now.0, ":id": id})?;
    row_checksum::update_contact(db, id)
}

/// Sets the time of the last activity, unless a later one is known.
pub(crate) fn set_active(db: &Write<'_>, id: i64, at: Timestamp) -> DbResult<()> {
    let old = sort_values(db, id)?;
    if db.prepare(&SET_ACTIVE)?.execute(named_params! {":at": at.0, ":id": id})? == 0 {
        return Ok(());
    }
    row_checksum::update_contact(db, id)?;
    sort_entries::replace(db, id, &old, &sort_values(db, id)?)
}

/// Deletes a contact with its card, tags, attribute values, notes, subscriptions, channel identities, conversation memberships and sort
/// entries. The caller has deleted all other rows that refer to it.
pub(crate) fn delete(db: &Write<'_>, id: i64) -> DbResult<()> {
    conversation::remove_from_all(db, id)?;
    tag::remove_all(db, id)?;
    attribute::remove_all(db, id)?;
    note::delete_all(db, id)?;
    funnel::unsubscribe_all(db, id)?;
    channel::delete_identities_of_contact(db, id)?;
    sort_entries::delete_entries(db, id)?;
    delete_card(db, id)?;
    db.prepare(&DELETE)?.execute(named_params! {":id": id})?;
    Ok(())
}

fn own_advisor(db: &Read<'_>, contact: &Contact) -> DbResult<Option<i64>> {
    Ok(contact.own_advisor.map(|id| advisor_ref(db, id)).transpose()?.map(|advisor| advisor.id))
}
