//! Parts of a list that are passed over or sifted: many entries of which few are wanted.
//!
//! SQLite compares a row of two columns with every entry on the way, which takes longer than all else it does with one. So here a range
//! is told by the key alone, and entries with the key of its start are a part of their own.

use rusqlite::params;

use crate::db::list::sort_index::SortedList;
use crate::db::scope::EntryKey;
use crate::db::{Bitmap, DbResult, ListKey, Read, Statement, statements};

statements! {
    /// Those with one key, from one contact to another.
    SAME_KEY = "SELECT key, contact FROM sort_entry
        WHERE sort = :sort AND owner_kind = :owner_kind AND owner = :owner AND network = :network
        AND key = :key AND contact > :above AND contact < :below ORDER BY contact LIMIT :most OFFSET :skip";
    SAME_KEY_DESC = "SELECT key, contact FROM sort_entry
        WHERE sort = :sort AND owner_kind = :owner_kind AND owner = :owner AND network = :network
        AND key = :key AND contact > :above AND contact < :below ORDER BY contact DESC LIMIT :most OFFSET :skip";
    COUNT_SAME_KEY = "SELECT count(*) FROM sort_entry
        WHERE sort = :sort AND owner_kind = :owner_kind AND owner = :owner AND network = :network
        AND key = :key AND contact > :above AND contact < :below";
    /// Those with a key between two others.
    KEY_RANGE = "SELECT key, contact FROM sort_entry
        WHERE sort = :sort AND owner_kind = :owner_kind AND owner = :owner AND network = :network AND key > :low AND key < :high
        ORDER BY key, contact LIMIT :most OFFSET :skip";
    KEY_RANGE_DESC = "SELECT key, contact FROM sort_entry
        WHERE sort = :sort AND owner_kind = :owner_kind AND owner = :owner AND network = :network AND key > :low AND key < :high
        ORDER BY key DESC, contact DESC LIMIT :most OFFSET :skip";
    COUNT_KEY_RANGE = "SELECT count(*) FROM sort_entry
        WHERE sort = :sort AND owner_kind = :owner_kind AND owner = :owner AND network = :network AND key > :low AND key < :high";
    /// The same of lists by name.
    BY_NAME_SAME_KEY = "SELECT sort_key, contact FROM list_entry
        WHERE generation = :generation AND owner_kind = :owner_kind AND owner = :owner AND network = :network
        AND sort_key = :key AND contact > :above AND contact < :below ORDER BY contact LIMIT :most OFFSET :skip";
    BY_NAME_SAME_KEY_DESC = "SELECT sort_key, contact FROM list_entry
        WHERE generation = :generation AND owner_kind = :owner_kind AND owner = :owner AND network = :network
        AND sort_key = :key AND contact > :above AND contact < :below ORDER BY contact DESC LIMIT :most OFFSET :skip";
    BY_NAME_KEY_RANGE = "SELECT sort_key, contact FROM list_entry
        WHERE generation = :generation AND owner_kind = :owner_kind AND owner = :owner AND network = :network
        AND sort_key > :low AND sort_key < :high ORDER BY sort_key, contact LIMIT :most OFFSET :skip";
    BY_NAME_KEY_RANGE_DESC = "SELECT sort_key, contact FROM list_entry
        WHERE generation = :generation AND owner_kind = :owner_kind AND owner = :owner AND network = :network
        AND sort_key > :low AND sort_key < :high ORDER BY sort_key DESC, contact DESC LIMIT :most OFFSET :skip";
    COUNT_BY_NAME_SAME_KEY = "SELECT count(*) FROM list_entry
        WHERE generation = :generation AND owner_kind = :owner_kind AND owner = :owner AND network = :network
        AND sort_key = :key AND contact > :above AND contact < :below";
    COUNT_BY_NAME_KEY_RANGE = "SELECT count(*) FROM list_entry
        WHERE generation = :generation AND owner_kind = :owner_kind AND owner = :owner AND network = :network
        AND sort_key > :low AND sort_key < :high";
}

/// Greater than every key: those of names have 256 bytes at most.
const KEY_UPPER_BOUND: [u8; 257] = [0xFF; 257];

/// A list, and what it goes by.
#[derive(Debug, Clone, Copy)]
pub(crate) enum OrderedList {
    ByName(ListKey),
    BySort(SortedList),
}

impl OrderedList {
    fn columns(self) -> (i64, i64, i64, i64) {
        match self {
            Self::ByName(list) => list.columns(),
            Self::BySort(list) => list.columns(),
        }
    }

    fn is_by_name(self) -> bool {
        matches!(self, Self::ByName(_))
    }
}

/// Entries that follow each other.
#[derive(Debug, Clone, Copy)]
enum ScanRange<'a> {
    /// With this key, and contacts between these, neither included.
    SameKey(&'a [u8], i64, i64),
    /// With keys between these, neither included.
    KeyRange(&'a [u8], &'a [u8]),
}

/// What is left of a list from a place on (not included), upwards or downwards, of those who have a value or of those who lack it:
/// these have the empty key. By name nobody lacks anything.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RangeScan<'a> {
    pub(crate) list: OrderedList,
    pub(crate) after: Option<&'a EntryKey>,
    pub(crate) without_value: bool,
    pub(crate) descending: bool,
}

