//! Repairs the header and the schema pages of a copy of a damaged file.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use rusqlite::OpenFlags;

use crate::db::connection::encryption::open_sqlite;
use crate::db::connection::schema::APPLICATION_ID;
use crate::db::connection::sqlite_error::DbResult;
use crate::db::connection::statement::statements;
use crate::error::Result;

/// Bytes of a page: SQLite's standard size, which all stores have.
const PAGE_SIZE: u64 = 4_096;

/// Bytes of the file header, at the start of the first page.
pub(super) const FILE_HEADER_SIZE: u64 = 100;

/// Bytes of the first page without the file header.
pub(super) const FIRST_PAGE_SIZE: usize = 3_996;

statements! {
    SCHEMA_PAGES = "SELECT pageno FROM dbstat('main') WHERE name = 'sqlite_schema'";
}

/// Repairs the header of a file: writes the values that every store has, and extends the file to complete pages.
pub(super) fn repair_header(copy: &Path) -> Result<()> {
    let mut file = fs::File::options().read(true).write(true).open(copy)?;
    let length = file.metadata()?.len().next_multiple_of(PAGE_SIZE);
    file.set_len(length)?;
    let mut head = [0_u8; 100];
    if length < PAGE_SIZE || file.read_exact(&mut head).is_err() {
        return Ok(());
    }
    let mut write = |at: usize, bytes: &[u8]| {
        if let Some(bytes_at) = head.get_mut(at..).and_then(|rest| rest.get_mut(..bytes.len())) {
            bytes_at.copy_from_slice(bytes);
        }
    };
    write(0, b"SQLite format 3\0");
    write(16, &[0x10, 0x00, 2, 2, 0, 64, 32, 32]); // pages of 4,096 bytes, write-ahead log
    write(44, &4_u32.to_be_bytes());
    write(52, &[0; 8]); // no automatic vacuum
    write(56, &1_u32.to_be_bytes()); // UTF-8
    write(68, &APPLICATION_ID.to_be_bytes());
    // The number of pages, and equal change counters, which make it valid.
    write(28, &u32::try_from(length.checked_div(PAGE_SIZE).unwrap_or(1)).unwrap_or(u32::MAX).to_be_bytes());
    write(92, &[0; 4]);
    write(24, &[0; 4]);
    file.seek(SeekFrom::Start(0))?;
    Ok(file.write_all(&head)?)
}

/// Pages with their offsets in the file; the first page without the file header.
pub(super) type PageImages = Vec<(u64, Vec<u8>)>;

/// The pages of a new store with its schema.
pub(super) fn schema_pages(fresh: &Path) -> Result<PageImages> {
    let numbers = || -> DbResult<Vec<u64>> {
        let sqlite = open_sqlite(fresh, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let mut statement = sqlite.prepare(SCHEMA_PAGES.sql)?;
        let rows = statement.query_map([], |row| row.get::<_, i64>(0))?;
        Ok(rows.flatten().filter_map(|page| u64::try_from(page).ok()).collect())
    };
    let offset = |page: u64| match page {
        // The copy keeps its own file header.
        1 => (FILE_HEADER_SIZE, vec![0; FIRST_PAGE_SIZE]),
        _ => (page.saturating_sub(1).saturating_mul(PAGE_SIZE), vec![0; FIRST_PAGE_SIZE.saturating_add(100)]),
    };
    let pages: PageImages = numbers()?.into_iter().map(offset).collect();
    read_pages(fresh, &pages)
}

/// Reads the pages at these offsets, with the lengths of the given buffers.
pub(super) fn read_pages(path: &Path, offsets: &[(u64, Vec<u8>)]) -> Result<PageImages> {
    let (mut file, mut pages) = (fs::File::open(path)?, PageImages::new());
    for (at, bytes) in offsets {
        file.seek(SeekFrom::Start(*at))?;
        let (mut content, most) = (Vec::new(), u64::try_from(bytes.len()).unwrap_or(PAGE_SIZE));
        (&mut file).take(most).read_to_end(&mut content)?;
        pages.push((*at, content));
    }
    Ok(pages)
}

/// Writes the first page to its place, and the others after the end of the copy, which was at `length`: at their old places the copy
/// may have contacts.
pub(super) fn overlay_pages(copy: &Path, length: u64, pages: &[(u64, Vec<u8>)]) -> Result<()> {
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
        let (skipped, target) = match moved.get(&number(*at)) {
            Some(target) if *at != FILE_HEADER_SIZE => (0, *target),
            _ => (usize::try_from(FILE_HEADER_SIZE).unwrap_or(0), FILE_HEADER_SIZE),
        };
        let mut bytes = bytes.clone();
        renumber_children(&mut bytes, skipped, |child| moved.get(&child).map(|target| number(*target)));
        file.seek(SeekFrom::Start(target))?;
        file.write_all(&bytes)?;
    }
    drop(file);
    repair_header(copy)
}

/// Replaces the numbers of the children of an inner page of a table's B-tree. `page` lacks its first `skipped` bytes.
fn renumber_children(page: &mut [u8], skipped: usize, number: impl Fn(u32) -> Option<u32>) {
    const INNER: u8 = 5;
    if page.first() != Some(&INNER) {
        return;
    }
    let short = |page: &[u8], at: usize| {
        let bytes = page.get(at..at.saturating_add(2)).and_then(|bytes| bytes.try_into().ok());
        usize::from(bytes.map_or(0, u16::from_be_bytes))
    };
    // The number of the last child is in the header of the page, those of the others are at the start of their cells.
    let cells = (0..short(page, 3)).map(|cell| short(page, cell.saturating_mul(2).saturating_add(12)));
    let offsets: Vec<usize> = cells.map(|cell| cell.saturating_sub(skipped)).chain([8]).collect();
    for offset in offsets {
        if let Some(bytes) = page.get_mut(offset..).and_then(|rest| rest.first_chunk_mut::<4>())
            && let Some(other) = number(u32::from_be_bytes(*bytes))
        {
            *bytes = other.to_be_bytes();
        }
    }
}
