//! Which contacts have a tag, have a value of an attribute, are in a list of everybody, or lack what most have: a set of bits each.
//!
//! Whoever writes the rows that a set is made of keeps it, in this room: `tag.rs`, `attribute.rs`, `merger.rs`, `sorts.rs`. So a
//! condition and its opposite are a hundred kilobytes to read at a million contacts, however many meet them.
//!
//! A transaction notes what comes and goes, and writes each piece once, before it is committed. So within it sets say less than the
//! rows: only reading transactions look at them.

use std::collections::BTreeMap;

use rusqlite::{named_params, params};

use crate::db::connection::pending_bits::{BitChange, ChunkKey, PendingChanges};
use crate::db::list::bitmap::{BitmapChunk, CHUNK_BITS};
use crate::db::list::sort_index::SortedList;
use crate::db::{Bitmap, DbResult, Owner, Read, Scope, Write, statements};
use crate::error::Error;
use crate::model::SortField;

statements! {
    CHUNK = "SELECT id, bits FROM bitmap WHERE kind = :kind AND subject = :subject AND network = :network AND chunk = :chunk";
    CHUNKS = "SELECT chunk, bits FROM bitmap WHERE kind = :kind AND subject = :subject AND network = :network";
    INSERT = "INSERT INTO bitmap (kind, subject, network, chunk, bits) VALUES (:kind, :subject, :network, :chunk, :bits)";
    UPDATE = "UPDATE bitmap SET bits = :bits WHERE id = :id";
    DELETE = "DELETE FROM bitmap WHERE id = :id";
    DELETE_BITMAP = "DELETE FROM bitmap WHERE kind = :kind AND subject = :subject";
    DELETE_ALL = "DELETE FROM bitmap";
    ALL_CHUNKS = "SELECT kind, subject, network, chunk, bits FROM bitmap";
    ALL_CONTACT_TAGS = "SELECT tag, contact FROM contact_tag";
    ALL_ATTRIBUTE_VALUES = "SELECT def, contact FROM attribute WHERE normalized IS NOT NULL";
    /// Points that cannot be read are told of elsewhere in the check.
    ALL_LIST_MEMBERS = "SELECT tenant, network, trashed_at IS NOT NULL, id, iif(json_valid(contact_methods), contact_methods ->> '$[1][0][0]' IS NULL, 0),
        iif(json_valid(contact_methods), contact_methods ->> '$[0][0][1]' IS NULL, 0) FROM contact WHERE merged_into IS NULL";
}

/// A set that is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum BitmapKey {
    /// Who has a tag.
    Tag(i64),
    /// Who has a value of an attribute that is not JSON's `null`.
    Attribute(i64),
    /// Who is in a list of everybody, or in the trash: on one network, or on all.
    List(Owner, Option<i64>),
    /// Who is in a list of everybody, or in the trash, and has no such point.
    WithoutMethod(Owner, ContactMethodKind),
}

/// What most contacts have, so that those who lack it are few to note down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ContactMethodKind {
    Email,
    Phone,
}

impl BitmapKey {
    fn columns(self) -> (i64, i64, i64) {
        match self {
            Self::Tag(id) => (0, id, 0),
            Self::Attribute(id) => (1, id, 0),
            Self::List(owner, network) => {
                let (kind, id) = owner.columns();
                (kind.saturating_add(2), id, network.unwrap_or(0))
            }
            Self::WithoutMethod(owner, point) => {
                let (kind, id) = owner.columns();
                (kind.saturating_add(if point == ContactMethodKind::Email { 6 } else { 10 }), id, 0)
            }
        }
    }
}

/// So many notes are written before the transaction ends: three megabytes.
const FLUSH_THRESHOLD: usize = if cfg!(test) { 8 } else { 1 << 16 };

/// A contact comes into a set, or goes.
pub(crate) fn set_bit(db: &Write<'_>, set: BitmapKey, contact: i64, on: bool) -> DbResult<()> {
    let (name, place) = locate(set, contact);
    let mut sets = db.sets.borrow_mut();
    sets.changes.push((name, place, on));
    if sets.changes.len() >= FLUSH_THRESHOLD { write_chunks(&mut sets, db) } else { Ok(()) }
}

