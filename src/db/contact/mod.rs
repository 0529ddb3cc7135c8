//! Contact rows.

pub(crate) mod contact_methods;
pub(crate) mod merge_record;
pub(crate) mod row;
pub(crate) mod row_checksum;
pub(crate) mod status;
pub(crate) mod unique_values;

use std::rc::Rc;

use rusqlite::types::Value;
use rusqlite::{OptionalExtension as _, named_params, params};

use crate::db::connection::id_array;
use crate::db::connection::row_order::ensure_ascending;
use crate::db::connection::sqlite_error::is_unique_violation;
pub(crate) use crate::db::contact::row::StoredContact;
use crate::db::contact::row::{contact_columns, read_contact};
use crate::db::contact::status::{consent_column, invite_code, invite_expires_at, status_column};
use crate::db::list::sort_index;
use crate::db::{DbResult, Generation, Read, Write, directory, ensure_ordered, statements};
use crate::model::{Contact, ContactId, Status, Timestamp};

/// Where a contact stands in its lists: its sort key in each generation that it is in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct SortKeys {
    zero: Option<Vec<u8>>,
    one: Option<Vec<u8>>,
}

impl SortKeys {
    pub(crate) fn key(&self, generation: Generation) -> Option<&[u8]> {
        match generation {
            Generation::Zero => self.zero.as_deref(),
            Generation::One => self.one.as_deref(),
        }
    }

    pub(crate) fn set(&mut self, generation: Generation, key: Option<Vec<u8>>) {
        match generation {
            Generation::Zero => self.zero = key,
            Generation::One => self.one = key,
        }
    }

    /// The generations the contact is in, with its key there.
    pub(crate) fn keys(&self) -> impl Iterator<Item = (Generation, &[u8])> {
        let all = [Generation::Zero, Generation::One].into_iter();
        all.filter_map(|generation| Some((generation, self.key(generation)?)))
    }
}

