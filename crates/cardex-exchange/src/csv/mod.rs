//! CSV (RFC 4180) with a header row, as spreadsheets and the large address books write it.
//!
//! `rows` splits bytes into cells, `heading` maps headings to columns, `row` makes the lines of a card from cells, `read` and `write`
//! convert rows from and to contact fields. May use `source`, `card`, `document`, `fields` and `format`. To support another heading, add
//! it to `headings.txt`.

mod cell;
mod date;
mod heading;
mod properties;
mod read;
mod row;
mod rows;
mod target;
mod write;

pub(super) use self::read::CsvReader;
pub(super) use self::write::{headings, row};

/// Whether a text names the content of a column, with a label after a colon.
pub(super) fn is_content(name: &str) -> bool {
    heading::Column::from_name(name).is_some()
}

/// The names of all contents of columns.
pub(super) fn contents() -> impl Iterator<Item = &'static str> {
    target::Target::names()
}

/// Values with the names of contents of columns, as another format has them.
pub(super) struct LabelledValues(row::RowLines);

impl LabelledValues {
    pub(super) fn new() -> Self {
        Self(row::RowLines::new(true, false))
    }

    pub(super) fn add(&mut self, content: &str, value: &str) {
        if let Some(column) = heading::Column::from_name(content) {
            self.0.add(&column, value);
        }
    }

    /// The lines of a card with these values.
    pub(super) fn finish(self) -> Vec<crate::vcard::ContentLine> {
        self.0.finish().0
    }
}
