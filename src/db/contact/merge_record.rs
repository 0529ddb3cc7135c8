//! Merges of contacts: what the survivor received from the absorbed contact, so that the merge can be undone.
//!
//! The absorbed contact keeps its row, links, tags, attribute values and subscriptions. The survivor receives copies of those that it
//! lacks. Notes, channel identities and conversation memberships move to the survivor.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension as _, Row, named_params};
use serde::{Deserialize, Serialize};

use crate::db::connection::conn::{Read, Write};
use crate::db::connection::sqlite_error::DbResult;
use crate::db::connection::statement::{Statement, concat_sql, statements};
use crate::db::record::attribute;
use crate::error::{EntityKind, Error};
use crate::model::{
    AdvisorId, Consent, ContactId, Identifier, JobId, MergeId, MergeRecord, PlainField, Timestamp,
};

/// A merge with the local side of its row.
#[derive(Debug, Clone)]
pub(crate) struct StoredMergeRecord {
    pub(crate) survivor: i64,
    pub(crate) absorbed: i64,
    pub(crate) record: MergeRecord,
    copied_fields: String,
}

/// The fields that a survivor received, with their new values.
#[derive(Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct CopiedFields {
    /// The plain fields, by name.
    #[serde(flatten)]
    pub(crate) texts: BTreeMap<PlainField, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) consent: Option<Consent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) own_advisor: Option<AdvisorId>,
    /// In normalized form.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) phones: Vec<String>,
    /// In normalized form.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) emails: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) identifiers: Vec<Identifier>,
}

/// The start of a query for [`from_row`].
const SELECT: &str =
    "SELECT seq, survivor, absorbed, copied_fields, origin, at, undone_at, job FROM merge_record";

