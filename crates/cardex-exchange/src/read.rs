//! The reader: one face for all formats.

use std::io::BufRead;

use crate::csv::CsvReader;
use crate::fields::{
    ContactFields, FieldValidator, IsPhone, drop_default_display_name, merge_into_lines, read_fields,
};
use crate::jsonl::JsonReader;
use crate::source::LineSource;
use crate::vcard::{self, CardSplitter, ContentLine};
use crate::{Format, card};
use cardex::{Field, Network, NewContact};
use cardex::{Result, ValidationError};

/// Something in a record that the columns could not take. It is still in the record's card.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Warning {
    /// The field that would have held it; [`Field::Card`] for a line of a card that is no property.
    pub field: Field,
    /// The rule it breaks.
    pub reason: ValidationError,
}

/// One record of a file.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Record {
    /// The line it begins on, from 1.
    pub line: u64,
    /// The contact it describes. Its card is set only if the columns do not hold all that the record says.
    /// Lengths and the policy of its network are checked when it is added.
    pub contact: NewContact,
    /// What the columns could not take.
    pub warnings: Vec<Warning>,
}

/// Reads the records of a file one at a time.
///
/// An item is a record or what is wrong with it; reading goes on after [`Error::Format`](cardex::Error::Format) and
/// ends after [`Error::Io`](cardex::Error::Io).
/// One record at most is in memory: [`limits::CARD`](cardex::limits::CARD) bytes and what is made of them.
pub struct Reader<'a, R> {
    format_reader: FormatReader<R>,
    network: Network,
    is_phone: Box<dyn Fn(&str) -> bool + Send + 'a>,
    failed: bool,
}

enum FormatReader<R> {
    VCard(CardSplitter<R>),
    Csv(Box<CsvReader<R>>),
    Json(JsonReader<R>),
}

impl<'a, R: BufRead> Reader<'a, R> {
    /// Reads `input` as `format`. A record that names no network of its own is on `network`.
    #[must_use]
    pub fn new(input: R, format: Format, network: Network) -> Self {
        let source = LineSource::new(input);
        let inner = match format {
            Format::VCard => FormatReader::VCard(CardSplitter::new(source)),
            Format::Csv => FormatReader::Csv(Box::new(CsvReader::new(source))),
            Format::JsonLines => FormatReader::Json(JsonReader::new(source)),
        };
        Self { format_reader: inner, network, is_phone: Box::new(looks_like_phone), failed: false }
    }

    /// What tells a phone number from other text. Without it, a text with two digits or more is a number.
    #[must_use]
    pub fn is_phone(mut self, is_phone: impl Fn(&str) -> bool + Send + 'a) -> Self {
        self.is_phone = Box::new(is_phone);
        self
    }

    /// Bytes of the input taken so far, for progress.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        match &self.format_reader {
            FormatReader::VCard(splitter) => splitter.bytes(),
            FormatReader::Csv(reader) => reader.bytes(),
            FormatReader::Json(reader) => reader.bytes(),
        }
    }
}

impl<R: BufRead> Iterator for Reader<'_, R> {
    type Item = Result<Record>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let mut sieve = FieldValidator::new(&*self.is_phone);
        let item = match &mut self.format_reader {
            FormatReader::VCard(splitter) => splitter.next_card().map(|raw| {
                let raw = raw?;
                Ok((raw.line, from_card(&raw.body, &mut sieve)))
            }),
            FormatReader::Csv(reader) => reader.next_row(&mut sieve),
            FormatReader::Json(reader) => reader.next_object(&mut sieve),
        };
        item.map(|item| match item {
            Ok((line, (fields, card))) => {
                let mut contact = fields.into_contact(&self.network);
                contact.card = card;
                Ok(Record { line, contact, warnings: sieve.warnings })
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

/// The columns of a record, and its card if they do not say it all.
pub(super) type ParsedRecord = (ContactFields, Option<String>);

fn from_card(body: &[u8], sieve: &mut FieldValidator<'_>) -> ParsedRecord {
    let mut parsed = vcard::parse(body);
    for _ in 0..parsed.unparsed {
        sieve.warn(Field::Card, ValidationError::InvalidCard("a line is no property"));
    }
    let fields = read_fields(&mut parsed.lines, sieve);
    let card = card_document(&parsed.lines, &fields, sieve.is_phone);
    (fields, card)
}

/// The card of these lines; `None` if the columns say all that they say.
fn card_document(lines: &[ContentLine], fields: &ContactFields, is_phone: IsPhone<'_>) -> Option<String> {
    let mut bare = merge_into_lines(Vec::new(), fields, is_phone);
    drop_default_display_name(&mut bare, fields);
    (bare != lines).then(|| card::to_json(lines))
}

/// The card that a contact has once it was written as vCard 4.0 and read again.
pub(super) fn card_after_round_trip(
    fields: &ContactFields,
    card: Option<&str>,
    is_phone: IsPhone<'_>,
) -> Option<String> {
    let mut lines = merge_into_lines(card.and_then(card::from_json).unwrap_or_default(), fields, is_phone);
    drop_default_display_name(&mut lines, fields);
    card_document(&lines, fields, is_phone)
}

/// A number as people write it has digits; which digits are a number is known where numbers are parsed.
pub(super) fn looks_like_phone(text: &str) -> bool {
    text.chars().filter(|c| c.is_numeric()).count() >= 2
}
