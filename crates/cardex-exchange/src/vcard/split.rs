//! Splits a stream into cards at `BEGIN:VCARD` and `END:VCARD`, with one card in memory at a time.

use std::io::BufRead;

use crate::format::Format;
use crate::source::LineSource;
use cardex::limits;
use cardex::{Error, Result};

/// The bytes between the first and the last line of a card; its lines end in `\n`.
#[derive(Debug)]
pub(crate) struct RawCard {
    pub(crate) line: u64,
    pub(crate) body: Vec<u8>,
}

/// The cards of a stream.
#[derive(Debug)]
pub(crate) struct CardSplitter<R> {
    source: LineSource<R>,
    /// The line of a card that began before the previous card ended.
    next_card_line: Option<u64>,
    buffer: Vec<u8>,
}

/// A card while its lines are collected.
struct CardBuffer {
    card: RawCard,
    /// The nesting depth of cards inside of the card.
    depth: u32,
    /// Whether the last line that is not blank is `AGENT:`, so that a nested card may follow.
    after_agent: bool,
    too_big: bool,
}

impl<R: BufRead> CardSplitter<R> {
    pub(crate) fn new(source: LineSource<R>) -> Self {
        Self { source, next_card_line: None, buffer: Vec::new() }
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.source.bytes()
    }

    /// The next card or its error.
    pub(crate) fn next_card(&mut self) -> Option<Result<RawCard>> {
        match self.find_begin() {
            Ok(Some(line)) => Some(self.read_card(line)),
            Ok(None) => None,
            Err(error) => Some(Err(error)),
        }
    }

    /// Moves to the next line that begins a card. Consecutive lines outside of cards are one error.
    fn find_begin(&mut self) -> Result<Option<u64>> {
        if let Some(line) = self.next_card_line.take() {
            return Ok(Some(line));
        }
        let mut agent_line = None;
        while let Some(found) = self.source.next_line(&mut self.buffer, limits::CARD)? {
            strip_mark(&mut self.buffer);
            if is_card_delimiter(&self.buffer, b"BEGIN") || is_end_and_begin(&self.buffer) {
                let Some(at) = agent_line else { return Ok(Some(found.line)) };
                self.next_card_line = Some(found.line);
                return Err(outside_error(at));
            }
            if agent_line.is_none() && !self.buffer.trim_ascii().is_empty() {
                agent_line = Some(found.line);
            }
        }
        agent_line.map_or(Ok(None), |at| Err(outside_error(at)))
    }

    fn read_card(&mut self, line: u64) -> Result<RawCard> {
        let card = RawCard { line, body: Vec::new() };
        let mut buffer = CardBuffer { card, depth: 0, after_agent: false, too_big: false };
        while let Some(found) = self.source.next_line(&mut self.buffer, limits::CARD)? {
            buffer.too_big |= !found.complete;
            strip_mark(&mut self.buffer);
            if buffer.depth == 0 && is_end_and_begin(&self.buffer) {
                self.next_card_line = Some(found.line);
                return buffer.finish();
            }
            if is_card_delimiter(&self.buffer, b"BEGIN") {
                if !buffer.after_agent {
                    self.next_card_line = Some(found.line);
                    let reason = format!("the card is cut off: another begins on line {}", found.line);
                    return Err(Format::VCard.error(line, reason));
                }
                buffer.depth = buffer.depth.saturating_add(1);
            } else if is_card_delimiter(&self.buffer, b"END") {
                if buffer.depth == 0 {
                    return buffer.finish();
                }
                buffer.depth = buffer.depth.saturating_sub(1);
            }
            buffer.take(&self.buffer);
        }
        Err(Format::VCard.error(line, "the card is cut off: the file ends before END:VCARD"))
    }
}

impl CardBuffer {
    fn take(&mut self, line: &[u8]) {
        if !line.trim_ascii().is_empty() {
            self.after_agent = is_agent_line(line);
        }
        let size = self.card.body.len().saturating_add(line.len());
        self.too_big |= size >= limits::CARD;
        if self.too_big {
            self.card.body = Vec::new();
        } else {
            self.card.body.extend_from_slice(line);
            self.card.body.push(b'\n');
        }
    }

    fn finish(self) -> Result<RawCard> {
        if self.too_big {
            let reason = format!("the card has more than {} bytes", limits::CARD);
            return Err(Format::VCard.error(self.card.line, reason));
        }
        Ok(self.card)
    }
}

fn outside_error(line: u64) -> Error {
    Format::VCard.error(line, "text outside of a card: a card begins with BEGIN:VCARD")
}

/// Whether the line is `BEGIN:VCARD` or `END:VCARD`, in any case.
pub(super) fn is_card_delimiter(line: &[u8], word: &[u8]) -> bool {
    let Some((name, rest)) = line.split_at_checked(word.len()) else { return false };
    let Some((b':', value)) = rest.trim_ascii_start().split_first() else { return false };
    name.eq_ignore_ascii_case(word) && value.trim_ascii().eq_ignore_ascii_case(b"VCARD")
}

/// Whether the line ends a card and begins the next one: a program has appended it to a file without a last line break.
fn is_end_and_begin(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    let end = line.split_at_checked(b"END:VCARD".len());
    end.is_some_and(|(end, rest)| is_card_delimiter(end, b"END") && is_card_delimiter(rest, b"BEGIN"))
}

/// Drops a byte order mark, which begins each file of a concatenation.
fn strip_mark(line: &mut Vec<u8>) {
    if line.starts_with(b"\xEF\xBB\xBF") {
        line.drain(..3);
    }
}

/// Whether the line is an `AGENT` property whose card follows on the next lines (vCard 2.1).
pub(super) fn is_agent_line(line: &[u8]) -> bool {
    let line = line.trim_ascii_end();
    let Some((b':', head)) = line.split_last() else { return false };
    let name = head.split(|byte| *byte == b';').next().unwrap_or_default();
    let name = name.rsplit(|byte| *byte == b'.').next().unwrap_or_default();
    name.eq_ignore_ascii_case(b"AGENT")
}
