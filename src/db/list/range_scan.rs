//! Scans of long parts of a list, of which most entries are skipped or filtered out.
//!
//! A condition on two columns makes SQLite compare a row value with every entry, which costs more than everything else per entry. So
//! here a range is defined by the key alone, and the entries with the key of its start are a range of their own.

use rusqlite::params;

use crate::db::connection::conn::Read;
use crate::db::connection::sqlite_error::DbResult;
use crate::db::connection::statement::{Statement, statements};
use crate::db::list::bitmap::Bitmap;
use crate::db::list::sort_index::SortedList;
use crate::db::scope::{EntryKey, ListKey};

statements! {
    /// Entries with one key, between two contacts.
    SAME_KEY = "SELECT key, contact FROM sort_entry
        WHERE sort = :sort AND owner_kind = :owner_kind AND owner = :owner AND network = :network
        AND key = :key AND contact > :above AND contact < :below ORDER BY contact LIMIT :most OFFSET :skip";
    SAME_KEY_DESC = "SELECT key, contact FROM sort_entry
        WHERE sort = :sort AND owner_kind = :owner_kind AND owner = :owner AND network = :network
        AND key = :key AND contact > :above AND contact < :below ORDER BY contact DESC LIMIT :most OFFSET :skip";
    COUNT_SAME_KEY = "SELECT count(*) FROM sort_entry
        WHERE sort = :sort AND owner_kind = :owner_kind AND owner = :owner AND network = :network
        AND key = :key AND contact > :above AND contact < :below";
    /// Entries with a key between two keys.
    KEY_RANGE = "SELECT key, contact FROM sort_entry
        WHERE sort = :sort AND owner_kind = :owner_kind AND owner = :owner AND network = :network AND key > :low AND key < :high
        ORDER BY key, contact LIMIT :most OFFSET :skip";
    KEY_RANGE_DESC = "SELECT key, contact FROM sort_entry
        WHERE sort = :sort AND owner_kind = :owner_kind AND owner = :owner AND network = :network AND key > :low AND key < :high
        ORDER BY key DESC, contact DESC LIMIT :most OFFSET :skip";
    COUNT_KEY_RANGE = "SELECT count(*) FROM sort_entry
        WHERE sort = :sort AND owner_kind = :owner_kind AND owner = :owner AND network = :network AND key > :low AND key < :high";
    /// The same for lists by name.
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

/// Greater than every key: the longest ones are those of names, with at most 256 bytes.
const KEY_UPPER_BOUND: [u8; 257] = [0xFF; 257];

/// A list and its order.
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

/// Consecutive entries.
#[derive(Debug, Clone, Copy)]
enum ScanRange<'a> {
    /// Those with this key, and a contact between these two (exclusive).
    SameKey(&'a [u8], i64, i64),
    /// Those with a key between these two (exclusive).
    KeyRange(&'a [u8], &'a [u8]),
}

/// The rest of a list after an entry (exclusive), in ascending or descending order: either the contacts with a value, or those without,
/// which have the empty key. In lists by name every contact has a value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RangeScan<'a> {
    pub(crate) list: OrderedList,
    pub(crate) after: Option<&'a EntryKey>,
    pub(crate) without_value: bool,
    pub(crate) descending: bool,
}

impl<'a> RangeScan<'a> {
    /// Its ranges, in the order of the scan.
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

    /// Calls `each` with up to `most` entries of a range, after `skip` others. Returns their number.
    fn scan_range(
        &self,
        db: &Read<'_>,
        range: ScanRange<'_>,
        (skip, most): (i64, i64),
        mut each: impl FnMut(&[u8], i64),
    ) -> DbResult<i64> {
        let (sort, kind, owner, network) = self.list.columns();
        let statement: &Statement = match (range, self.list.is_by_name(), self.descending) {
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
        let mut rows = match range {
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

    /// The number of entries in a range. Counts them one by one.
    fn count_range(&self, db: &Read<'_>, range: ScanRange<'_>) -> DbResult<i64> {
        let (sort, kind, owner, network) = self.list.columns();
        let count = |row: &rusqlite::Row<'_>| row.get(0);
        let mut statement = db.prepare(match (range, self.list.is_by_name()) {
            (ScanRange::SameKey(..), false) => &COUNT_SAME_KEY,
            (ScanRange::SameKey(..), true) => &COUNT_BY_NAME_SAME_KEY,
            (ScanRange::KeyRange(..), false) => &COUNT_KEY_RANGE,
            (ScanRange::KeyRange(..), true) => &COUNT_BY_NAME_KEY_RANGE,
        })?;
        Ok(match range {
            ScanRange::SameKey(key, above, below) => {
                statement.query_row(params![sort, kind, owner, network, key, above, below], count)?
            }
            ScanRange::KeyRange(low, high) => {
                statement.query_row(params![sort, kind, owner, network, low, high], count)?
            }
        })
    }

    /// The entry after `skip` others, or, if there are not so many, the number of entries.
    pub(crate) fn skip(&self, db: &Read<'_>, mut skip: i64) -> DbResult<Result<EntryKey, i64>> {
        let (mut found, mut total) = (None, 0_i64);
        for range in self.ranges().into_iter().flatten() {
            self.scan_range(db, range, (skip, 1), |key, id| found = Some((key.to_vec(), id)))?;
            if let Some(found) = found {
                return Ok(Ok(found));
            }
            let count = self.count_range(db, range)?;
            skip = skip.saturating_sub(count);
            total = total.saturating_add(count);
        }
        Ok(Err(total))
    }

    /// Reads up to `most` entries, and calls `emit` with those of contacts in `ids`. Returns how many were read, and the last of them.
    pub(crate) fn scan_filtered(
        &self,
        db: &Read<'_>,
        most: usize,
        ids: &Bitmap,
        mut emit: impl FnMut(EntryKey),
    ) -> DbResult<(usize, Option<EntryKey>)> {
        let mut left = i64::try_from(most).unwrap_or(i64::MAX);
        let mut last: Option<EntryKey> = None;
        for range in self.ranges().into_iter().flatten() {
            if left == 0 {
                break;
            }
            let count = self.scan_range(db, range, (0, left), |key, id| {
                let (known, at) = last.get_or_insert_default();
                known.clear();
                known.extend_from_slice(key);
                *at = id;
                if ids.contains(id) {
                    emit((key.to_vec(), id));
                }
            })?;
            left = left.saturating_sub(count);
        }
        let read = most.saturating_sub(usize::try_from(left).unwrap_or_default());
        Ok((read, last))
    }
}
