//! A copy of a damaged file, made as readable as it can be.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, OpenFlags, named_params};

use crate::db::connection::config::Config;
use crate::db::connection::create::APPLICATION_ID;
use crate::db::connection::encryption::{expose_plaintext_header, open_with_key, verify_key};
use crate::db::connection::sqlite_error::DbResult;
use crate::db::contact::row_checksum;
use crate::db::recovery::{RecoveredRow, TABLES, TableSpec};
use crate::db::statements;
use crate::error::Result;

/// Bytes of a page. Books are made with SQLite's own size.
const PAGE_SIZE: u64 = 4_096;

/// Bytes of the header of the file, which stands in front of the tree of the first page, and what that has left of the page.
const FILE_HEADER_SIZE: u64 = 100;
const FIRST_PAGE_SIZE: usize = 3_996;

/// So many ids in a row that cannot be read, and no row known behind them: there are none.
const MAX_CONSECUTIVE_GAPS: i64 = 10_000;

/// So many ids are tried at most where a tree is broken: the number that was given out last may be damaged too.
const MAX_IDS_TRIED: i64 = 5_000_000;

/// Nobody has given out such a number: behind it no table would take another row.
const MAX_PLAUSIBLE_SEQUENCE: i64 = i64::MAX / 2;

/// What a contact that is as written counts for, among tables that can be read.
const CHECKSUM_MATCH_WEIGHT: usize = 100;

statements! {
    SCHEMA_PAGES = "SELECT pageno FROM dbstat('main') WHERE name = 'sqlite_schema'";
    SEQUENCES = "SELECT name, seq FROM sqlite_sequence";
    METADATA = "SELECT public_id, created_at, changes_pruned_through, locale FROM metadata WHERE id = 1";
    /// From the index alone: it tells of rows that cannot be read.
    IDS_UP = "SELECT public_id FROM contact INDEXED BY sqlite_autoindex_contact_1 ORDER BY public_id";
    IDS_DOWN = "SELECT public_id FROM contact INDEXED BY sqlite_autoindex_contact_1 ORDER BY public_id DESC";
    WAL_CHECKPOINT = "PRAGMA wal_checkpoint(TRUNCATE)";
    VACUUM = "VACUUM";
}

/// A damaged book: a copy of its file, which may be written to.
pub(crate) struct DamagedFile {
    sqlite: Connection,
}

/// What a book says of itself.
pub(crate) struct Identity {
    pub(crate) public_id: i64,
    pub(crate) created_at: i64,
    pub(crate) changes_pruned_through: i64,
    pub(crate) locale: String,
}

impl DamagedFile {
    /// Opens a copy of a damaged book. `fresh` is a new book that nothing has been done with, closed: where the tables of the copy are
    /// not known any more, they are looked for where a book has them from its beginning on, and where it has them once it was compacted.
    pub(crate) fn open(copy: &Path, fresh: &Path, options: &Config) -> Result<Self> {
        if options.is_encrypted() {
            return Self::open_encrypted(copy, options);
        }
        repair_header(copy)?;
        let wreck = Self::connect(copy, options)?;
        wreck.checkpoint();
        let as_it_is = wreck.readability_score();
        if as_it_is >= TABLES.len().saturating_sub(1).saturating_add(CHECKSUM_MATCH_WEIGHT) {
            return Ok(wreck);
        }
        drop(wreck);
        let laid_out = schema_pages(fresh)?;
        Connection::open(fresh)
            .and_then(|it| it.execute_batch(VACUUM.sql))
            .map_err(crate::db::DbError::from)?;
        let compact = schema_pages(fresh)?;
        let own = read_pages(copy, &[(FILE_HEADER_SIZE, vec![0; FIRST_PAGE_SIZE])])?;
        let length = fs::metadata(copy)?.len();
        let mut best = (as_it_is, None);
        for pages in [&laid_out, &compact] {
            overlay_pages(copy, length, pages)?;
            let readable = Self::connect(copy, options)?.readability_score();
            if readable > best.0 {
                best = (readable, Some(pages));
            }
        }
        overlay_pages(copy, length, best.1.unwrap_or(&own))?;
        Self::connect(copy, options)
    }

