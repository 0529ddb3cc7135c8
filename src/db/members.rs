//! Which contacts have a tag, have a value of an attribute, or are in a list of everybody: a set of bits each.
//!
//! Whoever writes the rows that a set is made of keeps it, in this room: `tag.rs`, `attribute.rs`, `merger.rs`, `sorts.rs`. So a
//! condition and its opposite are a hundred kilobytes to read at a million contacts, however many meet them.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension as _, named_params, params};

use super::id_set::{PIECE, Piece};
use super::{DbResult, IdSet, Owner, Read, Write, statements};
use crate::error::Error;

statements! {
    GET = "SELECT bits FROM member WHERE kind = :kind AND what = :what AND network = :network AND piece = :piece";
    ALL = "SELECT piece, bits FROM member WHERE kind = :kind AND what = :what AND network = :network";
    PUT = "INSERT INTO member (kind, what, network, piece, bits) VALUES (:kind, :what, :network, :piece, :bits)
        ON CONFLICT (kind, what, network, piece) DO UPDATE SET bits = excluded.bits";
    DELETE = "DELETE FROM member WHERE kind = :kind AND what = :what AND network = :network AND piece = :piece";
    DROP = "DELETE FROM member WHERE kind = :kind AND what = :what";
    WIPE = "DELETE FROM member";
    EVERY = "SELECT kind, what, network, piece, bits FROM member";
    ALL_TAGGED = "SELECT tag, contact FROM contact_tag";
    ALL_VALUES = "SELECT def, contact FROM attribute WHERE norm IS NOT NULL";
    ALL_LISTED = "SELECT tenant, network, trashed_at IS NOT NULL, id FROM contact WHERE merged_into IS NULL";
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
        }
    }
}

/// What comes into sets and goes out of them, each to be written once.
#[derive(Debug, Default)]
pub(crate) struct Changes(BTreeMap<Name, BTreeMap<u16, bool>>);

/// What a piece is stored under: the columns of its set, and its number.
type Name = (i64, i64, i64, i64);

impl Changes {
    /// A contact comes into a set, or goes; what was said of it before no longer holds.
    pub(crate) fn note(&mut self, set: Set, contact: i64, on: bool) {
        let (name, place) = place(set, contact);
        self.0.entry(name).or_default().insert(place, on);
    }

    /// A contact comes into the lists of an owner on a network, or goes.
    pub(crate) fn list(&mut self, owner: Owner, network: i64, contact: i64, on: bool) {
        self.note(Set::List(owner, Some(network)), contact, on);
        self.note(Set::List(owner, None), contact, on);
    }

    pub(crate) fn write(self, db: &Write<'_>) -> DbResult<()> {
        for ((kind, what, network, number), changes) in self.0 {
            let at = params![kind, what, network, number];
            let found: Option<Vec<u8>> = db.prepare(&GET)?.query_row(at, |row| row.get(0)).optional()?;
            let was = found.as_deref().map(piece).transpose()?;
            let mut now = was.clone().unwrap_or_else(Piece::new);
            for (place, on) in changes {
                now.set(place, on);
            }
            if now.is_empty() {
                db.prepare(&DELETE)?.execute(at)?;
            } else if was.as_ref() != Some(&now) {
                db.prepare(&PUT)?.execute(params![kind, what, network, number, now.encode()])?;
            }
        }
        Ok(())
    }
}

/// Puts one contact into a set, or takes it out.
pub(super) fn change(db: &Write<'_>, set: Set, contact: i64, on: bool) -> DbResult<()> {
    let mut changes = Changes::default();
    changes.note(set, contact, on);
    changes.write(db)
}

/// A set is no more.
pub(super) fn drop(db: &Write<'_>, set: Set) -> DbResult<()> {
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
    let mut statement = db.prepare(&PUT)?;
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
