//! Writes the rows of contacts. Every change of a row goes through this module, which keeps the contact's sort entries in step.

use rusqlite::{ToSql, named_params};

use crate::db::columns::{consent_column, invite_code, invite_expires_at, status_column};
use crate::db::connection::conn::{Read, Write};
use crate::db::connection::sqlite_error::DbResult;
use crate::db::connection::statement::{concat_sql, statements};
use crate::db::contact::card::delete_card;
use crate::db::contact::row::{COLUMNS, StoredContact, TEXT_ASSIGNMENTS, TEXT_PARAMETERS, TEXT_VALUES};
use crate::db::contact::sort_keys::SortKeys;
use crate::db::contact::sort_values::{folded_texts, sort_values};
use crate::db::contact::{contact_methods, row_checksum, sort_entries};
use crate::db::directory::advisors::advisor_ref;
use crate::db::record::{attribute, channel, conversation, funnel, import_run, note, tag};
use crate::db::sql_text::{parameter_count, parameter_number};
use crate::model::{Contact, ContactId, Timestamp};

/// The values of a new contact, in the order of [`COLUMNS`].
const INSERTED: &str = concat_sql!(
    TEXT_VALUES,
    ", :tenant, :network, 1, :created_at, :updated_at, :contact_methods, :federation_group, NULL, NULL,
    :status, :status_at, :consent, :own_advisor, :invite_expires_at, NULL, :invite_code"
);

/// The values of a new row before its checksum.
const INSERTED_WITH_KEYS: &str = concat_sql!(INSERTED, ", :folded_texts, :sort_key0, :sort_key1");

/// The values of an updated contact, in the order of [`COLUMNS`].
const UPDATED: &str = concat_sql!(
    TEXT_VALUES,
    ", tenant, network, :version, created_at, :updated_at, :contact_methods, federation_group, :trashed_at, active_at,
    :status, :status_at, :consent, :own_advisor, :invite_expires_at, :merged_into, :invite_code"
);

statements! {
    INSERT = concat_sql!("INSERT INTO contact (", COLUMNS, ", folded_texts, sort_key0, sort_key1, checksum)
        VALUES (", INSERTED_WITH_KEYS, ", row_sum(", INSERTED, "))");
    UPDATE = concat_sql!("UPDATE contact SET ", TEXT_ASSIGNMENTS, ", status = :status,
            folded_texts = :folded_texts, contact_methods = :contact_methods, sort_key0 = :sort_key0, sort_key1 = :sort_key1,
            version = :version, updated_at = :updated_at, trashed_at = :trashed_at, status_at = :status_at, consent = :consent,
            own_advisor = :own_advisor, invite_code = :invite_code, invite_expires_at = :invite_expires_at,
            checksum = row_sum(", UPDATED, ")
        WHERE id = :id");
    /// A statement of its own: an update of a column that refers to its own table rewrites all indexes of the row.
    SET_MERGED_INTO = "UPDATE contact SET merged_into = :merged_into WHERE id = :id";
    TOUCH = "UPDATE contact SET version = version + 1, updated_at = :now WHERE id = :id";
    SET_ACTIVE = "UPDATE contact SET active_at = :at WHERE id = :id AND (active_at IS NULL OR active_at < :at)";
    DELETE = "DELETE FROM contact WHERE id = :id";
}

/// Binds all parameters of [`INSERT`] but the plain fields, which come first. SQLite finds a parameter by name with a linear search,
/// once per row of an import, so the compiler looks up the numbers. It checks that no parameter is missing.
macro_rules! bind_inserted {
    ($statement:ident, $($name:literal: $value:expr,)*) => {
        const {
            let bound = TEXT_PARAMETERS.len().saturating_add([$($name),*].len());
            assert!(parameter_count(INSERTED_WITH_KEYS) == bound, "each parameter has a value");
        }
        $($statement.raw_bind_parameter(const { parameter_number(INSERTED_WITH_KEYS, $name) }, $value)?;)*
    };
}

/// Inserts the row, and gives the contact its id. The caller inserts the sort entries.
pub(crate) fn insert(db: &Write<'_>, new: &mut StoredContact, keys: &SortKeys) -> DbResult<()> {
    let contact = &new.contact;
    let mut statement = db.prepare(&INSERT)?;
    for (number, (_, field)) in (1_usize..).zip(TEXT_PARAMETERS) {
        statement.raw_bind_parameter(number, new.text(*field))?;
    }
    bind_inserted! { statement,
        ":tenant": new.tenant,
        ":network": new.network,
        ":created_at": contact.created_at.0,
        ":updated_at": contact.updated_at.0,
        ":contact_methods": contact_methods::encode(contact)?,
        ":federation_group": new.group,
        ":status": status_column(contact.status),
        ":status_at": contact.status_at.map(|at| at.0),
        ":consent": consent_column(contact.consent),
        ":own_advisor": own_advisor(db, contact)?,
        ":invite_expires_at": invite_expires_at(contact),
        ":invite_code": invite_code(contact),
        ":folded_texts": folded_texts(contact),
        ":sort_key0": keys.zero.as_deref(),
        ":sort_key1": keys.one.as_deref(),
    }
    statement.raw_execute()?;
    new.id = db.last_insert_id();
    new.contact.id = ContactId(new.id);
    new.refresh_uid(db)
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
    let others: &[(&str, &dyn ToSql)] = named_params! {
        ":status": status_column(contact.status), ":folded_texts": folded_texts(contact),
        ":contact_methods": contact_methods::encode(contact)?, ":sort_key0": keys.zero, ":sort_key1": keys.one,
        ":version": contact.version, ":updated_at": contact.updated_at.0, ":trashed_at": contact.trashed_at.map(|at| at.0),
        ":status_at": contact.status_at.map(|at| at.0), ":consent": consent_column(contact.consent),
        ":own_advisor": own_advisor(db, contact)?, ":invite_code": invite_code(contact),
        ":invite_expires_at": invite_expires_at(contact), ":merged_into": changed.merged_into, ":id": changed.id,
    };
    let mut statement = db.prepare(&UPDATE)?;
    for (name, field) in TEXT_PARAMETERS {
        statement.raw_bind_parameter(*name, changed.text(*field))?;
    }
    for (name, value) in others {
        statement.raw_bind_parameter(*name, *value)?;
    }
    statement.raw_execute()?;
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

/// Deletes a contact with its card, tags, attribute values, notes, subscriptions, channel identities, conversation memberships, states
/// before imports and sort entries. The caller has deleted all other rows that refer to it.
pub(crate) fn delete(db: &Write<'_>, id: i64) -> DbResult<()> {
    conversation::remove_from_all(db, id)?;
    tag::remove_all(db, id)?;
    attribute::remove_all(db, id)?;
    note::delete_all(db, id)?;
    import_run::delete_items_of_contact(db, id)?;
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
