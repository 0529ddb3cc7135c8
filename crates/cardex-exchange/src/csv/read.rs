//! Converts rows to contact fields.

use std::io::BufRead;

use encoding_rs::WINDOWS_1252;
use serde_json::{Map, Value};

use crate::card::{self, card_with_property};
use crate::csv::cell::{VALUE_SEPARATOR, parse_identifier, unescape_formula};
use crate::csv::heading::{Column, ColumnSlot, columns};
use crate::csv::rows::{Row, RowReader};
use crate::fields::{ContactFields, ContactMethod, FieldValidator, ParsedRecord, parse_status};
use crate::format::Format;
use crate::source::LineSource;
use cardex::Network;
use cardex::Result;

/// Reads rows. The first row that is not blank is the header.
#[derive(Debug)]
pub(crate) struct CsvReader<R> {
    rows: RowReader<R>,
    header: Option<Header>,
    /// Whether text that is certainly UTF-8 was seen. A later row in another encoding is then an error, not legacy text.
    unicode: bool,
    ended: bool,
}

#[derive(Debug)]
struct Header {
    columns: Vec<Column>,
    names: Vec<String>,
}

/// The cells of the phones, or of the e-mail addresses, of a row.
#[derive(Default)]
struct ContactMethodCells {
    values: Vec<(usize, ColumnSlot, String)>,
    labels: Vec<(u32, String)>,
}

impl<R: BufRead> CsvReader<R> {
    pub(crate) fn new(source: LineSource<R>) -> Self {
        Self { rows: RowReader::new(source), header: None, unicode: false, ended: false }
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.rows.source().bytes()
    }

    pub(crate) fn next_row(
        &mut self,
        validator: &mut FieldValidator<'_>,
    ) -> Option<Result<(u64, ParsedRecord)>> {
        while !self.ended {
            let row = match self.rows.next_row() {
                Ok(row) => row?,
                Err(error) => return Some(Err(error.into())),
            };
            let line = row.line;
            self.unicode |= self.rows.source().has_bom();
            let record = self.decode_cells(row).and_then(|cells| match &self.header {
                Some(header) => header.record_from_row(&cells, validator).map(Some),
                None => Header::new(cells).map(|header| {
                    self.header = Some(header);
                    None
                }),
            });
            self.ended = self.header.is_none();
            match record {
                Ok(None) => {}
                Ok(Some(record)) => return Some(Ok((line, record))),
                Err(reason) => return Some(Err(Format::Csv.error(line, reason))),
            }
        }
        None
    }

    fn decode_cells(&mut self, row: Row) -> Result<Vec<String>, String> {
        let mut cells = Vec::new();
        for cell in row.cells? {
            match String::from_utf8(cell) {
                Ok(text) => {
                    self.unicode |= !text.is_ascii();
                    cells.push(text);
                }
                Err(_) if self.unicode => return Err("the text is not valid UTF-8".to_owned()),
                // Old spreadsheets write in the character set of their system.
                Err(error) => {
                    cells.push(WINDOWS_1252.decode_without_bom_handling(error.as_bytes()).0.into_owned());
                }
            }
        }
        Ok(cells)
    }
}

impl Header {
    fn new(cells: Vec<String>) -> Result<Self, String> {
        let columns = columns(&cells);
        if columns.iter().all(|column| *column == Column::Unknown) {
            return Err("no known heading: the first row must name the columns".to_owned());
        }
        let mut names: Vec<String> = Vec::with_capacity(cells.len());
        for (at, cell) in cells.into_iter().enumerate() {
            let cell = cell.trim().to_owned();
            let number = at.saturating_add(1);
            let name = if cell.is_empty() { format!("Column {number}") } else { cell };
            names.push(if names.contains(&name) { format!("{name} (column {number})") } else { name });
        }
        Ok(Self { columns, names })
    }