statements! {
    INSERT = "INSERT INTO merge_record (survivor, absorbed, copied_fields, origin, at, job) VALUES (:survivor, :absorbed, '', :origin, :at, :job)";
    SET_COPIED_FIELDS = "UPDATE merge_record SET copied_fields = :copied_fields WHERE seq = :seq";
    FIND = concat_sql!(SELECT, " WHERE seq = :seq");
    OF_SURVIVOR = concat_sql!(SELECT, " WHERE survivor = :contact ORDER BY seq DESC LIMIT :most");
    OF_ABSORBED = concat_sql!(SELECT, " WHERE absorbed = :contact ORDER BY seq DESC LIMIT :most");
    /// The merges of a bulk job that are not undone, the last one first.
    OF_JOB = concat_sql!(SELECT, " WHERE job = :job AND seq < :seq AND undone_at IS NULL ORDER BY seq DESC LIMIT :most");
    COUNT_OF_JOB = "SELECT count(*), coalesce(max(seq), 0) FROM merge_record WHERE job = :job AND undone_at IS NULL";
    LATER_SURVIVED = "SELECT seq FROM merge_record WHERE survivor = :contact AND seq > :seq
        AND undone_at IS NULL ORDER BY seq DESC LIMIT 1";
    LATER_ABSORBED = "SELECT seq FROM merge_record WHERE absorbed = :contact AND seq > :seq
        AND undone_at IS NULL ORDER BY seq DESC LIMIT 1";
    SET_UNDONE = "UPDATE merge_record SET undone_at = :at, copied_fields = '' WHERE seq = :seq";
    DELETE_TRANSFERS = "DELETE FROM merge_transfer WHERE merge_record = :merge_record";
    DELETE_TRANSFERS_OF_SURVIVOR = "DELETE FROM merge_transfer WHERE merge_record IN (SELECT seq FROM merge_record WHERE survivor = :contact)";
    DELETE_TRANSFERS_OF_ABSORBED = "DELETE FROM merge_transfer WHERE merge_record IN (SELECT seq FROM merge_record WHERE absorbed = :contact)";
    DELETE_OF_SURVIVOR = "DELETE FROM merge_record WHERE survivor = :contact";
    DELETE_OF_ABSORBED = "DELETE FROM merge_record WHERE absorbed = :contact";
    TRANSFERS = "SELECT item FROM merge_transfer WHERE merge_record = :merge_record AND kind = :kind ORDER BY item";
    RECORD_LINK = "INSERT INTO merge_transfer (merge_record, kind, item) VALUES (:merge_record, 1, :item)";
    RECORD_TAG = "INSERT INTO merge_transfer (merge_record, kind, item) VALUES (:merge_record, 2, :item)";
    /// The attribute values that the survivor lacks.
    RECORD_VALUES = "INSERT INTO merge_transfer (merge_record, kind, item, value)
        SELECT :merge_record, 3, a.def, a.value FROM attribute a WHERE a.contact = :absorbed
        AND NOT EXISTS (SELECT 1 FROM attribute b WHERE b.contact = :survivor AND b.def = a.def)";
    COPY_VALUES = "INSERT INTO attribute (contact, def, value, normalized, checksum)
        SELECT :survivor, def, value, normalized, checksum FROM attribute WHERE contact = :absorbed ON CONFLICT (contact, def) DO NOTHING";
    /// Except values that have changed since the merge.
    REVERT_VALUES = "DELETE FROM attribute WHERE contact = :survivor AND EXISTS (SELECT 1 FROM merge_transfer m
        WHERE m.merge_record = :merge_record AND m.kind = 3 AND m.item = attribute.def AND m.value = attribute.value)";
    RECORD_FUNNELS = "INSERT INTO merge_transfer (merge_record, kind, item)
        SELECT :merge_record, 4, a.funnel FROM contact_funnel a WHERE a.contact = :absorbed
        AND NOT EXISTS (SELECT 1 FROM contact_funnel b WHERE b.contact = :survivor AND b.funnel = a.funnel)";
    COPY_FUNNELS = "INSERT INTO contact_funnel (contact, funnel, created_at)
        SELECT :survivor, funnel, created_at FROM contact_funnel WHERE contact = :absorbed ON CONFLICT (contact, funnel) DO NOTHING";
    REVERT_FUNNELS = "DELETE FROM contact_funnel WHERE contact = :survivor AND EXISTS (SELECT 1 FROM merge_transfer m
        WHERE m.merge_record = :merge_record AND m.kind = 4 AND m.item = contact_funnel.funnel)";
    RECORD_NOTES = "INSERT INTO merge_transfer (merge_record, kind, item) SELECT :merge_record, 5, id FROM note WHERE contact = :absorbed";
    MOVE_NOTES = "UPDATE note SET contact = :survivor WHERE contact = :absorbed";
    RETURN_NOTES = "UPDATE note SET contact = :absorbed WHERE contact = :survivor
        AND id IN (SELECT item FROM merge_transfer WHERE merge_record = :merge_record AND kind = 5)";
    RECORD_IDENTITIES = "INSERT INTO merge_transfer (merge_record, kind, item) SELECT :merge_record, 6, id FROM channel_identity WHERE contact = :absorbed";
    MOVE_IDENTITIES = "UPDATE channel_identity SET contact = :survivor WHERE contact = :absorbed";
    RETURN_IDENTITIES = "UPDATE channel_identity SET contact = :absorbed WHERE contact = :survivor
        AND id IN (SELECT item FROM merge_transfer WHERE merge_record = :merge_record AND kind = 6)";
    RECORD_CONVERSATIONS = "INSERT INTO merge_transfer (merge_record, kind, item, value)
        SELECT :merge_record, 7, a.conversation, iif(EXISTS (SELECT 1 FROM conversation_member b
            WHERE b.conversation = a.conversation AND b.contact = :survivor), 'both', '')
        FROM conversation_member a WHERE a.contact = :absorbed";
    ADD_SURVIVOR_TO_CONVERSATIONS = "INSERT INTO conversation_member (conversation, contact)
        SELECT conversation, :survivor FROM conversation_member WHERE contact = :absorbed ON CONFLICT (conversation, contact) DO NOTHING";
    REMOVE_ABSORBED_FROM_CONVERSATIONS = "DELETE FROM conversation_member WHERE contact = :absorbed";
    RETURN_CONVERSATIONS = "INSERT INTO conversation_member (conversation, contact)
        SELECT m.item, :absorbed FROM merge_transfer m WHERE m.merge_record = :merge_record AND m.kind = 7
        AND EXISTS (SELECT 1 FROM conversation_member b WHERE b.conversation = m.item AND b.contact = :survivor)
        ON CONFLICT (conversation, contact) DO NOTHING";
    RECORD_NOT_DUPLICATES = "INSERT INTO merge_transfer (merge_record, kind, item)
        SELECT :merge_record, 8, n.item FROM (SELECT other AS item FROM not_duplicate WHERE contact = :absorbed
            UNION ALL SELECT contact FROM not_duplicate WHERE other = :absorbed) n
        WHERE n.item <> :survivor AND NOT EXISTS (SELECT 1 FROM not_duplicate
            WHERE contact = min(n.item, :survivor) AND other = max(n.item, :survivor))";
    COPY_NOT_DUPLICATES = "INSERT INTO not_duplicate (contact, other)
        SELECT min(item, :survivor), max(item, :survivor) FROM merge_transfer WHERE merge_record = :merge_record AND kind = 8";
    REVERT_NOT_DUPLICATES = "DELETE FROM not_duplicate WHERE (contact, other) IN
        (SELECT min(item, :survivor), max(item, :survivor) FROM merge_transfer WHERE merge_record = :merge_record AND kind = 8)";
    REMOVE_SURVIVOR_FROM_CONVERSATIONS = "DELETE FROM conversation_member WHERE contact = :survivor
        AND conversation IN (SELECT item FROM merge_transfer WHERE merge_record = :merge_record AND kind = 7 AND value = '')";
}

