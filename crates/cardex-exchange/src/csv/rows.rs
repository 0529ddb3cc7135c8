//! Rows of a CSV stream. A quote that is never closed invalidates its own line, not the rest of the file.

use std::collections::VecDeque;
use std::io::{BufRead, Result};

use crate::source::{LineEnd, LineSource};
use cardex::limits;

/// The maximum bytes of a row.
const MAX_ROW_BYTES: usize = limits::CARD.saturating_add(1024 * 1024);
/// The maximum bytes to search for the end of a quote, after a quote without an end was found in the file.
const UNCLOSED_QUOTE_LIMIT: usize = 64 * 1024;

/// A row: its cells or the error.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) line: u64,
    pub(super) cells: std::result::Result<Vec<Vec<u8>>, &'static str>,
}

struct PhysicalLine {
    line: u64,
    bytes: Vec<u8>,
    end: LineEnd,
    complete: bool,
}

pub(super) struct RowReader<R> {
    source: LineSource<R>,
    /// Lines that were read during the search for the end of a quote, to be read again.
    replay: VecDeque<PhysicalLine>,
    separator: Option<u8>,
    row_limit: usize,
}

impl<R: BufRead> RowReader<R> {
    pub(super) fn new(source: LineSource<R>) -> Self {
        Self { source, replay: VecDeque::new(), separator: None, row_limit: MAX_ROW_BYTES }
    }

    pub(super) fn source(&self) -> &LineSource<R> {
        &self.source
    }

    /// The next row that is not blank. The first one determines the separator.
    pub(super) fn next_row(&mut self) -> Result<Option<Row>> {
        while let Some(first) = self.next_physical_line()? {
            if first.bytes.trim_ascii().is_empty() {
                continue;
            }
            let separator = if let Some(separator) = self.separator {
                separator
            } else {
                let (separator, is_directive) = detect_separator(&first.bytes);
                // A line without separators says nothing about those of the next line.
                self.separator =
                    Some(separator).filter(|separator| is_directive || first.bytes.contains(separator));
                if is_directive {
                    continue;
                }
                separator
            };
            return self.row(&first, separator).map(Some);
        }
        Ok(None)
    }

    fn next_physical_line(&mut self) -> Result<Option<PhysicalLine>> {
        if let Some(line) = self.replay.pop_front() {
            return Ok(Some(line));
        }
        let mut bytes = Vec::new();
        let found = self.source.next_line(&mut bytes, MAX_ROW_BYTES)?;
        Ok(found.map(|found| PhysicalLine {
            line: found.line,
            bytes,
            end: found.end,
            complete: found.complete,
        }))
    }

    fn row(&mut self, first: &PhysicalLine, separator: u8) -> Result<Row> {
        let line = first.line;
        let mut parser = RowParser::new(separator);
        let mut complete = first.complete;
        parser.feed(&first.bytes);
        let mut last_end = first.end;
        let mut taken: Vec<PhysicalLine> = Vec::new();
        let mut size = first.bytes.len();
        while parser.quoted && complete {
            parser.field.extend_from_slice(last_end.as_bytes());
            let next = if size > self.row_limit { None } else { self.next_physical_line()? };
            let Some(next) = next else {
                for line in taken.into_iter().rev() {
                    self.replay.push_front(line);
                }
                self.row_limit = UNCLOSED_QUOTE_LIMIT;
                return Ok(Row { line, cells: Err("a quote is not closed") });
            };
            size = size.saturating_add(next.bytes.len());
            complete &= next.complete;
            parser.feed(&next.bytes);
            last_end = next.end;
            taken.push(next);
        }
        let cells = if complete { Ok(parser.finish()) } else { Err("the row is too long") };
        Ok(Row { line, cells })
    }
}

impl<R> std::fmt::Debug for RowReader<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RowReader").field("source", &self.source).finish_non_exhaustive()
    }
}

