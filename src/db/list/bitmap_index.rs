//! Bitmaps of contacts: those with a tag, with a value of an attribute, in a list, or in a list without e-mail address or phone.
//!
//! Each module of `db` that writes the source rows also updates the bitmap: `record/tag.rs`, `record/attribute.rs`,
//! `contact/merge_record.rs` and `contact/sort_entries.rs`. A filter condition and its negation cost a read of a hundred kilobytes at a
//! million contacts, however many contacts match.
//!
//! A write transaction collects the changes of bits, and writes each changed container once before its commit. Inside of the transaction
//! the stored bitmaps are outdated, so only read transactions use them.

use std::collections::BTreeMap;

use rusqlite::{named_params, params};

use crate::db::connection::conn::{Read, Write};
use crate::db::connection::pending_bits::{BitChange, ContainerKey, PendingChanges};
use crate::db::connection::sqlite_error::DbResult;
use crate::db::connection::statement::statements;
use crate::db::list::bitmap::{Bitmap, BitmapContainer, CONTAINER_BITS};
use crate::db::scope::{Owner, Scope};
use crate::error::Error;
use crate::model::SortField;

statements! {
    CONTAINER = "SELECT id, bits FROM bitmap WHERE kind = :kind AND subject = :subject AND network = :network AND container = :container";
    CONTAINERS = "SELECT container, bits FROM bitmap WHERE kind = :kind AND subject = :subject AND network = :network";
    INSERT = "INSERT INTO bitmap (kind, subject, network, container, bits) VALUES (:kind, :subject, :network, :container, :bits)";
    UPDATE = "UPDATE bitmap SET bits = :bits WHERE id = :id";
    DELETE = "DELETE FROM bitmap WHERE id = :id";
    DELETE_BITMAP = "DELETE FROM bitmap WHERE kind = :kind AND subject = :subject";
    DELETE_ALL = "DELETE FROM bitmap";
    ALL_CONTAINERS = "SELECT kind, subject, network, container, bits FROM bitmap";
    ALL_CONTACT_TAGS = "SELECT tag, contact FROM contact_tag";
    ALL_ATTRIBUTE_VALUES = "SELECT def, contact FROM attribute WHERE normalized IS NOT NULL";
    /// Another part of the check reports contact methods that cannot be decoded.
    ALL_LIST_MEMBERS = "SELECT tenant, network, trashed_at IS NOT NULL, id, iif(json_valid(contact_methods), contact_methods ->> '$[1][0][0]' IS NULL, 0),
        iif(json_valid(contact_methods), contact_methods ->> '$[0][0][1]' IS NULL, 0) FROM contact WHERE merged_into IS NULL";
}

/// A bitmap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum BitmapKey {
    /// The contacts with a tag.
    Tag(i64),
    /// The contacts with a value of an attribute other than JSON's `null`.
    Attribute(i64),
    /// The contacts of a tenant, the shared contacts, or those in the trash: on one network, or on all.
    List(Owner, Option<i64>),
    /// The same, without a contact method of this kind, on all networks.
    WithoutMethod(Owner, ContactMethodKind),
}

/// The contact methods that most contacts have, so that the contacts without one are few.
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
            Self::WithoutMethod(owner, method) => {
                let (kind, id) = owner.columns();
                (kind.saturating_add(if method == ContactMethodKind::Email { 6 } else { 10 }), id, 0)
            }
        }
    }
}

/// Adds a contact to a bitmap (`on`), or removes it.
pub(in crate::db) fn set_bit(db: &Write<'_>, bitmap: BitmapKey, contact: i64, on: bool) -> DbResult<()> {
    let (key, bit) = locate(bitmap, contact);
    let mut pending = db.pending_bits.borrow_mut();
    pending.changes.push((key, bit, on));
    let is_full = pending.changes.len() >= db.tuning().storage.bitmap_changes_per_flush;
    if is_full { write_containers(&mut pending, db) } else { Ok(()) }
}

/// Updates the bitmaps of a list for a sort entry that was inserted (`on`) or deleted; `is_empty` if its key is empty.
pub(in crate::db) fn update_for_sort_entry(
    db: &Write<'_>,
    (sort, scope): (SortField, Scope),
    is_empty: bool,
    contact: i64,
    on: bool,
) -> DbResult<()> {
    let Scope { owner, network } = scope;
    match sort {
        // Every contact of a list has exactly one entry in this order.
        SortField::Created => {
            set_bit(db, BitmapKey::List(owner, Some(network)), contact, on)?;
            set_bit(db, BitmapKey::List(owner, None), contact, on)
        }
        SortField::Email if is_empty => {
            set_bit(db, BitmapKey::WithoutMethod(owner, ContactMethodKind::Email), contact, on)
        }
        SortField::Phone if is_empty => {
            set_bit(db, BitmapKey::WithoutMethod(owner, ContactMethodKind::Phone), contact, on)
        }
        _ => Ok(()),
    }
}

