//! Which contacts have a tag, have a value of an attribute, are in a list of everybody, or lack what most have: a set of bits each.
//!
//! Whoever writes the rows that a set is made of keeps it, in this room: `tag.rs`, `attribute.rs`, `merger.rs`, `sorts.rs`. So a
//! condition and its opposite are a hundred kilobytes to read at a million contacts, however many meet them.
//!
//! A transaction notes what comes and goes, and writes each piece once, before it is committed. So within it sets say less than the
//! rows: only reading transactions look at them.

use std::collections::BTreeMap;

use rusqlite::{named_params, params};

use crate::db::connection::pending_bits::{Name, Note, Notes};
use crate::db::list::bitmap::{PIECE, Piece};
use crate::db::list::sort_index::Sorted;
use crate::db::{DbResult, IdSet, Owner, Read, Scope, Write, statements};
use crate::error::Error;
use crate::model::Sort;

statements! {
    GET = "SELECT id, bits FROM member WHERE kind = :kind AND what = :what AND network = :network AND piece = :piece";
    ALL = "SELECT piece, bits FROM member WHERE kind = :kind AND what = :what AND network = :network";
    INSERT = "INSERT INTO member (kind, what, network, piece, bits) VALUES (:kind, :what, :network, :piece, :bits)";
    UPDATE = "UPDATE member SET bits = :bits WHERE id = :id";
    DELETE = "DELETE FROM member WHERE id = :id";
    DROP = "DELETE FROM member WHERE kind = :kind AND what = :what";
    WIPE = "DELETE FROM member";
    EVERY = "SELECT kind, what, network, piece, bits FROM member";
    ALL_TAGGED = "SELECT tag, contact FROM contact_tag";
    ALL_VALUES = "SELECT def, contact FROM attribute WHERE norm IS NOT NULL";
    /// Points that cannot be read are told of elsewhere in the check.
    ALL_LISTED = "SELECT tenant, network, trashed_at IS NOT NULL, id, iif(json_valid(points), points ->> '$[1][0][0]' IS NULL, 0),
        iif(json_valid(points), points ->> '$[0][0][1]' IS NULL, 0) FROM contact WHERE merged_into IS NULL";
}

/// A set that is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Set {
    /// Who has a tag.
    Tag(i64),
    /// Who has a value of an attribute that is not JSON's `null`.
    Attribute(i64),
    /// Who is in a list of everybody, or in the trash: on one network, or on all.
    List(Owner, Option<i64>),
    /// Who is in a list of everybody, or in the trash, and has no such point.
    Lacking(Owner, Point),
}

/// What most contacts have, so that those who lack it are few to note down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Point {
    Email,
    Phone,
}

impl Set {
    fn columns(self) -> (i64, i64, i64) {
        match self {
            Self::Tag(id) => (0, id, 0),
            Self::Attribute(id) => (1, id, 0),
            Self::List(owner, network) => {
                let (kind, id) = owner.columns();
                (kind.saturating_add(2), id, network.unwrap_or(0))
            }
            Self::Lacking(owner, point) => {
                let (kind, id) = owner.columns();
                (kind.saturating_add(if point == Point::Email { 6 } else { 10 }), id, 0)
            }
        }
    }
}

/// So many notes are written before the transaction ends: three megabytes.
const MANY: usize = if cfg!(test) { 8 } else { 1 << 16 };

/// A contact comes into a set, or goes.
pub(crate) fn change(db: &Write<'_>, set: Set, contact: i64, on: bool) -> DbResult<()> {
    let (name, place) = place(set, contact);
    let mut sets = db.sets.borrow_mut();
    sets.notes.push((name, place, on));
    if sets.notes.len() >= MANY { write(&mut sets, db) } else { Ok(()) }
}

