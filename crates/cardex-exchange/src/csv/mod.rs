//! CSV (RFC 4180) with a header row, as spreadsheets and the large address books write it.
//!
//! `rows` splits bytes into cells, `heading` maps headings to columns, `read` and `write` convert rows from and to
//! contact fields. May use `source`, `card`, `fields` and `format`. To support another heading, change `heading`.

mod cell;
mod heading;
mod read;
mod rows;
mod write;

pub(super) use self::read::CsvReader;
pub(super) use self::write::{headings, row};
