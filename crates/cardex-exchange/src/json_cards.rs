//! Cards in JSON: jCard (RFC 7095) and `JSContact` (RFC 9553), one card or an array of them.

use std::io::BufRead;

use serde_json::Value;

use crate::card;
use crate::document::card_document;
use crate::fields::{FieldValidator, ParsedRecord, read_fields};
use crate::format::Format;
use crate::source::LineSource;
use crate::vcard;
use cardex::{Field, Result, ValidationError, limits};

/// The line of a value, and its text.
type RawValue = (u64, Result<Vec<u8>, &'static str>);

/// The most bytes of one card.
const MAX_CARD: usize = limits::CARD.saturating_add(1024 * 1024);

/// Reads one card at a time: the elements of an array, or values one after the other.
#[derive(Debug)]
pub(super) struct JsonCardReader<R> {
    source: LineSource<R>,
    format: Format,
    /// Whether the position is inside of the array around the cards.
    in_array: bool,
}

impl<R: BufRead> JsonCardReader<R> {
    pub(super) fn new(source: LineSource<R>, format: Format) -> Self {
        Self { source, format, in_array: false }
    }

    pub(super) fn bytes(&self) -> u64 {
        self.source.bytes()
    }

    pub(super) fn next_card(
        &mut self,
        validator: &mut FieldValidator<'_>,
    ) -> Option<Result<(u64, ParsedRecord)>> {
        let (line, text) = match self.next_value() {
            Ok(value) => value?,
            Err(error) => return Some(Err(error.into())),
        };
        let record = text.and_then(|text| self.record(&text, validator));
        Some(record.map(|record| (line, record)).map_err(|reason| self.format.error(line, reason)))
    }

    fn record(&self, text: &[u8], validator: &mut FieldValidator<'_>) -> Result<ParsedRecord, &'static str> {
        let value: Value = serde_json::from_slice(text).map_err(|_| "not JSON")?;
        let mut lines = if self.format == Format::JCard {
            let (lines, unread) =
                vcard::from_jcard(&value).ok_or("not a jCard: [\"vcard\", [properties]]")?;
            let reason = ValidationError::InvalidCard("an element is not a property");
            validator.warn_often(Field::Card, reason, unread);
            lines
        } else {
            if !value.is_object() {
                return Err("not a JSContact card: an object");
            }
            card::from_json(&value.to_string()).ok_or("not a JSContact card")?
        };
        let fields = read_fields(&mut lines, validator);
        let card = card_document(&lines, &fields, validator.is_phone);
        Ok((fields, card))
    }

    /// The line and the text of the next card.
    fn next_value(&mut self) -> std::io::Result<Option<RawValue>> {
        loop {
            let Some(byte) = self.source.peek_byte()? else { return Ok(None) };
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' | b',' => self.source.skip_byte(),
                b']' if self.in_array => {
                    self.in_array = false;
                    self.source.skip_byte();
                }
                b'[' if !self.in_array => {
                    let line = self.source.line_at();
                    self.source.skip_byte();
                    while let Some(b' ' | b'\t' | b'\r' | b'\n') = self.source.peek_byte()? {
                        self.source.skip_byte();
                    }
                    // A jCard is an array that begins with a text.
                    if self.source.peek_byte()? == Some(b'"') {
                        return Ok(Some((line, self.take_value(vec![b'['])?)));
                    }
                    self.in_array = true;
                }
                _ => {
                    let line = self.source.line_at();
                    return Ok(Some((line, self.take_value(Vec::new())?)));
                }
            }
        }
    }

    /// The bytes of a value up to its last bracket, or of another value up to the next comma.
    fn take_value(&mut self, mut bytes: Vec<u8>) -> std::io::Result<Result<Vec<u8>, &'static str>> {
        let (mut depth, mut in_text, mut escaped) = (bytes.len(), false, false);
        let mut is_too_long = false;
        while let Some(byte) = self.source.peek_byte()? {
            if depth == 0 && !bytes.is_empty() && matches!(byte, b',' | b']' | b'\n') {
                break;
            }
            self.source.skip_byte();
            is_too_long |= bytes.len() >= MAX_CARD;
            if !is_too_long {
                bytes.push(byte);
            }
            match byte {
                _ if escaped => escaped = false,
                b'\\' if in_text => escaped = true,
                b'"' => in_text = !in_text,
                b'[' | b'{' if !in_text => depth = depth.saturating_add(1),
                b']' | b'}' if !in_text => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        break;
                    }
                }
                _ => {}
            }
        }
        Ok(if is_too_long { Err("the card is too long") } else { Ok(bytes) })
    }
}