    /// The same of an encrypted one. Its header, and the pages that define its tables, are as secret as all others: they are not
    /// made anew.
    fn open_encrypted(copy: &Path, options: &Config) -> Result<Self> {
        let wreck = Self::connect(copy, options)?;
        verify_key(&wreck.sqlite, copy, options)?;
        expose_plaintext_header(&wreck.sqlite)?;
        wreck.checkpoint();
        Ok(wreck)
    }

    /// The log may be damaged as well: what cannot be folded is left out.
    fn checkpoint(&self) {
        let _ = self.sqlite.prepare(WAL_CHECKPOINT.sql).and_then(|mut fold| fold.query_row([], |_| Ok(())));
    }

    fn connect(copy: &Path, options: &Config) -> Result<Self> {
        let open = || -> DbResult<Self> {
            let sqlite = open_with_key(copy, OpenFlags::SQLITE_OPEN_READ_WRITE, options)?;
            // Tables whose definition cannot be read are left out; else one of them would close the whole file.
            sqlite.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, false)?;
            sqlite.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
            sqlite.set_db_config(DbConfig::SQLITE_DBCONFIG_WRITABLE_SCHEMA, true)?;
            sqlite.set_prepared_statement_cache_capacity(256);
            row_checksum::register_function(&sqlite)?;
            Ok(Self { sqlite })
        };
        Ok(open()?)
    }

    /// How many of the tables can be looked into, and far more if contacts are among them: another table's rows would not have a
    /// contact's checksum.
    fn readability_score(&self) -> usize {
        let mut count = 0_usize;
        for table in TABLES {
            let mut sealed = false;
            let look = self.scan(table.scan_ascending.sql, i64::MIN, &mut |row| {
                sealed = row.checksum_matches;
                Ok(false)
            });
            let (whole, is_empty) =
                look.map_or((false, true), |end| (end.is_complete, end.last_key.is_none()));
            if !whole || !(sealed || is_empty) {
                continue;
            }
            let weight = match (table.name, is_empty) {
                ("contact", false) => CHECKSUM_MATCH_WEIGHT.saturating_mul(2),
                ("contact", true) => CHECKSUM_MATCH_WEIGHT, // what is taken for them may be another empty table
                _ => 1,
            };
            count = count.saturating_add(weight);
        }
        count
    }

    /// Hands every row of a table that can be read to `each`; true if that was all of them. Where the table's tree is broken, it is
    /// read from both ends, and between them id by id. `top` is an id behind which there are no rows that matter.
    pub(crate) fn rows(
        &self,
        table: &TableSpec,
        top: i64,
        mut each: impl FnMut(RecoveredRow) -> Result<()>,
    ) -> Result<bool> {
        let mut keep = |row: RecoveredRow| each(row).map(|()| true);
        let up = self.scan(table.scan_ascending.sql, i64::MIN, &mut keep)?;
        if up.is_complete || !up.table_exists {
            return Ok(up.is_complete);
        }
        let from = up.last_key.unwrap_or(0);
        let mut to = None;
        let down = self.scan(table.scan_descending.sql, i64::MAX, &mut |row| match row.key() {
            Some(key) if key < from || to.is_some_and(|to| key > to) => Ok(false),
            Some(key) => {
                to = Some(key);
                keep(row)
            }
            None => Ok(true),
        })?;
        let top = top.min(from.saturating_add(MAX_IDS_TRIED));
        let last = to.unwrap_or(i64::MAX).min(from.max(top).saturating_add(MAX_CONSECUTIVE_GAPS));
        let (mut at, mut blanks) = (from, 0_i64);
        while !down.is_finished && at <= last && (to.is_some() || at <= top || blanks < MAX_CONSECUTIVE_GAPS)
        {
            let seen = self.scan(table.select_by_key.sql, at, &mut keep)?;
            blanks = if seen.last_key.is_some() { 0 } else { blanks.saturating_add(1) };
            at = at.saturating_add(1);
        }
        Ok(false)
    }

    /// Reads rows in order until `each` has had enough, the rows end or cannot be read.
    fn scan(
        &self,
        sql: &str,
        at: i64,
        each: &mut dyn FnMut(RecoveredRow) -> Result<bool>,
    ) -> Result<ScanResult> {
        let mut end =
            ScanResult { last_key: None, table_exists: false, is_complete: false, is_finished: false };
        let Ok(mut statement) = self.sqlite.prepare_cached(sql) else { return Ok(end) };
        end.table_exists = true;
        let width = statement.column_count().saturating_sub(1);
        let Ok(mut rows) = statement.query(named_params! {":at": at}) else { return Ok(end) };
        loop {
            match rows.next() {
                Ok(Some(row)) => {
                    let values = (0..width)
                        .map(|column| row.get_ref(column).map_or(Value::Null, to_owned_value))
                        .collect();
                    let row = RecoveredRow { values, checksum_matches: row.get(width).unwrap_or(false) };
                    end.last_key = row.key().or(end.last_key);
                    if !each(row)? {
                        (end.is_complete, end.is_finished) = (true, true);
                        return Ok(end);
                    }
                }
                Ok(None) => {
                    (end.is_complete, end.is_finished) = (true, true);
                    return Ok(end);
                }
                Err(_) => return Ok(end),
            }
        }
    }

    /// What the book says of itself, if that can be read.
    pub(crate) fn identity(&self) -> Option<Identity> {
        let mut statement = self.sqlite.prepare(METADATA.sql).ok()?;
        let read = statement.query_row([], |row| {
            let (public_id, created_at, pruned) = (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok(Identity { public_id, created_at, changes_pruned_through: pruned, locale: row.get(3)? })
        });
        read.ok()
    }

    /// The greatest number that was given out in each table, as far as it can be read.
    pub(crate) fn sequences(&self) -> Vec<(String, i64)> {
        let read = || -> DbResult<Vec<(String, i64)>> {
            let mut statement = self.sqlite.prepare(SEQUENCES.sql)?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.flatten().filter(|(_, last)| *last < MAX_PLAUSIBLE_SEQUENCE).collect())
        };
        read().unwrap_or_default()
    }

    /// The public ids of contacts that there were, as far as they can be read: also of those that cannot.
    pub(crate) fn public_ids(&self) -> Vec<i64> {
        let mut found = Vec::new();
        for statement in [&IDS_UP, &IDS_DOWN] {
            let Ok(mut statement) = self.sqlite.prepare(statement.sql) else { continue };
            let Ok(mut rows) = statement.query([]) else { continue };
            let whole = loop {
                match rows.next() {
                    Ok(Some(row)) => found.extend(row.get::<_, i64>(0)),
                    Ok(None) => break true,
                    Err(_) => break false,
                }
            };
            if whole {
                break;
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// How far a look has come.
struct ScanResult {
    /// The key of the last row.
    last_key: Option<i64>,
    /// Whether the file knows the table.
    table_exists: bool,
    /// Whether there was nothing that could not be read.
    is_complete: bool,
    /// Whether it came to its end, or was stopped by whoever looked.
    is_finished: bool,
}

impl RecoveredRow {
    fn key(&self) -> Option<i64> {
        match self.values.first() {
            Some(Value::Integer(key)) => Some(*key),
            _ => None,
        }
    }
}

/// Text that is none keeps what is text of it.
fn to_owned_value(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Real(number) => Value::Real(number),
        ValueRef::Blob(blob) => Value::Blob(blob.to_vec()),
    }
}

/// Writes what the first hundred bytes of a book must be where they are not, and whole pages.
fn repair_header(copy: &Path) -> Result<()> {
    let mut file = fs::File::options().read(true).write(true).open(copy)?;
    let length = file.metadata()?.len().next_multiple_of(PAGE_SIZE);
    file.set_len(length)?;
    let mut head = [0_u8; 100];
    if length < PAGE_SIZE || file.read_exact(&mut head).is_err() {
        return Ok(());
    }
    let mut write = |at: usize, bytes: &[u8]| {
        if let Some(place) = head.get_mut(at..).and_then(|rest| rest.get_mut(..bytes.len())) {
            place.copy_from_slice(bytes);
        }
    };
    write(0, b"SQLite format 3\0");
    write(16, &[0x10, 0x00, 2, 2, 0, 64, 32, 32]); // pages of 4,096 bytes, a log beside the file
    write(44, &4_u32.to_be_bytes());
    write(52, &[0; 8]); // no vacuum of its own,
    write(56, &1_u32.to_be_bytes()); // UTF-8
    write(68, &APPLICATION_ID.to_be_bytes());
    // The count of pages is that of the file, and known to be right.
    write(28, &u32::try_from(length.checked_div(PAGE_SIZE).unwrap_or(1)).unwrap_or(u32::MAX).to_be_bytes());
    write(92, &[0; 4]);
    write(24, &[0; 4]);
    file.seek(SeekFrom::Start(0))?;
    Ok(file.write_all(&head)?)
}

/// Pages, or what of them is not the header of a file, with where they begin.
type PageImages = Vec<(u64, Vec<u8>)>;

/// The pages of a fresh book that say which tables there are.
fn schema_pages(fresh: &Path) -> Result<PageImages> {
    let numbers = || -> DbResult<Vec<u64>> {
        let sqlite = Connection::open_with_flags(fresh, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let mut statement = sqlite.prepare(SCHEMA_PAGES.sql)?;
        let rows = statement.query_map([], |row| row.get::<_, i64>(0))?;
        Ok(rows.flatten().filter_map(|page| u64::try_from(page).ok()).collect())
    };
    let place = |page: u64| match page {
        // The header of the file is the copy's own.
        1 => (FILE_HEADER_SIZE, vec![0; FIRST_PAGE_SIZE]),
        _ => (page.saturating_sub(1).saturating_mul(PAGE_SIZE), vec![0; FIRST_PAGE_SIZE.saturating_add(100)]),
    };
    let pages: PageImages = numbers()?.into_iter().map(place).collect();
    read_pages(fresh, &pages)
}

/// What a file has at these places.
fn read_pages(path: &Path, places: &[(u64, Vec<u8>)]) -> Result<PageImages> {
    let (mut file, mut pages) = (fs::File::open(path)?, PageImages::new());
    for (at, bytes) in places {
        file.seek(SeekFrom::Start(*at))?;
        let (mut own, most) = (Vec::new(), u64::try_from(bytes.len()).unwrap_or(PAGE_SIZE));
        (&mut file).take(most).read_to_end(&mut own)?;
        pages.push((*at, own));
    }
    Ok(pages)
}

/// Puts the first of these pages in its place and the others behind the end of the copy, which was at `length`: where they stood, the
/// copy may have contacts.
fn overlay_pages(copy: &Path, length: u64, pages: &[(u64, Vec<u8>)]) -> Result<()> {
    let number =
        |at: u64| u32::try_from(at.checked_div(PAGE_SIZE).unwrap_or(0).saturating_add(1)).unwrap_or(u32::MAX);
    let mut moved = BTreeMap::new();
    let mut end = length;
    for (at, _) in pages.iter().filter(|(at, _)| *at != FILE_HEADER_SIZE) {
        moved.insert(number(*at), end);
        end = end.saturating_add(PAGE_SIZE);
    }
    let mut file = fs::File::options().write(true).open(copy)?;
    file.set_len(length)?;
    for (at, bytes) in pages {
        let (skipped, place) = match moved.get(&number(*at)) {
            Some(place) if *at != FILE_HEADER_SIZE => (0, *place),
            _ => (usize::try_from(FILE_HEADER_SIZE).unwrap_or(0), FILE_HEADER_SIZE),
        };
        let mut bytes = bytes.clone();
        renumber_children(&mut bytes, skipped, |child| moved.get(&child).map(|place| number(*place)));
        file.seek(SeekFrom::Start(place))?;
        file.write_all(&bytes)?;
    }
    drop(file);
    repair_header(copy)
}

/// Gives the children of an inner page of a table's tree other numbers. The first `skipped` bytes of the page are not there.
fn renumber_children(page: &mut [u8], skipped: usize, number: impl Fn(u32) -> Option<u32>) {
    const INNER: u8 = 5;
    if page.first() != Some(&INNER) {
        return;
    }
    let short = |page: &[u8], at: usize| {
        let bytes = page.get(at..at.saturating_add(2)).and_then(|bytes| bytes.try_into().ok());
        usize::from(bytes.map_or(0, u16::from_be_bytes))
    };
    // The last child stands in the header of the page, the others each in front of their cell.
    let cells = (0..short(page, 3)).map(|cell| short(page, cell.saturating_mul(2).saturating_add(12)));
    let places: Vec<usize> = cells.map(|cell| cell.saturating_sub(skipped)).chain([8]).collect();
    for place in places {
        if let Some(bytes) = page.get_mut(place..).and_then(|rest| rest.first_chunk_mut::<4>())
            && let Some(other) = number(u32::from_be_bytes(*bytes))
        {
            *bytes = other.to_be_bytes();
        }
    }
}
