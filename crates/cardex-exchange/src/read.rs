//! The reader: one interface for all formats.

use std::io::BufRead;

use crate::csv::CsvReader;
use crate::document::card_document;
use crate::fields::{FieldValidator, ParsedRecord, Warning, looks_like_phone, read_fields};
use crate::format::Format;
use crate::json_cards::JsonCardReader;
use crate::jsonl::JsonReader;
use crate::ldif::LdifReader;
use crate::source::LineSource;
use crate::vcard::{self, CardSplitter, RawCard};
use cardex::{Field, Network, NewContact};
use cardex::{Result, ValidationError};

/// One record of a file.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Record {
    /// The line that it begins on, from 1.
    pub line: u64,
    /// The contact of the record. Its card is set only if the fields cannot hold all data of the record.
    /// Lengths and the policy of the network are checked when the contact is added.
    pub contact: NewContact,
    /// The UIDs or aliases of the members, if the record is a group of contacts (`KIND:group`, `groupOfNames`) and not a person.
    pub members: Option<Vec<String>>,
    /// The name by which groups of the file name the record as a member, beside its UID: of LDIF, the distinguished name. Empty for none.
    pub alias: String,
    /// The values that the fields do not hold as they are.
    pub warnings: Vec<Warning>,
    /// Whether the record has `createdAt` or `activeAt`, which are not imported. Only JSON Lines has these.
    pub has_times: bool,
}

/// A column of a CSV file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ColumnMapping {
    /// Its heading.
    pub heading: String,
    /// The name of its content, with a label after a colon, such as `phone:work`; `None` for a column that is only kept.
    pub content: Option<String>,
}

/// Reads the records of a file one at a time.
///
/// An item is a record or its error. Reading continues after [`Error::Format`](cardex::Error::Format) and ends after
/// [`Error::Io`](cardex::Error::Io). At most one record is in memory: [`limits::CARD`](cardex::limits::CARD) bytes and
/// the values parsed from them.
pub struct Reader<'a, R> {
    records: FormatReader<R>,
    network: Network,
    is_phone: Box<dyn Fn(&str) -> bool + Send + 'a>,
    failed: bool,
}

enum FormatReader<R> {
    VCard(CardSplitter<R>),
    Csv(Box<CsvReader<R>>),
    Json(JsonReader<R>),
    JsonCards(JsonCardReader<R>),
    Ldif(LdifReader<R>),
}

impl<'a, R: BufRead> Reader<'a, R> {
    /// Reads `input` as `format`. `network` is the network of records without one.
    #[must_use]
    pub fn new(input: R, format: Format, network: Network) -> Self {
        let source = LineSource::new(input);
        let records = match format {
            Format::VCard => FormatReader::VCard(CardSplitter::new(source)),
            Format::Csv => FormatReader::Csv(Box::new(CsvReader::new(source))),
            Format::JsonLines => FormatReader::Json(JsonReader::new(source)),
            Format::JCard | Format::JsContact => FormatReader::JsonCards(JsonCardReader::new(source, format)),
            Format::Ldif => FormatReader::Ldif(LdifReader::new(source)),
        };
        Self { records, network, is_phone: Box::new(looks_like_phone), failed: false }
    }

    /// The function that recognizes phone numbers. The default accepts every text with at least two digits.
    #[must_use]
    pub fn is_phone(mut self, is_phone: impl Fn(&str) -> bool + Send + 'a) -> Self {
        self.is_phone = Box::new(is_phone);
        self
    }

    /// What columns of CSV contain, as pairs of their headings and the names of their contents: see [`column_contents`]. They win over
    /// the known headings.
    ///
    /// [`column_contents`]: crate::column_contents
    #[must_use]
    pub fn map_columns(mut self, map: Vec<(String, String)>) -> Self {
        if let FormatReader::Csv(reader) = &mut self.records {
            reader.set_map(map);
        }
        self
    }