/// A merge with its two contacts, by local id.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MergeParties {
    pub(crate) merge: MergeId,
    pub(crate) survivor: i64,
    pub(crate) absorbed: i64,
}

/// Inserts a merge of two contacts.
pub(crate) fn insert(
    db: &Write<'_>,
    survivor: i64,
    absorbed: i64,
    origin: &str,
    at: Timestamp,
    job: Option<JobId>,
) -> DbResult<MergeParties> {
    db.prepare(&INSERT)?.execute(named_params! {
        ":survivor": survivor, ":absorbed": absorbed, ":origin": origin, ":at": at.0,
        ":job": job.map(|job| job.0),
    })?;
    Ok(MergeParties { merge: MergeId(db.last_insert_id()), survivor, absorbed })
}

/// Records the fields that were copied.
pub(crate) fn set_copied_fields(db: &Write<'_>, id: MergeId, fields: &CopiedFields) -> DbResult<()> {
    let text = serde_json::to_string(fields).map_err(|source| Error::Storage(Box::new(source)))?;
    db.prepare(&SET_COPIED_FIELDS)?.execute(named_params! {":copied_fields": text, ":seq": id.0})?;
    Ok(())
}

impl StoredMergeRecord {
    /// The fields that the survivor received.
    pub(crate) fn copied_fields(&self) -> DbResult<CopiedFields> {
        let read = serde_json::from_str(&self.copied_fields);
        Ok(read.map_err(|source| Error::Damaged { what: "a merge", source: Some(source.into()) })?)
    }
}

pub(crate) fn find(db: &Read<'_>, id: MergeId) -> DbResult<StoredMergeRecord> {
    let found = db.prepare(&FIND)?.query_row(named_params! {":seq": id.0}, from_row).optional()?;
    Ok(found.ok_or(Error::NotFound(EntityKind::MergeRecord, id.0))?)
}

/// The last `most` merges of a contact, newest first.
pub(crate) fn of_contact(db: &Read<'_>, contact: i64, most: i64) -> DbResult<Vec<MergeRecord>> {
    let mut found = Vec::new();
    for statement in [&OF_SURVIVOR, &OF_ABSORBED] {
        let mut statement = db.prepare(statement)?;
        let rows = statement.query_map(named_params! {":contact": contact, ":most": most}, from_row)?;
        for row in rows {
            found.push(row?);
        }
    }
    found.sort_by_key(|stored| std::cmp::Reverse(stored.record.id));
    found.truncate(usize::try_from(most).unwrap_or(usize::MAX));
    Ok(found.into_iter().map(|stored| stored.record).collect())
}

