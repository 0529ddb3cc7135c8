//! Converts rows to contact fields.

use std::collections::VecDeque;
use std::io::BufRead;

use encoding_rs::WINDOWS_1252;
use serde_json::{Map, Value};

use crate::card::{self, card_with_property};
use crate::csv::cell::{VALUE_SEPARATOR, parse_identifier, split_tags, unescape_formula, unwrap_formula};
use crate::csv::heading::{Column, columns, is_english};
use crate::csv::properties::{property_cells, property_names};
use crate::csv::row::RowLines;
use crate::csv::rows::{Row, RowReader};
use crate::csv::target::Target;
use crate::document::card_document;
use crate::fields::{ContactFields, FieldValidator, ParsedRecord, parse_status, read_fields};
use crate::format::Format;
use crate::source::LineSource;
use crate::vcard::{ContentLine, LineNumber};
use cardex::{Field, Network, Result, ValidationError};

/// A heading with the name of the content of its column.
type HeadingContent = (String, Option<String>);

/// The line of a row, and its cells as text.
type TextRow = (u64, Result<Vec<String>, String>);

/// Rows before the header row that are searched for it.
const MAX_PREAMBLE: usize = 10;

/// Reads rows. The header is the first row that is not blank, or a later one if the first rows are text about the file.
#[derive(Debug)]
pub(crate) struct CsvReader<R> {
    rows: RowReader<R>,
    header: Option<Header>,
    /// Rows that were read in search of the header.
    ahead: VecDeque<TextRow>,
    /// Headings with the names of their contents.
    map: Vec<(String, String)>,
    /// Whether text that is certainly UTF-8 was seen. A later row in another encoding is then an error, not legacy text.
    unicode: bool,
    ended: bool,
}

#[derive(Debug)]
struct Header {
    columns: Vec<Column>,
    names: Vec<String>,
    /// Whether an export of this program wrote the file.
    is_own: bool,
    is_english: bool,
}

impl<R: BufRead> CsvReader<R> {
    pub(crate) fn new(source: LineSource<R>) -> Self {
        let rows = RowReader::new(source);
        Self { rows, header: None, ahead: VecDeque::new(), map: Vec::new(), unicode: false, ended: false }
    }

    pub(crate) fn set_map(&mut self, map: Vec<(String, String)>) {
        self.map = map;
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.rows.source().bytes()
    }

    /// The headings, each with the name of its content and its label; `None` if no row is a header.
    pub(crate) fn headings(&mut self) -> Result<Option<Vec<HeadingContent>>> {
        if self.header.is_none() && self.find_header()?.is_err() {
            return Ok(None);
        }
        let content = |column: &Column| {
            let name = column.target.name()?;
            Some(if column.label.is_empty() { name.to_owned() } else { format!("{name}:{}", column.label) })
        };
        let pairs =
            |header: &Header| header.names.iter().cloned().zip(header.columns.iter().map(content)).collect();
        Ok(self.header.as_ref().map(pairs))
    }

    pub(crate) fn next_row(
        &mut self,
        validator: &mut FieldValidator<'_>,
    ) -> Option<Result<(u64, ParsedRecord)>> {
        if self.header.is_none() && !self.ended {
            match self.find_header() {
                Ok(Ok(())) => {}
                Ok(Err(None)) => return None,
                Ok(Err(Some((line, reason)))) => {
                    self.ended = true;
                    return Some(Err(Format::Csv.error(line, reason)));
                }
                Err(error) => return Some(Err(error)),
            }
        }
        while !self.ended {
            let row = match self.next_cells() {
                Ok(row) => row?,
                Err(error) => return Some(Err(error)),
            };
            let (line, cells) = row;
            let Some(header) = &self.header else { return None };
            let is_blank = |cells: &Vec<String>| cells.iter().all(|cell| cell.trim().is_empty());
            match cells {
                Ok(cells) if is_blank(&cells) => {}
                Ok(cells) => {
                    let record = header.record_from_row(&cells, line, validator);
                    return Some(
                        record.map(|record| (line, record)).map_err(|reason| Format::Csv.error(line, reason)),
                    );
                }
                Err(reason) => return Some(Err(Format::Csv.error(line, reason))),
            }
        }
        None
    }

    /// Finds the header. The inner error is the line and the reason why there is none, or nothing for a file without rows.
    fn find_header(&mut self) -> Result<Result<(), Option<(u64, String)>>> {
        let mut seen: Vec<TextRow> = Vec::new();
        let known = |cells: &[String], map: &[(String, String)]| {
            columns(cells, map).iter().filter(|column| column.is_known()).count()
        };
        while seen.len() < MAX_PREAMBLE {
            let Some(row) = self.next_cells()? else { break };
            if let Ok(cells) = &row.1 {
                let count = known(cells, &self.map);
                if count >= 2 || (seen.is_empty() && count == 1 && cells.len() > 1) {
                    self.header = Some(Header::new(cells.clone(), &self.map));
                    return Ok(Ok(()));
                }
            }
            seen.push(row);
        }
        // A file with one known column.
        let mut rows = seen.into_iter();
        let first = rows.next();
        let Some((line, cells)) = first else { return Ok(Err(None)) };
        match cells {
            Ok(cells) if known(&cells, &self.map) > 0 => {
                self.header = Some(Header::new(cells, &self.map));
                self.ahead = rows.collect();
                Ok(Ok(()))
            }
            Ok(_) => {
                let reason =
                    "no known heading: a row must name the columns, or give their meaning (heading=field)";
                Ok(Err(Some((line, reason.to_owned()))))
            }
            Err(reason) => Ok(Err(Some((line, reason)))),
        }
    }