    /// The columns of a CSV file, before its first record is read. Empty for other formats, and for a file without headings.
    ///
    /// # Errors
    /// [`Error::Io`](cardex::Error::Io).
    pub fn columns(&mut self) -> Result<Vec<ColumnMapping>> {
        let FormatReader::Csv(reader) = &mut self.records else { return Ok(Vec::new()) };
        let mapping = |(heading, content)| ColumnMapping { heading, content };
        Ok(reader.headings()?.unwrap_or_default().into_iter().map(mapping).collect())
    }

    /// The bytes read from the input so far, to show progress.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        match &self.records {
            FormatReader::VCard(splitter) => splitter.bytes(),
            FormatReader::Csv(reader) => reader.bytes(),
            FormatReader::Json(reader) => reader.bytes(),
            FormatReader::JsonCards(reader) => reader.bytes(),
            FormatReader::Ldif(reader) => reader.bytes(),
        }
    }
}

impl<R: BufRead> Iterator for Reader<'_, R> {
    type Item = Result<Record>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let mut validator = FieldValidator::new(&*self.is_phone);
        let item = match &mut self.records {
            FormatReader::VCard(splitter) => splitter.next_card().map(|raw| {
                let raw = raw?;
                Ok((raw.line, from_card(&raw, &mut validator)))
            }),
            FormatReader::Csv(reader) => reader.next_row(&mut validator),
            FormatReader::Json(reader) => reader.next_object(&mut validator),
            FormatReader::JsonCards(reader) => reader.next_card(&mut validator),
            FormatReader::Ldif(reader) => reader.next_person(&mut validator),
        };
        item.map(|item| match item {
            Ok((line, (fields, card))) => {
                let (has_times, members, alias) =
                    (fields.has_times, fields.members.clone(), fields.alias.clone());
                let mut contact = fields.into_contact(&self.network);
                contact.card = card;
                let mut warnings = validator.warnings;
                for warning in warnings.iter_mut().filter(|warning| warning.line == 0) {
                    warning.line = line;
                }
                Ok(Record { line, contact, members, alias, warnings, has_times })
            }
            Err(error) => {
                self.failed = !matches!(error, cardex::Error::Format { .. });
                Err(error)
            }
        })
    }
}

impl<R> std::fmt::Debug for Reader<'_, R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader").field("network", &self.network).finish_non_exhaustive()
    }
}

/// The UIDs of the members of a group, in the properties of RFC 6350 or of Apple.
fn group_members(lines: &[vcard::ContentLine]) -> Option<Vec<String>> {
    let is_kind =
        |line: &vcard::ContentLine| matches!(line.name.as_str(), "KIND" | "X-ADDRESSBOOKSERVER-KIND");
    let is_group =
        |line: &vcard::ContentLine| is_kind(line) && line.value.trim().eq_ignore_ascii_case("group");
    let is_member =
        |line: &&vcard::ContentLine| matches!(line.name.as_str(), "MEMBER" | "X-ADDRESSBOOKSERVER-MEMBER");
    let members = || lines.iter().filter(is_member).map(|line| line.value.trim().to_owned()).collect();
    lines.iter().any(is_group).then(members)
}

fn from_card(raw: &RawCard, validator: &mut FieldValidator<'_>) -> ParsedRecord {
    let mut parsed = vcard::parse_from(&raw.body, raw.line.saturating_add(1));
    for (at, text) in &parsed.unparsed {
        let reason = ValidationError::InvalidCard("a line is not a property");
        validator.warn(Field::Card, reason, (*at, text));
    }
    validator.warn_often(
        Field::Card,
        ValidationError::TooMany { limit: vcard::MAX_PROPERTIES },
        parsed.dropped,
    );
    vcard::restore_kept_lines(&mut parsed.lines);
    let members = group_members(&parsed.lines);
    let mut fields = read_fields(&mut parsed.lines, validator);
    fields.members = members;
    let card = card_document(&parsed.lines, &fields, validator.is_phone);
    (fields, card)
}