/// An entry of an order comes, or goes: with it the contact comes into the sets that say the same, or goes.
pub(crate) fn follow(db: &Write<'_>, list: Sorted, lacking: bool, contact: i64, on: bool) -> DbResult<()> {
    let Scope { owner, network } = list.scope;
    match list.sort {
        // The order in which nobody lacks a key.
        Sort::Created => {
            change(db, Set::List(owner, Some(network)), contact, on)?;
            change(db, Set::List(owner, None), contact, on)
        }
        Sort::Email if lacking => change(db, Set::Lacking(owner, Point::Email), contact, on),
        Sort::Phone if lacking => change(db, Set::Lacking(owner, Point::Phone), contact, on),
        _ => Ok(()),
    }
}

/// Writes what has been noted.
pub(crate) fn flush(db: &Write<'_>) -> DbResult<()> {
    write(&mut db.sets.borrow_mut(), db)
}

/// Writes every piece once. Within a step nothing is, since what was noted before it would be undone with it.
fn write(notes: &mut Notes, db: &Write<'_>) -> DbResult<()> {
    if notes.steps > 0 {
        return Ok(());
    }
    // Of several notes of one contact the last one is right, and stays the last.
    notes.notes.sort_by_key(|(name, place, _)| (*name, *place));
    for notes in notes.notes.chunk_by(|a, b| a.0 == b.0) {
        write_piece(db, notes)?;
    }
    notes.notes.clear();
    Ok(())
}

/// Writes what was noted of one piece.
fn write_piece(db: &Write<'_>, notes: &[Note]) -> DbResult<()> {
    let Some(((kind, what, network, number), ..)) = notes.first() else { return Ok(()) };
    let found: Option<(i64, Piece)> = {
        let mut statement = db.prepare(&GET)?;
        let mut rows = statement.query(params![kind, what, network, number])?;
        let read = |row: &rusqlite::Row<'_>| -> DbResult<_> {
            let bits = row.get_ref(1)?.as_blob().map_err(|_| damaged())?;
            Ok((row.get(0)?, piece(bits)?))
        };
        rows.next()?.map(read).transpose()?
    };
    let (id, was) = found.map_or_else(|| (None, Piece::new()), |(id, bits)| (Some(id), bits));
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
pub(crate) fn drop(db: &Write<'_>, set: Set) -> DbResult<()> {
    flush(db)?;
    debug_assert_eq!(db.sets.borrow().steps, 0, "notes of this set would be written later");
    let (kind, what, _) = set.columns();
    db.prepare(&DROP)?.execute(named_params! {":kind": kind, ":what": what})?;
    Ok(())
}

/// Puts the contacts of a set into another one.
pub(crate) fn add_to(db: &Read<'_>, set: Set, found: &mut IdSet) -> DbResult<()> {
    let (kind, what, network) = set.columns();
    let mut statement = db.prepare(&ALL)?;
    let mut rows = statement.query(params![kind, what, network])?;
    while let Some(row) = rows.next()? {
        let bits = row.get_ref(1)?.as_blob().map_err(|_| damaged())?;
        found.add_piece(row.get(0)?, &piece(bits)?);
    }
    Ok(())
}

/// Makes all sets anew from the rows.
pub(crate) fn rebuild(db: &Write<'_>) -> DbResult<()> {
    db.prepare(&WIPE)?.execute([])?;
    let mut statement = db.prepare(&INSERT)?;
    for ((kind, what, network, number), piece) in wanted(db)? {
        statement.execute(params![kind, what, network, number, piece.encode()])?;
    }
    Ok(())
}