    /// The next row as text.
    fn next_cells(&mut self) -> Result<Option<TextRow>> {
        if let Some(row) = self.ahead.pop_front() {
            return Ok(Some(row));
        }
        let row = self.rows.next_row()?;
        self.unicode |= self.rows.source().has_bom();
        Ok(row.map(|row| (row.line, self.decode_cells(row))))
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
    fn new(cells: Vec<String>, map: &[(String, String)]) -> Self {
        let columns = columns(&cells, map);
        let is_own = [Target::Network, Target::Identifiers]
            .iter()
            .all(|target| columns.iter().any(|column| column.target == *target));
        let is_english = is_english(&cells);
        let mut names: Vec<String> = Vec::with_capacity(cells.len());
        for (at, cell) in cells.into_iter().enumerate() {
            let cell = cell.trim().to_owned();
            let number = at.saturating_add(1);
            let name = if cell.is_empty() { format!("Column {number}") } else { cell };
            names.push(if names.contains(&name) { format!("{name} (column {number})") } else { name });
        }
        Self { columns, names, is_own, is_english }
    }

    fn record_from_row(
        &self,
        cells: &[String],
        line: u64,
        validator: &mut FieldValidator<'_>,
    ) -> Result<ParsedRecord, String> {
        let mut fields = ContactFields::default();
        let (mut document, mut rest) = (None, Map::new());
        let mut builder = RowLines::new(self.is_own, self.is_english);
        for (at, cell) in cells.iter().enumerate() {
            let cell = if self.is_own {
                unescape_formula(cell).into()
            } else {
                unwrap_formula(unescape_formula(cell))
            };
            let (cell, text) = (cell.as_ref(), cell.trim());
            let Some(column) = self.columns.get(at) else {
                // More cells than headings.
                if !text.is_empty() {
                    let reason = ValidationError::InvalidCard("a cell has no heading");
                    validator.warn(Field::Card, reason, (LineNumber(line), text));
                    rest.insert(self.name(at), Value::String(cell.to_owned()));
                }
                continue;
            };
            if text.is_empty() || builder.add(column, cell) {
                continue;
            }
            match column.target {
                Target::Network => {
                    fields.network = Some(Network::new(text).map_err(|error| error.to_string())?);
                }
                Target::Group if text.parse::<cardex::directory::GroupId>().is_ok() => {
                    fields.group = text.parse().ok();
                }
                Target::Status if parse_status(text).is_some() => fields.status = parse_status(text),
                Target::Identifiers => {
                    fields.identifiers =
                        cell.split(VALUE_SEPARATOR).map(|text| parse_identifier(text.trim())).collect();
                }
                Target::Labels => fields.tags = split_tags(cell),
                Target::Card => document = card::parse_card(Some(Value::String(text.to_owned())))?,
                // Status and group are common headings with other meanings in other programs.
                _ => {
                    rest.insert(self.name(at), Value::String(cell.to_owned()));
                }
            }
        }
        let (mut lines, extensions) = builder.finish();
        let mut read = read_fields(&mut lines, validator);
        for (field, text) in extensions {
            let text = validator.cut(field, &text, LineNumber(line));
            read.set_text(field, text.trim());
        }
        let card = if let Some(document) = document {
            Some(with_changed_properties(document, &lines))
        } else {
            let card = card_document(&lines, &read, validator.is_phone);
            card::parse_card(card.map(Value::String))?
        };
        read.network = fields.network;
        (read.group, read.status, read.identifiers) = (fields.group, fields.status, fields.identifiers);
        read.tags.append(&mut fields.tags);
        read.drop_default_display_name();
        Ok((read, card_with_property(card, card::CSV_PROPERTY, rest)))
    }

    fn name(&self, at: usize) -> String {
        self.names.get(at).cloned().unwrap_or_else(|| format!("Column {}", at.saturating_add(1)))
    }
}

/// The document with the properties whose cells somebody has changed since this program wrote them.
fn with_changed_properties(document: Map<String, Value>, lines: &[ContentLine]) -> Map<String, Value> {
    let text = Value::Object(document.clone()).to_string();
    let Some(mut known) = card::from_json(&text) else { return document };
    let (old, new) = (property_cells(&known), property_cells(lines));
    let changed: Vec<&str> = property_names()
        .zip(old.iter().zip(&new))
        .filter(|(_, (old, new))| old != new)
        .map(|(name, _)| name)
        .collect();
    if changed.is_empty() {
        return document;
    }
    known.retain(|line| !changed.contains(&line.name.as_str()));
    known.extend(lines.iter().filter(|line| changed.contains(&line.name.as_str())).cloned());
    crate::vcard::sort_by_name(&mut known);
    match serde_json::from_str(&card::to_json(&known)) {
        Ok(Value::Object(card)) => card,
        _ => document,
    }
}