/// Writes all pending changes. Call this before the commit.
pub(crate) fn flush(db: &Write<'_>) -> DbResult<()> {
    write_containers(&mut db.pending_bits.borrow_mut(), db)
}

/// Writes every changed container once. Inside of a savepoint it writes nothing: a rollback would also undo earlier changes.
fn write_containers(pending: &mut PendingChanges, db: &Write<'_>) -> DbResult<()> {
    if pending.savepoint_depth > 0 {
        return Ok(());
    }
    // The sort is stable: of several changes of one bit, the last one stays last and is valid.
    pending.changes.sort_by_key(|(key, bit, _)| (*key, *bit));
    for changes in pending.changes.chunk_by(|a, b| a.0 == b.0) {
        write_container(db, changes)?;
    }
    pending.changes.clear();
    Ok(())
}

/// Writes the changes of one container.
fn write_container(db: &Write<'_>, changes: &[BitChange]) -> DbResult<()> {
    let Some(((kind, subject, network, number), ..)) = changes.first() else { return Ok(()) };
    let found: Option<(i64, BitmapContainer)> = {
        let mut statement = db.prepare(&CONTAINER)?;
        let mut rows = statement.query(params![kind, subject, network, number])?;
        let read = |row: &rusqlite::Row<'_>| -> DbResult<_> {
            let bits = row.get_ref(1)?.as_blob().map_err(|_| damaged())?;
            Ok((row.get(0)?, decode_container(bits)?))
        };
        rows.next()?.map(read).transpose()?
    };
    let (id, old) = found.map_or_else(|| (None, BitmapContainer::new()), |(id, bits)| (Some(id), bits));
    let mut bits = old.clone();
    for (_, bit, on) in changes {
        bits.set(*bit, *on);
    }
    match id {
        _ if bits == old => {}
        Some(id) if bits.is_empty() => {
            db.prepare(&DELETE)?.execute(named_params! {":id": id})?;
        }
        Some(id) => {
            db.prepare(&UPDATE)?.execute(named_params! {":bits": bits.encode(), ":id": id})?;
        }
        None => {
            db.prepare(&INSERT)?.execute(params![kind, subject, network, number, bits.encode()])?;
        }
    }
    Ok(())
}

/// Deletes a bitmap.
pub(in crate::db) fn delete_bitmap(db: &Write<'_>, bitmap: BitmapKey) -> DbResult<()> {
    flush(db)?;
    debug_assert_eq!(
        db.pending_bits.borrow().savepoint_depth,
        0,
        "pending changes would be written after the deletion"
    );
    let (kind, subject, _) = bitmap.columns();
    db.prepare(&DELETE_BITMAP)?.execute(named_params! {":kind": kind, ":subject": subject})?;
    Ok(())
}

/// Adds the contacts of a stored bitmap to `found`.
pub(crate) fn union_into(db: &Read<'_>, bitmap: BitmapKey, found: &mut Bitmap) -> DbResult<()> {
    let (kind, subject, network) = bitmap.columns();
    let mut statement = db.prepare(&CONTAINERS)?;
    let mut rows = statement.query(params![kind, subject, network])?;
    while let Some(row) = rows.next()? {
        let bits = row.get_ref(1)?.as_blob().map_err(|_| damaged())?;
        found.union_container(row.get(0)?, &decode_container(bits)?);
    }
    Ok(())
}

/// Builds all bitmaps from the rows.
pub(crate) fn rebuild(db: &Write<'_>) -> DbResult<()> {
    db.prepare(&DELETE_ALL)?.execute([])?;
    let mut statement = db.prepare(&INSERT)?;
    for ((kind, subject, network, number), container) in expected_containers(db)? {
        statement.execute(params![kind, subject, network, number, container.encode()])?;
    }
    Ok(())
}