/// Splits the lines of a row into cells.
struct RowParser {
    separator: u8,
    cells: Vec<Vec<u8>>,
    field: Vec<u8>,
    /// Whether the position is inside of quotes.
    quoted: bool,
    /// Whether the position is at the start of a cell.
    at_cell_start: bool,
}

impl RowParser {
    fn new(separator: u8) -> Self {
        Self { separator, cells: Vec::new(), field: Vec::new(), quoted: false, at_cell_start: true }
    }

    fn feed(&mut self, line: &[u8]) {
        let mut bytes = line.iter().copied().peekable();
        while let Some(byte) = bytes.next() {
            if self.quoted {
                match (byte, bytes.peek()) {
                    (b'"', Some(b'"')) => {
                        bytes.next();
                        self.field.push(b'"');
                    }
                    (b'"', _) => self.quoted = false,
                    _ => self.field.push(byte),
                }
            } else if byte == b'"' && self.at_cell_start {
                self.quoted = true;
                self.at_cell_start = false;
            } else if byte == self.separator {
                self.cells.push(std::mem::take(&mut self.field));
                self.at_cell_start = true;
            } else {
                self.at_cell_start = false;
                self.field.push(byte);
            }
        }
    }

    fn finish(mut self) -> Vec<Vec<u8>> {
        self.cells.push(self.field);
        self.cells
    }
}

/// The separator of a header row, and whether the line is a directive that only names it (`sep=;`).
fn detect_separator(line: &[u8]) -> (u8, bool) {
    if let [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', separator] = line {
        return (*separator, true);
    }
    let mut quoted = false;
    let mut counts = [(b',', 0_usize), (b';', 0), (b'\t', 0), (b'|', 0)];
    for byte in line {
        quoted ^= *byte == b'"';
        for (separator, count) in &mut counts {
            *count = count.saturating_add(usize::from(!quoted && separator == byte));
        }
    }
    let most = counts.iter().map(|(_, count)| *count).max().unwrap_or_default();
    (counts.iter().find(|(_, count)| *count == most).map_or(b',', |(separator, _)| *separator), false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<(u64, Result<Vec<String>, &'static str>)> {
        let mut rows = RowReader::new(LineSource::new(text.as_bytes()));
        let mut all = Vec::new();
        while let Some(row) = rows.next_row().unwrap() {
            let texts =
                |cells: Vec<Vec<u8>>| cells.into_iter().map(|c| String::from_utf8(c).unwrap()).collect();
            all.push((row.line, row.cells.map(texts)));
        }
        all
    }

    type Result<T, E> = std::result::Result<T, E>;

    #[test]
    fn quotes_and_lines() {
        let found = rows("a,\"b\"\"c\",\"d\r\ne\nf\"\r\n\r\n5\" x,,\n");
        assert_eq!(found[0], (1, Ok(vec!["a".into(), "b\"c".into(), "d\r\ne\nf".into()])));
        assert_eq!(found[1], (5, Ok(vec!["5\" x".into(), String::new(), String::new()])));
    }

    #[test]
    fn separators() {
        for text in ["a;b,c;d\n", "a|b\n", "\"a;;;;b\",\"c,d\"\n", "a\tb\n", "sep=;\na;b\n", "a\n"] {
            let found = rows(text);
            assert_eq!(found.len(), 1, "{text:?}");
            let expected = if text.starts_with("a;b,") {
                3
            } else if text.len() == 2 {
                1
            } else {
                2
            };
            assert_eq!(found[0].1.as_ref().unwrap().len(), expected, "{text:?}");
        }
    }

    #[test]
    fn an_open_quote_invalidates_one_row() {
        let found = rows("h,i\n\"a,b\nc,d\ne,f");
        assert_eq!(found.len(), 4);
        assert_eq!((found[1].0, found[1].1.is_err()), (2, true));
        assert_eq!(found[3], (4, Ok(vec!["e".into(), "f".into()])));
    }
}