statements! {
    INSERT = "INSERT INTO contact (public_id, tenant, network, federation_group, first_name, last_name, display_name, nickname, company,
            language, status, uid, folded_texts, contact_methods, sort_key0, sort_key1, version, created_at, updated_at, status_at, consent,
            own_advisor, invite_code, invite_expires_at, city, country, checksum)
        VALUES (:public_id, :tenant, :network, :federation_group, :first_name, :last_name, :display_name, :nickname, :company,
            :language, :status, :uid, :folded_texts, :contact_methods, :sort_key0, :sort_key1, 1, :created_at, :updated_at, :status_at, :consent,
            :own_advisor, :invite_code, :invite_expires_at, :city, :country,
            row_sum(:public_id, :tenant, :network, :federation_group, :first_name, :last_name, :display_name, :nickname, :company, :language,
                :city, :country, :status, :uid, :contact_methods, 1, :created_at, :updated_at, NULL, NULL, :status_at, :consent,
                :own_advisor, :invite_code, :invite_expires_at, NULL))";
    UPDATE = "UPDATE contact SET first_name = :first_name, last_name = :last_name, display_name = :display_name,
            nickname = :nickname, company = :company, language = :language, status = :status, uid = :uid,
            folded_texts = :folded_texts, contact_methods = :contact_methods, sort_key0 = :sort_key0, sort_key1 = :sort_key1, version = :version,
            updated_at = :updated_at, trashed_at = :trashed_at, status_at = :status_at, consent = :consent,
            own_advisor = :own_advisor, invite_code = :invite_code, invite_expires_at = :invite_expires_at,
            city = :city, country = :country,
            checksum = row_sum(public_id, tenant, network, federation_group, :first_name, :last_name, :display_name, :nickname, :company, :language,
                :city, :country, :status, :uid, :contact_methods, :version, created_at, :updated_at, :trashed_at, active_at, :status_at, :consent,
                :own_advisor, :invite_code, :invite_expires_at, :merged_into)
        WHERE id = :id";
    /// On its own: a statement that may change what refers to its own table writes all indexes of the row anew.
    SET_MERGED_INTO = "UPDATE contact SET merged_into = :merged_into WHERE id = :id";
    TOUCH = "UPDATE contact SET version = version + 1, updated_at = :now WHERE id = :id";
    SET_ACTIVE = "UPDATE contact SET active_at = :at WHERE id = :id AND (active_at IS NULL OR active_at < :at)";
    WITH_STATUS = "SELECT id FROM contact WHERE status = :status AND status > 0 LIMIT :most";
    SET_SORT_KEYS = "UPDATE contact SET sort_key0 = :sort_key0, sort_key1 = :sort_key1 WHERE id = :id";
    IDS = "SELECT id FROM contact WHERE id > :after ORDER BY id LIMIT :most";
    IDS_BETWEEN = "SELECT id FROM contact WHERE id > :after AND id <= :last ORDER BY id LIMIT :most";
    IDS_BETWEEN_BACK = "SELECT id FROM contact WHERE id > :after AND id <= :last ORDER BY id DESC LIMIT :most";
    CLEAR_SORT_KEY_0 = "UPDATE contact SET sort_key0 = NULL WHERE id > :after AND id <= :last AND sort_key0 IS NOT NULL";
    CLEAR_SORT_KEY_1 = "UPDATE contact SET sort_key1 = NULL WHERE id > :after AND id <= :last AND sort_key1 IS NOT NULL";
    DELETE = "DELETE FROM contact WHERE id = :id";
    MANY = concat!("SELECT ", contact_columns!(), " FROM rarray(:ids) r CROSS JOIN contact c ON c.id = r.value");
    MANY_PUBLIC = concat!("SELECT ", contact_columns!(), " FROM rarray(:ids) r CROSS JOIN contact c ON c.public_id = r.value");
    BY_PUBLIC_ID = concat!("SELECT ", contact_columns!(), " FROM contact c WHERE c.public_id = :public_id");
    BY_INVITE_CODE = "SELECT id FROM contact WHERE invite_code = :code AND invite_code <> ''";
    ABSORBED = "SELECT id FROM contact WHERE merged_into = :id AND merged_into IS NOT NULL";
    LAST_ID = "SELECT coalesce(max(id), 0) FROM contact";
    LOCAL_ID = "SELECT id FROM contact WHERE public_id = :public_id";
    PUBLIC_ID = "SELECT public_id FROM contact WHERE id = :id";
    SORT_KEYS = "SELECT sort_key0, sort_key1 FROM contact WHERE id = :id";
    /// All contacts in slices, for what looks at every row.
    BATCH_AFTER = concat!("SELECT ", contact_columns!(), " FROM contact c WHERE c.id > :after ORDER BY c.id LIMIT :most");
    BATCH_BEFORE = concat!("SELECT ", contact_columns!(), " FROM contact c WHERE c.id < :before ORDER BY c.id DESC LIMIT :most");
    CARD = "SELECT card FROM contact_card WHERE contact = :contact";
    SET_CARD = "INSERT INTO contact_card (contact, card, checksum) VALUES (:contact, :card, row_sum(:contact, :card))
        ON CONFLICT (contact) DO UPDATE SET card = excluded.card, checksum = excluded.checksum";
    DELETE_CARD = "DELETE FROM contact_card WHERE contact = :contact";
}