impl<'a> RangeScan<'a> {
    /// Its parts, in the order of the walk.
    fn ranges(&self) -> [Option<ScanRange<'a>>; 3] {
        let (least, most) = (i64::MIN, i64::MAX);
        let empty = Some(ScanRange::SameKey(&[], least, most));
        let at = self.after.map(|(key, id)| (key.as_slice(), *id));
        if self.without_value {
            let id = at.map(|(_, id)| id);
            let (above, below) =
                if self.descending { (least, id.unwrap_or(most)) } else { (id.unwrap_or(least), most) };
            return [Some(ScanRange::SameKey(&[], above, below)), None, None];
        }
        let by_name = self.list.is_by_name();
        match (at, self.descending) {
            (None, false) => {
                [empty.filter(|_| by_name), Some(ScanRange::KeyRange(&[], &KEY_UPPER_BOUND)), None]
            }
            (None, true) => {
                [Some(ScanRange::KeyRange(&[], &KEY_UPPER_BOUND)), empty.filter(|_| by_name), None]
            }
            (Some((key, id)), false) => [
                Some(ScanRange::SameKey(key, id, most)),
                Some(ScanRange::KeyRange(key, &KEY_UPPER_BOUND)),
                None,
            ],
            (Some((key, id)), true) => {
                let last = empty.filter(|_| by_name && !key.is_empty());
                [Some(ScanRange::SameKey(key, least, id)), Some(ScanRange::KeyRange(&[], key)), last]
            }
        }
    }

    /// Shows up to `most` entries of a part behind some that are passed over; tells how many.
    fn scan_range(
        &self,
        db: &Read<'_>,
        part: ScanRange<'_>,
        (skip, most): (i64, i64),
        mut each: impl FnMut(&[u8], i64),
    ) -> DbResult<i64> {
        let (sort, kind, owner, network) = self.list.columns();
        let statement: &Statement = match (part, self.list.is_by_name(), self.descending) {
            (ScanRange::SameKey(..), false, false) => &SAME_KEY,
            (ScanRange::SameKey(..), false, true) => &SAME_KEY_DESC,
            (ScanRange::SameKey(..), true, false) => &BY_NAME_SAME_KEY,
            (ScanRange::SameKey(..), true, true) => &BY_NAME_SAME_KEY_DESC,
            (ScanRange::KeyRange(..), false, false) => &KEY_RANGE,
            (ScanRange::KeyRange(..), false, true) => &KEY_RANGE_DESC,
            (ScanRange::KeyRange(..), true, false) => &BY_NAME_KEY_RANGE,
            (ScanRange::KeyRange(..), true, true) => &BY_NAME_KEY_RANGE_DESC,
        };
        let mut statement = db.prepare(statement)?;
        let mut rows = match part {
            ScanRange::SameKey(key, above, below) => {
                statement.query(params![sort, kind, owner, network, key, above, below, most, skip])?
            }
            ScanRange::KeyRange(low, high) => {
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
    fn count_range(&self, db: &Read<'_>, part: ScanRange<'_>) -> DbResult<i64> {
        let (sort, kind, owner, network) = self.list.columns();
        let count = |row: &rusqlite::Row<'_>| row.get(0);
        let mut statement = db.prepare(match (part, self.list.is_by_name()) {
            (ScanRange::SameKey(..), false) => &COUNT_SAME_KEY,
            (ScanRange::SameKey(..), true) => &COUNT_BY_NAME_SAME_KEY,
            (ScanRange::KeyRange(..), false) => &COUNT_KEY_RANGE,
            (ScanRange::KeyRange(..), true) => &COUNT_BY_NAME_KEY_RANGE,
        })?;
        Ok(match part {
            ScanRange::SameKey(key, above, below) => {
                statement.query_row(params![sort, kind, owner, network, key, above, below], count)?
            }
            ScanRange::KeyRange(low, high) => {
                statement.query_row(params![sort, kind, owner, network, low, high], count)?
            }
        })
    }

    /// The entry behind so many others, or how many there are, if no more.
    pub(crate) fn skip(&self, db: &Read<'_>, mut skip: i64) -> DbResult<Result<EntryKey, i64>> {
        let (mut found, mut passed) = (None, 0_i64);
        for part in self.ranges().into_iter().flatten() {
            self.scan_range(db, part, (skip, 1), |key, id| found = Some((key.to_vec(), id)))?;
            if let Some(found) = found {
                return Ok(Ok(found));
            }
            let count = self.count_range(db, part)?;
            skip = skip.saturating_sub(count);
            passed = passed.saturating_add(count);
        }
        Ok(Err(passed))
    }

    /// Reads up to `most` entries, and gives those that are in a set; how many were read, and the last of them.
    pub(crate) fn scan_filtered(
        &self,
        db: &Read<'_>,
        most: usize,
        ids: &Bitmap,
        mut give: impl FnMut(EntryKey),
    ) -> DbResult<(usize, Option<EntryKey>)> {
        let mut left = i64::try_from(most).unwrap_or(i64::MAX);
        let mut last: Option<EntryKey> = None;
        for part in self.ranges().into_iter().flatten() {
            if left == 0 {
                break;
            }
            let count = self.scan_range(db, part, (0, left), |key, id| {
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