    fn record_from_row(
        &self,
        cells: &[String],
        validator: &mut FieldValidator<'_>,
    ) -> Result<ParsedRecord, String> {
        if cells.len() != self.columns.len() {
            return Err(format!("the row has {} cells, the header has {}", cells.len(), self.columns.len()));
        }
        let mut fields = ContactFields::default();
        let (mut phones, mut emails) = (ContactMethodCells::default(), ContactMethodCells::default());
        let (mut document, mut rest) = (None, Map::new());
        for (at, (column, cell)) in self.columns.iter().zip(cells).enumerate() {
            let cell = unescape_formula(cell);
            let text = cell.trim();
            if text.is_empty() && !matches!(column, Column::PhoneLabel(_) | Column::EmailLabel(_)) {
                continue;
            }
            match *column {
                Column::Plain(field) => fields.set_text(field, text),
                Column::Network => {
                    fields.network = Some(Network::new(text).map_err(|error| error.to_string())?);
                }
                Column::Group if text.parse::<cardex::directory::GroupId>().is_ok() => {
                    fields.group = text.parse().ok();
                }
                Column::Status if parse_status(text).is_some() => fields.status = parse_status(text),
                Column::Identifiers => {
                    fields.identifiers =
                        cell.split(VALUE_SEPARATOR).map(|text| parse_identifier(text.trim())).collect();
                }
                Column::Card => document = card::parse_card(Some(Value::String(text.to_owned())))?,
                Column::Phone(slot) => phones.values.push((at, slot, cell.to_owned())),
                Column::PhoneLabel(number) => phones.labels.push((number, cell.to_owned())),
                Column::Email(slot) => emails.values.push((at, slot, cell.to_owned())),
                Column::EmailLabel(number) => emails.labels.push((number, cell.to_owned())),
                // Status and group are common headings with other meanings in other programs.
                Column::Group | Column::Status | Column::Unknown => {
                    rest.insert(self.name(at), Value::String(cell.to_owned()));
                }
            }
        }
        fields.phones = validator.phones(phones.contact_methods());
        self.keep_rejected(&phones, validator, &mut rest);
        fields.emails = validator.emails(emails.contact_methods());
        self.keep_rejected(&emails, validator, &mut rest);
        fields.drop_default_display_name();
        Ok((fields, card_with_property(document, card::CSV_PROPERTY, rest)))
    }

    fn name(&self, at: usize) -> String {
        self.names.get(at).cloned().unwrap_or_default()
    }

    /// Keeps the cells with values that the fields rejected.
    fn keep_rejected(
        &self,
        cells: &ContactMethodCells,
        validator: &mut FieldValidator<'_>,
        rest: &mut Map<String, Value>,
    ) {
        for method in validator.rejected.drain(..) {
            let from = cells
                .values
                .iter()
                .rev()
                .find(|(_, _, cell)| cell.split(VALUE_SEPARATOR).any(|t| t.trim() == method.text));
            if let Some((at, _, cell)) = from {
                rest.insert(self.name(*at), Value::String(cell.clone()));
            }
        }
    }
}

impl ContactMethodCells {
    fn contact_methods(&self) -> Vec<ContactMethod> {
        let mut ranked: Vec<(u8, ContactMethod)> = Vec::new();
        for (_, slot, cell) in &self.values {
            let labels = self.labels.iter().find(|(number, _)| *number == slot.number);
            let labels: Vec<&str> =
                labels.map(|(_, text)| text.split(VALUE_SEPARATOR).collect()).unwrap_or_default();
            for (at, text) in cell.split(VALUE_SEPARATOR).enumerate() {
                let one = labels.first().filter(|_| labels.len() == 1);
                let given = labels.get(at).or(one).map(|label| label.trim()).unwrap_or_default();
                // Google marks the main value with an asterisk.
                let (starred, given) = given.strip_prefix("* ").map_or((false, given), |given| (true, given));
                let label = if given.is_empty() { slot.label } else { given };
                let rank = match (starred, slot.number, label) {
                    (true, _, _) => 0,
                    // Columns with labels have no order: phones that can receive messages come first.
                    (_, 0, "cell") => 1,
                    (_, 0, "pager") => 3,
                    (_, 0, label) if label.ends_with("fax") => 3,
                    _ => 2,
                };
                ranked.push((rank, ContactMethod { text: text.trim().to_owned(), label: label.to_owned() }));
            }
        }
        ranked.sort_by_key(|(rank, _)| *rank);
        ranked.into_iter().map(|(_, method)| method).collect()
    }
}
