//! Parts of a list that are passed over or sifted: many entries of which few are wanted.
//!
//! SQLite compares a row of two columns with every entry on the way, which takes longer than all else it does with one. So here a range
//! is told by the key alone, and entries with the key of its start are a part of their own.

use rusqlite::params;

use crate::db::list::sort_index::Sorted;
use crate::db::scope::Entry;
use crate::db::{DbResult, IdSet, Listing, Read, Statement, statements};

statements! {
    /// Those with one key, from one contact to another.
    TIED = "SELECT key, contact FROM sort_entry
        WHERE sort = :sort AND owner_kind = :owner_kind AND owner = :owner AND network = :network
        AND key = :key AND contact > :above AND contact < :below ORDER BY contact LIMIT :most OFFSET :skip";
    TIED_DOWN = "SELECT key, contact FROM sort_entry
        WHERE sort = :sort AND owner_kind = :owner_kind AND owner = :owner AND network = :network
        AND key = :key AND contact > :above AND contact < :below ORDER BY contact DESC LIMIT :most OFFSET :skip";
    COUNT_TIED = "SELECT count(*) FROM sort_entry
        WHERE sort = :sort AND owner_kind = :owner_kind AND owner = :owner AND network = :network
        AND key = :key AND contact > :above AND contact < :below";
    /// Those with a key between two others.
    BETWEEN = "SELECT key, contact FROM sort_entry
        WHERE sort = :sort AND owner_kind = :owner_kind AND owner = :owner AND network = :network AND key > :low AND key < :high
        ORDER BY key, contact LIMIT :most OFFSET :skip";
    BETWEEN_DOWN = "SELECT key, contact FROM sort_entry
        WHERE sort = :sort AND owner_kind = :owner_kind AND owner = :owner AND network = :network AND key > :low AND key < :high
        ORDER BY key DESC, contact DESC LIMIT :most OFFSET :skip";
    COUNT_BETWEEN = "SELECT count(*) FROM sort_entry
        WHERE sort = :sort AND owner_kind = :owner_kind AND owner = :owner AND network = :network AND key > :low AND key < :high";
    /// The same of lists by name.
    NAMED_TIED = "SELECT sort_key, contact FROM list_entry
        WHERE generation = :generation AND owner_kind = :owner_kind AND owner = :owner AND network = :network
        AND sort_key = :key AND contact > :above AND contact < :below ORDER BY contact LIMIT :most OFFSET :skip";
    NAMED_TIED_DOWN = "SELECT sort_key, contact FROM list_entry
        WHERE generation = :generation AND owner_kind = :owner_kind AND owner = :owner AND network = :network
        AND sort_key = :key AND contact > :above AND contact < :below ORDER BY contact DESC LIMIT :most OFFSET :skip";
    NAMED_BETWEEN = "SELECT sort_key, contact FROM list_entry
        WHERE generation = :generation AND owner_kind = :owner_kind AND owner = :owner AND network = :network
        AND sort_key > :low AND sort_key < :high ORDER BY sort_key, contact LIMIT :most OFFSET :skip";
    NAMED_BETWEEN_DOWN = "SELECT sort_key, contact FROM list_entry
        WHERE generation = :generation AND owner_kind = :owner_kind AND owner = :owner AND network = :network
        AND sort_key > :low AND sort_key < :high ORDER BY sort_key DESC, contact DESC LIMIT :most OFFSET :skip";
    COUNT_NAMED_TIED = "SELECT count(*) FROM list_entry
        WHERE generation = :generation AND owner_kind = :owner_kind AND owner = :owner AND network = :network
        AND sort_key = :key AND contact > :above AND contact < :below";
    COUNT_NAMED_BETWEEN = "SELECT count(*) FROM list_entry
        WHERE generation = :generation AND owner_kind = :owner_kind AND owner = :owner AND network = :network
        AND sort_key > :low AND sort_key < :high";
}

/// Greater than every key: those of names have 256 bytes at most.
const TOP: [u8; 257] = [0xFF; 257];

/// A list, and what it goes by.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Ordered {
    ByName(Listing),
    Other(Sorted),
}

impl Ordered {
    fn columns(self) -> (i64, i64, i64, i64) {
        match self {
            Self::ByName(list) => list.columns(),
            Self::Other(list) => list.columns(),
        }
    }

    fn is_by_name(self) -> bool {
        matches!(self, Self::ByName(_))
    }
}

/// Entries that follow each other.
#[derive(Debug, Clone, Copy)]
enum Part<'a> {
    /// With this key, and contacts between these, neither included.
    Tied(&'a [u8], i64, i64),
    /// With keys between these, neither included.
    Between(&'a [u8], &'a [u8]),
}

/// What is left of a list from a place on (not included), upwards or downwards, of those who have a value or of those who lack it:
/// these have the empty key. By name nobody lacks anything.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stretch<'a> {
    pub(crate) list: Ordered,
    pub(crate) at: Option<&'a Entry>,
    pub(crate) lacking: bool,
    pub(crate) down: bool,
}