/// Inserts the row and gives its local id; `None` if the public id is taken. Its entries in `sort_entry` are the caller's to write.
pub(crate) fn insert(db: &Write<'_>, new: &StoredContact, place: &SortKeys) -> DbResult<Option<i64>> {
    let contact = &new.contact;
    let done = db.prepare(&INSERT)?.execute(params![
        contact.id.0,
        new.tenant,
        new.network,
        new.group,
        contact.first_name,
        contact.last_name,
        new.given_display_name,
        contact.nickname,
        contact.company,
        contact.language,
        status_column(contact.status),
        contact.uid,
        sort_index::folded_texts(contact),
        contact_methods::encode(contact)?,
        place.zero,
        place.one,
        contact.created_at.0,
        contact.updated_at.0,
        contact.status_at.map(|at| at.0),
        consent_column(contact.consent),
        own_advisor(db, contact)?,
        invite_code(contact),
        invite_expires_at(contact),
        contact.city,
        contact.country,
    ]);
    match done {
        Ok(_) => Ok(Some(db.last_insert_id())),
        Err(error) if is_unique_violation(&error) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Writes everything that can change.
pub(crate) fn update(db: &Write<'_>, changed: &StoredContact, place: &SortKeys) -> DbResult<()> {
    let contact = &changed.contact;
    let old = sort_index::sort_values(db, changed.id)?;
    let new = old.updated(changed);
    let survivor = || -> DbResult<()> {
        let params = named_params! {":merged_into": changed.merged_into, ":id": changed.id};
        db.prepare(&SET_MERGED_INTO)?.execute(params)?;
        Ok(())
    };
    let moves = old.is_merged() != new.is_merged();
    // Nobody has a survivor and is not in the trash, not even between two statements.
    if moves && !new.is_merged() {
        survivor()?;
    }
    db.prepare(&UPDATE)?.execute(named_params! {
        ":first_name": contact.first_name, ":last_name": contact.last_name,
        ":display_name": changed.given_display_name, ":nickname": contact.nickname, ":company": contact.company,
        ":language": contact.language, ":status": status_column(contact.status), ":uid": contact.uid,
        ":folded_texts": sort_index::folded_texts(contact), ":contact_methods": contact_methods::encode(contact)?, ":sort_key0": place.zero, ":sort_key1": place.one, ":version": contact.version,
        ":updated_at": contact.updated_at.0, ":trashed_at": contact.trashed_at.map(|at| at.0), ":id": changed.id,
        ":status_at": contact.status_at.map(|at| at.0), ":consent": consent_column(contact.consent),
        ":own_advisor": own_advisor(db, contact)?, ":invite_code": invite_code(contact), ":invite_expires_at": invite_expires_at(contact),
        ":city": contact.city, ":country": contact.country, ":merged_into": changed.merged_into,
    })?;
    if moves && new.is_merged() {
        survivor()?;
    }
    sort_index::replace(db, changed.id, &old, &new)
}

/// Counts an edit of something that does not stand in the row.
pub(crate) fn touch(db: &Write<'_>, id: i64, now: Timestamp) -> DbResult<()> {
    db.prepare(&TOUCH)?.execute(named_params! {":now": now.0, ":id": id})?;
    row_checksum::update_contact(db, id)
}

/// Says that the contact was active, unless something later is known.
pub(crate) fn set_active(db: &Write<'_>, id: i64, at: Timestamp) -> DbResult<()> {
    let old = sort_index::sort_values(db, id)?;
    if db.prepare(&SET_ACTIVE)?.execute(named_params! {":at": at.0, ":id": id})? == 0 {
        return Ok(());
    }
    row_checksum::update_contact(db, id)?;
    sort_index::replace(db, id, &old, &sort_index::sort_values(db, id)?)
}

/// Up to `most` contacts that may have a status, by local id: with an invitation that runs out, not all of them do.
pub(crate) fn with_status(db: &Read<'_>, status: Status, most: i64) -> DbResult<Vec<i64>> {
    let mut found = ids(db, &WITH_STATUS, status_column(Some(status)), most)?;
    if status == Status::InviteExpired {
        found.extend(ids(db, &WITH_STATUS, status_column(Some(Status::PendingConfirmation)), most)?);
    }
    Ok(found)
}

fn ids(db: &Read<'_>, statement: &crate::db::Statement, of: i64, most: i64) -> DbResult<Vec<i64>> {
    let mut statement = db.prepare(statement)?;
    let rows = statement.query_map(params![of, most], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Writes where the contact stands in its lists, and nothing else of it.
pub(crate) fn set_sort_keys(db: &Write<'_>, id: i64, place: &SortKeys) -> DbResult<()> {
    db.prepare(&SET_SORT_KEYS)?.execute(named_params! {
        ":sort_key0": place.zero, ":sort_key1": place.one, ":id": id,
    })?;
    Ok(())
}

/// Forgets the sort keys of a generation in up to `most` contacts after a local id; gives the last of them, `None` if there
/// are none left.
pub(crate) fn clear_sort_keys(
    db: &Write<'_>,
    generation: Generation,
    after: i64,
    most: i64,
) -> DbResult<Option<i64>> {
    let last = {
        let mut statement = db.prepare(&IDS)?;
        let ids = statement.query_map(named_params! {":after": after, ":most": most}, |row| row.get(0))?;
        ids.last().transpose()?
    };
    let Some(last) = last else { return Ok(None) };
    ensure_ascending(Some(after), [last])?;
    let clear = match generation {
        Generation::Zero => &CLEAR_SORT_KEY_0,
        Generation::One => &CLEAR_SORT_KEY_1,
    };
    db.prepare(clear)?.execute(named_params! {":after": after, ":last": last})?;
    Ok(Some(last))
}

/// The contact that holds the code of an invitation, by local id.
pub(crate) fn with_invite_code(db: &Read<'_>, code: &str) -> DbResult<Option<i64>> {
    Ok(db.prepare(&BY_INVITE_CODE)?.query_row(named_params! {":code": code}, |row| row.get(0)).optional()?)
}

/// The contacts that were merged into this one, by local id.
pub(crate) fn merged_into(db: &Read<'_>, id: i64) -> DbResult<Vec<i64>> {
    let mut statement = db.prepare(&ABSORBED)?;
    let rows = statement.query_map(named_params! {":id": id}, |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The greatest local id; 0 without a contact.
pub(crate) fn last_id(db: &Read<'_>) -> DbResult<i64> {
    Ok(db.prepare(&LAST_ID)?.query_row([], |row| row.get(0))?)
}

/// Up to `most` local ids of a gap, from one end on.
pub(crate) fn ids_in_range(
    db: &Read<'_>,
    gap: crate::db::metadata::IdRange,
    back: bool,
    most: i64,
) -> DbResult<Vec<i64>> {
    let mut statement = db.prepare(if back { &IDS_BETWEEN_BACK } else { &IDS_BETWEEN })?;
    let rows = statement.query_map(params![gap.after, gap.last, most], |row| row.get(0))?;
    let ids: Vec<i64> = rows.collect::<Result<_, _>>()?;
    let end = if back { gap.last.saturating_add(1) } else { gap.after };
    ensure_ordered(back, Some(end), ids.iter().copied())?;
    Ok(ids)
}

/// Deletes the row and what stands beside it: card, tags, values, notes, subscriptions, gates, places in conversations; what else refers to it must be gone.
pub(crate) fn delete(db: &Write<'_>, id: i64) -> DbResult<()> {
    crate::db::record::conversation::remove_from_all(db, id)?;
    crate::db::record::tag::remove_all(db, id)?;
    crate::db::record::attribute::remove_all(db, id)?;
    crate::db::record::note::delete_all(db, id)?;
    crate::db::record::funnel::unsubscribe_all(db, id)?;
    crate::db::record::channel::delete_identities_of_contact(db, id)?;
    sort_index::remove_entries(db, id)?;
    db.prepare(&DELETE_CARD)?.execute(named_params! {":contact": id})?;
    db.prepare(&DELETE)?.execute(named_params! {":id": id})?;
    Ok(())
}

/// The contacts with these local ids, whole, in the order asked for; one that is not there is left out.
pub(crate) fn many(db: &Read<'_>, ids: &[i64]) -> DbResult<Vec<StoredContact>> {
    let array = id_array(ids);
    let mut statement = db.prepare(&MANY)?;
    let mut found = Vec::with_capacity(ids.len());
    for row in statement.query_and_then([&array], |row| read_contact(db, row))? {
        found.push(row?);
    }
    Ok(found)
}

/// The contacts with these public ids, whole, in the order asked for; one that is not there is left out.
pub(crate) fn many_public(db: &Read<'_>, ids: &[ContactId]) -> DbResult<Vec<StoredContact>> {
    let array = Rc::new(ids.iter().map(|id| Value::from(id.0)).collect::<Vec<_>>());
    let mut statement = db.prepare(&MANY_PUBLIC)?;
    let rows = statement.query_and_then([&array], |row| read_contact(db, row))?;
    rows.collect()
}

/// The contact with this local id, whole.
pub(crate) fn one(db: &Read<'_>, id: i64) -> DbResult<Option<StoredContact>> {
    Ok(many(db, &[id])?.pop())
}

/// The contact with this public id, whole.
pub(crate) fn by_public_id(db: &Read<'_>, id: ContactId) -> DbResult<Option<StoredContact>> {
    let found = db
        .prepare(&BY_PUBLIC_ID)?
        .query_and_then(named_params! {":public_id": id.0}, |row| read_contact(db, row))?
        .next()
        .transpose()?;
    Ok(found)
}

/// Up to `most` contacts, whole, after the local id `after`, in the order of their ids; the trash is among them.
pub(crate) fn batch_after(db: &Read<'_>, after: i64, most: i64) -> DbResult<Vec<StoredContact>> {
    let mut statement = db.prepare(&BATCH_AFTER)?;
    let rows = statement
        .query_and_then(named_params! {":after": after, ":most": most}, |row| read_contact(db, row))?;
    let rows: Vec<StoredContact> = rows.collect::<DbResult<_>>()?;
    ensure_ascending(Some(after), rows.iter().map(|row| row.id))?;
    Ok(rows)
}

/// The same before a local id, in the reverse order.
pub(crate) fn batch_before(db: &Read<'_>, before: i64, most: i64) -> DbResult<Vec<StoredContact>> {
    let mut statement = db.prepare(&BATCH_BEFORE)?;
    let rows = statement
        .query_and_then(named_params! {":before": before, ":most": most}, |row| read_contact(db, row))?;
    let rows: Vec<StoredContact> = rows.collect::<DbResult<_>>()?;
    ensure_ordered(true, Some(before), rows.iter().map(|row| row.id))?;
    Ok(rows)
}

pub(crate) fn local_id(db: &Read<'_>, id: ContactId) -> DbResult<Option<i64>> {
    Ok(db.prepare(&LOCAL_ID)?.query_row(named_params! {":public_id": id.0}, |row| row.get(0)).optional()?)
}

pub(crate) fn public_id(db: &Read<'_>, id: i64) -> DbResult<ContactId> {
    Ok(ContactId(db.prepare(&PUBLIC_ID)?.query_row(named_params! {":id": id}, |row| row.get(0))?))
}

pub(crate) fn sort_keys(db: &Read<'_>, id: i64) -> DbResult<SortKeys> {
    Ok(db.prepare(&SORT_KEYS)?.query_row(named_params! {":id": id}, |row| {
        Ok(SortKeys { zero: row.get("sort_key0")?, one: row.get("sort_key1")? })
    })?)
}

pub(crate) fn card(db: &Read<'_>, id: i64) -> DbResult<Option<String>> {
    Ok(db.prepare(&CARD)?.query_row(named_params! {":contact": id}, |row| row.get(0)).optional()?)
}

pub(crate) fn set_card(db: &Write<'_>, id: i64, card: &str) -> DbResult<()> {
    db.prepare(&SET_CARD)?.execute(named_params! {":contact": id, ":card": card})?;
    Ok(())
}

fn own_advisor(db: &Read<'_>, contact: &Contact) -> DbResult<Option<i64>> {
    Ok(contact.own_advisor.map(|id| directory::advisor_ref(db, id)).transpose()?.map(|advisor| advisor.id))
}
