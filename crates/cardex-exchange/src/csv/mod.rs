//! CSV (RFC 4180) with a header row, as spreadsheets and the big address books write it.

mod cell;
mod heading;
mod read;
mod rows;
mod write;

pub(super) use self::read::CsvReader;
pub(super) use self::write::{headings, row};

/// Phones, and as many e-mail addresses, that have columns of their own; the last one takes the rest.
const CONTACT_METHOD_COLUMNS: usize = 3;

/// What stands between several values in one cell (the exports of Google have it so).
const VALUE_SEPARATOR: &str = " ::: ";
