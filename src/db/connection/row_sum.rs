//! The SQL function `row_sum`: a CRC-32 over values. SQLite has no checksums of pages, so rows carry this one.

use std::cell::RefCell;

use rusqlite::Connection;
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::ValueRef;

/// Adds `row_sum` to a connection.
pub(in crate::db) fn register(sqlite: &Connection) -> rusqlite::Result<()> {
    let flags =
        FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_DIRECTONLY;
    let buffer = RefCell::new(Vec::new());
    sqlite.create_scalar_function("row_sum", -1, flags, move |row| {
        let mut bytes = buffer.borrow_mut();
        bytes.clear();
        encode_row(row, &mut bytes);
        Ok(i64::from(crc32fast::hash(&bytes)))
    })
}

/// Encodes the values one after the other, each with its kind and length, so that two different rows never have the same bytes.
fn encode_row(row: &Context<'_>, bytes: &mut Vec<u8>) {
    for at in 0..row.len() {
        let (kind, text): (u8, &[u8]) = match row.get_raw(at) {
            ValueRef::Null => (0, &[]),
            ValueRef::Integer(number) => {
                bytes.push(1);
                bytes.extend(number.to_le_bytes());
                continue;
            }
            ValueRef::Real(number) => {
                bytes.push(2);
                bytes.extend(number.to_le_bytes());
                continue;
            }
            ValueRef::Text(text) => (3, text),
            ValueRef::Blob(blob) => (4, blob),
        };
        bytes.push(kind);
        bytes.extend(u64::try_from(text.len()).unwrap_or(u64::MAX).to_le_bytes());
        bytes.extend_from_slice(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(row: &str) -> i64 {
        let sqlite = Connection::open_in_memory().unwrap();
        register(&sqlite).unwrap();
        sqlite.query_row(&format!("SELECT row_sum({row})"), [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn different_rows_have_different_checksums() {
        let rows = [
            "''", "NULL", "0", "0.0", "x''", "'', ''", "'a', ''", "'', 'a'", "'ab'", "'a', 'b'", "'b', 'a'",
            "1", "-1", "256", "'1'", "x'31'", "1.0", "NULL, ''", "'', NULL",
        ];
        let sums: std::collections::HashSet<i64> = rows.iter().map(|row| sum(row)).collect();
        assert_eq!(sums.len(), rows.len());
        assert_eq!(sum("'Ada', 1815, NULL"), sum("'Ada', 1815, NULL"));
    }

    /// Files contain these checksums: another value for the same row would make every contact a damaged one.
    #[test]
    fn checksum_is_stable_across_releases() {
        let mut bytes = vec![3, 3, 0, 0, 0, 0, 0, 0, 0];
        bytes.extend(b"Ada");
        bytes.push(1);
        bytes.extend(7_i64.to_le_bytes());
        assert_eq!(sum("'Ada', 7"), i64::from(crc32fast::hash(&bytes)));
    }
}