impl<'a> Stretch<'a> {
    /// Its parts, in the order of the walk.
    fn parts(&self) -> [Option<Part<'a>>; 3] {
        let (least, most) = (i64::MIN, i64::MAX);
        let empty = Some(Part::Tied(&[], least, most));
        let at = self.at.map(|(key, id)| (key.as_slice(), *id));
        if self.lacking {
            let id = at.map(|(_, id)| id);
            let (above, below) =
                if self.down { (least, id.unwrap_or(most)) } else { (id.unwrap_or(least), most) };
            return [Some(Part::Tied(&[], above, below)), None, None];
        }
        let by_name = self.list.is_by_name();
        match (at, self.down) {
            (None, false) => [empty.filter(|_| by_name), Some(Part::Between(&[], &TOP)), None],
            (None, true) => [Some(Part::Between(&[], &TOP)), empty.filter(|_| by_name), None],
            (Some((key, id)), false) => {
                [Some(Part::Tied(key, id, most)), Some(Part::Between(key, &TOP)), None]
            }
            (Some((key, id)), true) => {
                let last = empty.filter(|_| by_name && !key.is_empty());
                [Some(Part::Tied(key, least, id)), Some(Part::Between(&[], key)), last]
            }
        }
    }

    /// Shows up to `most` entries of a part behind some that are passed over; tells how many.
    fn each(
        &self,
        db: &Read<'_>,
        part: Part<'_>,
        (skip, most): (i64, i64),
        mut each: impl FnMut(&[u8], i64),
    ) -> DbResult<i64> {
        let (sort, kind, owner, network) = self.list.columns();
        let statement: &Statement = match (part, self.list.is_by_name(), self.down) {
            (Part::Tied(..), false, false) => &TIED,
            (Part::Tied(..), false, true) => &TIED_DOWN,
            (Part::Tied(..), true, false) => &NAMED_TIED,
            (Part::Tied(..), true, true) => &NAMED_TIED_DOWN,
            (Part::Between(..), false, false) => &BETWEEN,
            (Part::Between(..), false, true) => &BETWEEN_DOWN,
            (Part::Between(..), true, false) => &NAMED_BETWEEN,
            (Part::Between(..), true, true) => &NAMED_BETWEEN_DOWN,
        };
        let mut statement = db.prepare(statement)?;
        let mut rows = match part {
            Part::Tied(key, above, below) => {
                statement.query(params![sort, kind, owner, network, key, above, below, most, skip])?
            }
            Part::Between(low, high) => {
                statement.query(params![sort, kind, owner, network, low, high, most, skip])?
            }
        };
        let mut count = 0_i64;
        while let Some(row) = rows.next()? {
            let key = row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?;
            each(key, row.get(1)?);
            count = count.saturating_add(1);
        }
        Ok(count)
    }

    /// How many entries a part has; counts them one by one.
    fn count(&self, db: &Read<'_>, part: Part<'_>) -> DbResult<i64> {
        let (sort, kind, owner, network) = self.list.columns();
        let count = |row: &rusqlite::Row<'_>| row.get(0);
        let mut statement = db.prepare(match (part, self.list.is_by_name()) {
            (Part::Tied(..), false) => &COUNT_TIED,
            (Part::Tied(..), true) => &COUNT_NAMED_TIED,
            (Part::Between(..), false) => &COUNT_BETWEEN,
            (Part::Between(..), true) => &COUNT_NAMED_BETWEEN,
        })?;
        Ok(match part {
            Part::Tied(key, above, below) => {
                statement.query_row(params![sort, kind, owner, network, key, above, below], count)?
            }
            Part::Between(low, high) => {
                statement.query_row(params![sort, kind, owner, network, low, high], count)?
            }
        })
    }

    /// The entry behind so many others, or how many there are, if no more.
    pub(crate) fn ahead(&self, db: &Read<'_>, mut skip: i64) -> DbResult<Result<Entry, i64>> {
        let (mut found, mut passed) = (None, 0_i64);
        for part in self.parts().into_iter().flatten() {
            self.each(db, part, (skip, 1), |key, id| found = Some((key.to_vec(), id)))?;
            if let Some(found) = found {
                return Ok(Ok(found));
            }
            let count = self.count(db, part)?;
            skip = skip.saturating_sub(count);
            passed = passed.saturating_add(count);
        }
        Ok(Err(passed))
    }

    /// Reads up to `most` entries, and gives those that are in a set; how many were read, and the last of them.
    pub(crate) fn among(
        &self,
        db: &Read<'_>,
        most: usize,
        ids: &IdSet,
        mut give: impl FnMut(Entry),
    ) -> DbResult<(usize, Option<Entry>)> {
        let mut left = i64::try_from(most).unwrap_or(i64::MAX);
        let mut last: Option<Entry> = None;
        for part in self.parts().into_iter().flatten() {
            if left == 0 {
                break;
            }
            let count = self.each(db, part, (0, left), |key, id| {
                let (known, at) = last.get_or_insert_default();
                known.clear();
                known.extend_from_slice(key);
                *at = id;
                if ids.contains(id) {
                    give((key.to_vec(), id));
                }
            })?;
            left = left.saturating_sub(count);
        }
        let read = most.saturating_sub(usize::try_from(left).unwrap_or_default());
        Ok((read, last))
    }
}