/// An entry of an order comes, or goes: with it the contact comes into the sets that say the same, or goes.
pub(crate) fn update_for_sort_entry(
    db: &Write<'_>,
    list: SortedList,
    lacking: bool,
    contact: i64,
    on: bool,
) -> DbResult<()> {
    let Scope { owner, network } = list.scope;
    match list.sort {
        // The order in which nobody lacks a key.
        SortField::Created => {
            set_bit(db, BitmapKey::List(owner, Some(network)), contact, on)?;
            set_bit(db, BitmapKey::List(owner, None), contact, on)
        }
        SortField::Email if lacking => {
            set_bit(db, BitmapKey::WithoutMethod(owner, ContactMethodKind::Email), contact, on)
        }
        SortField::Phone if lacking => {
            set_bit(db, BitmapKey::WithoutMethod(owner, ContactMethodKind::Phone), contact, on)
        }
        _ => Ok(()),
    }
}

/// Writes what has been noted.
pub(crate) fn flush(db: &Write<'_>) -> DbResult<()> {
    write_chunks(&mut db.sets.borrow_mut(), db)
}

/// Writes every piece once. Within a step nothing is, since what was noted before it would be undone with it.
fn write_chunks(notes: &mut PendingChanges, db: &Write<'_>) -> DbResult<()> {
    if notes.savepoint_depth > 0 {
        return Ok(());
    }
    // Of several notes of one contact the last one is right, and stays the last.
    notes.changes.sort_by_key(|(name, place, _)| (*name, *place));
    for notes in notes.changes.chunk_by(|a, b| a.0 == b.0) {
        write_chunk(db, notes)?;
    }
    notes.changes.clear();
    Ok(())
}

/// Writes what was noted of one piece.
fn write_chunk(db: &Write<'_>, notes: &[BitChange]) -> DbResult<()> {
    let Some(((kind, what, network, number), ..)) = notes.first() else { return Ok(()) };
    let found: Option<(i64, BitmapChunk)> = {
        let mut statement = db.prepare(&CHUNK)?;
        let mut rows = statement.query(params![kind, what, network, number])?;
        let read = |row: &rusqlite::Row<'_>| -> DbResult<_> {
            let bits = row.get_ref(1)?.as_blob().map_err(|_| damaged())?;
            Ok((row.get(0)?, decode_chunk(bits)?))
        };
        rows.next()?.map(read).transpose()?
    };
    let (id, was) = found.map_or_else(|| (None, BitmapChunk::new()), |(id, bits)| (Some(id), bits));
    let mut bits = was.clone();
    for (_, place, on) in notes {
        bits.set(*place, *on);
    }
    match id {
        _ if bits == was => {}
        Some(id) if bits.is_empty() => {
            db.prepare(&DELETE)?.execute(named_params! {":id": id})?;
        }
        Some(id) => {
            db.prepare(&UPDATE)?.execute(named_params! {":bits": bits.encode(), ":id": id})?;
        }
        None => {
            db.prepare(&INSERT)?.execute(params![kind, what, network, number, bits.encode()])?;
        }
    }
    Ok(())
}

/// A set is no more.
pub(crate) fn delete_bitmap(db: &Write<'_>, set: BitmapKey) -> DbResult<()> {
    flush(db)?;
    debug_assert_eq!(db.sets.borrow().savepoint_depth, 0, "notes of this set would be written later");
    let (kind, what, _) = set.columns();
    db.prepare(&DELETE_BITMAP)?.execute(named_params! {":kind": kind, ":subject": what})?;
    Ok(())
}

/// Puts the contacts of a set into another one.
pub(crate) fn union_into(db: &Read<'_>, set: BitmapKey, found: &mut Bitmap) -> DbResult<()> {
    let (kind, what, network) = set.columns();
    let mut statement = db.prepare(&CHUNKS)?;
    let mut rows = statement.query(params![kind, what, network])?;
    while let Some(row) = rows.next()? {
        let bits = row.get_ref(1)?.as_blob().map_err(|_| damaged())?;
        found.union_chunk(row.get(0)?, &decode_chunk(bits)?);
    }
    Ok(())
}

/// Makes all sets anew from the rows.
pub(crate) fn rebuild(db: &Write<'_>) -> DbResult<()> {
    db.prepare(&DELETE_ALL)?.execute([])?;
    let mut statement = db.prepare(&INSERT)?;
    for ((kind, what, network, number), piece) in expected_chunks(db)? {
        statement.execute(params![kind, what, network, number, piece.encode()])?;
    }
    Ok(())
}