/// Up to `most` merges of a bulk job that are not undone and are earlier than number `before`, the last one first.
pub(crate) fn of_job(db: &Read<'_>, job: JobId, before: i64, most: i64) -> DbResult<Vec<MergeRecord>> {
    let mut statement = db.prepare(&OF_JOB)?;
    let rows = statement.query_map(named_params! {":job": job.0, ":seq": before, ":most": most}, from_row)?;
    rows.map(|row| Ok(row?.record)).collect()
}

/// The number of merges of a bulk job that are not undone, and the greatest number of one of them; 0 if there is none.
pub(crate) fn count_of_job(db: &Read<'_>, job: JobId) -> DbResult<(i64, i64)> {
    let params = named_params! {":job": job.0};
    Ok(db.prepare(&COUNT_OF_JOB)?.query_row(params, |row| Ok((row.get(0)?, row.get(1)?)))?)
}

/// The last merge with the survivor of this one that is later and not undone.
pub(crate) fn later_merge(db: &Read<'_>, of: MergeParties) -> DbResult<Option<MergeId>> {
    let mut last: Option<i64> = None;
    for statement in [&LATER_SURVIVED, &LATER_ABSORBED] {
        let params = named_params! {":contact": of.survivor, ":seq": of.merge.0};
        let found = db.prepare(statement)?.query_row(params, |row| row.get(0));
        last = last.max(found.optional()?);
    }
    Ok(last.map(MergeId))
}

/// Marks a merge as undone, and deletes its transfers.
pub(crate) fn set_undone(db: &Write<'_>, id: MergeId, at: Timestamp) -> DbResult<()> {
    db.prepare(&SET_UNDONE)?.execute(named_params! {":at": at.0, ":seq": id.0})?;
    db.prepare(&DELETE_TRANSFERS)?.execute(named_params! {":merge_record": id.0})?;
    Ok(())
}

/// Deletes the merges of a contact.
pub(crate) fn delete_of_contact(db: &Write<'_>, contact: i64) -> DbResult<()> {
    for statement in [
        &DELETE_TRANSFERS_OF_SURVIVOR,
        &DELETE_TRANSFERS_OF_ABSORBED,
        &DELETE_OF_SURVIVOR,
        &DELETE_OF_ABSORBED,
    ] {
        db.prepare(statement)?.execute(named_params! {":contact": contact})?;
    }
    Ok(())
}

/// Records that the survivor received a link.
pub(crate) fn record_link(db: &Write<'_>, id: MergeId, advisor: i64) -> DbResult<()> {
    db.prepare(&RECORD_LINK)?.execute(named_params! {":merge_record": id.0, ":item": advisor})?;
    Ok(())
}

/// Records that the survivor received a tag.
pub(crate) fn record_tag(db: &Write<'_>, id: MergeId, tag: i64) -> DbResult<()> {
    db.prepare(&RECORD_TAG)?.execute(named_params! {":merge_record": id.0, ":item": tag})?;
    Ok(())
}

/// The advisors of the links that the survivor received, as local ids.
pub(crate) fn links(db: &Read<'_>, id: MergeId) -> DbResult<Vec<i64>> {
    transferred(db, id, 1)
}

/// The tags that the survivor received, as local ids.
pub(crate) fn tags(db: &Read<'_>, id: MergeId) -> DbResult<Vec<i64>> {
    transferred(db, id, 2)
}