/// How many pieces of sets are not what the rows say.
pub(crate) fn wrong(db: &Read<'_>) -> DbResult<u64> {
    let mut wanted = wanted(db)?;
    let mut wrong = 0_u64;
    let mut statement = db.prepare(&EVERY)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let told = wanted.remove(&(row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
        let bits = row.get_ref(4)?.as_blob().map_err(|_| damaged())?;
        if told.is_none() || told != Piece::decode(bits) {
            wrong = wrong.saturating_add(1);
        }
    }
    Ok(wrong.saturating_add(u64::try_from(wanted.len()).unwrap_or(u64::MAX)))
}

/// All sets, from the rows.
fn wanted(db: &Read<'_>) -> DbResult<BTreeMap<Name, Piece>> {
    let mut all = BTreeMap::new();
    let mut note = |set, contact| {
        let (name, place) = place(set, contact);
        all.entry(name).or_insert_with(Piece::new).set(place, true);
    };
    for (statement, set) in [(&ALL_TAGGED, Set::Tag as fn(i64) -> Set), (&ALL_VALUES, Set::Attribute)] {
        let mut statement = db.prepare(statement)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            note(set(row.get(0)?), row.get(1)?);
        }
    }
    let mut statement = db.prepare(&ALL_LISTED)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let tenant: Option<i64> = row.get(0)?;
        let owner = if row.get(2)? { Owner::Trash(tenant) } else { Owner::of(tenant) };
        for network in [Some(row.get(1)?), None] {
            note(Set::List(owner, network), row.get(3)?);
        }
        for (point, column) in [(Point::Email, 4), (Point::Phone, 5)] {
            if row.get(column)? {
                note(Set::Lacking(owner, point), row.get(3)?);
            }
        }
    }
    Ok(all)
}

/// The piece of a set that has the place of a contact, and which place that is.
fn place(set: Set, contact: i64) -> (Name, u16) {
    let (kind, what, network) = set.columns();
    let place = u16::try_from(contact.rem_euclid(PIECE)).unwrap_or_default();
    ((kind, what, network, contact.div_euclid(PIECE)), place)
}

fn piece(bytes: &[u8]) -> DbResult<Piece> {
    Ok(Piece::decode(bytes).ok_or_else(damaged)?)
}

fn damaged() -> Error {
    Error::Damaged { what: "a set of contacts", source: None }
}

#[cfg(test)]
mod tests {
    use crate::access::session::Session;
    use crate::model::{BulkAction, Filter, Network, NewContact, NewJob, TagPatch};
    use crate::{Actor, Options};

    fn count(desk: &Session, filter: &str) -> u64 {
        desk.contacts().filter(filter.parse().unwrap()).count().unwrap().count
    }

    /// More is noted than a transaction keeps to itself, some of it in steps that are undone: what a job only tries, and a contact whose
    /// gate is refused.
    #[test]
    fn sets_say_nothing_of_what_was_undone() {
        let store = Options::new().open_in_memory().unwrap();
        let desk = store.session(Actor::System);
        let new = |name: &str| NewContact::new(Network::SMS_DIRECT, name, "");
        let people = (0..3 * super::MANY).map(|n| new("Ada").tag(if n % 2 == 0 { "even" } else { "odd" }));
        desk.add_many(people, crate::BulkOptions::new(), |_, _| {}).unwrap();
        let channel = desk.add_channel("api", "").unwrap().id;
        let gated = |name| new(name).gate(channel, "one").tag("even");
        let mut told = Vec::new();
        let three = [gated("Bob"), gated("Cid"), new("Dan").tag("even")];
        desk.add_many(three, crate::BulkOptions::new(), |_, outcome| told.push(outcome)).unwrap();
        assert!(matches!(
            told[..],
            [crate::Outcome::Added(_), crate::Outcome::Refused(_), crate::Outcome::Added(_)]
        ));
        assert_eq!((count(&desk, "not tag = odd"), count(&desk, "not tag = even")), (14, 12));
        let late = desk.add_tag(TagPatch::new().name("late")).unwrap().id;
        let action = || BulkAction::Tag { tag: late };
        for dry in [true, false] {
            let job = NewJob::new(action(), Filter::tag("even")).dry_run(dry);
            let job = desk.start_job(job).unwrap().id;
            while !desk.run_job(job, 500).unwrap().is_over() {}
            assert!(store.check().unwrap().is_sound(), "{:?}", store.check().unwrap());
            assert_eq!(count(&desk, "not tag = late"), if dry { 26 } else { 12 });
        }
    }
}