/// How many pieces of sets are not what the rows say.
pub(crate) fn count_mismatches(db: &Read<'_>) -> DbResult<u64> {
    let mut wanted = expected_chunks(db)?;
    let mut wrong = 0_u64;
    let mut statement = db.prepare(&ALL_CHUNKS)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let told = wanted.remove(&(row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
        let bits = row.get_ref(4)?.as_blob().map_err(|_| damaged())?;
        if told.is_none() || told != BitmapChunk::decode(bits) {
            wrong = wrong.saturating_add(1);
        }
    }
    Ok(wrong.saturating_add(u64::try_from(wanted.len()).unwrap_or(u64::MAX)))
}

/// All sets, from the rows.
fn expected_chunks(db: &Read<'_>) -> DbResult<BTreeMap<ChunkKey, BitmapChunk>> {
    let mut all = BTreeMap::new();
    let mut note = |set, contact| {
        let (name, place) = locate(set, contact);
        all.entry(name).or_insert_with(BitmapChunk::new).set(place, true);
    };
    for (statement, set) in [
        (&ALL_CONTACT_TAGS, BitmapKey::Tag as fn(i64) -> BitmapKey),
        (&ALL_ATTRIBUTE_VALUES, BitmapKey::Attribute),
    ] {
        let mut statement = db.prepare(statement)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            note(set(row.get(0)?), row.get(1)?);
        }
    }
    let mut statement = db.prepare(&ALL_LIST_MEMBERS)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let tenant: Option<i64> = row.get(0)?;
        let owner = if row.get(2)? { Owner::Trash(tenant) } else { Owner::for_tenant(tenant) };
        for network in [Some(row.get(1)?), None] {
            note(BitmapKey::List(owner, network), row.get(3)?);
        }
        for (point, column) in [(ContactMethodKind::Email, 4), (ContactMethodKind::Phone, 5)] {
            if row.get(column)? {
                note(BitmapKey::WithoutMethod(owner, point), row.get(3)?);
            }
        }
    }
    Ok(all)
}

/// The piece of a set that has the place of a contact, and which place that is.
fn locate(set: BitmapKey, contact: i64) -> (ChunkKey, u16) {
    let (kind, what, network) = set.columns();
    let place = u16::try_from(contact.rem_euclid(CHUNK_BITS)).unwrap_or_default();
    ((kind, what, network, contact.div_euclid(CHUNK_BITS)), place)
}

fn decode_chunk(bytes: &[u8]) -> DbResult<BitmapChunk> {
    Ok(BitmapChunk::decode(bytes).ok_or_else(damaged)?)
}

fn damaged() -> Error {
    Error::Damaged { what: "a set of contacts", source: None }
}

#[cfg(test)]
mod tests {
    use crate::access::session::Session;
    use crate::model::{Filter, JobAction, Network, NewContact, NewJob, TagPatch};
    use crate::{Actor, Options};

    fn count(desk: &Session, filter: &str) -> u64 {
        desk.contacts().filter(filter.parse().unwrap()).count().unwrap().count
    }

    /// More is noted than a transaction keeps to itself, some of it in steps that are undone: what a job only tries, and a contact whose
    /// gate is refused.
    #[test]
    fn rolled_back_changes_do_not_reach_bitmaps() {
        let store = Options::new().open_in_memory().unwrap();
        let desk = store.session(Actor::System);
        let new = |name: &str| NewContact::new(Network::SMS_DIRECT, name, "");
        let people =
            (0..3 * super::FLUSH_THRESHOLD).map(|n| new("Ada").tag(if n % 2 == 0 { "even" } else { "odd" }));
        desk.add_many(people, crate::contacts::AddManyOptions::new(), |_, _| {}).unwrap();
        let channel = desk.channels().add("api", "").unwrap().id;
        let gated = |name| new(name).channel_identity(channel, "one").tag("even");
        let mut told = Vec::new();
        let three = [gated("Bob"), gated("Cid"), new("Dan").tag("even")];
        desk.add_many(three, crate::contacts::AddManyOptions::new(), |_, outcome| told.push(outcome))
            .unwrap();
        assert!(matches!(
            told[..],
            [
                crate::contacts::ImportOutcome::Added(_),
                crate::contacts::ImportOutcome::Rejected(_),
                crate::contacts::ImportOutcome::Added(_)
            ]
        ));
        assert_eq!((count(&desk, "not tag = odd"), count(&desk, "not tag = even")), (14, 12));
        let late = desk.tags().add(TagPatch::new().name("late")).unwrap().id;
        let action = || JobAction::Tag { tag: late };
        for dry in [true, false] {
            let job = NewJob::new(action(), Filter::tag("even")).dry_run(dry);
            let job = desk.jobs().create(job).unwrap().id;
            while !desk.jobs().run_batch(job, 500).unwrap().is_over() {}
            assert!(store.check().unwrap().is_ok(), "{:?}", store.check().unwrap());
            assert_eq!(count(&desk, "not tag = late"), if dry { 26 } else { 12 });
        }
    }
}