fn transferred(db: &Read<'_>, id: MergeId, kind: i64) -> DbResult<Vec<i64>> {
    let mut statement = db.prepare(&TRANSFERS)?;
    let rows = statement.query_map(named_params! {":merge_record": id.0, ":kind": kind}, |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Copies the attribute values that the survivor lacks. Returns their number.
pub(crate) fn copy_values(db: &Write<'_>, of: MergeParties) -> DbResult<usize> {
    let copied = execute_with_record(db, &RECORD_VALUES, of)?;
    execute_with_parties(db, &COPY_VALUES, of)?;
    attribute::refresh_bitmaps(db, of.survivor, &transferred(db, of.merge, 3)?)?;
    Ok(copied)
}

/// Copies subscriptions and decisions about duplicates to the survivor, and moves notes, channel identities and conversation memberships to it.
pub(crate) fn transfer_rest(db: &Write<'_>, of: MergeParties) -> DbResult<()> {
    execute_with_record(db, &RECORD_FUNNELS, of)?;
    execute_with_parties(db, &COPY_FUNNELS, of)?;
    for (record, move_all) in [(&RECORD_NOTES, &MOVE_NOTES), (&RECORD_IDENTITIES, &MOVE_IDENTITIES)] {
        db.prepare(record)?.execute(named_params! {":merge_record": of.merge.0, ":absorbed": of.absorbed})?;
        execute_with_parties(db, move_all, of)?;
    }
    execute_with_record(db, &RECORD_NOT_DUPLICATES, of)?;
    let params = named_params! {":merge_record": of.merge.0, ":survivor": of.survivor};
    db.prepare(&COPY_NOT_DUPLICATES)?.execute(params)?;
    execute_with_record(db, &RECORD_CONVERSATIONS, of)?;
    execute_with_parties(db, &ADD_SURVIVOR_TO_CONVERSATIONS, of)?;
    db.prepare(&REMOVE_ABSORBED_FROM_CONVERSATIONS)?.execute(named_params! {":absorbed": of.absorbed})?;
    Ok(())
}

/// Deletes the attribute values that the survivor received and that have not changed since. Returns their number.
pub(crate) fn revert_values(db: &Write<'_>, of: MergeParties) -> DbResult<usize> {
    let params = named_params! {":merge_record": of.merge.0, ":survivor": of.survivor};
    let deleted = db.prepare(&REVERT_VALUES)?.execute(params)?;
    attribute::refresh_bitmaps(db, of.survivor, &transferred(db, of.merge, 3)?)?;
    Ok(deleted)
}

/// Deletes the subscriptions and decisions that the survivor received, and returns notes, channel identities and conversation memberships that it
/// still has.
pub(crate) fn revert_rest(db: &Write<'_>, of: MergeParties) -> DbResult<()> {
    let params = named_params! {":merge_record": of.merge.0, ":survivor": of.survivor};
    db.prepare(&REVERT_FUNNELS)?.execute(params)?;
    db.prepare(&REVERT_NOT_DUPLICATES)?.execute(params)?;
    for statement in [&RETURN_NOTES, &RETURN_IDENTITIES, &RETURN_CONVERSATIONS] {
        execute_with_record(db, statement, of)?;
    }
    db.prepare(&REMOVE_SURVIVOR_FROM_CONVERSATIONS)?.execute(params)?;
    Ok(())
}

fn execute_with_record(db: &Write<'_>, statement: &Statement, of: MergeParties) -> DbResult<usize> {
    let params =
        named_params! {":merge_record": of.merge.0, ":survivor": of.survivor, ":absorbed": of.absorbed};
    Ok(db.prepare(statement)?.execute(params)?)
}

fn execute_with_parties(db: &Write<'_>, statement: &Statement, of: MergeParties) -> DbResult<()> {
    db.prepare(statement)?.execute(named_params! {":survivor": of.survivor, ":absorbed": of.absorbed})?;
    Ok(())
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<StoredMergeRecord> {
    let undone: Option<i64> = row.get(6)?;
    let record = MergeRecord {
        id: MergeId(row.get(0)?),
        survivor: ContactId(row.get(1)?),
        absorbed: ContactId(row.get(2)?),
        origin: row.get(4)?,
        at: Timestamp(row.get(5)?),
        undone_at: undone.map(Timestamp),
        job: row.get::<_, Option<i64>>(7)?.map(JobId),
    };
    let (survivor, absorbed, copied_fields) = (row.get(1)?, row.get(2)?, row.get(3)?);
    Ok(StoredMergeRecord { survivor, absorbed, record, copied_fields })
}