/// The number of containers that differ from the rows.
pub(crate) fn count_mismatches(db: &Read<'_>) -> DbResult<u64> {
    let mut expected = expected_containers(db)?;
    let mut wrong = 0_u64;
    let mut statement = db.prepare(&ALL_CONTAINERS)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let container = expected.remove(&(row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
        let bits = row.get_ref(4)?.as_blob().map_err(|_| damaged())?;
        if container.is_none() || container != BitmapContainer::decode(bits) {
            wrong = wrong.saturating_add(1);
        }
    }
    Ok(wrong.saturating_add(u64::try_from(expected.len()).unwrap_or(u64::MAX)))
}

/// All bitmaps as the rows define them.
fn expected_containers(db: &Read<'_>) -> DbResult<BTreeMap<ContainerKey, BitmapContainer>> {
    let mut all = BTreeMap::new();
    let mut add = |bitmap, contact| {
        let (key, bit) = locate(bitmap, contact);
        all.entry(key).or_insert_with(BitmapContainer::new).set(bit, true);
    };
    for (statement, bitmap) in [
        (&ALL_CONTACT_TAGS, BitmapKey::Tag as fn(i64) -> BitmapKey),
        (&ALL_ATTRIBUTE_VALUES, BitmapKey::Attribute),
    ] {
        let mut statement = db.prepare(statement)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            add(bitmap(row.get(0)?), row.get(1)?);
        }
    }
    let mut statement = db.prepare(&ALL_LIST_MEMBERS)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let tenant: Option<i64> = row.get(0)?;
        let owner = if row.get(2)? { Owner::Trash(tenant) } else { Owner::for_tenant(tenant) };
        for network in [Some(row.get(1)?), None] {
            add(BitmapKey::List(owner, network), row.get(3)?);
        }
        for (method, column) in [(ContactMethodKind::Email, 4), (ContactMethodKind::Phone, 5)] {
            if row.get(column)? {
                add(BitmapKey::WithoutMethod(owner, method), row.get(3)?);
            }
        }
    }
    Ok(all)
}

/// The container of a bitmap with the bit of a contact, and the bit.
fn locate(bitmap: BitmapKey, contact: i64) -> (ContainerKey, u16) {
    let (kind, subject, network) = bitmap.columns();
    let bit = u16::try_from(contact.rem_euclid(CONTAINER_BITS)).unwrap_or_default();
    ((kind, subject, network, contact.div_euclid(CONTAINER_BITS)), bit)
}

fn decode_container(bytes: &[u8]) -> DbResult<BitmapContainer> {
    Ok(BitmapContainer::decode(bytes).ok_or_else(damaged)?)
}

fn damaged() -> Error {
    Error::Damaged { what: "a bitmap of contacts", source: None }
}

#[cfg(test)]
mod tests {
    use crate::access::session::Session;
    use crate::contacts::{AddManyOptions, ImportOutcome};
    use crate::host::tuning::{StorageTuning, Tuning};
    use crate::model::{Filter, JobAction, Network, NewContact, NewJob, TagPatch};
    use crate::{Actor, Options};

    fn count(session: &Session, filter: &str) -> u64 {
        session.contacts().filter(filter.parse().unwrap()).total().unwrap()
    }

    /// Regression test with more changes than a transaction collects before it writes them. Some are in savepoints that are rolled
    /// back: those of a dry run, and those of a contact whose channel identity is rejected.
    #[test]
    fn rolled_back_changes_do_not_reach_bitmaps() {
        let store = Options::new().tuning(Tuning::small()).open_in_memory().unwrap();
        let session = store.session(Actor::System);
        let new = |name: &str| NewContact::new(Network::SMS_DIRECT, name, "");
        let people = (0..3 * StorageTuning::SMALL.bitmap_changes_per_flush)
            .map(|n| new("Ada").tag(if n % 2 == 0 { "even" } else { "odd" }));
        session.add_many(people, AddManyOptions::new(), |_, _| {}).unwrap();
        let channel = session.channels().add("api", "").unwrap().id;
        let with_identity = |name| new(name).channel_identity(channel, "one").tag("even");
        let mut outcomes = Vec::new();
        let three = [with_identity("Bob"), with_identity("Cid"), new("Dan").tag("even")];
        session.add_many(three, AddManyOptions::new(), |_, outcome| outcomes.push(outcome)).unwrap();
        assert!(matches!(
            outcomes[..],
            [ImportOutcome::Added(_), ImportOutcome::Rejected(_), ImportOutcome::Added(_)]
        ));
        assert_eq!((count(&session, "not tag = odd"), count(&session, "not tag = even")), (14, 12));
        let late = session.tags().add(TagPatch::new().name("late")).unwrap().id;
        let action = || JobAction::Tag { tag: late };
        for dry_run in [true, false] {
            let job = NewJob::new(action(), Filter::tag("even")).dry_run(dry_run);
            let job = session.jobs().create(job).unwrap().id;
            while !session.jobs().run_batch(job, 500).unwrap().is_over() {}
            assert!(store.check().unwrap().is_ok(), "{:?}", store.check().unwrap());
            assert_eq!(count(&session, "not tag = late"), if dry_run { 26 } else { 12 });
        }
    }
}
